"""What a commit is about to put into the work tree, so that a crash can be mended.

The journal is written before the branch moves and removed when every file and git's index are as
the commit says. Files are replaced in one step each, so a file holds either what was there before,
or what the commit brings, or what the writer wrote since: the recorded hashes tell which.
"""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from pydantic import ValidationError

from loop.adapters.files import move, write_whole
from loop.adapters.git_command import GitCommand
from loop.errors import HistoryError
from loop.model import Record

ABSENT = ""
"""The hash of a file that is not there."""


class FileToRestore(Record):
    """One path of a commit, as it was and as it will be."""

    path: str
    """Path in the project."""
    before: str
    """SHA-256 of the bytes on disk when the commit began; empty when there was no file."""
    blob: str
    """Git's id of the new text; empty when the file goes."""
    mode: str = "100644"
    """Git's file mode."""
    prepared: str = ""
    """Name of the new file in redraft's folder; empty when the file on disk is right already."""


class Journal(Record):
    """A commit whose files are being put in place."""

    commit: str
    """The commit."""
    base: str
    """Its parent; empty for the first commit."""
    files: tuple[FileToRestore, ...]
    """Its files."""


def content_hash(data: bytes | None) -> str:
    """SHA-256 of a file's bytes; ABSENT for no file."""
    return ABSENT if data is None else hashlib.sha256(data).hexdigest()


def look(place: Path) -> bytes | None:
    """A file's bytes, or None when it is not there. Raises OSError."""
    try:
        return place.read_bytes()
    except FileNotFoundError:
        return None


class WorkTree:
    """The files of one project, and the index and journal of its repository."""

    def __init__(self, root: str, prefix: str, git_folder: str, git: GitCommand) -> None:
        self.root = Path(root)
        self.prefix = prefix
        """The project's folder in the repository, with a slash at its end; empty for the top."""
        self.git_folder = Path(git_folder)
        self.own = self.git_folder / "redraft"
        """redraft's folder under git's: lock, journal, and what a commit is built from."""
        self.journal = self.own / "journal.json"
        self._git = git

    def begin(self, journal: Journal) -> None:
        """Write the journal. Raises OSError."""
        write_whole(str(self.journal), journal.model_dump_json().encode())

    def make_room(self, file: FileToRestore) -> None:
        """Make the file's folder and see that it can be written. Raises OSError."""
        folder = (self.root / file.path).parent
        if file.blob:
            folder.mkdir(parents=True, exist_ok=True)
        if folder.exists() and not os.access(folder, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), file.path)

    def put(self, file: FileToRestore) -> None:
        """Give one prepared file its place, or take the old one away. Raises OSError."""
        place = self.root / file.path
        if not file.blob:
            place.unlink(missing_ok=True)
        elif file.prepared:
            prepared = self.own / file.prepared
            try:
                move(str(prepared), str(place))
            except OSError as error:
                if error.errno != errno.EXDEV:
                    raise
                write_whole(str(place), prepared.read_bytes())  # git's folder lies on another disk

    def index(self, files: Sequence[FileToRestore], width: int) -> None:
        """Make git's index agree with the commit on exactly these paths."""
        if files:
            lines = index_lines([(file.path, file.mode, file.blob) for file in files], self.prefix, width)
            self._git("update-index", "-z", "--index-info", stdin=lines)

    def end(self) -> None:
        """Everything is in place: remove the journal. Raises OSError."""
        self.journal.unlink(missing_ok=True)

    def tidy(self) -> None:
        """Remove what a commit was built from. Raises OSError."""
        for leftover in (*self.own.glob("text-*"), *self.own.glob("index*")):
            leftover.unlink()

    def recover(self) -> None:
        """Finish what an ended process began, or undo it if the branch did not move.

        A file that the writer changed since stays as it is.
        Raises HistoryError for a damaged journal, and OSError.
        """
        try:
            journal = Journal.model_validate_json(self.journal.read_bytes())
        except FileNotFoundError:
            return
        except ValidationError as error:
            raise HistoryError(
                f"The note about an interrupted commit is damaged: {self.journal}.",
                hint="Look at git status, then delete that file.",
            ) from error
        if self._git.ask("merge-base", "--is-ancestor", journal.commit, "HEAD").status == 0:
            self._finish(journal)
        self.end()

    def _finish(self, journal: Journal) -> None:
        paths = [file.path for file in journal.files]
        head = self._blobs("ls-tree", "-r", "-z", "HEAD", "--", *paths)
        old = self._blobs("ls-tree", "-r", "-z", journal.base, "--", *paths) if journal.base else {}
        staged = self._blobs("ls-files", "-s", "-z", "--", *paths)
        stale = []
        for file in journal.files:
            if head.get(file.path, "") != file.blob:
                continue  # a later commit says otherwise
            place = self.root / file.path
            if content_hash(look(place)) == file.before:
                if file.blob:
                    write_whole(str(place), self._git("cat-file", "blob", file.blob).data)
                else:
                    place.unlink(missing_ok=True)
            if staged.get(file.path, "") == old.get(file.path, ""):
                stale.append(file)
        self.index(stale, len(journal.commit))

    def _blobs(self, *words: str) -> Mapping[str, str]:
        return {path: blob for path, _, blob in listed(self._git(*words).data)}


def index_lines(files: Iterable[tuple[str, str, str]], prefix: str, width: int) -> bytes:
    """(path, mode, id) as `git update-index -z --index-info` reads them; an empty id takes the file away.

    `width` is the length of git's ids.
    """
    lines = []
    for path, mode, blob in files:
        facts = f"{mode} {blob}" if blob else f"0 {'0' * width}"
        lines.append(f"{facts}\t{prefix}{path}\0")
    return "".join(lines).encode()


def listed(data: bytes) -> list[tuple[str, str, str]]:
    """(path, mode, id) of every file in the output of `git ls-tree -z` or `git ls-files -s -z`."""
    found = []
    for line in data.split(b"\0"):
        facts, tab, path = line.partition(b"\t")
        if tab:
            mode, *_, blob = [word.decode() for word in facts.split() if len(word) >= 6]
            found.append((path.decode("utf-8", "surrogateescape"), mode, blob))
    return found
