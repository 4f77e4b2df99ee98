"""Changes as marks on both texts: signs and lines, not only colours."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from loop.model import Change
from tui.widgets.prose import Mark


def draft_marks(changes: Iterable[Change], current: str = "", excluded: Collection[str] = ()) -> list[Mark]:
    """What of the draft was taken out or replaced; the current Change reversed."""
    spans = [(change.id, change.draft_start, change.draft_end) for change in changes]
    return _marks(spans, "removed", current, excluded)


def final_marks(changes: Iterable[Change], current: str = "", excluded: Collection[str] = ()) -> list[Mark]:
    """What of the final was put in; the current Change reversed."""
    spans = [(change.id, change.final_start, change.final_end) for change in changes]
    return _marks(spans, "added", current, excluded)


def _marks(
    spans: Iterable[tuple[str, int, int]], style: str, current: str, excluded: Collection[str]
) -> list[Mark]:
    """Where one side has no words of a Change, the character at that place stands for it."""
    marks = []
    for id_, start, end in spans:
        if end > start:
            marks.append(Mark(start, end, "excluded" if id_ in excluded else style))
        else:
            marks.append(Mark(start, start + 1, "gap"))
        if id_ == current:
            marks.append(Mark(start, max(end, start + 1), "current"))
    return marks
