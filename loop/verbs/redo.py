"""Bring back what was undone, as a new entry."""

from __future__ import annotations

from loop.events import Tell
from loop.model import Record
from loop.project import Project
from loop.timeline import plan_redo
from loop.verbs.parts.committing import keep_edits
from loop.verbs.parts.restoring import Restored, restore
from pipelines.guidance import GUIDANCE_FILES

EXAMPLE = "redraft redo"
Result = Restored


class Request(Record):
    """Nothing to say: what was undone last comes back."""


async def do(project: Project, request: Request, tell: Tell) -> Result:
    """Restore the guidance as the undone change had left it."""
    head = keep_edits(project, tell)
    entry = plan_redo(tuple(project.history.log(paths=GUIDANCE_FILES)))
    return restore(
        project,
        entry.sha,
        verb="redo",
        what=f"bring back “{entry.subject}”",
        trailers={"Redoes": entry.sha},
        expect=head,
        tell=tell,
    )
