"""Programs outside: the `command` steps of a project and the writer's own editor."""

from __future__ import annotations

import contextlib
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from loop.adapters.files import text_of
from loop.adapters.trust import TrustFile, fingerprint
from loop.adapters.unsaved import put_away
from loop.errors import ProjectError, UsageError
from loop.ports import Edited

_WAITS = {"code": "--wait", "code-insiders": "--wait", "codium": "--wait", "cursor": "--wait"}
_WAITS |= {"subl": "--wait", "zed": "--wait", "zeditor": "--wait", "mate": "--wait"}
_EDITORS = ("notepad",) if os.name == "nt" else ("nano", "vi")
_LEAVING = {
    "nano": "Ctrl-O and Enter save, Ctrl-X leaves",
    "vi": "i begins to write; Esc and :wq and Enter save and leave, Esc and :q! and Enter leave",
    "notepad": "save, and close its window",
}


class LocalCommands:
    """The programs of one project on this computer.

    `programs` are the argument lists of its command steps. `trust_file` and `unsaved` lie outside the
    project, by default where the system keeps a user's data and state; `environment` is by default the
    one of this process. `on_screen`: the terminal is a full-screen app's, so that `edit` opens nothing.
    """

    def __init__(
        self,
        root: str | Path,
        programs: Sequence[Sequence[str]] = (),
        *,
        trust_file: Path | None = None,
        unsaved: Path | None = None,
        environment: Mapping[str, str] | None = None,
        on_screen: bool = False,
    ) -> None:
        self._on_screen = on_screen
        self._root = str(Path(root).resolve())
        self._programs = tuple(tuple(argv) for argv in programs)
        self._trust_file = trust_file
        self._unsaved = unsaved
        self._environment = os.environ if environment is None else environment

    async def filter(self, argv: Sequence[str], text: str, *, seconds: float) -> str:
        """Feed `text` to a program's standard input and return its standard output.

        No shell, no keys in its environment, the project as its folder. Raises UsageError.
        """
        from loop.adapters.process import filtered  # asyncio is slow to load, and `log` needs none

        return await filtered(argv, text, folder=self._root, seconds=seconds, environment=self._environment)

    def trusted(self) -> bool:
        """True when the user said `redraft trust` to these programs as they are now.

        Changed arguments, or a changed script of the project that they name, are not trusted.
        """
        return not self._programs or self._trust().holds(self._root, fingerprint(self._root, self._programs))

    def trust(self) -> None:
        """Remember, outside the project, that its programs as they are now may run."""
        self._trust().add(self._root, fingerprint(self._root, self._programs))

    def leaving(self) -> str:
        """How to leave the editor that `edit` will open; empty for one that the writer chose."""
        if self._on_screen or _chosen(self._environment) or not sys.stdin.isatty():
            return ""
        (name,) = editor_command(self._environment)
        return f"Press Enter to edit in {name}: {_LEAVING[name]}."

    def edit(self, text: str, name: str) -> Edited:
        """Open $VISUAL or $EDITOR on a copy of `text` and return what was saved.

        Where the writer chose none, Enter is waited for first: an editor hides what was said before.
        Raises UsageError when there is no editor, it ends with an error, or it never saved; the hint
        says where the text is. A text that was saved as it was is an answer: the draft is right.
        """
        if self._on_screen:
            raise UsageError("No text was given.", hint="redraft correct NAME   is the editor here")
        editor_command(self._environment)  # that there is none is said before Enter is waited for
        if not _chosen(self._environment):
            if not sys.stdin.isatty():
                raise UsageError(
                    "There is no terminal to open an editor in.",
                    hint="redraft correct NAME --file my-version.md   (or --stdin)",
                )
            sys.stdin.readline()
        edited = self.open_editor(text, name)
        if edited is None:
            raise UsageError(
                "You left the editor without saving, so nothing was kept.",
                hint="If the text is right as it is, save it unchanged.",
            )
        return edited

    def open_editor(self, text: str, name: str) -> Edited | None:
        """Open the editor at once and return what was saved; None when nothing was. Raises UsageError."""
        argv = editor_command(self._environment)
        place = put_away(text, name, self._unsaved)
        untouched = _stamp(place)
        code = _opened(argv, place)
        where = f"Your text is in {place}"
        if code != 0:
            raise UsageError(
                f"The editor “{argv[0]}” ended with exit code {code}; nothing was saved.", hint=where
            )
        try:
            saved = text_of(place.read_bytes(), str(place))
        except OSError as error:
            raise UsageError(
                f"The editor left no file at {place}; nothing was saved.", hint=_CHOOSE
            ) from error
        except ProjectError as error:
            raise UsageError(error.message, hint=f"{error.hint} {where}") from error
        if not saved.strip():
            raise UsageError("Nothing was saved: the text is empty.", hint="Everything stays as it was.")
        if saved == text and _stamp(place) == untouched:
            place.unlink()
            return None
        if saved == text:
            place.unlink()
            return Edited(saved)
        return Edited(saved, str(place))

    def forget(self, place: str) -> None:
        """What was saved in the editor is kept elsewhere now: its copy, if there is one, goes."""
        if place:
            with contextlib.suppress(OSError):  # a copy too many harms nobody
                Path(place).unlink()

    def _trust(self) -> TrustFile:
        if self._trust_file is not None:
            return TrustFile(self._trust_file)
        from platformdirs import user_data_path

        return TrustFile(user_data_path("redraft", appauthor=False) / "trust.json")


