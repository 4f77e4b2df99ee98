"""Corrections without a fixed form: one yes/no question each, put to a model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from feedback.evidence import Evidence
from loop.errors import ModelRefused, ReplyInvalid, UsageError
from loop.mine import fires
from loop.mine.detect import detectors
from loop.model import Detector, LogEntry, Operation, content_id
from loop.operations_log import standing_operations
from loop.ports import LanguageModel
from loop.project import Project
from loop.revise import holds
from loop.settings import Settings, runs_inside
from loop.store import draft_paths, read_draft_file
from loop.verbs.parts.roles import judge_name

MOST_PAST = 8
"""So many questions from critiques, and as many of accepted rules: each is asked of every draft."""
_EVERYTHING = "everything"


class Judge(NamedTuple):
    """Who answers yes/no questions about drafts."""

    model: LanguageModel
    name: str
    """As redraft.toml names it."""

    @property
    def able(self) -> bool:
        """False for a model that runs inside: its yes and no mean nothing."""
        return not runs_inside(self.name)

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


class Case(NamedTuple):
    """A draft that the writer corrected or spoke about, and the final if there is one."""

    draft: str
    final: str | None


Cases = Mapping[str, Sequence[Case]]
"""Id of a pair, change or critique -> what it was about."""


def judge_of(settings: Settings, model: LanguageModel, reviser: str = "") -> Judge:
    """Who judges in a project."""
    return Judge(model, judge_name(settings, reviser))


def question_detectors(operations: Sequence[Operation], evidence: Evidence) -> tuple[Detector, ...]:
    """The questions that come along with rules, as detectors."""
    return tuple(
        _detector(operation, evidence)
        for operation in operations
        if operation.question and operation.check is None
    )


def all_detectors(log: Sequence[LogEntry], evidence: Evidence) -> tuple[Detector, ...]:
    """Every correction that can be looked for: from feedback, and the questions of accepted rules.

    Of the questions that critiques make, the newest stay, and as many of the rules' own: neither takes
    the other's place.
    """
    found = detectors(evidence)
    old = [detector for detector in found if detector.check is None][:-MOST_PAST]
    kept = tuple(detector for detector in found if detector not in old)
    return (*kept, *_past_questions(log, evidence))


def _past_questions(log: Sequence[LogEntry], evidence: Evidence) -> tuple[Detector, ...]:
    """The questions of rules that were accepted and still stand, the newest first."""
    asked = [operation for operation in standing_operations(log) if operation.question]
    return question_detectors(asked[:MOST_PAST], evidence)


def cases_of(project: Project, evidence: Evidence) -> Cases:
    """What each pair, change and critique was about, as far as it is still there."""
    found: dict[str, list[Case]] = {}
    for item in evidence.pairs:
        case = Case(item.pair.draft, item.pair.final)
        for id_ in (item.pair.id, *(change.id for change in item.changes)):
            found.setdefault(id_, []).append(case)
    for said in evidence.critiques:
        brief, version = said.critique.brief, said.critique.version
        cases = [
            Case(item.pair.draft, item.pair.final)
            for item in reversed(evidence.pairs)
            if item.pair.brief.id == brief and item.pair.version == version
        ]
        if not cases and project.files.exists(draft_paths(brief)[1]):
            draft = read_draft_file(project, brief).draft
            cases = [Case(draft.text, None)] if draft.version == version else []
        found[said.critique.id] = cases
    return found


async def sound_questions(asked: Sequence[Detector], cases: Cases, judge: Judge) -> tuple[Detector, ...]:
    """The detectors without those questions that do not tell the writer's own corrections apart."""
    questions = [detector for detector in asked if detector.check is None]
    sound = [detector for detector in questions if await _sound(detector, (detector.source,), cases, judge)]
    return tuple(detector for detector in asked if detector.check is not None or detector in sound)


async def with_sound_questions(
    operations: Sequence[Operation], evidence: Evidence, cases: Cases, judge: Judge
) -> tuple[Operation, ...]:
    """The operations without those questions that do not tell the writer's corrections apart."""
    kept = []
    for operation in operations:
        asked = operation
        if operation.question:
            detector = _detector(operation, evidence)
            if not await _sound(detector, operation.evidence, cases, judge):
                asked = operation.model_copy(update={"question": ""})
        kept.append(asked)
    return tuple(kept)


async def _sound(detector: Detector, ids: Sequence[str], cases: Cases, judge: Judge) -> bool:
    """True when the answer is yes for a draft it rests on, and no for the writer's final of it, if any."""
    if not judge.able:
        return False
    for case in dict.fromkeys(case for id_ in ids for case in cases.get(id_, ())):
        if await judge.fires(detector, case.draft) is not True:
            continue
        if case.final is None or await judge.fires(detector, case.final) is False:
            return True
    return False


def _detector(operation: Operation, evidence: Evidence) -> Detector:
    source, pair, brief, type_ = _origin(operation, evidence)
    return Detector(
        id="d" + content_id(operation.question, operation.scope, length=10),
        source=source,
        pair=pair,
        brief=brief,
        type=type_ if operation.scope == _EVERYTHING else operation.scope,
        question=operation.question,
        says=operation.text or operation.question,
        from_critique=operation.from_critique,
    )


def _origin(operation: Operation, evidence: Evidence) -> tuple[str, str, str, str]:
    """The first evidence of an operation: its id, its pair, its brief, its document type."""
    for id_ in operation.evidence:
        for item in evidence.pairs:
            if id_ == item.pair.id or any(id_ == change.id for change in item.changes):
                return id_, item.pair.id, item.pair.brief.id, item.pair.brief.type
        for said in evidence.critiques:
            if id_ == said.critique.id:
                return id_, "", said.critique.brief, said.type
    return "", "", "", operation.scope
