"""Splits a row that is too long at paragraph borders; each part is given what stands before it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from feedback.align import changes
from loop.model.training import Span, TrainingRow
from loop.text.blocks import blocks

Length = Callable[[TrainingRow], int]
"""How many tokens a row has."""


class _Cut(NamedTuple):
    """A place where a row may be cut."""

    chosen: int
    rejected: int


def split_row(row: TrainingRow, length: Length, most: int) -> list[TrainingRow]:
    """The parts of a row, none longer than `most` tokens; empty where that cannot be.

    A final is cut at any paragraph, a pair only at paragraphs that both texts share. Of what stands before a
    part as much is given as fits into half of the room. A part in which nothing differs is no pair.
    """
    cuts = _shared(row) if row.rejected else [_Cut(start, 0) for start in _starts(row.chosen)]
    cuts = [_Cut(0, 0), *cuts, _Cut(len(row.chosen), len(row.rejected))]
    parts: list[TrainingRow] = []
    first = 0
    while first < len(cuts) - 1:
        found = _longest(row, cuts, first, length, most)
        if found is None:
            return []
        part, first = found
        if not row.rejected or part.chosen != part.rejected:
            parts.append(part.model_copy(update={"id": f"{row.id}#{len(parts) + 1}"}))
    return parts


def _longest(
    row: TrainingRow, cuts: Sequence[_Cut], first: int, length: Length, most: int
) -> tuple[TrainingRow, int] | None:
    """The longest part that begins at a cut, and where the next one begins; None: it does not fit."""
    bare = length(
        _part(row, cuts, first, first + 1, first).model_copy(update={"chosen": ".", "rejected": ""})
    )
    lead = 0
    while lead < first:
        given = _part(row, cuts, first, first + 1, lead).model_copy(update={"chosen": ".", "rejected": ""})
        if length(given) <= (most + bare) // 2 and length(_part(row, cuts, first, first + 1, lead)) <= most:
            break
        lead += 1
    best: tuple[TrainingRow, int] | None = None
    for last in range(first + 1, len(cuts)):
        part = _part(row, cuts, first, last, lead)
        if length(part) > most:
            break
        best = part, last
    return best


def _part(row: TrainingRow, cuts: Sequence[_Cut], first: int, last: int, lead: int) -> TrainingRow:
    """What stands between two cuts, with what stands between another one and the first of them given."""
    start, end = cuts[first], cuts[last]
    whole = last == len(cuts) - 1
    return row.model_copy(
        update={
            "lead": row.chosen[cuts[lead].chosen : start.chosen],
            "open": row.open or not whole,
            "chosen": row.chosen[start.chosen : end.chosen],
            "rejected": row.rejected[start.rejected : end.rejected],
            "chosen_spans": _inside(row.chosen_spans, start.chosen, end.chosen, whole=whole),
            "rejected_spans": _inside(row.rejected_spans, start.rejected, end.rejected, whole=whole),
        }
    )


def _inside(spans: Sequence[Span], start: int, end: int, *, whole: bool) -> tuple[Span, ...]:
    """The spans between two places, counted from the first of them."""
    found = []
    for left, right in spans:
        empty = left == right and (start <= left < end or (whole and left == end))
        if empty or (left < end and right > start):
            found.append((max(left, start) - start, min(right, end) - start))
    return tuple(found)


def _starts(text: str) -> list[int]:
    """Where the paragraphs of a text start, without the first one."""
    return [block.start for block in blocks(text)][1:]


def _shared(row: TrainingRow) -> list[_Cut]:
    """The places before and behind the paragraphs that stand in both texts of a pair, unchanged."""
    mine = list(blocks(row.chosen))
    theirs = {block.start: number for number, block in enumerate(blocks(row.rejected))}
    drafted = list(blocks(row.rejected))
    edits = changes(row.rejected, row.chosen)
    found: set[_Cut] = set()
    for number, block in enumerate(mine):
        before = [edit for edit in edits if edit.final_end <= block.start]
        shift = before[-1].draft_end - before[-1].final_end if before else 0
        place = theirs.get(block.start + shift)
        if place is None or drafted[place].text != block.text:
            continue
        found.add(_Cut(block.start, drafted[place].start))
        if number + 1 < len(mine) and place + 1 < len(drafted):
            found.add(_Cut(mine[number + 1].start, drafted[place + 1].start))
    growing = [_Cut(0, 0)]
    for cut in sorted(found):
        if cut.chosen > growing[-1].chosen and cut.rejected > growing[-1].rejected:
            growing.append(cut)
    return growing[1:]
