"""Moves the edges of edits outwards until none of them cuts a unit of either text in two."""

from __future__ import annotations

from feedback.align.edits import Edit, join
from feedback.align.source import Source
from loop.text.sentences import Span


def settle(draft: Source, final: Source, edits: list[Edit]) -> list[Edit]:
    """The edits with edges that are allowed in both texts; edits that then touch a unit together are one.

    Between two edits both texts are equal, so an edge moves by the same distance in both.
    """
    settled: list[Edit] = []
    for edit in edits:
        if not settled:
            settled.append(_begin_earlier(draft, final, edit, edit.draft.start))
            continue
        last = settled[-1]
        between = edit.draft.start - last.draft.end
        last = _end_later(draft, final, last, between)
        between = edit.draft.start - last.draft.end
        moved = _begin_earlier(draft, final, edit, between)
        if _free(draft, final, moved.draft.start, moved.final.start):
            settled[-1] = last
            settled.append(moved)
        else:
            settled[-1] = join(last, moved)
    if settled:
        settled[-1] = _end_later(draft, final, settled[-1], len(draft.text) - settled[-1].draft.end)
    return settled


def _free(draft: Source, final: Source, at_draft: int, at_final: int) -> bool:
    return draft.holding(at_draft) is None and final.holding(at_final) is None


def _end_later(draft: Source, final: Source, edit: Edit, room: int) -> Edit:
    moved = 0
    while moved < room:
        at_draft, at_final = edit.draft.end + moved, edit.final.end + moved
        held = draft.holding(at_draft), final.holding(at_final)
        steps = [
            span.end - at for span, at in zip(held, (at_draft, at_final), strict=True) if span is not None
        ]
        if not steps:
            break
        moved = min(room, moved + max(steps))
    return edit._replace(
        draft=Span(edit.draft.start, edit.draft.end + moved),
        final=Span(edit.final.start, edit.final.end + moved),
    )


def _begin_earlier(draft: Source, final: Source, edit: Edit, room: int) -> Edit:
    moved = 0
    while moved < room:
        at_draft, at_final = edit.draft.start - moved, edit.final.start - moved
        held = draft.holding(at_draft), final.holding(at_final)
        steps = [
            at - span.start for span, at in zip(held, (at_draft, at_final), strict=True) if span is not None
        ]
        if not steps:
            break
        moved = min(room, moved + max(steps))
    return edit._replace(
        draft=Span(edit.draft.start - moved, edit.draft.end),
        final=Span(edit.final.start - moved, edit.final.end),
    )
