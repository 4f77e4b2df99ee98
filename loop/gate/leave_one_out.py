"""With few pairs: are rules that were inferred without a pair any good for that pair?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from loop.errors import RedraftError
from loop.gate.arms import Arms, Fires, OneDraft, draft_arms, score
from loop.gate.plan import GatePlan
from loop.gate.recurrence import tally
from loop.model import Brief, Detector, Guidance, Operation, TestResult, Usage
from pipelines.operations import apply_operations

FEW = 5
"""With so many pairs and more, replay and held-out briefs say enough."""


class LeaveOneOut(NamedTuple):
    """What is needed to infer rules as if a pair had never been given."""

    pairs: Mapping[str, Brief]
    """Pair id -> its brief: every pair that the proposal could rest on."""
    propose_without: Callable[[str], Sequence[Operation]]
    """The operations that are inferred without a pair."""
    taken: Sequence[str] = ()
    """Rule and check ids that were in use once and are not given again."""


async def leave_one_out(
    left_out: LeaveOneOut,
    plan: GatePlan,
    before: Guidance,
    detectors: Sequence[Detector],
    *,
    draft: OneDraft,
    fires: Fires,
) -> tuple[TestResult, Arms]:
    """Score rules inferred without pair j on the detectors of pair j, on fresh drafts of its brief.

    Passes when the detectors of at least one pair fire less so, fails when those of none do.
    Undecided (None) with one pair or none, with five and more, or when nothing is inferred without the
    pair or its detectors do not fire anyway: unscored is not failed. Also returns what was drafted.
    """
    nothing = Arms((), 0, 0, Usage())
    if not left_out.pairs:
        return _undecided("Leaving one out was not possible: the proposal rests on no edit pair."), nothing
    if len(left_out.pairs) == 1:
        return _undecided("Leaving one out was not possible: there is one edit pair only."), nothing
    if len(left_out.pairs) >= FEW:
        return _undecided(f"With {len(left_out.pairs)} pairs there is no need to leave one out."), nothing
    fell: list[str] = []
    details: list[str] = []
    for pair, brief in left_out.pairs.items():
        own = [detector for detector in detectors if detector.pair == pair]
        after = _without(left_out, pair, before)
        if after is None or not own:
            details.append(f"{brief.id}: nothing is learned without it")
            continue
        arms = await draft_arms(
            [brief],
            before,
            after,
            samples=plan.samples,
            seed=plan.seed,
            parallel=plan.parallel,
            draft=draft,
        )
        nothing = nothing._replace(
            samples=(*nothing.samples, *arms.samples),
            planned=nothing.planned + arms.planned,
            generated=nothing.generated + arms.generated,
            usage=nothing.usage + arms.usage,
        )
        scored = score(arms.samples, own, fires)
        counts = [tally(detector.id, scored) for detector in own]