_CHOOSE = "Choose one: export EDITOR=nano   (or give the text with --file or --stdin)"


def edit_file(place: Path, environment: Mapping[str, str]) -> None:
    """Open $VISUAL or $EDITOR on a file itself, and come back when it is closed.

    Raises UsageError when there is no editor, or it ends with an error.
    """
    argv = editor_command(environment)
    code = _opened(argv, place)
    if code != 0:
        raise UsageError(f"The editor “{argv[0]}” ended with exit code {code}.", hint=f"The file is {place}")


def _opened(argv: Sequence[str], place: Path) -> int:
    """Wait for an editor on a file; its exit code. Raises UsageError when it cannot be started."""
    try:
        # standard output is for results: an editor that draws there goes to the terminal instead
        return subprocess.run([*argv, str(place)], check=False, stdout=None if os.isatty(1) else 2).returncode
    except OSError as error:
        from loop.adapters.process import why_not_started

        raise UsageError(
            f"The editor “{argv[0]}” could not be started: {why_not_started(error)}.", hint=_CHOOSE
        ) from error


def _chosen(environment: Mapping[str, str]) -> str:
    return environment.get("VISUAL", "").strip() or environment.get("EDITOR", "").strip()


def editor_command(environment: Mapping[str, str]) -> tuple[str, ...]:
    """The writer's editor as an argument list; editors with windows are told to wait.

    Raises UsageError when none is chosen and none is found.
    """
    chosen = _chosen(environment)
    if not chosen:
        found = next((name for name in _EDITORS if shutil.which(name, path=environment.get("PATH"))), None)
        if found is None:
            raise UsageError("There is no editor.", hint=_CHOOSE)
        return (found,)
    try:
        argv = shlex.split(chosen, posix=sys.platform != "win32")
    except ValueError as error:
        raise UsageError(f"The editor “{chosen}” has an open quotation mark.", hint=_CHOOSE) from error
    wait = _WAITS.get(Path(argv[0]).stem.lower())
    if wait and not {"-w", "--wait"} & set(argv):
        argv.append(wait)
    return tuple(argv)


def _stamp(place: Path) -> tuple[int, int]:
    """Changes whenever somebody saves the file, be it with the same text."""
    found = place.stat()
    return found.st_mtime_ns, found.st_ino
