"""What stands in the margin of a draft, in words: the writer's critiques and, quieter, the checks' notes."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple, cast

from textual.content import Content

from loop.errors import RedraftError, UsageError
from loop.render.writing import HOW, learned
from loop.text.sentences import Span
from tui.notes import Notes
from tui.passages import note_passages, place_of, plain
from tui.shown import content
from tui.where import leads_to
from tui.widgets.margin import Remark

if TYPE_CHECKING:
    from loop.model import MarginNote
    from loop.verbs import show
    from loop.verbs.parts.critiques import KeptCritique, Wish
    from tui.app import Desk

_NOTE = "note-"
_WILL = {
    "mended": "will be mended by itself",
    "noted": "will be pointed out",
    "told": "the model will be told",
}
"""What becomes of a wish once it is learned; `HOW` says more."""
_SHORT = 40


class Missing(NamedTuple):
    """There is no draft to talk about."""

    message: str
    """What is so, in a sentence."""
    hint: str
    """What to press."""


class MarginDraft:
    """A draft as the margin needs it: the text as it is on the screen, and where each remark stands in it.

    Finding the places is slow in a long text: never on the screen's own thread.
    """

    def __init__(
        self, brief: str, draft: show.Result, critiques: Sequence[KeptCritique], warning: str
    ) -> None:
        self.brief = brief
        self.id = draft.draft_id
        self.warning = warning
        self.stopped = draft.stopped
        self.text = draft.text.replace("\r\n", "\n").replace("\r", "\n")
        self.critiques = tuple(critiques)
        self.spans = [plain(draft.text, kept.passage) for kept in critiques]
        self.notes = draft.notes
        self.note_spans = note_passages(self.text, draft.notes)

    def kept(self, id_: str) -> KeptCritique | None:
        """The critique with an id."""
        return next((kept for kept in self.critiques if kept.id == id_), None)

    def rule_of(self, id_: str) -> str:
        """The rule that a critique became, or whose check left a note; empty when there is none."""
        if id_.startswith(_NOTE):
            return self.notes[int(id_.removeprefix(_NOTE))].rule
        kept = self.kept(id_)
        return kept.rules[0] if kept and kept.rules else ""

    def under(self, offset: int) -> str:
        """The remark about the shortest passage in which an offset stands; empty when there is none."""
        named = [(span, kept.id) for span, kept in zip(self.spans, self.critiques, strict=True)]
        named += [(span, f"{_NOTE}{number}") for number, span in enumerate(self.note_spans)]
        found = [
            (span.end - span.start, id_) for span, id_ in named if span and span.start <= offset <= span.end
        ]
        return min(found, key=lambda one: one[0])[1] if found else ""


async def read_draft(desk: Desk, brief: str) -> MarginDraft | Missing:
    """A brief's draft with what was said about it."""
    from loop.verbs import show

    try:
        kept = cast("show.Result", await desk.perform("show", show.Request(brief=brief, critiques=True)))
    except RedraftError as error:
        return Missing(error.message, error.hint)
    told = Notes()
    try:
        draft = cast("show.Result", await desk.perform("show", show.Request(brief=brief), told.hear))
    except UsageError as error:  # the brief is there, so it is the draft that is not
        write = leads_to("write", desk.keymap)
        return Missing(error.message, f"Press {write} for Write, then Enter: it is written")
    except RedraftError as error:
        return Missing(error.message, error.hint)
    return await asyncio.to_thread(MarginDraft, brief, draft, kept.critiques, " ".join(told))


def remarks_of(draft: MarginDraft) -> list[Remark]:
    """Everything for the margin, as it stands: on the whole draft, about earlier drafts, by passage."""
    whole: list[Remark] = []
    beside: list[Remark] = []
    earlier: list[Remark] = []
    for kept, span in zip(draft.critiques, draft.spans, strict=True):
        remark = _critique(kept, span)
        (beside if span else earlier if kept.critique.quote else whole).append(remark)
    for number, (note, span) in enumerate(zip(draft.notes, draft.note_spans, strict=True)):
        (beside if span else whole).append(_note(number, note, span))
    beside.sort(key=lambda remark: remark.start or 0)
    return [*whole, *earlier, *beside]


def about_passage(text: str, span: Span | None) -> str:
    """What something is said about, in words."""
    if span is None:
        return "the whole draft"
    place, places = place_of(text, span)
    which = f" (number {place} of {places} such places)" if places > 1 else ""
    return f"“{_short(text[span.start : span.end])}”{which}"


def understood(wishes: Sequence[Wish]) -> str:
    """How something was understood, in a few words."""
    if len(wishes) > 1:
        return f"It asks for {len(wishes)} things: the margin says how each was understood."
    said = "".join(f"{_WILL[wish.how]}: {HOW[wish.how]}." for wish in wishes)
    return said[:1].upper() + said[1:]


def _critique(kept: KeptCritique, span: Span | None) -> Remark:
    quote = _short(kept.critique.quote)
    head = f"“{quote}”" if span else f"about an earlier draft: “{quote}”" if quote else "the whole draft"
    says = [content(f"● {head}", "dim"), content(kept.critique.text, "bold")]
    says += [content(f"{_WILL[wish.how]}: {_wish(wish, kept.critique.text)}") for wish in kept.wishes]
    if kept.learned:
        says.append(content(f"✓ {learned(kept)}"))
    used = [how for how in HOW if any(wish.how == how for wish in kept.wishes)]
    named = [f"{_WILL[how]}: {HOW[how]}" for how in used] if len(used) > 1 else [HOW[how] for how in used]
    more = Content("\n").join(content(line, "dim") for line in named)
    start, end = span or (None, 0)
    return Remark(kept.id, start, end, Content("\n").join(says), more)


def _wish(wish: Wish, said: str) -> str:
    """What a wish says; what only repeats the critique is not said twice."""
    own = " ".join(said.split()).rstrip(".") == " ".join(wish.says.split()).rstrip(".")
    return "in your own words" if own else wish.says


def _note(number: int, note: MarginNote, span: Span | None) -> Remark:
    start, end = span or (None, 0)
    more = content(f"Rule {note.rule}. Enter answers it, w shows the rule.", "dim")
    return Remark(f"{_NOTE}{number}", start, end, content(f"· {note.message}", "dim"), more)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHORT else f"{line[: _SHORT - 1].rstrip()}…"
