"""Small honest stand-ins for the doors to the world: they keep what they are given and run out loudly."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import PurePosixPath

from loop.adapters.files import path_parts, text_of
from loop.adapters.git_log import message
from loop.errors import DirtyGuidance, HistoryError, HistoryMoved, ProjectError, UsageError
from loop.model import Entry, FileChange, LogEntry
from loop.ports import Edited


class FixedClock:
    """Tells the same time until it is told to go on."""

    def __init__(self, now: datetime = datetime(2026, 1, 1, 12, tzinfo=UTC)) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def go_on(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)


class MemoryFiles:
    """A project's files in a dictionary: path -> text."""

    def __init__(self, texts: Mapping[str, str] | None = None) -> None:
        self.texts = dict(texts or {})

    def read(self, path: str) -> str:
        return text_of(self.read_bytes(path), path)

    def read_bytes(self, path: str) -> bytes:
        if not self.exists(path):
            raise ProjectError(f"There is no file “{path}”.", hint="Check the name.")
        return self.texts[path].encode()

    def exists(self, path: str) -> bool:
        path_parts(path)
        return path in self.texts

    def list(self, folder: str, suffix: str = "") -> Sequence[str]:
        start = f"{folder.rstrip('/')}/" if folder else ""
        inside = [path for path in self.texts if path.startswith(start) and path.endswith(suffix)]
        return tuple(sorted(path for path in inside if "/" not in path[len(start) :]))

    def folders(self, folder: str) -> Sequence[str]:
        start = f"{folder.rstrip('/')}/" if folder else ""
        inside = [path[len(start) :] for path in self.texts if path.startswith(start)]
        return tuple(sorted({start + path.partition("/")[0] for path in inside if "/" in path}))

    def write(self, path: str, text: str) -> None:
        path_parts(path)
        self.texts[path] = text

    def delete(self, path: str) -> None:
        path_parts(path)
        self.texts.pop(path, None)

    def absolute(self, path: str) -> str:
        path_parts(path)
        return f"/memory/{path}"


