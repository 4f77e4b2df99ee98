"""Keep the writer's words about a draft."""

from __future__ import annotations

from collections.abc import Sequence
from shlex import quote as quoted
from typing import Annotated

from pydantic import Field

from feedback.anchor import anchor, place_of, places
from feedback.critique import dump_critiques, tidy
from loop.counts import count
from loop.errors import UsageError
from loop.events import Note, Tell
from loop.model import Critique, Draft, Entry, Record
from loop.operations_log import decided
from loop.project import Project
from loop.store import (
    critique_path,
    keep_draft,
    plan_write,
    read_brief,
    read_critiques,
    read_draft_file,
)
from loop.text.short import one_line
from loop.verbs.parts.committing import draft_cost, keep_edits, record
from loop.verbs.parts.critiques import Wish, find_critique, refuse_learned, wishes_of
from loop.verbs.parts.fields import Argument, Unseen
from loop.verbs.parts.seen import refuse_another

EXAMPLE = "redraft critique sourdough \"Too stiff. Never say 'utilize'.\""


class Request(Record):
    """What is wrong, in plain words."""

    brief: Annotated[str, Argument(completes="brief")]
    """The brief whose draft it is about."""
    text: Annotated[str, Argument()]
    """What you would tell a colleague."""
    quote: str | None = None
    """The passage of the draft it is about; the whole draft if left out."""
    place: int = Field(default=1, ge=1)
    """Where the draft says the quote more than once: which of these places, counting from 1."""
    replaces: str = ""
    """The id of an earlier critique, which these words replace; its passage stays if --quote is left out."""
    of: Annotated[str, Unseen()] = ""
    """The `draft_id` of `redraft show NAME --json`: refused when the draft is another one now."""


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
    """Append the critique, or put it in the place of another, and commit it with the brief and the draft."""
    brief = read_brief(project, request.brief)
    draft = read_draft_file(project, request.brief).draft
    if request.of:
        refuse_another(draft, request.of, "your words were")
    if not request.text.strip():
        raise UsageError("The critique is empty.", hint=f'redraft critique {brief.id} "Shorter sentences."')
    known = read_critiques(project, brief.id)
    old = find_critique(known, brief.id, request.replaces) if request.replaces else None
    critique = tidy(_said(request, draft, old))
    if old is not None:
        refuse_learned(project, old)
    kept = _kept(project, known, critique, old, tell)
    head = keep_edits(project, tell)
    path = critique_path(brief.id)
    planned = [
        *keep_draft(project, brief.id),
        *plan_write(project, [(path, dump_critiques(kept))]),
    ]
    entry = Entry(
        verb="critique",
        subject=f"{brief.id}{', said anew' if old else ''}: {one_line(critique.text)}",
        trailers={
            "Brief": brief.id,
            "Base": critique.version or draft.version,
            "Critique": critique.id,
            **({"Replaces": old.id} if old else {}),
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
        passage=anchor(draft.text, critique.quote, critique.place),
        wishes=wishes_of(critique, brief, draft.text),
        next="redraft learn" if brief.split == "train" else "redraft status",
    )


def _said(request: Request, draft: Draft, old: Critique | None) -> Critique:
    """The critique, about the passage that is meant. Raises UsageError for one that is not there."""
    text, quote = request.text.strip(), request.quote
    if old is not None and quote is None:
        return old.model_copy(update={"text": text})
    critique = Critique(brief=request.brief, text=text, version=draft.version)
    if quote is None or not quote.strip():
        return critique
    passage = anchor(draft.text, quote, request.place)
    if passage is not None:
        found = draft.text[passage.start : passage.end]
        return critique.model_copy(update={"quote": found, "place": place_of(draft.text, passage)})
    there = sum(1 for _ in places(draft.text, quote))
    copy = f"redraft show {quoted(request.brief)}   prints it, to copy the passage from"
    if there:
        says = f"The draft of “{request.brief}” says “{one_line(quote)}” only in {count(there, 'place')}."
        raise UsageError(says, hint=f"--place {there}   is the last of them")
    raise UsageError(f"The draft of “{request.brief}” does not say “{one_line(quote)}”.", hint=copy)


def _kept(
    project: Project, known: Sequence[Critique], critique: Critique, old: Critique | None, tell: Tell
) -> list[Critique]:
    """The critiques as they stand afterwards: the newest last, other words in the place of the old ones."""
    twin = next((one for one in known if one.id == critique.id), None)
    if old is not None and twin is old:
        raise UsageError("The critique says exactly this already.", hint="Nothing was changed.")
    if twin is not None and not twin.withdrawn:
        tell(Note(message="You said exactly this before; it is kept once."))
    others = [one for one in known if one is not twin]
    if old is None:
        return [*others, critique]
    at = others.index(old)
    # A decision of the past may rest on the old words: then they stay on file, taken back.
    rested = any(old.id in item.operation.evidence for item in decided(project.history.log()))
    before = [old.model_copy(update={"withdrawn": True})] if rested else []
    return [*others[:at], *before, critique, *others[at + 1 :]]
