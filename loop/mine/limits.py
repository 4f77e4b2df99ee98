"""Lengths and counts that a writer keeps to: sentences, paragraphs, the piece, headings, marks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, get_args

from loop.mine.reading import PairReading
from loop.mine.rounding import round_down, round_up
from loop.mine.sign import Sign
from loop.model import Check, Measure
from pipelines.measures import measure

LENGTHS: tuple[Measure, ...] = ("sentence_words", "paragraph_sentences", "piece_words")
COUNTS: tuple[Measure, ...] = tuple(name for name in get_args(Measure) if name not in LENGTHS)
_WANTED: tuple[Measure, ...] = ("headings", "list_items", "emoji", "question_marks")
"""Of these a writer may want at least one."""


class _Margin(NamedTuple):
    """How far a draft must be off before its final shows a habit, not chance."""

    share: float
    """The draft has at least so many times what the final has."""
    least: float
    """And so many more."""


_MARGINS: dict[Measure, _Margin] = {
    "sentence_words": _Margin(1.2, 4),
    "paragraph_sentences": _Margin(1.25, 1),
    "piece_words": _Margin(1.25, 15),
}
MOST_KEPT = 3
"""A small count that a writer may allow; more is no habit."""


def limit_signs(reading: PairReading, scope: str) -> Iterator[Sign]:
    """Limits that the final keeps to and the draft does not, with the final's own value as bound.

    Sentences that went as a whole say nothing about the length of those that stay, so they are left
    out of the draft first; counts of marks that went only with them have strength 0.
    """
    changes = tuple(dict.fromkeys(change for edit in reading.edits for change in edit.changes))
    for name in get_args(Measure):
        draft = values(reading.draft.text, name)
        final = values(reading.final.text, name)
        kept = values(reading.kept_draft, name) if reading.gone and name != "piece_words" else draft
        if name in LENGTHS:
            found = _length(name, kept, final, scope)
        else:
            found = _count(name, draft, kept, final, scope)
        for check, strength, seen in found:
            yield Sign(check, changes, strength, 0, seen)


def values(text: str, name: Measure) -> tuple[float, ...]:
    """What a limit looks at: one number for each sentence or paragraph, or one for the piece."""
    return measure(text, name)


def greatest(found: tuple[float, ...]) -> float:
    """The value that an upper bound must let through."""
    return max(found, default=0.0)


def apart(name: Measure, draft: float, final: float) -> bool:
    """True when a draft's greatest value is off a final's by more than chance edits make it."""
    margin = _MARGINS[name]
    return draft >= margin.share * final and draft - final >= margin.least


def _length(
    name: Measure, draft: tuple[float, ...], final: tuple[float, ...], scope: str
) -> Iterator[tuple[Check, int, float]]:
    if not draft or not final:
        return
    most_before, most_after = greatest(draft), greatest(final)
    if most_after and apart(name, most_before, most_after):
        bound = round_up(name, most_after)
        over = sum(1 for value in draft if value > bound)
        if over:
            check = Check(kind="limit", measure=name, high=bound, scope=scope)
            yield check, over, most_before
    if name == "piece_words" and draft[0] and apart(name, final[0], draft[0]):
        bound = round_down(name, final[0])
        if draft[0] < bound:
            yield Check(kind="limit", measure=name, low=bound, scope=scope), 1, draft[0]


def _count(
    name: Measure, draft: tuple[float, ...], kept: tuple[float, ...], final: tuple[float, ...], scope: str
) -> Iterator[tuple[Check, int, float]]:
    before, still, after = sum(draft), sum(kept), sum(final)
    if before > after and (after == 0 or (after <= MOST_KEPT and before >= after + 2)):
        strength = int(max(0.0, still - after))
        yield Check(kind="limit", measure=name, high=after, scope=scope), strength, before
    if name in _WANTED and before == 0 and after > 0:
        yield Check(kind="limit", measure=name, low=1, scope=scope), 1, before
