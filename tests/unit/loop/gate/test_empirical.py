"""The empirical gate from plan to verdict, with a pipeline that writes what it is told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from loop.errors import BudgetExceeded
from loop.events import Event, Note
from loop.gate.empirical import run_gate
from loop.gate.plan import GatePlan
from loop.model import Brief, Check, Detector, Draft, Guidance, Operation, Verdict
from loop.model import TestResult as Result
from tests.unit.loop.gate.support import (
    GUIDE,
    Pipeline,
    both,
    brief,
    fires,
    guidance,
    listed,
    phrase,
    question,
)

BEFORE = guidance()
AFTER = guidance(
    GUIDE.replace("- Write short sentences.", "- Never write “indeed”. <!-- r9 -->\n- Write short sentences.")
)
RULE = Operation(
    action="add", target="rule", text="Never write “indeed”.", check=Check(kind="forbid", find="indeed")
)
INDEED = phrase("indeed")


def _plan(**more: Any) -> GatePlan:
    fields: dict[str, Any] = {
        "source": (brief("bread"),),
        "replay": (brief("tea"),),
        "held_out": (brief("soup", split="held_out"),),
        "samples": 2,
        "seed": 0,
        "parallel": 2,
    }
    return GatePlan.model_validate(fields | more)


async def _verdict(
    write: Callable[[str, str, int], str | None],
    *,
    plan: GatePlan | None = None,
    detectors: tuple[Detector, ...] = (INDEED,),
    operation: Operation = RULE,
    same_words: bool = False,
    heard: list[Event] | None = None,
    **more: Any,
) -> Verdict:
    return await run_gate(
        plan or _plan(),
        BEFORE,
        AFTER,
        operations=[operation],
        detectors=detectors,
        new={"d-indeed"} | {item.id for item in detectors if item.question},
        draft=Pipeline(write, AFTER, same_words=same_words),
        fires=more.pop("fires", fires),
        finals=more.pop("finals", {}),
        effort=lambda draft, final: float(draft != final),
        tell=(heard if heard is not None else []).append,
        **more,
    )


def _test(verdict: Verdict, name: str) -> Result:
    return next(test for test in verdict.tests if test.name == name)


async def test_a_rule_that_stops_the_correction_and_harms_nothing_is_accepted() -> None:
    verdict = await _verdict(both("It is indeed good.", "It is good."))
    assert verdict.decision == "accept"
    assert [(test.name, test.passed) for test in verdict.tests] == [
        ("new", True),
        ("past", None),
        ("held_out", True),
    ]
    assert _test(verdict, "held_out").difference is not None
    assert verdict.generated == 12
    assert verdict.usage.calls == 12


async def test_a_rule_that_helps_nothing_is_rejected() -> None:
    verdict = await _verdict(both("It is indeed good.", "It is indeed fine."))
    assert verdict.decision == "reject"
    assert verdict.reason == _test(verdict, "new").says


async def test_a_wish_of_the_writer_that_fails_waits_instead_of_being_dropped() -> None:
    asked = RULE.model_copy(update={"from_critique": True})
    verdict = await _verdict(both("It is indeed good.", "It is indeed fine."), operation=asked)
    assert verdict.decision == "inconclusive"
    assert "You asked for this" in verdict.reason
    assert _test(verdict, "new").passed is False


async def test_a_rule_that_brings_an_old_correction_back_is_rejected() -> None:
    verdict = await _verdict(
        both("It is indeed good.", "It is moreover good."), detectors=(INDEED, phrase("moreover"))
    )
    assert verdict.decision == "reject"
    assert "“moreover” is back" in _test(verdict, "past").says


async def test_a_rule_that_makes_held_out_drafts_worse_is_rejected() -> None:
    plan = _plan(held_out=tuple(brief(f"h{n}", split="held_out") for n in range(6)))
    detectors = (INDEED, phrase("moreover"))

    def write(arm: str, brief_id: str, seed: int) -> str:
        if brief_id.startswith("h"):
            return "Fine." if arm == "before" else "It is moreover fine."
        return "It is indeed good." if arm == "before" else "It is good."

    verdict = await _verdict(write, plan=plan, detectors=detectors)
    assert verdict.decision == "reject"
    assert _test(verdict, "held_out").passed is False


async def test_a_correction_that_never_comes_up_decides_nothing() -> None:
    verdict = await _verdict(both("Good.", "Fine."))
    assert verdict.decision == "inconclusive"
    assert _test(verdict, "new").passed is None


async def test_what_no_draft_can_show_is_told_without_writing_any() -> None:
    pipeline = Pipeline(both("a", "b"), AFTER)
    verdict = await run_gate(
        _plan(),
        BEFORE,
        AFTER,
        operations=[RULE.model_copy(update={"check": None, "enforced": False})],
        detectors=[question("Is it warm?")],
        new={"q-Is it warm?"},
        draft=pipeline,
        fires=fires,
        finals={},
        effort=lambda draft, final: 0.0,
    )
    assert verdict.decision == "inconclusive"
    assert pipeline.asked == []
    assert "nothing was drafted" in verdict.reason


async def test_both_arms_write_the_same_briefs_with_the_same_seeds() -> None:
    pipeline = Pipeline(both("indeed", "good"), AFTER)
    await run_gate(
        _plan(seed=7),
        BEFORE,
        AFTER,
        operations=[RULE],
        detectors=[INDEED],
        new={"d-indeed"},
        draft=pipeline,
        fires=fires,
        finals={},
        effort=lambda draft, final: 0.0,
    )
    old = sorted(asked[1:] for asked in pipeline.asked if asked[0] == "before")
    assert old == sorted(asked[1:] for asked in pipeline.asked if asked[0] == "after")
    assert old == [(name, seed) for name in ("bread", "soup", "tea") for seed in (7, 8)]


async def test_drafts_that_failed_are_left_out_of_both_arms_and_too_few_decide_nothing() -> None:
    one_fails = await _verdict(
        lambda arm, brief_id, seed: (
            None if (brief_id, seed) == ("tea", 1) else ("indeed" if arm == "before" else "")
        )
    )
    assert one_fails.decision == "accept"
    most_fail = await _verdict(
        lambda arm, brief_id, seed: (
            None if seed or brief_id == "soup" else ("indeed" if arm == "before" else "")
        )
    )
    assert most_fail.decision == "inconclusive"
    assert "2 of 6" in most_fail.reason


async def test_when_nothing_could_be_drafted_nothing_is_decided() -> None:
    verdict = await _verdict(lambda arm, brief_id, seed: None)
    assert verdict.decision == "inconclusive"
    assert verdict.effort is None


async def test_a_spent_budget_ends_the_test_as_itself() -> None:
    async def draft(one: Brief, with_: Guidance, seed: int) -> Draft | None:
        raise BudgetExceeded("The cap is reached.")

    with pytest.raises(BudgetExceeded):
        await run_gate(
            _plan(),
            BEFORE,
            AFTER,
            operations=[RULE],
            detectors=[INDEED],
            new={"d-indeed"},
            draft=draft,
            fires=fires,
            finals={},
            effort=lambda draft, final: 0.0,
        )


async def test_checks_alone_are_judged_by_one_draft_because_nothing_is_left_to_chance() -> None:
    plan = _plan(replay=(), held_out=(), samples=1)
    chance = await _verdict(both("It is indeed good.", "It is good."), plan=plan)
    assert chance.decision == "inconclusive"
    certain = await _verdict(both("It is indeed good.", "It is good."), plan=plan, same_words=True)
    assert certain.decision == "accept"
    assert certain.generated == 1


async def test_the_distance_to_old_finals_is_reported_with_its_noise_and_never_decides() -> None:
    texts = {
        ("before", "bread"): ["indeed", "indeed so"],
        ("after", "bread"): ["good", "better"],
        ("before", "tea"): ["indeed", "indeed"],
        ("after", "tea"): ["good", "good"],
        ("before", "soup"): ["x", "x"],
        ("after", "soup"): ["x", "x"],
    }
    verdict = await _verdict(listed(texts), finals={"bread": "good", "tea": "something else"})
    assert verdict.decision == "accept"
    assert verdict.effort is not None
    assert (verdict.effort.mean, verdict.effort.n) == (0.75, 2)
    assert verdict.effort_noise is not None
    assert verdict.effort_noise.mean == 0.5
    one = await _verdict(listed(texts), plan=_plan(samples=1), finals={"bread": "good"})
    assert one.effort_noise is None


async def test_a_detector_is_only_asked_of_its_own_document_type() -> None:
    plan = _plan(source=(brief("bread"), brief("letter", type_="newsletter")), replay=(), held_out=())
    verdict = await _verdict(both("indeed", "good"), plan=plan)
    assert _test(verdict, "new").details == ("“indeed” is back: 2 of 2 drafts before, 0 after",)


async def missing(detector: Detector, text: str) -> bool | None:
    """`wanted` is a phrase that must stand there."""
    if detector.check and detector.check.text:
        return detector.check.text not in text
    return await fires(detector, text)


async def test_an_older_correction_that_new_feedback_contradicts_no_longer_counts() -> None:
    heard: list[Event] = []
    wanted = Detector(
        id="d-indeed",
        source="s",
        type="blog",
        check=Check(kind="require", text="moreover"),
        says="“moreover” is missing",
    )
    verdict = await run_gate(
        _plan(),
        BEFORE,
        AFTER,
        operations=[RULE],
        detectors=[wanted, phrase("moreover")],
        new={"d-indeed"},
        draft=Pipeline(both("Good.", "Good, moreover."), AFTER),
        fires=missing,
        finals={},
        effort=lambda draft, final: 0.0,
        tell=heard.append,
    )
    assert verdict.decision == "accept"
    assert [event.message for event in heard if isinstance(event, Note)] == [
        "Your new feedback says the opposite of an older correction: “moreover” is back."
    ]


async def test_static_results_stand_in_front() -> None:
    passed = Result(name="leak", passed=True, says="Nothing.")
    verdict = await _verdict(both("indeed", "good"), static=[passed])
    assert [test.name for test in verdict.tests] == ["leak", "new", "past", "held_out"]


async def test_when_the_budget_ends_no_question_goes_on_behind() -> None:
    asked = 0

    async def costly(detector: Detector, text: str) -> bool | None:
        nonlocal asked
        asked += 1
        if asked == 1:
            raise BudgetExceeded("The budget is spent.")
        await asyncio.sleep(0)
        return False

    detectors = tuple(question(f"Is it {number}?") for number in range(5))
    with pytest.raises(BudgetExceeded):
        await _verdict(
            both("It is indeed so.", "It is so."),
            detectors=detectors,
            fires=costly,
            questions=True,
        )
    before = asked
    for _ in range(20):
        await asyncio.sleep(0)
    assert asked == before
