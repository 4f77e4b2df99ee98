"""Cuts a text at the borders between the steps that wrote it, however it was edited since.

A step that appends puts its reply below what came in. Its border in the draft as the model left it is
known; in a later text it is where the alignment leads.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Literal, NamedTuple

from feedback.align import changes
from loop.model import Change, Wrote

Side = Literal["before", "after", "neither"]
_BREAK = re.compile(r"\n[ \t]*\r?\n|\r[ \t]*\r")
"""What stands between two paragraphs."""


class Border(NamedTuple):
    """The blank space between what two steps wrote."""

    end: int
    """Where the text above it ends."""
    start: int
    """Where the text below it starts."""


class RunsOver(Exception):
    """An edit runs over a border: nobody can say to which step it belongs."""


def borders(steps: Sequence[Wrote], texts: Sequence[str]) -> list[list[Border]]:
    """The borders above each step that appends, in every text: a draft made of the last output, its final.

    `steps` begin with the last one whose reply stands alone. Raises RunsOver.
    """
    chain = [*(step.output for step in steps), *texts]
    now: list[Border] = []
    found: list[list[Border]] = []
    for number, (before, after) in enumerate(pairwise(chain), 1):
        step = steps[number] if number < len(steps) else None
        if step is not None and step.appends:
            now.append(_tightened(after, len(before.rstrip())))
            continue
        if now and before != after:
            edits = changes(before, after)
            now = [moved(after, edits, border) for border in now]
            if any(second.end < first.start for first, second in pairwise(now)):
                raise RunsOver
        if step is None:
            found.append(now)
    return found


def cut(text: str, at: Sequence[Border]) -> list[str]:
    """The pieces of a text between its borders, without blank space around them."""
    starts = [0, *(border.start for border in at)]
    ends = [*(border.end for border in at), len(text)]
    return [text[start:end].strip() for start, end in zip(starts, ends, strict=True)]


def moved(after: str, edits: Sequence[Change], border: Border) -> Border:
    """Where a border is in a text that was made by these edits. Raises RunsOver.

    What was put in exactly at the border belongs to the text above it.
    """
    place, shift = border.end, 0
    for change in edits:
        if _side(change, border) == "before":
            place = max(border.end, change.draft_end)
            shift = change.final_end - change.draft_end
    found = _tightened(after, place + shift)
    if found.end and found.start < len(after) and not _BREAK.search(after[found.end : found.start]):
        raise RunsOver  # the two became one paragraph
    return found


def _side(change: Change, border: Border) -> Side:
    """To which side of a border a change belongs. Raises RunsOver for one that is on both."""
    blank = len(change.before) - len(change.before.lstrip())
    start = change.draft_start + blank
    end = change.draft_start + len(change.before.rstrip())
    if start < end:
        if start < border.end and end > border.start:
            raise RunsOver
        return "before" if end <= border.end else "after"
    if change.draft_end < border.end or change.draft_start > border.start:
        return "before" if change.draft_end < border.end else "after"
    if not change.after.strip():
        return "neither"
    if change.draft_start < border.start or border.end == border.start:
        return "before"
    tail = change.after[len(change.after.rstrip()) :]
    return "before" if _BREAK.search(tail) else "after"


def _tightened(text: str, place: int) -> Border:
    """The border at a place, with all the blank space around it."""
    return Border(len(text[:place].rstrip()), len(text) - len(text[place:].lstrip()))
