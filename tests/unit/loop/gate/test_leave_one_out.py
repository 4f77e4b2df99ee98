"""With few pairs: rules inferred without a pair must help it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from loop.gate.empirical import run_gate
from loop.gate.leave_one_out import LeaveOneOut
from loop.gate.plan import GatePlan
from loop.model import Brief, Check, Draft, Guidance, Operation, Verdict
from loop.model import TestResult as Result
from pipelines.operations import apply_operations
from tests.unit.loop.gate.support import brief, fires, guidance, phrase

BEFORE = guidance()
RULE = Operation(
    action="add",
    target="rule",
    text="Never write “indeed”.",
    check=Check(kind="forbid", find="indeed", fix="phrase"),
)
OTHER = Operation(action="add", target="rule", text="Be kind to the reader.")
BRIEFS = {f"p{number}": brief(f"b{number}") for number in range(6)}


class FollowsIndeed:
    """A pipeline that writes “indeed” unless the guide forbids it."""

    def __init__(self) -> None:
        self.drafts = 0

    async def __call__(self, one: Brief, with_: Guidance, seed: int) -> Draft | None:
        self.drafts += 1
        text = "Good." if "“indeed”" in with_.files["CLAUDE.md"] else "Indeed, it is indeed good."
        return Draft(brief=one.id, text=text, version=with_.version, model="fake", seed=seed)


async def _verdict(pairs: int, without: Mapping[str, Sequence[Operation]]) -> Verdict:
    chosen = {pair: BRIEFS[pair] for pair in list(BRIEFS)[:pairs]}
    detectors = [phrase("indeed", pair=pair).model_copy(update={"id": f"d-{pair}"}) for pair in chosen] or [
        phrase("indeed").model_copy(update={"id": "d-critique"})
    ]
    return await run_gate(
        GatePlan(
            source=tuple(chosen.values()) or (BRIEFS["p0"],),
            replay=(),
            held_out=(),
            samples=2,
            seed=0,
            parallel=1,
            steps=1,
        ),
        BEFORE,
        apply_operations(BEFORE, [RULE]).guidance,
        operations=[RULE],
        detectors=detectors,
        new={detector.id for detector in detectors},
        draft=FollowsIndeed(),
        fires=fires,
        finals={},
        effort=lambda draft, final: 0.0,
        left_out=LeaveOneOut(pairs=chosen, propose_without=lambda pair: without.get(pair, ())),
    )


def _result(verdict: Verdict) -> Result:
    return next(test for test in verdict.tests if test.name == "leave_one_out")


async def test_a_habit_that_the_other_pairs_show_too_carries_over() -> None:
    verdict = await _verdict(3, dict.fromkeys(BRIEFS, (RULE,)))
    assert verdict.decision == "accept"
    assert _result(verdict).passed is True
    assert (
        _result(verdict).details[0] == "b0: its corrections come up 2 times, with the others' rules 0 times"
    )


async def test_rules_that_help_no_pair_they_were_not_made_from_turn_accept_into_inconclusive() -> None:
    verdict = await _verdict(3, dict.fromkeys(BRIEFS, (OTHER,)))
    assert _result(verdict).passed is False
    assert verdict.decision == "inconclusive"
    assert verdict.reason == _result(verdict).says


async def test_when_nothing_is_proposed_without_a_pair_that_is_unscored_and_not_failed() -> None:
    verdict = await _verdict(2, {})
    assert _result(verdict).passed is None
    assert verdict.decision == "accept"


async def test_operations_that_cannot_be_applied_without_a_pair_are_unscored() -> None:
    broken = Operation(action="replace", target="rule", id="r77", text="Nothing.")
    verdict = await _verdict(2, dict.fromkeys(BRIEFS, (broken,)))
    assert _result(verdict).passed is None


@pytest.mark.parametrize(("pairs", "says"), [(0, "no edit pair"), (1, "one edit pair only"), (5, "no need")])
async def test_one_pair_none_and_five_pairs_leave_nothing_out_and_say_why(pairs: int, says: str) -> None:
    verdict = await _verdict(pairs, dict.fromkeys(BRIEFS, (OTHER,)))
    assert _result(verdict).passed is None
    assert says in _result(verdict).says
    assert verdict.decision == "accept"
