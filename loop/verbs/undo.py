"""Take back the last change of the guidance, as a new entry."""

from __future__ import annotations

from loop.events import Tell
from loop.project import Project
from loop.store import guidance_at
from loop.timeline import plan_undo
from loop.verbs.parts.restoring import Ground, Looking, Restored, Step, bring_back

EXAMPLE = "redraft undo"
Result = Restored


class Request(Looking):
    """The last change goes."""


async def do(project: Project, request: Request, tell: Tell) -> Result:
    """Restore the guidance from before the newest change that still stands. Drafts and finals stay."""
    return bring_back(project, request, "undo", _plan, tell)


def _plan(ground: Ground) -> Step:
    entry = plan_undo(ground.entries())
    return Step(
        f"take back “{entry.subject}”",
        guidance_at(ground.project, entry.parent),
        {"Restores": entry.parent, "Undoes": entry.sha},
    )
