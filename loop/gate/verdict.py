"""What the gate's results add up to: accept, reject or inconclusive."""

from __future__ import annotations

from collections.abc import Sequence

from loop.gate.arms import Arms
from loop.model import Operation, TestResult, Usage, Verdict

ENOUGH = 0.5
"""At least this share of the planned drafts must have come about."""


def static_verdict(tests: Sequence[TestResult]) -> Verdict | None:
    """The verdict that needs no drafts: reject when a static test failed, else None."""
    failed = [test for test in tests if test.passed is False]
    if not failed:
        return None
    more = f" ({len(failed) - 1} more below)" if len(failed) > 1 else ""
    return Verdict(decision="reject", reason=failed[0].says + more, tests=tuple(tests))


def unmeasurable(static: Sequence[TestResult], operations: Sequence[Operation]) -> Verdict:
    """The verdict when no draft could show a difference; nothing is generated."""
    told = all(not operation.enforced for operation in operations)
    why = (
        "This only tells the model what you want; no test of a draft can show whether it is followed"
        if told
        else "The new feedback has no form that a draft can be tested for"
    )
    return Verdict(
        decision="inconclusive", reason=f"{why}, so nothing was drafted. You decide.", tests=tuple(static)
    )


def weigh(
    static: Sequence[TestResult],
    empirical: Sequence[TestResult],
    arms: Arms,
    operations: Sequence[Operation],
) -> Verdict:
    """Put the results together.

    Too few drafts: inconclusive. A test that failed (new, past, held_out): reject, but inconclusive
    when the writer asked for an operation in so many words: it waits with its numbers. No fall of the
    new corrections that is sure, held-out drafts that seem worse, or leave-one-out without any fall:
    inconclusive. Else accept. A change that only tidies has no new corrections: the past ones decide.
    """
    decision, reason = _decide({test.name: test for test in empirical}, arms)
    if decision == "reject" and any(operation.from_critique for operation in operations):
        decision = "inconclusive"
        reason = f"You asked for this in so many words, so it waits for you to decide. {reason}"
    return Verdict.model_validate(
        {
            "decision": decision,
            "reason": reason,
            "tests": (*static, *empirical),
            "missing": arms.planned - len(arms.samples),
            "generated": arms.generated,
            "usage": arms.usage or Usage(),
        }
    )


def _decide(tests: dict[str, TestResult], arms: Arms) -> tuple[str, str]:
    if not arms.samples or len(arms.samples) < ENOUGH * arms.planned:
        got = len(arms.samples)
        return "inconclusive", f"Only {got} of {arms.planned} briefs and samples could be drafted both ways."
    for name in ("new", "past", "held_out"):
        if name in tests and tests[name].passed is False:
            return "reject", tests[name].says
    aim = tests.get("new", tests["past"])
    if aim.passed is None:
        return "inconclusive", aim.says
    held_out = tests["held_out"]
    if held_out.passed is None and held_out.difference is not None:
        return "inconclusive", held_out.says
    left_out = tests.get("leave_one_out")
    if left_out is not None and left_out.passed is False:
        return "inconclusive", left_out.says
    return "accept", aim.says
