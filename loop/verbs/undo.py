"""Take back the last change of the guidance, as a new entry."""

from __future__ import annotations

from loop.events import Tell
from loop.model import Record
from loop.project import Project
from loop.timeline import plan_undo
from loop.verbs.parts.committing import keep_edits
from loop.verbs.parts.restoring import Restored, restore
from pipelines.guidance import GUIDANCE_FILES

EXAMPLE = "redraft undo"
Result = Restored


class Request(Record):
    """Nothing to say: the last change goes."""


async def do(project: Project, request: Request, tell: Tell) -> Result:
    """Restore the guidance from before the newest change that still stands. Drafts and finals stay."""
    head = keep_edits(project, tell)
    entry = plan_undo(tuple(project.history.log(paths=GUIDANCE_FILES)))
    return restore(
        project,
        entry.parent,
        verb="undo",
        what=f"take back “{entry.subject}”",
        trailers={"Undoes": entry.sha},
        expect=head,
        tell=tell,
    )
