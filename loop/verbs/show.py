"""Print a draft, a final, the guide, a proposal, or what was changed."""

from __future__ import annotations

from shlex import quote
from typing import Annotated, Literal

from pydantic import Field

from feedback.align import changes, compared
from feedback.criticmarkup import to_markup
from feedback.critique import dump_critiques
from feedback.effort import effort
from loop.errors import UsageError
from loop.events import Note, Tell
from loop.model import Change, MarginNote, Proposal, Record, Usage, content_id
from loop.operations_log import proposal_of
from loop.patch import FileDiff, diff_files
from loop.project import Project
from loop.store import (
    brief_ids,
    draft_paths,
    draft_text,
    final_path,
    read_brief,
    read_draft_file,
    read_pairs_of,
    work_guidance,
)
from loop.verbs.parts.critiques import KeptCritique, kept_critiques
from loop.verbs.parts.fields import Argument, Unseen
from loop.verbs.parts.sources import Source, sources
from loop.verbs.parts.working import Origin, working
from loop.versions import base_of, guidance_of, proposal_name, waiting

EXAMPLE = "redraft show sourdough --changes"


class Request(Record):
    """What to print; the draft unless said otherwise."""

    brief: Annotated[str | None, Argument(completes="brief")] = None
    """The brief's name."""
    changes: bool = False
    """Draft and final as one text with change marks, for review in any editor."""
    final: bool = False
    """The final instead of the draft."""
    critiques: bool = False
    """What you said about its drafts: ids, how each was understood, and which were learned from."""
    working: bool = False
    """What `correct` would open: your final of this draft, or the draft as it is in its file."""
    uncompared: Annotated[bool, Unseen()] = False
    """With --working: not compared with the draft, which takes a while for a long text."""
    asked: bool = False
    """The brief itself."""
    take: int | None = Field(default=None, ge=1)
    """One of several takes."""
    guide: bool = False
    """The style guide, with the ids of its rules."""
    proposal: int | None = Field(default=None, ge=1)
    """A proposal that waits: what it changes and why, what the gate says, and what it rests on."""
    copy_: bool = Field(default=False, alias="copy")
    """Put it on the clipboard, too."""


class Result(Record):
    """A text, and what is known about it."""

    what: Literal["draft", "final", "brief", "guide", "changes", "critiques", "proposal", "working"]
    """What the text is."""
    text: str
    """The text; of a proposal: what it changes, as a unified diff."""
    version: str = ""
    """The guidance version that wrote it."""
    model: str = ""
    """The model that wrote it."""
    seed: int | None = None
    """The seed it was drawn with."""
    notes: tuple[MarginNote, ...] = ()
    """What the checks left for you."""
    stopped: bool = False
    """The draft breaks off: you stopped it, or the model failed."""
    steps: tuple[str, ...] = ()
    """The steps that wrote the draft, by name."""
    usage: Usage = Usage()
    """What they cost; nothing where their answers were there already."""
    takes: int = 0
    """How many takes there are to pick from; 0 when there is only the draft."""
    take: int = 0
    """Which of them this is."""
    picked: int = 0
    """Which of them is the draft."""
    changes: tuple[Change, ...] = ()
    """With --changes and --working: every change; none with --uncompared."""
    effort: float | None = None
    """With --changes and --working: how much was changed, 0..1; unknown with --uncompared."""
    critiques: tuple[KeptCritique, ...] = ()
    """With --critiques: each that counts, oldest first."""
    proposal: Proposal | None = None
    """With --proposal: its operations, and the gate's verdict on them."""
    made_by: str = ""
    """With --proposal: the verb that made it."""
    outdated: bool = False
    """With --proposal: the guidance has changed since it was tested."""
    sources: tuple[Source, ...] = ()
    """With --proposal: the edits and critiques that its operations rest on."""
    files: tuple[FileDiff, ...] = ()
    """With --proposal: every file of the guidance that it changes, before and after."""
    excluded: tuple[str, ...] = ()
    """With --working: changes that are not to be learned from."""
    source: Origin | None = None
    """With --working: whether the text is your final, the draft's file with your edits, or the draft."""
    draft: str = ""
    """With --working: the draft that the text is compared with."""
    draft_id: str = ""
    """Of a draft, and with --working: what `--of` is given, so that words are kept for this draft only."""
    copy_: bool = False
    """The front end shall put the text on the clipboard."""


async def do(project: Project, request: Request, tell: Tell) -> Result:
    """Read the text; change nothing."""
    result = _wanted(project, request, tell)
    return result.model_copy(update={"copy_": request.copy_})


def _wanted(project: Project, request: Request, tell: Tell) -> Result:
    if request.proposal is not None:
        return _proposal(project, request.proposal)
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
    if request.critiques:
        kept = kept_critiques(project, read_brief(project, request.brief))
        return Result(what="critiques", text=dump_critiques(one.critique for one in kept), critiques=kept)
    if request.changes:
        return _changes(project, request.brief)
    if request.working:
        found = _working(project, request.brief, tell)
        return found if request.uncompared else _measured(found)
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
    picked = next((number for number, take in enumerate(file.takes, 1) if take == file.draft), 0)
    return Result(
        what="draft",
        text=draft.text,
        version=draft.version,
        model=draft.model,
        seed=draft.seed,
        notes=draft.notes,
        stopped=draft.stopped,
        steps=tuple(step.step for step in draft.steps),
        usage=draft.usage,
        takes=len(file.takes),
        take=request.take or picked,
        picked=picked,
        draft_id=content_id(draft.text),
    )


def _proposal(project: Project, number: int) -> Result:
    name = proposal_name(number)
    stored = waiting(project, name)
    proposal = proposal_of(number, stored)
    files = diff_files(base_of(project, name).files, guidance_of(project, name).files)
    wanted = {id_ for operation in proposal.operations for id_ in operation.evidence}
    return Result(
        what="proposal",
        text="".join(file.unified for file in files),
        version=proposal.base,
        model=proposal.author,
        proposal=proposal,
        made_by=stored.verb,
        outdated=work_guidance(project).version != proposal.base,
        sources=sources(project, wanted),
        files=files,
    )


def _working(project: Project, brief: str, tell: Tell) -> Result:
    draft = read_draft_file(project, brief).draft
    text, source, excluded = working(project, brief, tell)
    return Result(
        what="working",
        text=text,
        version=draft.version,
        model=draft.model,
        seed=draft.seed,
        notes=draft.notes,
        excluded=excluded,
        source=source,
        draft=draft.text,
        draft_id=content_id(draft.text),
    )


def _measured(found: Result) -> Result:
    """What differs from the draft, and how much."""
    final = compared(found.draft, found.text)
    known = {"changes": changes(found.draft, final), "effort": effort(found.draft, final)}
    return found.model_copy(update=known)


def _changes(project: Project, brief: str) -> Result:
    pairs = [pair for pair in read_pairs_of(project, brief) if not pair.withdrawn]
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
