"""Go back to any version of the guidance, as a new entry."""

from __future__ import annotations

from typing import Annotated

from loop.events import Tell
from loop.project import Project
from loop.store import guidance_at
from loop.verbs.parts.fields import Argument
from loop.verbs.parts.restoring import Looking, Restored, Step, bring_back
from loop.versions import commit_of

EXAMPLE = "redraft rollback 3f2a9c"
Result = Restored


class Request(Looking):
    """Where to go back to."""

    version: Annotated[str, Argument(completes="version")]
    """A version or its beginning as `redraft log` shows it, or a commit."""


async def do(project: Project, request: Request, tell: Tell) -> Result:
    """Restore the guidance of a version; drafts, finals and critiques stay."""
    target = commit_of(project, request.version)
    step = Step(f"back to version {request.version}", guidance_at(project, target), {"Restores": target})
    return bring_back(project, request, "rollback", lambda _: step, tell)
