"""Go back to any version of the guidance, as a new entry."""

from __future__ import annotations

from typing import Annotated

from loop.events import Tell
from loop.model import Record
from loop.project import Project
from loop.verbs.parts.committing import keep_edits
from loop.verbs.parts.fields import Argument
from loop.verbs.parts.restoring import Restored, restore
from loop.versions import commit_of

EXAMPLE = "redraft rollback 3f2a9c"
Result = Restored


class Request(Record):
    """Where to go back to."""

    version: Annotated[str, Argument(completes="version")]
    """A version or its beginning as `redraft log` shows it, or a commit."""


async def do(project: Project, request: Request, tell: Tell) -> Result:
    """Restore the guidance of a version; drafts, finals and critiques stay."""
    target = commit_of(project, request.version)
    head = keep_edits(project, tell)
    return restore(
        project,
        target,
        verb="rollback",
        what=f"back to version {request.version}",
        trailers={},
        expect=head,
        tell=tell,
    )
