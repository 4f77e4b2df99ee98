"""Leaving one out of few pairs: are rules inferred without a pair any good for it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import NamedTuple

from loop.errors import ProposalRejected
from loop.gate.arms import Arms, Fires, OneDraft, draft_arms, score
from loop.gate.plan import GatePlan
from loop.gate.recurrence import tally
from loop.model import Detector, Guidance, Operation, Pair, TestResult, Usage
from pipelines.operations import apply_operations

FEW = 5
"""With so many pairs and more, replay and held-out briefs say enough."""


class LeaveOneOut(NamedTuple):
    """What is needed to infer rules as if a pair had never been given."""

    pairs: Sequence[Pair]
    """Every pair that the proposal could rest on."""
    propose_without: Callable[[str], Awaitable[Sequence[Operation]]]
    """The operations that are inferred without a pair."""
    taken: Collection[str] = ()
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

    `detectors` are those the proposal is about: no rule can help a correction that none was made for.

    A habit of several pairs is one detector: pair j's are those that fire on its draft and not on its
    final. Detectors of critiques are left out, because a critique stays when a pair goes.

    Passes when the detectors of at least one pair fire less so, fails when those of none do.
    Undecided (None) with one pair or none, with five and more, or when nothing is inferred without the
    pair or its detectors do not fire anyway: unscored is not failed. Also returns what was drafted.
    """
    nothing = Arms((), 0, 0, Usage())
    if len(left_out.pairs) < 2:
        how = "there is only one" if left_out.pairs else "it rests on none"
        return _undecided(f"Learning without one of your corrected drafts was not tried: {how}."), nothing
    if len(left_out.pairs) >= FEW:
        return _undecided(f"With {len(left_out.pairs)} pairs there is no need to leave one out."), nothing
    drafted = nothing
    fell: dict[str, bool] = {}
    details: list[str] = []
    for pair in left_out.pairs:
        name = pair.brief.id
        own = await _own(pair, detectors, fires)
        if not own:
            details.append(f"{name}: none of its corrections can be looked for")
            continue
        after = await _without(left_out, pair.id, before)
        if after is None:
            details.append(f"{name}: without it, nothing is proposed")
            continue
        arms = await draft_arms(
            [pair.brief],
            before,
            after,
            samples=plan.samples,
            seed=plan.seed,
            parallel=plan.parallel,
            draft=draft,
        )
        drafted = _both(drafted, arms)
        scored = await score(arms.samples, own, fires)
        counts = [tally(detector.id, scored) for detector in own]
        was, now = sum(count.before for count in counts), sum(count.after for count in counts)
        if was:
            fell[pair.id] = now < was
        details.append(f"{name}: its corrections come up {was} times, with the others' rules {now} times")
    return _result(fell, details), drafted


async def _own(pair: Pair, detectors: Sequence[Detector], fires: Fires) -> list[Detector]:
    return [
        detector
        for detector in detectors
        if detector.type in {pair.brief.type, "everything"}
        and not detector.from_critique
        and await fires(detector, pair.draft) is True
        and await fires(detector, pair.final) is False
    ]


async def _without(left_out: LeaveOneOut, pair: str, before: Guidance) -> Guidance | None:
    """The guidance with what is proposed without a pair; None when that is nothing that can be applied."""
    operations = await left_out.propose_without(pair)
    if not operations:
        return None
    try:
        return apply_operations(before, operations, taken=left_out.taken).guidance
    except ProposalRejected:
        return None


def _result(fell: Mapping[str, bool], details: Sequence[str]) -> TestResult:
    helped = [pair for pair, less in fell.items() if less]
    if not fell:
        passed = None
        says = "Learning without one of your corrected drafts says nothing: the others help none."
    elif helped:
        passed = True
        says = f"Rules learned without a pair help it in {len(helped)} of {len(fell)} cases."
    else:
        passed = False
        says = f"Rules learned without a pair help it in none of {len(fell)} cases: they may not carry over."
    return TestResult(name="leave_one_out", passed=passed, says=says, details=tuple(details))


def _undecided(says: str) -> TestResult:
    return TestResult(name="leave_one_out", passed=None, says=says)


def _both(left: Arms, right: Arms) -> Arms:
    return Arms(
        samples=(*left.samples, *right.samples),
        planned=left.planned + right.planned,
        generated=left.generated + right.generated,
        usage=left.usage + right.usage,
    )
