"""Proposals by a language model, tried on past briefs before the gate sees them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from feedback.align import changes
from feedback.effort import effort
from feedback.evidence import Evidence, PairEvidence
from loop.errors import ModelRefused, RedraftError, ReplyInvalid, UsageError
from loop.events import Note
from loop.mine import fires
from loop.mine.propose import propose
from loop.model import MOST_OPERATIONS, Operation
from loop.model.agent import AgentTask
from loop.project import Project
from loop.revise import Asked, Reproduced, Revision, agent_task, revise
from loop.settings import CLAUDE_CODE, runs_inside
from loop.store import draft_paths, read_draft_file
from loop.text.short import one_line
from loop.verbs.learning.forecast import TRIED
from loop.verbs.learning.study import Study
from loop.verbs.learning.trial import copied, sound_part
from loop.verbs.parts.drafting import counted_drafts
from loop.verbs.parts.replies import UnusableReplies
from pipelines.checkfile import CHECKS_FILE
from pipelines.derive import operations_between
from pipelines.examples import example_paths
from pipelines.guidance import GUIDE_FILE, PROMPTS_FOLDER
from pipelines.operations import apply_operations

_LONGEST_REASON = 200
_SEED = 500
"""Added to the project's seed: the gate must not see the very drafts that the reviser saw."""
_SMALL_ROOM, _SMALL_TOKENS = 2_000, 600
"""What fits the embedded model's context."""


def asked_of(study: Study, name: str, evidence: Evidence | None = None) -> Asked:
    """Everything that the reviser is told."""
    given = study.evidence if evidence is None else evidence
    small = runs_inside(name)
    return Asked(
        evidence=given,
        guidance=study.guidance,
        refused=study.refused,
        hints=propose(given, study.guidance, refused=study.refused_keys, limit=2 * MOST_OPERATIONS),
        origins=_origins(study.project, given),
        own=study.own_rules,
        limit=MOST_OPERATIONS,
        room=_SMALL_ROOM if small else Asked._field_defaults["room"],
        max_tokens=_SMALL_TOKENS if small else Asked._field_defaults["max_tokens"],
        name=name,
        unusable=UnusableReplies(study.project),
    )


async def revised(study: Study, name: str) -> tuple[Revision, ...]:
    """The candidates of a model, the best first. Raises ReplyInvalid and ModelError."""
    learn = study.project.settings.learn
    small = runs_inside(name)
    return await revise(
        asked_of(study, name),
        study.by.model,
        trial=OnTrial(study),
        candidates=1 if small else learn.candidates,
        rounds=0 if small else learn.rounds,
        tell=study.tell,
    )


async def revised_without(study: Study, name: str, pair: str) -> Sequence[Operation]:
    """What the model proposes when one pair had never been given; nothing when it has no usable answer."""
    try:
        found = await revise(asked_of(study, name, study.evidence.without(pair)), study.by.model)
    except (ReplyInvalid, ModelRefused, UsageError) as error:  # a UsageError is a talk too long
        study.tell(Note(message=f"Leaving one pair out: {error.message}", level="warning"))
        return ()
    return found[0].operations if found else ()


class OnTrial:
    """Implements loop.revise.Trial with the static gate, and the pipeline on past briefs."""

    def __init__(self, study: Study) -> None:
        self._study = study

    def objections(self, operations: Sequence[Operation]) -> tuple[str, ...]:
        """Why the static gate would refuse some of them."""
        return sound_part(self._study, operations)[1]

    async def reproduce(self, operations: Sequence[Operation]) -> tuple[Reproduced, ...]:
        """Draft the newest corrected briefs with what the gate would test, and compare with the finals.

        None whose own final the model is shown.
        """
        study = self._study
        sound, _ = sound_part(study, operations)
        if not sound:
            return ()
        guidance = apply_operations(study.guidance, sound, taken=study.taken).guidance
        newest: dict[str, PairEvidence] = {}
        untested = copied(study, (guidance.files[path] for path in example_paths(guidance.files)))
        for item in reversed(study.evidence.pairs):
            if item.changes and item.pair.brief.id not in untested:
                newest.setdefault(item.pair.brief.id, item)
        items = list(newest.values())[:TRIED]
        draft = counted_drafts(study.project, study.by, len(items), "trying the reviser's answer", study.tell)
        found = []
        for item in items:
            written = await draft(item.pair.brief, guidance, study.project.settings.model.seed + _SEED)
            if written is not None:
                found.append(self._compared(item, written.text))
        return tuple(found)

    def _compared(self, item: PairEvidence, text: str) -> Reproduced:
        type_ = item.pair.brief.type
        looked = [
            (detector, fires(detector, text))
            for detector in self._study.asked
            if detector.type in {type_, "everything"}
        ]
        return Reproduced(
            brief=item.pair.brief.id,
            type=type_,
            remaining=tuple(change for change in changes(text, item.pair.final) if change.kind != "fact"),
            fired=tuple(detector.says for detector, fired in looked if fired),
            asked=sum(fired is not None for _, fired in looked),
            effort=effort(text, item.pair.final),
        )


def _origins(project: Project, evidence: Evidence) -> Mapping[str, str]:
    """Change id -> the step that wrote the passage, where the draft's record is still there."""
    found: dict[str, str] = {}
    for item in evidence.pairs:
        if not project.files.exists(draft_paths(item.pair.brief.id)[1]):
            continue
        try:
            draft = read_draft_file(project, item.pair.brief.id).draft
        except RedraftError:
            continue
        if draft.text != item.pair.draft or len(draft.steps) < 2:
            continue
        for change in item.changes:
            step = next(
                (step for step in draft.steps if change.before and change.before in step.output), None
            )
            if step is not None:
                found[change.id] = step.step
    return found


async def revised_by_agent(study: Study) -> tuple[Operation, ...]:
    """What Claude Code changes in a copy of the guidance, as operations; the rest is refused and told.

    Raises MissingExtra and ModelError.
    """
    prompt, ids = agent_task(asked_of(study, CLAUDE_CODE))
    task = AgentTask(
        prompt=prompt,
        files=dict(study.guidance.files),
        writes=(GUIDE_FILE, CHECKS_FILE, f"{PROMPTS_FOLDER}/*.md"),
    )
    work = await study.by.models.agent().work(task)
    study.by.model.add(work.usage)
    derived = operations_between(study.guidance, work.files)
    for says in (*work.refused, *derived.refused):
        study.tell(Note(message=says, level="warning"))
    why = one_line(work.says, _LONGEST_REASON)
    return tuple(
        operation.model_copy(update={"hypothesis": operation.hypothesis or why, "evidence": ids})
        for operation in derived.operations
    )
