"""Keep the writer's words about a draft."""

from __future__ import annotations

from typing import Annotated, Literal

from feedback.anchor import anchor
from feedback.critique import dump_critiques
from feedback.evidence import CritiqueEvidence
from loop.errors import UsageError
from loop.events import Note, Tell
from loop.mine.critiques import read_critique
from loop.model import Check, Critique, Entry, Record
from loop.project import Project
from loop.store import (
    critique_path,
    keep_draft,
    plan_write,
    read_brief,
    read_critiques,
    read_draft_file,
)
from loop.verbs.parts.committing import draft_cost, keep_edits, one_line, record
from loop.verbs.parts.fields import Argument
from pipelines.checks import mends

EXAMPLE = "redraft critique sourdough \"Too stiff. Never say 'utilize'.\""


class Request(Record):
    """What is wrong, in plain words."""

    brief: Annotated[str, Argument(completes="brief")]
    """The brief whose draft it is about."""
    text: Annotated[str, Argument()]
    """What you would tell a colleague."""
    quote: str = ""
    """The passage of the draft it is about."""


class Wish(Record):
    """One thing that a critique asks for, as it was understood."""

    says: str
    """The rule that would be proposed."""
    how: Literal["mended", "noted", "told"]
    """mended: a check mends it where it can. noted: a check points it out. told: only the model hears it."""


class Result(Record):
    """The critique as it was kept."""

    critique: Critique
    """The critique."""
    id: str
    """Its id."""
    path: str
    """Where it is."""
    passage: tuple[int, int] | None = None
    """Where the quote stands in the draft: start and end offset."""
    wishes: tuple[Wish, ...] = ()
    """What it was understood to ask for; nothing is learned before `learn`, and of held-out briefs never."""
    next: str
    """What to type next."""


async def do(project: Project, request: Request, tell: Tell) -> Result:
    """Append the critique and commit it with the brief and the draft."""
    brief = read_brief(project, request.brief)
    draft = read_draft_file(project, request.brief).draft
    if not request.text.strip():
        raise UsageError("The critique is empty.", hint=f'redraft critique {brief.id} "Shorter sentences."')
    passage = anchor(draft.text, request.quote) if request.quote.strip() else None
    if request.quote.strip() and passage is None:
        raise UsageError(
            f"The draft of “{brief.id}” does not say “{one_line(request.quote)}”.",
            hint=f"redraft show {brief.id}   prints it, to copy the passage from",
        )
    head = keep_edits(project, tell)
    quote = draft.text[passage[0] : passage[1]] if passage else ""
    critique = Critique(brief=brief.id, text=request.text.strip(), quote=quote, version=draft.version)
    kept = read_critiques(project, brief.id)
    if any(known.id == critique.id and not known.withdrawn for known in kept):
        tell(Note(message="You said exactly this before; it is kept once."))
    kept = (*(known for known in kept if known.id != critique.id), critique)
    path = critique_path(brief.id)
    planned = [
        *keep_draft(project, brief.id),
        *plan_write(project, [(path, dump_critiques(kept))]),
    ]
    entry = Entry(
        verb="critique",
        subject=f"{brief.id}: {one_line(critique.text)}",
        trailers={
            "Brief": brief.id,
            "Base": draft.version,
            "Critique": critique.id,
            **draft_cost(project, draft),
        },
    )
    record(project, planned, entry, expect=head, tell=tell)
    if brief.split == "held_out":
        tell(Note(message=f"“{brief.id}” is held out: this critique is kept, never learned from."))
    return Result(
        critique=critique,
        id=critique.id,
        path=path,
        passage=tuple(passage) if passage else None,
        wishes=_wishes(critique, brief.type, draft.text) if brief.split == "train" else (),
        next="redraft learn" if brief.split == "train" else "redraft status",
    )


def _wishes(critique: Critique, type_: str, draft: str) -> tuple[Wish, ...]:
    signs = read_critique(CritiqueEvidence(critique=critique, type=type_), draft)
    return tuple(Wish(says=sign.says, how=_how(sign.check)) for sign in signs)


def _how(check: Check | None) -> Literal["mended", "noted", "told"]:
    if check is None:
        return "told"
    return "mended" if mends(check) else "noted"
