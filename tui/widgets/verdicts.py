"""What is said about Changes while these change, and where a place of one text lies in the other."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import islice
from typing import TYPE_CHECKING

from loop.counts import count
from loop.model import Change

if TYPE_CHECKING:
    from loop.verbs.parts.critiques import KeptCritique


class Verdicts:
    """Kept out of learning, why, looked at: by the ids of Changes.

    An id comes from a Change's words. When the writer goes on editing a Change, what was said about it is
    said about the one that takes its place; one that was there before keeps what was said about it.
    """

    def __init__(
        self,
        excluded: Iterable[str] = (),
        notes: Mapping[str, str] | None = None,
        looked: Iterable[str] = (),
    ) -> None:
        self.excluded = set(excluded)
        self.notes = dict(notes or {})
        self.looked = set(looked)
        self.said: Mapping[str, Sequence[str]] = {}
        """What critiques of the project say of the very words of a Change, by its id."""
        self._known = {*self.excluded, *self.notes, *self.looked}

    def follow(self, before: Sequence[Change], now: Sequence[Change]) -> None:
        """The Changes are others now."""
        stay = {change.id for change in now}
        fresh = [change for change in now if change.id not in self._known]
        for gone in before:
            if gone.id in stay or gone.id not in {*self.excluded, *self.notes}:
                continue
            for change in fresh:
                if change.draft_start <= gone.draft_end and gone.draft_start <= change.draft_end:
                    self._inherit(gone.id, change.id)
        self._known |= stay

    def _inherit(self, gone: str, new: str) -> None:
        if gone in self.excluded:
            self.excluded.add(new)
        if gone in self.notes:
            self.notes.setdefault(new, self.notes[gone])

    def told(self, excluded: AbstractSet[str], changes: Sequence[Change]) -> str:
        """What is said of these Changes that the project, with `excluded`, has not; empty: nothing."""
        notes = sum(change.id in self.notes for change in changes)
        others = sum(change.id in self.excluded ^ excluded for change in changes)
        parts = [count(notes, "note")] if notes else []
        parts += [f"what you said of learning from {count(others, 'change')}"] if others else []
        return " and ".join(parts)

    def differ(self, excluded: AbstractSet[str], changes: Sequence[Change] | None) -> bool:
        """Something is said of these Changes (None: of any) that the project, with `excluded`, has not."""
        said = {*self.notes, *(self.excluded ^ excluded)}
        if changes is None or not said:
            return bool(said)
        return any(change.id in said for change in changes)

    def kept(self, before: Mapping[str, str], sent: Mapping[str, str]) -> None:
        """Of the notes of before, these are in the project now; so are those that they come from."""
        there = {id_ for id_, why in before.items() if why in sent.values()}
        self.notes = {id_: why for id_, why in self.notes.items() if id_ not in there or why != before[id_]}

    def of(self, changes: Sequence[Change]) -> tuple[tuple[str, ...], dict[str, str]]:
        """What is said about these: ids kept out of learning, and notes by id."""
        ids = [change.id for change in changes]
        return (
            tuple(id_ for id_ in ids if id_ in self.excluded),
            {id_: self.notes[id_] for id_ in ids if id_ in self.notes},
        )


def said_of(
    changes: Sequence[Change], critiques: Iterable[KeptCritique], draft: str
) -> Mapping[str, Sequence[str]]:
    """What critiques say of the very words of a Change, by its id; Changes are in the draft's order."""
    from feedback.criticmarkup import quoted

    said: dict[str, list[str]] = {}
    for kept in critiques:
        if kept.passage is None:
            continue
        start, end = kept.passage
        before = len(draft[:start].rstrip())  # new words may stand beside the sentence that a note quotes
        place = bisect_left(changes, before, key=lambda change: change.draft_end)
        for change in islice(changes, place, None):
            if change.draft_start > end and draft[end : change.draft_start].strip():
                break
            if quoted(change, draft) == (start, end):
                said.setdefault(change.id, []).append(kept.critique.text)
    return said


def touching(changes: Sequence[Change], place: int, *, draft: bool = False) -> list[Change]:
    """The Changes at a place of the final, or of the draft."""
    if draft:
        return [change for change in changes if change.draft_start <= place <= change.draft_end]
    return [change for change in changes if change.final_start <= place <= change.final_end]


def opposite(changes: Sequence[Change], place: int, *, draft: bool) -> int:
    """Where a place of the draft (or of the final) lies in the other text.

    Between Changes both run alike; within one, it lies as far along.
    """
    starts = [change.draft_start if draft else change.final_start for change in changes]
    found = bisect_right(starts, place) - 1
    if found < 0:
        return place
    change = changes[found]
    here = (change.draft_start, change.draft_end) if draft else (change.final_start, change.final_end)
    there = (change.final_start, change.final_end) if draft else (change.draft_start, change.draft_end)
    if place >= here[1]:
        return there[1] + place - here[1]
    return there[0] + (place - here[0]) * (there[1] - there[0]) // (here[1] - here[0])
