"""Bring back what was undone, as a new entry."""

from __future__ import annotations

from loop.events import Tell
from loop.project import Project
from loop.store import guidance_at
from loop.timeline import plan_redo
from loop.verbs.parts.restoring import Ground, Looking, Restored, Step, bring_back

EXAMPLE = "redraft redo"
Result = Restored


class Request(Looking):
    """What was undone last comes back."""


async def do(project: Project, request: Request, tell: Tell) -> Result:
    """Restore the guidance as the undone change had left it."""
    return bring_back(project, request, "redo", _plan, tell)


def _plan(ground: Ground) -> Step:
    entry = plan_redo(ground.entries())
    return Step(
        f"bring back “{entry.subject}”",
        guidance_at(ground.project, entry.sha),
        {"Restores": entry.sha, "Redoes": entry.sha},
    )
