"""What others do to a project's files and its git, noticed while it happens."""

from __future__ import annotations

import os
import stat
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from loop.adapters.files import is_unfinished
from loop.adapters.git_command import GitCommand
from loop.errors import HistoryError

if TYPE_CHECKING:
    from watchfiles._rust_notify import RustNotify

_FILES = frozenset({"CLAUDE.md", "redraft.toml", "checks.toml"})
_FOLDERS = ("briefs", "drafts", "finals", "critiques", "prompts", "examples", "pairs")
_GIT_FILES = frozenset({"HEAD", "packed-refs"})
_REFS = ("heads", "redraft")
_DEBOUNCE = 300
"""Milliseconds for which changes are gathered: a verb writes several files."""
_STEP = 100
"""Milliseconds without a change after which the gathering is over."""
_LOOK = 2000
"""Milliseconds after which the folder itself is looked at: nobody says that it was moved away."""
_POLL = 700
"""Milliseconds between two looks at every file, on disks that tell nothing."""
_TELL_NOTHING = ("nfs", "cifs", "smb", "9p", "fuse", "vboxsf", "drvfs", "afs", "ceph", "prl_fs", "vmhgfs")
"""Kinds of file systems on which Linux does not hear of changes that are made elsewhere."""


class Watch:
    """Looks after one project on a thread of its own, until it is stopped.

    `changed` is called when briefs, drafts, finals, critiques, pairs, guidance, settings or the history are
    other than before, whoever changed them; `gone` with a sentence when the folder is not there any more,
    or cannot be looked after any more. `opened` begins to look at folders, by asking them again and again if
    it is told to.
    """

    def __init__(
        self,
        root: str,
        changed: Callable[[], object],
        gone: Callable[[str], object],
        opened: Callable[[Iterable[Path], bool], RustNotify] | None = None,
    ) -> None:
        self._root = Path(root)
        self._changed = changed
        self._gone = gone
        self._opened = opened or _opened
        self._asking = False
        self._stop = threading.Event()
        threading.Thread(target=self._run, name="watch", daemon=True).start()

    def stop(self) -> None:
        """Look no more; a change that is under way may still be told."""
        self._stop.set()

    def _run(self) -> None:
        again = False
        while not self._stop.is_set():
            try:
                self._wait_for_folder()
                self._watch(again=again)
            except FileNotFoundError:  # a folder went just now
                self._stop.wait(_STEP / 1000)
            except (OSError, RuntimeError) as error:  # no more watches are left, or the system has none
                if self._asking:
                    why = (error.strerror if isinstance(error, OSError) else None) or error
                    self._gone(f"What others change in {self._root} is not noticed any more: {why}.")
                    return
                self._asking = True
            again = True

    def _wait_for_folder(self) -> None:
        if not self._root.is_dir():
            self._gone(f"The folder {self._root} is not there any more.")
            while not self._root.is_dir() and not self._stop.wait(_LOOK / 1000):
                pass

    def _watch(self, *, again: bool) -> None:
        """Look until there are other folders to look at; `again`: what happened meanwhile is a change."""
        git = _git_folders(self._root)
        places, identity = _places(self._root, git), _identity(self._root)
        with self._opened(places, self._asking or _tells_nothing(self._root)) as look:
            if again:
                self._changed()
            while not self._stop.is_set() and _identity(self._root) == identity:
                found = look.watch(_DEBOUNCE, _STEP, _LOOK, self._stop)
                if isinstance(found, str):
                    continue
                if _places(self._root, git) != places:
                    return
                files = {Path(path) for _, path in found} - places  # of a folder, only what is in it counts
                if any(_is_ours(path, self._root, git) for path in files):
                    self._changed()


def _opened(places: Iterable[Path], asking: bool) -> RustNotify:  # noqa: FBT001 - see Watch
    from watchfiles._rust_notify import RustNotify

    return RustNotify(sorted(map(str, places)), False, asking, _POLL, False, True)


def _is_ours(path: Path, root: Path, git: tuple[Path, ...]) -> bool:
    name, folder = path.name, path.parent
    if is_unfinished(name) or name.endswith(".lock"):
        return False
    if folder == root:
        return name in _FILES
    if folder in git:
        return name in _GIT_FILES
    return folder.parent != root or (not name.startswith((".", "#")) and not name.endswith("~"))


def _places(root: Path, git: tuple[Path, ...]) -> frozenset[Path]:
    """Every folder that holds something of ours; each is looked at without the folders in it."""
    ours = [root, *(root / name for name in _FOLDERS), *git]
    return frozenset(place for place in (*ours, *_ref_folders(git)) if place.is_dir())


def _ref_folders(git: tuple[Path, ...]) -> Iterator[Path]:
    for folder in git:
        yield from (folder / "reftable", folder / "refs")
        for kind in _REFS:
            for place, _, _ in os.walk(folder / "refs" / kind):
                yield Path(place)


def _git_folders(root: Path) -> tuple[Path, ...]:
    """Where HEAD lies, and where the refs lie (the same, unless it is a worktree); empty without git."""
    try:
        said = GitCommand(str(root)).read("rev-parse", "--absolute-git-dir", "--git-common-dir")
    except HistoryError:
        return ()
    lines = said.decode("utf-8", "surrogateescape").splitlines()
    return tuple(dict.fromkeys(root.joinpath(line).resolve() for line in lines))


def _identity(root: Path) -> tuple[int, int] | None:
    try:
        found = root.stat()
    except OSError:
        return None
    return (found.st_dev, found.st_ino) if stat.S_ISDIR(found.st_mode) else None


def _tells_nothing(root: Path) -> bool:
    """True where every file must be looked at again and again."""
    if asked := os.environ.get("WATCHFILES_FORCE_POLLING"):
        return asked.lower() not in {"false", "disable", "disabled"}
    if sys.platform != "linux":
        return False
    try:
        lines = Path("/proc/self/mounts").read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return False
    here = f"{root.resolve()}/"
    mounts = [line.split()[1:3] for line in lines if len(line.split()) > 2]
    around = [(len(place), kind) for place, kind in mounts if here.startswith(place.rstrip("/") + "/")]
    _, kind = max(around, default=(0, ""))
    return kind.startswith(_TELL_NOTHING)
