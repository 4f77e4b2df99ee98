"""What a commit is about to put into the work tree, so that a crash can be mended.

The journal is written before the branch moves and removed when every file and git's index are as
the commit says. Files are replaced in one step each, so a file holds either what was there before,
or what the commit brings, or what the writer wrote since: the recorded hashes tell which.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from pydantic import ValidationError

from loop.adapters.files import put_in_place, unreadable, write_whole
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
    old_blob: str
    """Git's id of the file in the parent commit; empty when it was not there."""
    blob: str
    """Git's id of the new text; empty when the file goes."""
    mode: str = "100644"
    """Git's file mode."""
    prepared: str = ""
    """Name of the new file beside the old one, until it takes its place."""


class Journal(Record):
    """A commit whose files are being put in place."""

    commit: str
    """The commit."""
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
        self.journal = Path(git_folder, "redraft", "journal.json")
        self._git = git

    def begin(self, journal: Journal) -> None:
        """Write the journal. Raises OSError."""
        write_whole(str(self.journal), journal.model_dump_json().encode())

    def put(self, file: FileToRestore) -> None:
        """Give one prepared file its place, or take the old one away. Raises OSError."""
        place = self.root / file.path
        if file.blob:
            put_in_place(str(place.parent / file.prepared), str(place))
        else:
            place.unlink(missing_ok=True)

    def index(self, files: Sequence[FileToRestore]) -> None:
        """Make git's index agree with the commit on exactly these paths."""
        if files:
            self._git("update-index", "-z", "--index-info", stdin=index_lines(files, self.prefix))

    def end(self) -> None:
        """Everything is in place: remove the journal. Raises OSError."""
        self.journal.unlink(missing_ok=True)

    def abandon(self, journal: Journal) -> None:
        """The branch did not move: remove what was prepared, and the journal."""
        for file in journal.files:
            if file.prepared:
                with contextlib.suppress(FileNotFoundError):
                    (self.root / file.path).with_name(file.prepared).unlink()
        self.end()

    def recover(self) -> None:
        """Finish what a killed process began; a file that the writer changed since stays as it is.

        Raises HistoryError when the journal cannot be read or its files not be written.
        """
        try:
            text = self.journal.read_text(encoding="utf-8")
            journal = Journal.model_validate_json(text)
        except (ValidationError, UnicodeDecodeError) as error:
            raise HistoryError(
                f"The note about an interrupted commit is damaged: {self.journal}.",
                hint="Look at git status, then delete that file.",
            ) from error
        if self._git.ask("merge-base", "--is-ancestor", journal.commit, "HEAD").status == 0:
            try:
                self._finish(journal)
            except OSError as error:
                problem = unreadable(error, str(error.filename or self.root), "written")
                raise HistoryError(problem.message, problem.hint) from error
        self.abandon(journal)

    def _finish(self, journal: Journal) -> None:
        paths = [file.path for file in journal.files]
        head = self._blobs("ls-tree", "-r", "-z", "HEAD", "--", *paths)
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
            if staged.get(file.path, "") == file.old_blob:
                stale.append(file)
        self.index(stale)

    def _blobs(self, *words: str) -> Mapping[str, str]:
        return {path: blob for path, _, blob in listed(self._git(*words).data)}


def index_lines(files: Sequence[FileToRestore], prefix: str) -> bytes:
    """What `git update-index -z --index-info` reads to take these files."""
    lines = []
    for file in files:
        mode, blob = (file.mode, file.blob) if file.blob else ("0", "0" * 40)
        lines.append(f"{mode} {blob}\t{prefix}{file.path}\0")
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
