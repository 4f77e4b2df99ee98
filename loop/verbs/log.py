"""What happened, newest first."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from loop.events import Tell
from loop.model import LogEntry, Operation, Record
from loop.names import file_name
from loop.patch import FileDiff
from loop.project import Project
from loop.verbs.parts.fields import Argument

EXAMPLE = 'redraft log --search "utilize"'


class Request(Record):
    """How much of the history."""

    brief: Annotated[str | None, Argument(completes="brief")] = None
    """Only what concerns this brief."""
    limit: int = Field(default=30, ge=0)
    """The newest so many entries; 0 is all."""
    everything: bool = False
    """Commits that redraft did not make, too."""
    search: str | None = None
    """Only entries with all these words: in what happened, brief, rules, version, date."""
    before: str | None = None
    """Only what is older than this entry (a commit or a version)."""
    entry: str | None = None
    """This one entry in full (a commit or a version): what it did, and its texts before and after."""


class Result(Record):
    """The entries."""

    entries: tuple[LogEntry, ...]
    """Newest first."""
    more: bool = False
    """True when older ones were left out."""
    search: str = ""
    """What was looked for."""
    opened: bool = False
    """True with --entry."""
    operations: tuple[Operation, ...] = ()
    """With --entry: what was decided about the guidance."""
    files: tuple[FileDiff, ...] = ()
    """With --entry: the texts that a writer reads, before and after."""


async def do(project: Project, request: Request, tell: Tell) -> Result:
    """Read the history, and stop as soon as there is enough."""
    if request.entry is not None:
        return _opened(project, request.entry)
    if request.brief is not None:
        file_name(request.brief)
    words = (request.search or "").lower().split()
    start = _older(project, request.before) if request.before else "HEAD"
    found: list[LogEntry] = []
    for entry in project.history.log(rev=start) if start else ():
        if not (entry.verb or request.everything):
            continue
        if request.brief is not None and entry.trailers.get("Brief") != request.brief:
            continue
        if words and not _has(entry, words):
            continue
        if request.limit and len(found) == request.limit:
            return Result(entries=tuple(found), more=True, search=request.search or "")
        found.append(entry)
    return Result(entries=tuple(found), search=request.search or "")


def _older(project: Project, name: str) -> str:
    """The commit before an entry; empty for the first one."""
    from loop.versions import commit_of  # a plain log names no version

    return next(project.history.log(rev=commit_of(project, name), limit=1)).parent


def _has(entry: LogEntry, words: list[str]) -> bool:
    """True when each of the words stands somewhere in an entry, of whatever case."""
    trailers = entry.trailers
    said = [entry.verb, entry.subject, entry.when[:16].replace("T", " "), entry.version, entry.sha[:12]]
    said += [trailers.get("Brief", ""), trailers.get("Rules", "")]
    text = "\n".join(said).lower()
    if all(word in text for word in words):
        return True
    if "Operations" not in trailers:
        return False
    from loop.operations_log import operations_of

    rules = [f"{one.id}\n{one.text}\n{one.scope}" for one in operations_of(entry)]
    whole = "\n".join((text, *rules)).lower()
    return all(word in whole for word in words)


def _opened(project: Project, name: str) -> Result:
    from loop.operations_log import operations_of
    from loop.verbs.parts.texts import texts_of
    from loop.versions import commit_of

    entry = next(project.history.log(rev=commit_of(project, name), limit=1))
    return Result(
        entries=(entry,), opened=True, operations=operations_of(entry), files=texts_of(project, entry)
    )
