"""Candidates of a proposal on trial: the static gate, then fresh drafts in both arms."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from feedback.effort import effort
from loop.caps import cap_of
from loop.counts import count
from loop.errors import BudgetExceeded, ProposalRejected
from loop.events import Note
from loop.gate.clashes import says_all
from loop.gate.empirical import run_gate
from loop.gate.leave_one_out import FEW, LeaveOneOut
from loop.gate.plan import GatePlan, plan_gate
from loop.gate.static import static_tests
from loop.gate.verdict import static_verdict, unmeasurable
from loop.mine import fires
from loop.model import (
    Detector,
    Operation,
    Rule,
    TestResult,
    Verdict,
)
from loop.operations_log import standing_operations
from loop.text.short import one_line
from loop.verbs.learning.evidence import finals_of
from loop.verbs.learning.forecast import drafted, effort_of, planned, questions, room
from loop.verbs.learning.judging import question_detectors, sound_questions
from loop.verbs.learning.study import Study, standing_rules
from loop.verbs.parts.costing import KEPT, draft_costs, in_words, together, warn_over_budget
from loop.verbs.parts.drafting import counted_drafts
from loop.verbs.parts.roles import MINE
from pipelines.operations import Applied, apply_operations

_TOGETHER = "testing the proposal"
_TEST = "The test takes"


class Candidate(NamedTuple):
    """Operations as they would be applied, and what the gate says of them."""

    applied: Applied
    verdict: Verdict


async def best(study: Study, operations: tuple[Operation, ...]) -> tuple[Candidate, tuple[str, ...]]:
    """All operations together; if the gate does not accept them, those that it accepts alone.

    Also returns what was thrown out, each with the reason. A budget that ends after all were tested
    together leaves that verdict.
    """
    sound, left_out = sound_part(study, operations)
    if not sound:
        return await put_on_trial(study, operations, _TOGETHER), ()
    tell_test(study, sound)
    whole = await put_on_trial(study, sound, _TOGETHER)
    if whole.verdict.decision == "accept" or len(sound) < 2:
        return whole, left_out
    study.tell(Note(message="Not accepted together; each operation is tested alone."))
    try:
        fewer, thrown = await _accepted_part(study, sound)
    except BudgetExceeded as error:
        study.tell(Note(message=f"{error.message} So not each was tested alone.", level="warning"))
        return whole, left_out
    return (whole, left_out) if fewer is None else (fewer, (*left_out, *thrown))


async def _accepted_part(
    study: Study, sound: Sequence[Operation]
) -> tuple[Candidate | None, tuple[str, ...]]:
    """The operations that the gate accepts alone, if it accepts them together; why the others not."""
    good: list[Operation] = []
    thrown: list[str] = []
    for number, operation in enumerate(sound, start=1):
        what = f"testing {number} of {len(sound)} alone, {name_of(operation)}"
        try:
            alone = await put_on_trial(study, (operation,), what)
        except ProposalRejected as error:  # it stands on one of the others
            thrown.append(f"{name_of(operation)}: {error.message}")
            continue
        if alone.verdict.decision == "accept":
            good.append(operation)
        else:
            thrown.append(f"{name_of(operation)}: {alone.verdict.reason}")
    if not good:
        return None, ()
    fewer = await put_on_trial(study, tuple(good), f"testing {len(good)} of {len(sound)} together")
    return (fewer if fewer.verdict.decision == "accept" else None), tuple(thrown)


def sound_part(
    study: Study, operations: Sequence[Operation]
) -> tuple[tuple[Operation, ...], tuple[str, ...]]:
    """Operations that pass the static gate, and why the others do not.

    When not all pass together (a rule may be reworded because another goes), each is looked at with those
    before it that passed: of two that contradict each other, the better founded one stays.
    """
    if operations and _objection(study, operations) is None:
        return tuple(operations), ()
    good: list[Operation] = []
    thrown: list[str] = []
    for operation in operations:
        why = _objection(study, (*good, operation))
        if why is None:
            good.append(operation)
        else:
            thrown.append(f"{name_of(operation)}: {why}")
    return tuple(good), tuple(thrown)


def _objection(study: Study, operations: Sequence[Operation]) -> str | None:
    """Why the static gate refuses these operations together; None when it does not."""
    try:
        failed = static_verdict(_static(study, _apply(study, operations)))
    except ProposalRejected as error:
        return error.message
    return None if failed is None else failed.reason


async def put_on_trial(study: Study, operations: Sequence[Operation], what: str) -> Candidate:
    """Both gates for these operations together; `what` is told as the name of the work."""
    applied = _apply(study, operations)
    static = _static(study, applied)
    failed = static_verdict(static)
    if failed is not None:
        return Candidate(applied, failed)
    if not _drafted(study, operations):
        return Candidate(applied, unmeasurable(static, operations))
    project = study.project
    own = question_detectors(operations, study.evidence)
    asked = await sound_questions(study.asked, study.cases, study.judge)
    study = study._replace(asked=_once(*asked, *own))
    fresh = _fresh(study, operations)
    plan = _plan(study, operations)
    verdict = await run_gate(
        plan,
        study.guidance,
        applied.guidance,
        operations=operations,
        detectors=study.asked,
        new={detector.id for detector in (*fresh, *own)},
        draft=counted_drafts(project, study.by, plan.drafts, what, study.tell),
        fires=study.judge.fires,
        questions=study.judge.able,
        finals=finals_of(project),
        effort=effort,
        static=static,
        left_out=_left_out(study),
        tell=study.tell,
    )
    return Candidate(applied, verdict)


async def tidy_on_trial(study: Study, operations: Sequence[Operation]) -> Candidate:
    """Both gates for a change that no feedback asks for: nothing that was corrected may come back."""
    applied = _apply(study, operations)
    static = _static(study, applied)
    failed = static_verdict(static)
    if failed is not None:
        return Candidate(applied, failed)
    project = study.project
    study = study._replace(asked=await sound_questions(study.asked, study.cases, study.judge))
    plan = plan_gate(
        project.settings,
        operations,
        study.briefs,
        new=(),
        corrected={item.pair.brief.id for item in study.evidence.pairs},
    )
    _tell_cost(study, plan, own=False)
    verdict = await run_gate(
        plan,
        study.guidance,
        applied.guidance,
        operations=operations,
        detectors=study.asked,
        new=(),
        draft=counted_drafts(project, study.by, plan.drafts, "testing the shorter guide", study.tell),
        fires=study.judge.fires,
        finals=finals_of(project),
        effort=effort,
        static=static,
        questions=study.judge.able,
        tidy=True,
        tell=study.tell,
    )
    lost = _said_no_more(study, applied)
    if lost and verdict.decision == "accept":
        says = f"No rule would say all that “{lost[0].text}” says, and nothing can tell whether it is missed."
        verdict = verdict.model_copy(update={"decision": "inconclusive", "reason": says})
    return Candidate(applied, verdict)


def _said_no_more(study: Study, applied: Applied) -> list[Rule]:
    """Rules that would be said no more, nor whole by one that stays."""
    stays = standing_rules(applied.guidance)  # as they are worded then: one may say both
    return [one.rule for one in study.standing if not any(says_all(other, one) for other in stays)]


def _once(*detectors: Detector) -> tuple[Detector, ...]:
    return tuple({detector.id: detector for detector in detectors}.values())


def _drafted(study: Study, operations: Sequence[Operation]) -> bool:
    """Whether drafts can show what the operations do; the miner enforces all that it knows a test for."""
    return study.author != MINE or any(operation.enforced for operation in operations)


def _fresh(study: Study, operations: Sequence[Operation]) -> list[Detector]:
    """The detectors of the feedback that the operations rest on.

    A model cites any of the changes that show a habit, or the whole pair; the habit's detector knows only
    the first. So a detector is of a cited passage, too, when it fires on the draft's and not on the final's.
    """
    cited = {source for operation in operations for source in operation.evidence}
    if study.author != MINE:  # it may cite everything; what an accepted rule rests on stays a past correction
        cited -= {source for one in standing_operations(study.log) for source in one.evidence}
    found = [detector for detector in study.asked if detector.source in cited or detector.pair in cited]
    if study.author == MINE:
        return [detector for detector in study.asked if detector.source in cited]
    passages = [
        (item.pair.brief.type, before, after)
        for item in study.evidence.pairs
        for source, before, after in (
            (item.pair.id, item.pair.draft, item.pair.final),
            *((change.id, change.sentence_before, change.sentence_after) for change in item.changes),
        )
        if source in cited
    ]
    rest = [detector for detector in study.asked if detector.check is not None and detector not in found]
    return found + [
        detector
        for detector in rest
        if any(
            detector.type in {type_, "everything"} and fires(detector, before) and not fires(detector, after)
            for type_, before, after in passages
        )
    ]


def copied(study: Study, shown: Iterable[str]) -> frozenset[str]:
    """Ids of the briefs whose final is among these examples: a model that is shown it only copies."""
    texts = {text.strip() for text in shown}
    pairs = (item.pair for item in study.evidence.pairs)
    return frozenset(pair.brief.id for pair in pairs if pair.final.strip() in texts)


def _plan(study: Study, operations: Sequence[Operation]) -> GatePlan:
    untested = copied(study, (one.text for one in operations if one.target == "example"))
    return plan_gate(
        study.project.settings,
        operations,
        [brief for brief in study.briefs if brief.id not in untested],
        new={detector.brief for detector in _fresh(study, operations)},
        corrected={item.pair.brief.id for item in study.evidence.pairs},
    )


def tell_test(study: Study, operations: Sequence[Operation], what: str = _TEST) -> None:
    """Say what it costs to test operations that pass the static gate; nothing where nothing is drafted."""
    if _drafted(study, operations):
        _tell_cost(study, _plan(study, operations), operations, own=True, what=what)


def _tell_cost(
    study: Study,
    plan: GatePlan,
    operations: Sequence[Operation] = (),
    *,
    own: bool,
    what: str = _TEST,
) -> None:
    """Say what the test costs, and warn when that may be more than the budget."""
    effort = effort_of(study, operations)
    drafts = drafted(study, plan, effort) if own else planned(plan)
    asked = questions(study, drafts, effort, own=own)
    costs = draft_costs(study.project, study.guidance, drafts, more=room(study, operations))
    costs = together([*costs, *([asked] if asked is not None else [])])
    likely, most = sum(one.about for one in drafts), sum(one.most for one in drafts)
    number = f"about {count(likely, 'draft')}, at most {most:,}" if most > likely else count(most, "draft")
    budget = cap_of(study.project.settings.budget, study.budget).budget
    said = ". ".join(in_words(cost, budget) for cost in costs)
    study.tell(Note(message=f"{what} {number}: {said}. {KEPT}"))
    warn_over_budget(costs, budget, study.tell)


def _apply(study: Study, operations: Sequence[Operation]) -> Applied:
    return apply_operations(study.guidance, operations, taken=study.taken)


def _static(study: Study, applied: Applied) -> tuple[TestResult, ...]:
    return static_tests(
        study.guidance,
        applied,
        study.corpus,
        study.project.settings,
        own=study.own_rules,
        refused=study.refused,
    )


def _left_out(study: Study) -> LeaveOneOut | None:
    if len(study.evidence.pairs) >= FEW:
        return None
    return LeaveOneOut(
        pairs=tuple(item.pair for item in study.evidence.pairs),
        propose_without=study.without,
        taken=study.taken,
    )


def name_of(operation: Operation) -> str:
    """An operation in a few words."""
    return f"“{one_line(operation.text or operation.hypothesis or operation.id, 50)}”"
