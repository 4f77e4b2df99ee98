"""The project's history in git: plumbing commits that leave the writer's own work alone.

A commit is built in a temporary index, the branch moves by compare-and-swap, then exactly the
committed paths are put in place. No filters, hooks or signatures: texts are stored byte for byte,
and commits are unsigned whatever `commit.gpgSign` says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

from loop.adapters.files import is_unfinished, path_parts, text_of, unreadable
from loop.adapters.git_build import Stored, build, prepared_name
from loop.adapters.git_command import GitCommand, explained, scrub_environment
from loop.adapters.git_journal import (
    FileToRestore,
    Journal,
    WorkTree,
    content_hash,
    listed,
    look,
)
from loop.adapters.git_log import LOG_FORMAT, REF_FORMAT, entries, log_entry, message
from loop.adapters.git_state import head_of_branch, refuse_unfinished, refuse_unknown_writer, wait_for_index
from loop.adapters.lock import file_lock
from loop.errors import DirtyGuidance, HistoryError, HistoryMoved, ProjectError, UsageError
from loop.model import Entry, FileChange, LogEntry

__all__ = ["GitHistory", "scrub_environment"]

PROPOSALS = "refs/redraft/proposals/"
_LINK, _REPOSITORY = "120000", "160000"


def no_stage(name: str) -> None:
    """The listener for whoever does not watch a commit being made."""


class GitHistory:
    """The git repository that a folder lies in; the folder may be a part of it.

    `stage` is called between the steps of a commit with a step's name, so that tests can end the
    process at each of them.
    """

    def __init__(self, root: str | Path, *, stage: Callable[[str], None] = no_stage) -> None:
        self._root = str(root)
        self._git = GitCommand(self._root)
        self._stage = stage

    @cached_property
    def _tree(self) -> WorkTree:
        words = ("rev-parse", "--is-inside-work-tree", "--absolute-git-dir", "--show-prefix")
        said = self._git.read(*words).decode("utf-8", "surrogateescape")
        inside, folder, prefix = (said + "\n\n").split("\n")[:3]
        if inside != "true":
            raise explained(("rev-parse",), "must be run in a work tree", self._root)
        return WorkTree(self._root, prefix, folder, self._git)

    def init(self) -> None:
        """Make a git repository in the folder, unless it has one or belongs to one. Raises HistoryError.

        It belongs to the repository around it when that one tracks some of its files.
        """
        if not Path(self._root, ".git").exists():
            around = self._git.ask("ls-files", "-z", "--", ".")
            if around.status != 0 or not around.data:
                self._git("init", "--quiet")

    def check(self) -> None:
        """Raise HistoryError (with a hint) when a commit could not be made now.

        Git missing or too old, no repository, no identity, detached HEAD, a merge or rebase under
        way, a repository that cannot be written. Finishes what a crash left behind.
        """
        self._git.refuse_old()
        with self._turn():
            refuse_unfinished(self._tree.git_folder)
            head_of_branch(self._git)
            refuse_unknown_writer(self._git)

    def set_identity(self, name: str, email: str) -> None:
        """Tell git who commits, for this repository only. Raises UsageError."""
        for key, value in (("user.name", name), ("user.email", email)):
            if (
                not value.strip()
                or value.startswith("-")
                or not value.isprintable()
                or set("<>") & set(value)
            ):
                raise UsageError(
                    f"{value!r} cannot be used as {'a name' if key == 'user.name' else 'an address'}.",
                    hint='For example: redraft new --author "Ann Lee <ann@example.org>"',
                )
        self._git("config", "--local", "user.name", name.strip())
        self._git("config", "--local", "user.email", email.strip())

    def head(self) -> str:
        """The commit that HEAD names; empty string in a repository without commits."""
        output = self._git.ask("rev-parse", "--quiet", "--verify", "HEAD^{commit}")
        if output.status not in {0, 1}:
            raise explained(("rev-parse",), output.complaint, self._root)
        return output.text

    def resolve(self, name: str) -> str | None:
        """The commit that a git revision names, or None."""
        if not name or name.startswith("-") or "\0" in name:
            return None
        output = self._git.ask("rev-parse", "--quiet", "--verify", f"{name}^{{commit}}")
        return output.text if output.status == 0 else None

    def read(self, at: str, prefixes: Sequence[str]) -> Mapping[str, str]:
        """Path -> text of every file at a commit that equals or lies under one of the prefixes.

        Raises ProjectError for a file that is no UTF-8 text or a link, HistoryError for no commit.
        """
        if not at:
            return {}
        _refuse_option(at)
        wanted = listed(self._git("ls-tree", "-r", "-z", at, "--", *_paths(prefixes)).data)
        found = [(path, blob) for path, mode, blob in wanted if _is_text(path, mode)]
        ids = "".join(f"{blob}\n" for _, blob in found).encode()
        data = self._git("cat-file", "--batch", "--buffer", stdin=ids).data if found else b""
        texts: dict[str, str] = {}
        start = 0
        for path, _ in found:
            line = data.index(b"\n", start)
            size = int(data[start:line].rsplit(b" ", 1)[1])
            texts[path] = text_of(data[line + 1 : line + 1 + size], path)
            start = line + size + 2
        return texts

    def commit(self, changes: Sequence[FileChange], entry: Entry, *, expect: str) -> str:
        """Commit exactly these files on top of `expect` and put them in place in the work tree.

        Raises HistoryMoved when HEAD is not `expect` any more, DirtyGuidance when a file on disk is
        neither as the change found it nor as it leaves it; then nothing has changed.
        """
        text = message(entry)
        with self._turn():
            refuse_unfinished(self._tree.git_folder)
            if head_of_branch(self._git) != expect:
                raise _moved()
            on_disk = [self._on_disk(change) for change in changes]
            wait_for_index(self._tree.git_folder)
            commit, files = build(self._git, self._tree, changes, text, expect)
            self._stage("objects")
            planned = [
                _planned(number, file, data, change)
                for number, (file, data, change) in enumerate(zip(files, on_disk, changes, strict=True))
            ]
            self._apply(Journal(commit=commit, base=expect, files=tuple(planned)), entry.verb)
            return commit

    def propose(self, changes: Sequence[FileChange], entry: Entry, *, base: str) -> int:
        """Store a commit at `refs/redraft/proposals/<n>` and return its number.

        A number is not given again while its ref is there or the log speaks of it.
        """
        text = message(entry)
        with self._turn():
            used = [*self.proposals(), *(_number(entry.trailers.get("Proposal", "")) for entry in self.log())]
            number = max(used, default=0) + 1
            commit = build(self._git, self._tree, changes, text, base).commit
            self._git("update-ref", "-m", "redraft: propose", f"{PROPOSALS}{number}", commit, "")
            return number

    def proposals(self) -> Mapping[int, LogEntry]:
        """The proposals that wait, by number."""
        fields = self._git.read("for-each-ref", REF_FORMAT, PROPOSALS).split(b"\0")
        found: dict[int, LogEntry] = {}
        for at in range(0, len(fields) - 1, 7):
            number = _number(fields[at + 6].decode("utf-8", "replace").removeprefix(PROPOSALS))
            if number:
                found[number] = log_entry([fields[at].lstrip(b"\n"), *fields[at + 1 : at + 6]])
        return dict(sorted(found.items()))

    def drop_proposal(self, number: int) -> None:
        """Forget a proposal's ref (its decision is in the log). Raises UsageError when there is none."""
        commit = self.resolve(f"{PROPOSALS}{number}")
        if commit is None:
            raise UsageError(f"There is no proposal {number}.", hint="redraft status   lists what waits")
        self._git("update-ref", "-d", f"{PROPOSALS}{number}", commit)

    def log(self, *, paths: Sequence[str] = (), limit: int = 0, rev: str = "HEAD") -> Iterator[LogEntry]:
        """Entries from newest to oldest, along first parents, as git finds them.

        Only those that touch `paths` if given; `prompts/*.md` are files of one folder. Raises
        HistoryError for an unknown revision.
        """
        _refuse_option(rev)
        count = [f"--max-count={limit}"] if limit else []
        words = ["log", "-z", "--first-parent", *count, LOG_FORMAT, rev, "--", *map(_pathspec, _paths(paths))]
        try:
            yield from entries(self._git.stream(*words, env={"GIT_LITERAL_PATHSPECS": "0"}))
        except HistoryError:
            if rev != "HEAD" or self.head():
                raise

    def dirty(self, prefixes: Sequence[str]) -> Sequence[str]:
        """Paths under the prefixes whose work tree differs from HEAD (untracked files included)."""
        if self._tree.journal.exists():
            with self._turn():
                pass
        words = ("status", "--porcelain=v2", "-z", "--untracked-files=all", "--no-renames", "--")
        found = set()
        for line in self._git.read(*words, *_paths(prefixes)).decode("utf-8", "surrogateescape").split("\0"):
            spaces = {"1": 8, "u": 10, "?": 1}.get(line[:1], 0)
            path = line.split(" ", spaces)[-1].removeprefix(self._tree.prefix)
            if spaces and not path.endswith("/") and not is_unfinished(path.rpartition("/")[2]):
                found.add(path)
        return tuple(sorted(found))

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """One writer at a time; whoever comes next finishes what a killed one left."""
        tree = self._tree
        try:
            with file_lock(tree.own / "lock"):
                tree.tidy()
                tree.recover()
                yield
                tree.tidy()
        except OSError as error:
            problem = unreadable(error, str(error.filename or self._root), "written")
            raise HistoryError(problem.message, problem.hint) from error

    def _on_disk(self, change: FileChange) -> bytes | None:
        place = Path(self._root)
        for part in path_parts(change.path):
            place /= part
            if place.is_symlink():
                raise _linked(change.path)
        try:
            data = look(place)
        except OSError as error:
            raise unreadable(error, change.path, "read") from error
        text = None if data is None else text_of(data, change.path)
        if not (_same(text, change.before) or _same(text, change.after)):
            raise DirtyGuidance(
                f"“{change.path}” was changed while redraft was working on it; nothing was written.",
                hint="Your text stays as it is. Run the command again: it starts from your text.",
            )
        return data

    def _apply(self, journal: Journal, verb: str) -> None:
        tree = self._tree
        try:
            tree.begin(journal)
            self._stage("journal")
            for file in journal.files:
                tree.make_room(file)
            self._stage("prepared")
            self._move(journal.commit, journal.base, verb)
        except BaseException:
            tree.recover()  # the branch may have moved all the same: the journal knows what to do
            raise
        self._stage("branch")
        for file in journal.files:
            tree.put(file)
            self._stage("file")
        tree.index(journal.files, len(journal.commit))
        self._stage("index")
        tree.end()

    def _move(self, commit: str, expect: str, verb: str) -> None:
        words = ("update-ref", "-m", f"redraft: {verb}", "HEAD", commit, expect)
        output = self._git.ask(*words)
        if output.status != 0:
            if self.head() != expect:
                raise _moved()
            raise explained(words, output.complaint, self._root)


