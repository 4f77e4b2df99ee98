"""Print a draft, a final, the guide, or what was changed."""

from __future__ import annotations

from shlex import quote
from typing import Annotated, Literal

from pydantic import Field

from feedback.align import changes
from feedback.criticmarkup import to_markup
from feedback.effort import effort
from loop.errors import UsageError
from loop.events import Note, Tell
from loop.model import Change, MarginNote, Record
from loop.project import Project
from loop.store import (
    brief_ids,
    draft_paths,
    draft_text,
    final_path,
    read_brief,
    read_draft_file,
    read_pairs,
    work_guidance,
)
from loop.verbs.parts.fields import Argument

EXAMPLE = "redraft show sourdough --changes"


class Request(Record):
    """What to print; the draft unless said otherwise."""

    brief: Annotated[str | None, Argument(completes="brief")] = None
    """The brief's name."""
    changes: bool = False
    """Draft and final as one text with change marks, for review in any editor."""
    final: bool = False
    """The final instead of the draft."""
    asked: bool = False
    """The brief itself."""
    take: int | None = Field(default=None, ge=1)
    """One of several takes."""
    guide: bool = False
    """The style guide, with the ids of its rules."""
    copy_: bool = Field(default=False, alias="copy")
    """Put it on the clipboard, too."""


class Result(Record):
    """A text, and what is known about it."""

    what: Literal["draft", "final", "brief", "guide", "changes"]
    """What the text is."""
    text: str
    """The text."""
    version: str = ""
    """The guidance version that wrote it."""
    model: str = ""
    """The model that wrote it."""
    seed: int | None = None
    """The seed it was drawn with."""
    notes: tuple[MarginNote, ...] = ()
    """What the checks left for you."""
    changes: tuple[Change, ...] = ()
    """With --changes: every change."""
    effort: float | None = None
    """With --changes: how much was changed, 0..1."""
    copy_: bool = False
    """The front end shall put the text on the clipboard."""


async def do(project: Project, request: Request, tell: Tell) -> Result:
    """Read the text; change nothing."""
    result = _wanted(project, request, tell)
    return result.model_copy(update={"copy_": request.copy_})


def _wanted(project: Project, request: Request, tell: Tell) -> Result:
    if request.guide:
        guidance = work_guidance(project)
        return Result(what="guide", text=guidance.files.get("CLAUDE.md", ""), version=guidance.version)
    if request.brief is None:
        known = brief_ids(project)
        raise UsageError("Which brief?", hint=f"redraft show {known[0] if known else 'my-brief'}")
    if request.asked:
        return Result(what="brief", text=read_brief(project, request.brief).text)
    if request.final:
        path = final_path(request.brief)
        if not project.files.exists(path):
            raise UsageError(f"“{request.brief}” has no final yet.", hint=f"redraft correct {request.brief}")
        return Result(what="final", text=project.files.read(path))
    if request.changes:
        return _changes(project, request.brief)
    file = read_draft_file(project, request.brief)
    draft = file.draft
    if request.take is not None:
        if request.take > len(file.takes):
            raise UsageError(
                f"There is no take {request.take} of “{request.brief}”.",
                hint=f"redraft run {request.brief} --takes {request.take}",
            )
        draft = file.takes[request.take - 1]
    elif draft_text(project, request.brief).rstrip() != draft.text.rstrip():
        path = draft_paths(request.brief)[0]
        how = f"redraft correct {quote(request.brief)} --file {quote(path)}"
        says = f"{path} has edits of yours; this is the draft as it was written. {how}   keeps them."
        tell(Note(message=says, level="warning"))
    return Result(
        what="draft",
        text=draft.text,
        version=draft.version,
        model=draft.model,
        seed=draft.seed,
        notes=draft.notes,
    )


def _changes(project: Project, brief: str) -> Result:
    pairs = [pair for pair in read_pairs(project)[0] if pair.brief.id == brief and not pair.withdrawn]
    if pairs:
        draft, final, excluded = pairs[-1].draft, pairs[-1].final, pairs[-1].excluded
    else:
        draft = read_draft_file(project, brief).draft.text
        final, excluded = draft, ()
    return Result(
        what="changes",
        text=to_markup(draft, final, excluded=excluded, help=True),
        changes=changes(draft, final),
        effort=effort(draft, final),
    )
