"""How often a learning step drafts and asks: when its first proposal passes, and at most."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from loop.gate.leave_one_out import FEW
from loop.gate.plan import GatePlan
from loop.model import MOST_OPERATIONS, Brief, Detector, Operation, Usage
from loop.project import Project
from loop.revise import judge_request
from loop.settings import CLAUDE_CODE, runs_inside
from loop.tokens import about, at_most
from loop.verbs.learning.judging import Cases, Judge
from loop.verbs.learning.study import Study
from loop.verbs.parts.costing import Cost, Drafted, priced, typical_replies
from loop.verbs.parts.roles import MINE
from pipelines.estimate import longest_piece

TRIED = 2
"""So many past briefs are drafted in each round of a reviser."""
_SHORT = 10
"""Tokens of a yes or a no."""
_LONGEST_QUESTION = 1_000
"""Tokens of a yes/no question."""
_LONGEST_TEXT = 2_000
"""Tokens that one operation adds to a prompt, unless it makes a final an example."""
_QUESTIONS = 2
"""So many of an answer's rules bring a question of their own, more or less."""


class Effort(NamedTuple):
    """How hard a study tries."""

    answers: int
    """Answers of a reviser that go to the gate."""
    rounds: int
    """How often each of them is tried on past briefs first."""
    operations: int
    """In one answer, at most."""

    @property
    def tests(self) -> int:
        """Changed guides that are drafted with: each answer whole, rule by rule, and what passed of it."""
        return self.answers * (self.operations + 2 if self.operations > 2 else 2 * self.operations - 1)


def effort_of(study: Study, operations: Sequence[Operation] | None = None) -> Effort:
    """What redraft.toml allows; `operations` are what is proposed, where that is known."""
    learn = study.project.settings.learn
    known = MOST_OPERATIONS if operations is None else max(1, len(operations))
    if study.author in {MINE, CLAUDE_CODE} or runs_inside(study.author) or operations is not None:
        return Effort(1, 0, known)
    return Effort(max(1, learn.candidates), learn.rounds, known)


def drafted(study: Study, plan: GatePlan, effort: Effort) -> tuple[Drafted, ...]:
    """How often each brief is drafted: for the reviser, for the gate, and without one pair each."""
    corrected = {item.pair.brief.id: item.pair.brief for item in study.evidence.pairs if item.changes}
    tries = effort.rounds * effort.answers
    often = Counter(dict.fromkeys(list(reversed(corrected))[:TRIED], tries))
    most = Counter({brief.id: tries for brief in _longest(corrected.values())[:TRIED]})
    planned = {brief.id for brief in plan.briefs}
    often.update(dict.fromkeys(planned, 2 * plan.samples))
    if effort.tests == 1:
        most.update(dict.fromkeys(planned, 2 * plan.samples))
    else:
        most.update(_tested(study, plan, effort))
    for brief in left_out(study):
        often[brief.id] += plan.samples if brief.id in planned else 2 * plan.samples
        most[brief.id] += 2 * plan.samples
    return tuple(
        Drafted(brief, often[brief.id], most[brief.id])
        for brief in study.briefs
        if often[brief.id] or most[brief.id]
    )


def planned(plan: GatePlan) -> tuple[Drafted, ...]:
    """Each brief of one test, in both arms."""
    return tuple(Drafted(brief, 2 * plan.samples, 2 * plan.samples) for brief in plan.briefs)


def _tested(study: Study, plan: GatePlan, effort: Effort) -> Counter[str]:
    """Every test may take other briefs, since its rules rest on other feedback: the longest are counted."""
    gate = study.project.settings.gate
    new = with_feedback(study)
    held_out = [brief for brief in study.briefs if brief.split == "held_out"]
    train = [brief for brief in study.briefs if brief.id in new and brief.split == "train"]
    at_once = min(len(train), 2 * gate.replay) + min(len(held_out), gate.held_out)
    found: Counter[str] = Counter()
    for number, brief in enumerate(_longest([*train, *held_out])):
        found[brief.id] += plan.samples if number < at_once * effort.tests else 0
        found[brief.id] += plan.samples * effort.tests if number < at_once else 0
    return found


def with_feedback(study: Study) -> frozenset[str]:
    """Ids of the briefs that were corrected or spoken about."""
    spoken = {item.critique.brief for item in study.evidence.critiques}
    return frozenset(spoken | {item.pair.brief.id for item in study.evidence.pairs})


def left_out(study: Study) -> tuple[Brief, ...]:
    """The briefs of the pairs that are left out, one after the other; none when there are enough pairs."""
    pairs = study.evidence.pairs
    return tuple(item.pair.brief for item in pairs) if 1 < len(pairs) < FEW else ()


def room(study: Study, operations: Sequence[Operation] | None = None) -> int:
    """Tokens that a proposal adds to a prompt at most; `operations` are what is proposed, where known."""
    if operations is not None:
        return sum(at_most(operation.text) for operation in operations)
    finals = [at_most(item.pair.final) for item in study.evidence.pairs]
    return MOST_OPERATIONS * max(_LONGEST_TEXT, *finals, 0)


def questions(study: Study, drafts: Sequence[Drafted], effort: Effort, *, own: bool = True) -> Cost | None:
    """The yes/no questions about all these drafts; `own`: rules may bring some. None when none is asked."""
    known = [detector for detector in study.asked if detector.check is None]
    each = MOST_OPERATIONS if own and study.author != MINE else 0
    sound = soundness(known, study.cases)
    often = sum(one.about for one in drafts) * (len(known) + min(_QUESTIONS, each)) + sound
    often += effort.answers * 2 * min(_QUESTIONS, each)
    every = {case for cases in study.cases.values() for case in cases}
    most = sum(one.most for one in drafts) * (len(known) + effort.answers * each) + sound
    most += effort.answers * each * 2 * len(every)
    most += 2 * len(left_out(study)) * (len(known) + effort.answers * each)
    return question_cost(study.project, study.judge, known, study.cases, often, most)


def soundness(asked: Sequence[Detector], cases: Cases) -> int:
    """Questions at most to find out which questions tell the writer's own corrections apart."""
    return sum(2 * len(set(cases.get(detector.source, ()))) for detector in asked)


def question_cost(
    project: Project, judge: Judge, asked: Sequence[Detector], cases: Cases, often: int, most: int
) -> Cost | None:
    """What so many yes/no questions cost, about and at most; None when nobody is asked."""
    if not (judge.able and most):
        return None
    request = judge_request("", "", judge.name)
    longest_question = max([_LONGEST_QUESTION, *(at_most(one.question) for one in asked)])
    texts = [text or "" for many in cases.values() for case in many for text in case]
    longest = max([longest_piece(project.settings), *map(at_most, texts)])
    typical = [usage.output_tokens for usage in typical_replies(project).values()]
    frame = request.messages[0].content
    likely = about(frame) + _SHORT + (typical[-1] if typical else longest)
    return priced(
        project,
        judge.name,
        Usage(calls=often, input_tokens=often * likely, output_tokens=often * _SHORT),
        Usage(
            calls=most,
            input_tokens=most * (at_most(frame) + longest_question + longest),
            output_tokens=most * request.max_tokens,
        ),
    )


def _longest(briefs: Iterable[Brief]) -> list[Brief]:
    return sorted(briefs, key=lambda brief: -at_most(brief.text))