def _planned(number: int, file: Stored, data: bytes | None, change: FileChange) -> FileToRestore:
    there = change.after is not None and data == change.after.encode()
    return FileToRestore(
        path=file.path,
        before=content_hash(data),
        blob=file.blob,
        mode=file.mode,
        prepared="" if there or change.after is None else prepared_name(number),
    )


def _same(text: str | None, other: str | None) -> bool:
    """True for equal texts; line ends alone are no edit (git itself converts them on some systems)."""
    if text is None or other is None:
        return text is other
    return text == other or text.replace("\r\n", "\n") == other.replace("\r\n", "\n")


def _is_text(path: str, mode: str) -> bool:
    if mode == _LINK:
        raise _linked(path)
    return mode != _REPOSITORY


def _linked(path: str) -> ProjectError:
    return ProjectError(
        f"“{path}” is a link, and history cannot be kept through a link.",
        hint="Put the file itself in place of the link, and commit that: cp --remove-destination",
    )


def _paths(prefixes: Sequence[str]) -> list[str]:
    """Pathspecs for git; the project itself is no restriction."""
    paths = [prefix.rstrip("/") for prefix in prefixes]
    return [] if "" in paths or "." in paths else paths


def _pathspec(path: str) -> str:
    return f":({'glob' if '*' in path else 'literal'}){path}"


def _refuse_option(name: str) -> None:
    if not name or name.startswith("-") or "\0" in name:
        raise UsageError(f"{name!r} is not a version.", hint="redraft log   lists the versions")


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else 0


def _moved() -> HistoryMoved:
    return HistoryMoved(
        "The project moved on while redraft was working: another commit came first. Nothing was written.",
        hint="Run the command again.",
    )