class MemoryHistory:
    """A repository with one branch, whose work tree is a MemoryFiles."""

    def __init__(self, files: MemoryFiles, clock: FixedClock | None = None) -> None:
        self._files = files
        self._clock = clock or FixedClock()
        self._head = ""
        self._trees: dict[str, dict[str, str]] = {"": {}}
        self._entries: dict[str, LogEntry] = {}
        self._proposals: dict[int, str] = {}
        self.refuses = ""
        """What `check` complains about; empty when all is well."""

    def check(self) -> None:
        if self.refuses:
            raise HistoryError(self.refuses, hint="git status")

    def head(self) -> str:
        return self._head

    def resolve(self, name: str) -> str | None:
        if name.startswith("HEAD"):
            line = [entry.sha for entry in self.log()]
            steps = int(name.removeprefix("HEAD").removeprefix("~") or 0)
            return line[steps] if steps < len(line) else None
        found = [sha for sha in self._entries if name and sha.startswith(name)]
        return found[0] if len(found) == 1 else None

    def read(self, at: str, prefixes: Sequence[str]) -> Mapping[str, str]:
        sha = self.resolve(at) if at else ""
        if sha is None:
            raise HistoryError(f"There is no commit “{at}”.", hint="git log")
        return {path: text for path, text in self._trees[sha].items() if _under(path, prefixes)}

    def commit(self, changes: Sequence[FileChange], entry: Entry, *, expect: str) -> str:
        if expect != self._head:
            raise HistoryMoved("The project moved on.", hint="Run the command again.")
        for change in changes:
            if self._files.texts.get(change.path) not in {change.before, change.after}:
                raise DirtyGuidance(f"“{change.path}” was changed.", hint="Run the command again.")
        self._head = self._keep(changes, entry, expect)
        for change in changes:
            if change.after is None:
                self._files.delete(change.path)
            else:
                self._files.write(change.path, change.after)
        return self._head

    def propose(self, changes: Sequence[FileChange], entry: Entry, *, base: str) -> int:
        decided = [int(past.trailers.get("Proposal", 0)) for past in self.log()]
        number = max([0, *self._proposals, *decided]) + 1
        self._proposals[number] = self._keep(changes, entry, base)
        return number

    def proposals(self) -> Mapping[int, LogEntry]:
        return {number: self._entries[sha] for number, sha in self._proposals.items()}

    def drop_proposal(self, number: int) -> None:
        if number not in self._proposals:
            raise UsageError(f"There is no proposal {number}.", hint="redraft status")
        del self._proposals[number]

    def log(self, *, paths: Sequence[str] = (), limit: int = 0, rev: str = "HEAD") -> Iterator[LogEntry]:
        sha = self._head if rev == "HEAD" else self.resolve(rev) or ""
        left = limit or len(self._entries)
        while sha and left:
            entry = self._entries[sha]
            old, new = self._trees[entry.parent], self._trees[sha]
            touched = [path for path in old | new if old.get(path) != new.get(path)]
            if not paths or any(_under(path, paths) for path in touched):
                left -= 1
                yield entry
            sha = entry.parent

    def dirty(self, prefixes: Sequence[str]) -> Sequence[str]:
        kept, now = self._trees[self._head], self._files.texts
        differing = {path for path in kept | now if kept.get(path) != now.get(path)}
        return tuple(sorted(path for path in differing if _under(path, prefixes)))

    def _keep(self, changes: Sequence[FileChange], entry: Entry, parent: str) -> str:
        said = message(entry)
        tree = dict(self._trees[parent])
        for change in changes:
            path_parts(change.path)
            if change.after is None:
                tree.pop(change.path, None)
            else:
                tree[change.path] = change.after
        when = self._clock.now().isoformat()
        content = f"{parent}\n{said}\n{when}\n{len(self._entries)}\n{sorted(tree.items())}"
        sha = hashlib.sha1(content.encode(), usedforsecurity=False).hexdigest()
        self._trees[sha] = tree
        self._entries[sha] = LogEntry(
            sha=sha,
            parent=parent,
            author="Ann Lee",
            when=when,
            verb=entry.verb,
            subject=" ".join(entry.subject.split()),
            trailers={key: value.strip() for key, value in entry.trailers.items()},
        )
        return sha


class ScriptedCommands:
    """Programs and an editor that answer from lists; a list that runs out is a failure of the test."""

    def __init__(
        self,
        *,
        filtered: Iterable[str | Exception] = (),
        edited: Iterable[str | Exception] = (),
        trusted: bool = True,
    ) -> None:
        self._filtered = list(filtered)
        self._edited = list(edited)
        self._trusted = trusted
        self.calls: list[tuple[tuple[str, ...], str]] = []
        """What `filter` was asked, in order: the program and its text."""
        self.opened: list[tuple[str, str]] = []
        """What `edit` was asked, in order: the text and its name."""

    async def filter(self, argv: Sequence[str], text: str, *, seconds: float) -> str:
        self.calls.append((tuple(argv), text))
        return _next(self._filtered, f"program {argv[0]}")

    def trusted(self) -> bool:
        return self._trusted

    def trust(self) -> None:
        self._trusted = True

    def leaving(self) -> str:
        return ""

    def edit(self, text: str, name: str) -> Edited:
        self.opened.append((text, name))
        return Edited(_next(self._edited, "editor"))

    def forget(self, place: str) -> None:
        """There is no copy."""


def _next(answers: list[str | Exception], who: str) -> str:
    if not answers:
        raise AssertionError(f"the {who} was asked once too often")
    answer = answers.pop(0)
    if isinstance(answer, Exception):
        raise answer
    return answer


def _under(path: str, prefixes: Sequence[str]) -> bool:
    place = PurePosixPath(path)
    folders = [prefix.rstrip("/") for prefix in prefixes]
    return any(
        place.match(folder) and len(place.parts) == len(PurePosixPath(folder).parts)
        if "*" in folder
        else folder in {"", ".", path} or path.startswith(f"{folder}/")
        for folder in folders
    )
