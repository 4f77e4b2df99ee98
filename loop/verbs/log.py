"""What happened, newest first."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from loop.events import Tell
from loop.model import LogEntry, Record
from loop.names import file_name
from loop.project import Project
from loop.verbs.parts.fields import Argument

EXAMPLE = "redraft log --limit 20"


class Request(Record):
    """How much of the history."""

    brief: Annotated[str | None, Argument(completes="brief")] = None
    """Only what concerns this brief."""
    limit: int = Field(default=30, ge=0)
    """The newest so many entries; 0 is all."""
    everything: bool = False
    """Commits that redraft did not make, too."""


class Result(Record):
    """The entries."""

    entries: tuple[LogEntry, ...]
    """Newest first."""
    more: bool = False
    """True when older ones were left out."""


async def do(project: Project, request: Request, tell: Tell) -> Result:
    """Read the history, and stop as soon as there is enough."""
    if request.brief is not None:
        file_name(request.brief)
    found: list[LogEntry] = []
    for entry in project.history.log():
        if not (entry.verb or request.everything):
            continue
        if request.brief is not None and entry.trailers.get("Brief") != request.brief:
            continue
        if request.limit and len(found) == request.limit:
            return Result(entries=tuple(found), more=True)
        found.append(entry)
    return Result(entries=tuple(found))
