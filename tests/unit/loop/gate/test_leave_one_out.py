"""With few pairs: rules inferred without a pair must help it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

import pytest

from loop.gate.empirical import run_gate
from loop.gate.leave_one_out import LeaveOneOut
from loop.gate.plan import GatePlan
from loop.model import Brief, Check, Detector, Draft, Guidance, Operation, Pair, Verdict
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
INDEED = phrase("indeed")
OTHER = Operation(action="add", target="rule", text="Be kind to the reader.")
PAIRS = tuple(
    Pair(brief=brief(f"b{number}"), draft="It is indeed good.", final="It is good.") for number in range(6)
)


async def follows(one: Brief, with_: Guidance, seed: int) -> Draft | None:
    """A pipeline that writes “indeed” unless the guide forbids it."""
    text = "Good." if "“indeed”" in with_.files["CLAUDE.md"] else "Indeed, it is indeed good."
    return Draft(brief=one.id, text=text, version=with_.version, model="fake", seed=seed)


async def _verdict(
    pairs: Sequence[Pair], without: Sequence[Operation], detector: Detector = INDEED
) -> Verdict:
    return await run_gate(
        GatePlan(
            source=tuple(pair.brief for pair in pairs) or (brief("b0"),),
            replay=(),
            held_out=(),
            samples=3,
            seed=0,
            parallel=1,
        ),
        BEFORE,
        apply_operations(BEFORE, [RULE]).guidance,
        operations=[RULE],
        detectors=[detector],
        new={detector.id},
        draft=follows,
        fires=fires,
        finals={},
        effort=lambda draft, final: 0.0,
        left_out=LeaveOneOut(pairs=pairs, propose_without=_always(without)),
    )


def _always(operations: Sequence[Operation]) -> Callable[[str], Awaitable[Sequence[Operation]]]:
    async def without(pair: str) -> Sequence[Operation]:
        return operations

    return without


def _result(verdict: Verdict) -> Result:
    return next(test for test in verdict.tests if test.name == "leave_one_out")


async def test_a_habit_that_the_other_pairs_show_too_carries_over() -> None:
    verdict = await _verdict(PAIRS[:3], [RULE])
    assert verdict.decision == "accept"
    assert _result(verdict).passed is True
    assert "3 of 3" in _result(verdict).says
    assert (
        _result(verdict).details[0] == "b0: its corrections come up 3 times, with the others' rules 0 times"
    )


async def test_rules_that_help_no_pair_they_were_not_made_from_turn_accept_into_inconclusive() -> None:
    verdict = await _verdict(PAIRS[:3], [OTHER])
    assert _result(verdict).passed is False
    assert verdict.decision == "inconclusive"
    assert verdict.reason == _result(verdict).says


async def test_when_nothing_is_proposed_without_a_pair_that_is_unscored_and_not_failed() -> None:
    verdict = await _verdict(PAIRS[:2], [])
    assert _result(verdict).passed is None
    assert _result(verdict).details[0] == "b0: without it, nothing is proposed"
    assert verdict.decision == "accept"


async def test_operations_that_cannot_be_applied_without_a_pair_are_unscored() -> None:
    verdict = await _verdict(PAIRS[:2], [Operation(action="replace", target="rule", id="r77", text="x")])
    assert _result(verdict).passed is None


async def test_a_pair_without_that_correction_and_a_critiques_correction_are_not_scored() -> None:
    others = tuple(pair.model_copy(update={"draft": "It is fine."}) for pair in PAIRS[:2])
    assert "can be looked for" in _result(await _verdict(others, [OTHER])).details[0]
    asked = INDEED.model_copy(update={"from_critique": True})
    assert _result(await _verdict(PAIRS[:2], [OTHER], asked)).passed is None


@pytest.mark.parametrize(("pairs", "says"), [(0, "rests on none"), (1, "only one"), (5, "no need")])
async def test_one_pair_none_and_five_pairs_leave_nothing_out_and_say_why(pairs: int, says: str) -> None:
    verdict = await _verdict(PAIRS[:pairs], [OTHER])
    assert _result(verdict).passed is None
    assert says in _result(verdict).says
    assert verdict.decision == "accept"
