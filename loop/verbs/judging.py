"""Corrections without a fixed form: one yes/no question each, put to a model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from feedback.evidence import Evidence
from loop.errors import ModelRefused, ReplyInvalid, UsageError
from loop.mine import fires
from loop.model import Detector, LogEntry, Operation, content_id
from loop.operations_log import standing_operations
from loop.ports import LanguageModel
from loop.revise import holds
from loop.settings import AUTO, EMBEDDED, Settings

MINE = "mine"
"""The miner as an author: it writes a rule without a check only when it knows no test for it."""
MOST_PAST = 8
"""So many questions of earlier steps are asked again: each is asked of every draft."""
_EVERYTHING = "everything"


class Judge(NamedTuple):
    """Who answers yes/no questions about drafts."""

    model: LanguageModel
    name: str
    """As redraft.toml names it."""

    @property
    def able(self) -> bool:
        """False for the embedded model, whose yes and no mean nothing."""
        return self.name != EMBEDDED

    async def fires(self, detector: Detector, text: str) -> bool | None:
        """Whether a correction is needed again; None when that cannot be said.

        Raises ModelUnavailable and BudgetExceeded; the same question about the same text is paid for once.
        """
        if detector.check is not None or not self.able:
            return fires(detector, text)
        try:
            return await holds(detector.question, text, self.model, self.name)
        except (ModelRefused, ReplyInvalid, UsageError):
            return None  # this draft is unscored; the others go on


def judge_of(settings: Settings, model: LanguageModel, reviser: str = "") -> Judge:
    """Who judges in a project: who is named for it, else the reviser, else the model that writes."""
    learn = settings.learn
    named = learn.reviser if learn.reviser not in {AUTO, MINE, "model"} else ""
    return Judge(model, learn.judge or reviser or named or settings.model.name)


def question_detectors(operations: Sequence[Operation], evidence: Evidence) -> tuple[Detector, ...]:
    """The questions that come along with rules, as detectors."""
    return tuple(
        _detector(operation, evidence)
        for operation in operations
        if operation.question and operation.check is None
    )


def past_questions(log: Sequence[LogEntry], evidence: Evidence) -> tuple[Detector, ...]:
    """The questions of rules that were accepted and still stand, the newest first."""
    asked = [operation for operation in standing_operations(log) if operation.question]
    return question_detectors(asked[:MOST_PAST], evidence)


async def with_sound_questions(
    operations: Sequence[Operation], evidence: Evidence, judge: Judge
) -> tuple[Operation, ...]:
    """The operations without those questions that do not tell the writer's corrections apart.

    A question is sound when the answer is yes for a draft it rests on and no for the writer's final of it;
    for a critique alone, yes for a draft of its brief if there is one.
    """
    kept = []
    for operation in operations:
        if operation.question and not await _sound(operation, evidence, judge):
            operation = operation.model_copy(update={"question": ""})  # noqa: PLW2901 - the same one, less a part
        kept.append(operation)
    return tuple(kept)


async def _sound(operation: Operation, evidence: Evidence, judge: Judge) -> bool:
    if not judge.able:
        return False
    detector = _detector(operation, evidence)
    wanted = set(operation.evidence)
    briefs = {item.critique.brief for item in evidence.critiques if item.critique.id in wanted}
    for item in reversed(evidence.pairs):
        ids = {item.pair.id, *(change.id for change in item.changes)}
        if not ids & wanted and item.pair.brief.id not in briefs:
            continue
        if (
            await judge.fires(detector, item.pair.draft)
            and await judge.fires(detector, item.pair.final) is False
        ):
            return True
    return False


def _detector(operation: Operation, evidence: Evidence) -> Detector:
    pair, brief, type_, source = "", "", operation.scope, ""
    for item in evidence.pairs:
        of_pair = {item.pair.id, *(change.id for change in item.changes)}
        if found := next((id_ for id_ in operation.evidence if id_ in of_pair), ""):
            pair, brief, source = item.pair.id, item.pair.brief.id, found
            type_ = item.pair.brief.type if type_ == _EVERYTHING else type_
    for said in evidence.critiques:
        if not source and said.critique.id in operation.evidence:
            brief, source = said.critique.brief, said.critique.id
            type_ = said.type if type_ == _EVERYTHING else type_
    return Detector(
        id="d" + content_id(operation.question, operation.scope, length=10),
        source=source,
        pair=pair,
        brief=brief,
        type=operation.scope if operation.scope != _EVERYTHING else type_,
        question=operation.question,
        says=operation.text or operation.question,
        from_critique=operation.from_critique,
    )
