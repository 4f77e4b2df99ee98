"""What the demo measured, as records: estimates over held-out briefs, in all and per habit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from loop.model import Estimate, Record
from loop.statistics import mean_estimate, paired_difference


class Edited(NamedTuple):
    """What the scripted editor did to one fresh draft."""

    brief: str
    effort: float
    corrections: Mapping[str, int]


class Comparison(Record):
    """Fresh drafts of the held-out briefs, edited by the same editor before and after learning."""

    before: Estimate
    """Effort before: the share of a draft that the editor changes, 0..1; n counts briefs."""
    after: Estimate
    """Effort after."""
    difference: Estimate
    """After minus before, paired by brief."""
    corrections_before: Estimate
    """Corrections per draft that belong to enforceable habits, before."""
    corrections_after: Estimate
    """The same after."""
    corrections_difference: Estimate
    """After minus before, paired by brief."""
    fall: float | None
    """Share of those corrections that is gone; None when there were none."""


class HabitLine(Record):
    """One habit of the scripted editor."""

    name: str
    """Its name."""
    says: str
    """What the editor would say."""
    enforceable: bool
    """A check could enforce it."""
    before: Estimate
    """Corrections per fresh held-out draft before."""
    after: Estimate
    """The same after."""


class RoundLine(Record):
    """One round: a brief, the editor's work, and what was learned."""

    number: int
    """Counting from 1."""
    brief: str
    """The train brief."""
    effort: float
    """How much of the draft the editor changed."""
    corrections: int
    """How many corrections it made."""
    critique: str = ""
    """What it said, if it said anything."""
    decision: str = ""
    """The gate's decision on what was proposed; empty when nothing was."""
    learned: tuple[str, ...] = ()
    """Rules that were accepted."""


def compare(before: Sequence[Edited], after: Sequence[Edited], enforceable: Sequence[str]) -> Comparison:
    """Both arms, paired by brief. Needs at least one brief that was drafted in both."""
    both = {edited.brief for edited in before} & {edited.brief for edited in after}
    old = {edited.brief: edited for edited in before if edited.brief in both}
    new = {edited.brief: edited for edited in after if edited.brief in both}
    counted_old = {brief: [_count(edited, enforceable)] for brief, edited in old.items()}
    counted_new = {brief: [_count(edited, enforceable)] for brief, edited in new.items()}
    sum_old = sum(counts[0] for counts in counted_old.values())
    sum_new = sum(counts[0] for counts in counted_new.values())
    return Comparison(
        before=_mean([edited.effort for edited in old.values()]),
        after=_mean([edited.effort for edited in new.values()]),
        difference=_known(
            paired_difference(
                {brief: [edited.effort] for brief, edited in old.items()},
                {brief: [edited.effort] for brief, edited in new.items()},
            )
        ),
        corrections_before=_mean([counts[0] for counts in counted_old.values()], most=_MANY),
        corrections_after=_mean([counts[0] for counts in counted_new.values()], most=_MANY),
        corrections_difference=_known(paired_difference(counted_old, counted_new, within=(-_MANY, _MANY))),
        fall=(sum_old - sum_new) / sum_old if sum_old else None,
    )


def per_habit(edited: Sequence[Edited], habit: str) -> Estimate:
    """Corrections per draft that belong to one habit."""
    return _mean([float(item.corrections.get(habit, 0)) for item in edited], most=_MANY)


_MANY = 1000.0
"""No draft of a few hundred words needs more corrections than this: the range of a count."""


def _count(edited: Edited, habits: Sequence[str]) -> float:
    return float(sum(edited.corrections.get(habit, 0) for habit in habits))


def _mean(values: Sequence[float], most: float = 1.0) -> Estimate:
    return _known(mean_estimate(values, within=(0.0, most)))


def _known(estimate: Estimate | None) -> Estimate:
    if estimate is None:
        raise ValueError("nothing was drafted in both arms")
    return estimate
