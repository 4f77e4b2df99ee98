"""Turn feedback into a small, measured proposal: evidence, operations, gate, verdict."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from feedback.effort import effort
from feedback.evidence import Evidence
from loop.errors import ProposalRejected
from loop.events import Note, Tell
from loop.gate.corpus import Corpus, CorpusIndex, index
from loop.gate.empirical import run_gate
from loop.gate.leave_one_out import FEW, LeaveOneOut
from loop.gate.plan import plan_gate
from loop.gate.static import static_tests
from loop.gate.verdict import static_verdict
from loop.mine import fires
from loop.mine.detect import detectors
from loop.mine.propose import propose
from loop.model import (
    MOST_OPERATIONS,
    Brief,
    Detector,
    Entry,
    Guidance,
    LogEntry,
    Operation,
    Proposal,
    Record,
    TestResult,
    Verdict,
)
from loop.operations_log import learned_rules, proposal_of, proposal_trailers, refused, taken_ids
from loop.ports import LanguageModel
from loop.project import Project
from loop.revise import revise
from loop.store import read_briefs, read_pairs, work_guidance
from loop.verbs import decide
from loop.verbs.committing import keep_edits, name_rules, one_line
from loop.verbs.drafting import counted_drafts
from loop.verbs.evidence import finals_of, gather_evidence
from pipelines.active import all_checks
from pipelines.guide import rules_of
from pipelines.operations import Applied, apply_operations, changes_between

EXAMPLE = "redraft learn --accept"


class Request(Record):
    """How to learn."""

    accept: bool = False
    """Accept at once what the gate accepts."""
    reviser: Literal["mine", "model"] = "mine"
    """Who writes the operations: the miner, which needs no model, or the project's model."""


class Result(Record):
    """The proposal with its verdict."""

    number: int | None
    """The proposal's number; None when there is nothing to propose."""
    decision: Literal["accept", "reject", "inconclusive", ""]
    """The gate's decision."""
    verdict: Verdict | None
    """Every test with its numbers."""
    operations: tuple[Operation, ...]
    """What is proposed."""
    left_out: tuple[str, ...] = ()
    """Operations that the gate threw out, each with the reason."""
    staged: int | None = None
    """A second proposal: wishes that no test of a draft can confirm, kept apart for you to decide."""
    facts: tuple[str, ...] = ()
    """Factual corrections: notes for a brief, never rules."""
    accepted: bool = False
    """True when it is part of the guidance now."""
    learned: tuple[str, ...] = ()
    """The rules that were accepted."""
    version: str
    """The guidance version now."""
    says: str
    """The outcome in a sentence."""


class _Study(NamedTuple):
    """Everything that stays the same while candidates are tested."""

    project: Project
    evidence: Evidence
    guidance: Guidance
    briefs: tuple[Brief, ...]
    log: tuple[LogEntry, ...]
    asked: tuple[Detector, ...]
    refused: tuple[Operation, ...]
    corpus: CorpusIndex
    model: LanguageModel
    tell: Tell

    @property
    def refused_keys(self) -> frozenset[str]:
        critiques = {id_ for operation in self.refused for id_ in operation.evidence if id_.startswith("k")}
        return frozenset({operation.key for operation in self.refused} | critiques)


class _Candidate(NamedTuple):
    applied: Applied
    verdict: Verdict


async def do(project: Project, request: Request, tell: Tell) -> Result:
    """Propose, test, store the proposal; with `accept`, commit it when the gate accepts."""
    with project.lock():
        name_rules(project, keep_edits(project, tell), tell)
    briefs = read_briefs(project)
    evidence = gather_evidence(project, briefs)
    study = _study(project, briefs, evidence, tell)
    facts = tuple(
        f"{item.pair.brief.id}: “{one_line(change.before, 40)}” → “{one_line(change.after, 40)}”"
        for item in evidence.pairs
        for change in item.facts
    )
    proposed = await _operations(study, request)
    waiting = _same_waiting(study, proposed)
    if not proposed or waiting is not None:
        return _nothing_new(study, waiting, facts)
    operations, told = _apart(proposed)
    candidate, left_out = await _best(study, operations)
    number = _keep(study, candidate, request)
    sound, _ = _sound(study, told)
    staged = _keep(study, await _test(study, sound), request) if sound else None
    result = Result(
        number=number,
        decision=candidate.verdict.decision,
        verdict=candidate.verdict,
        operations=candidate.applied.operations,
        left_out=left_out,
        staged=staged,
        facts=facts,
        version=study.guidance.version,
        says=candidate.verdict.reason,
    )
    if not request.accept or candidate.verdict.decision != "accept":
        return result
    if work_guidance(project).version != study.guidance.version:
        tell(Note(message="You changed the guidance meanwhile: the proposal waits.", level="warning"))
        return result
    with project.lock():
        accepted = await decide.do(project, decide.Request(number=number, accept=True), tell)
    return result.model_copy(
        update={
            "accepted": True,
            "version": accepted.version,
            "operations": accepted.operations,
            "learned": tuple(operation.text for operation in accepted.operations if operation.text),
        }
    )


def _study(project: Project, briefs: tuple[Brief, ...], evidence: Evidence, tell: Tell) -> _Study:
    log = tuple(project.history.log())
    pairs = read_pairs(project)[0]
    corpus = Corpus(
        briefs=tuple((brief.id, brief.text) for brief in briefs),
        drafts=tuple((pair.brief.id, pair.draft) for pair in pairs),
        finals=tuple((pair.brief.id, pair.final) for pair in pairs),
        critiques=tuple(item.critique.text for item in evidence.critiques),
        held_out=tuple(brief.id for brief in briefs if brief.split == "held_out"),
    )
    guidance = work_guidance(project)
    known = {brief.id for brief in briefs}
    imported = {item.pair.brief.id: item.pair.brief for item in evidence.pairs}
    return _Study(
        project=project,
        evidence=evidence,
        guidance=guidance,
        # Pairs that came in from outside have no brief in the folder; theirs is drafted all the same.
        briefs=(*briefs, *(brief for id_, brief in imported.items() if id_ not in known)),
        log=log,
        asked=detectors(evidence),
        refused=refused(log, _present(guidance)),
        corpus=index(corpus),
        model=project.model(),
        tell=tell,
    )


def _present(guidance: Guidance) -> frozenset[str]:
    rules = {rule.id for rule in rules_of(guidance.files.get("CLAUDE.md", ""))}
    return frozenset(rules | {check.id for check in all_checks(guidance)})


async def _operations(study: _Study, request: Request) -> tuple[Operation, ...]:
    if request.reviser == "model":
        return await revise(
            study.evidence,
            study.guidance,
            study.model,
            refused=study.refused,
            limit=MOST_OPERATIONS,
            tell=study.tell,
        )
    staged = {
        operation.key
        for number, entry in study.project.history.proposals().items()
        for operation in proposal_of(number, entry).operations
        if not operation.enforced
    }
    proposed = propose(
        study.evidence, study.guidance, refused=study.refused_keys, limit=MOST_OPERATIONS + len(staged)
    )
    fresh = tuple(operation for operation in proposed if operation.key not in staged)
    return (fresh or proposed)[:MOST_OPERATIONS]


def _apart(proposed: tuple[Operation, ...]) -> tuple[tuple[Operation, ...], tuple[Operation, ...]]:
    """What a draft can be tested for, and what can only be told to the model.

    A rule that nothing can confirm must not ride along with one that passes.
    """
    tested = tuple(operation for operation in proposed if operation.enforced)
    told = tuple(operation for operation in proposed if not operation.enforced)
    return (tested, told) if tested else (told, ())


def _same_waiting(study: _Study, operations: Sequence[Operation]) -> Proposal | None:
    """The stored proposal that says exactly this for exactly this guidance, if there is one."""
    wanted = {operation.key for operation in operations}
    for number, entry in study.project.history.proposals().items():
        proposal = proposal_of(number, entry)
        same = {operation.key for operation in proposal.operations} == wanted
        if same and proposal.base == study.guidance.version:
            return proposal
    return None


def _nothing_new(study: _Study, waiting: Proposal | None, facts: tuple[str, ...]) -> Result:
    if waiting is not None and waiting.verdict is not None:
        return Result(
            number=waiting.number,
            decision=waiting.verdict.decision,
            verdict=waiting.verdict,
            operations=waiting.operations,
            facts=facts,
            version=study.guidance.version,
            says=f"Proposal {waiting.number} says this already, and waits for you.",
        )
    return Result(
        number=None,
        decision="",
        verdict=None,
        operations=(),
        facts=facts,
        version=study.guidance.version,
        says="There is nothing new to learn: a habit needs two briefs that show it, or one critique.",
    )


async def _best(study: _Study, operations: tuple[Operation, ...]) -> tuple[_Candidate, tuple[str, ...]]:
    """All operations together; if the gate does not accept them, those that it accepts alone."""
    sound, left_out = _sound(study, operations)
    whole = await _test(study, sound or operations)
    if whole.verdict.decision == "accept" or len(sound) < 2:
        return whole, left_out
    study.tell(Note(message="Not accepted together; each operation is tested alone."))
    good: list[Operation] = []
    thrown = list(left_out)
    for operation in sound:
        alone = await _test(study, (operation,))
        if alone.verdict.decision == "accept":
            good.append(operation)
        else:
            thrown.append(f"{_name(operation)}: {alone.verdict.reason}")
    if not good:
        return whole, left_out
    fewer = await _test(study, tuple(good))
    return (fewer, tuple(thrown)) if fewer.verdict.decision == "accept" else (whole, left_out)


def _sound(study: _Study, operations: Sequence[Operation]) -> tuple[tuple[Operation, ...], tuple[str, ...]]:
    """Operations that pass the static gate alone, and why the others do not."""
    good: list[Operation] = []
    thrown: list[str] = []
    for operation in operations:
        try:
            failed = static_verdict(_static(study, _apply(study, (operation,))))
        except ProposalRejected as error:
            thrown.append(f"{_name(operation)}: {error.message}")
            continue
        if failed is None:
            good.append(operation)
        else:
            thrown.append(f"{_name(operation)}: {failed.reason}")
    return tuple(good), tuple(thrown)


async def _test(study: _Study, operations: Sequence[Operation]) -> _Candidate:
    applied = _apply(study, operations)
    static = _static(study, applied)
    failed = static_verdict(static)
    if failed is not None:
        return _Candidate(applied, failed)
    project = study.project
    evidence_ids = {source for operation in operations for source in operation.evidence}
    fresh = [detector for detector in study.asked if detector.source in evidence_ids]
    plan = plan_gate(
        project.settings,
        operations,
        study.briefs,
        new={detector.brief for detector in fresh},
        corrected={item.pair.brief.id for item in study.evidence.pairs},
    )
    verdict = await run_gate(
        plan,
        study.guidance,
        applied.guidance,
        operations=operations,
        detectors=study.asked,
        new={detector.id for detector in fresh},
        draft=counted_drafts(project, study.model, plan.drafts, "testing the proposal", study.tell),
        fires=fires,
        finals=finals_of(project),
        effort=effort,
        static=static,
        left_out=_left_out(study),
        tell=study.tell,
    )
    return _Candidate(applied, verdict)


def _apply(study: _Study, operations: Sequence[Operation]) -> Applied:
    return apply_operations(study.guidance, operations, taken=taken_ids(study.log))


def _static(study: _Study, applied: Applied) -> tuple[TestResult, ...]:
    learned = learned_rules(study.log)
    own = {rule.id for rule in rules_of(study.guidance.files.get("CLAUDE.md", "")) if rule.id not in learned}
    return static_tests(
        study.guidance,
        applied,
        study.corpus,
        study.project.settings,
        own=own,
        refused=study.refused,
    )


def _left_out(study: _Study) -> LeaveOneOut | None:
    if len(study.evidence.pairs) >= FEW:
        return None
    return LeaveOneOut(
        pairs=tuple(item.pair for item in study.evidence.pairs),
        propose_without=lambda pair: propose(
            study.evidence.without(pair), study.guidance, refused=study.refused_keys, limit=MOST_OPERATIONS
        ),
        taken=taken_ids(study.log),
    )


def _keep(study: _Study, candidate: _Candidate, request: Request) -> int:
    """Store the proposal at its ref; proposals for the same operations that it replaces go."""
    project = study.project
    author = "mine" if request.reviser == "mine" else study.model.name
    proposal = Proposal(
        base=study.guidance.version,
        operations=candidate.applied.operations,
        verdict=candidate.verdict,
        author=author,
        created=project.clock.now().isoformat(),
    )
    keys = {operation.key for operation in proposal.operations}
    with project.lock():
        for number, stored in project.history.proposals().items():
            old = {operation.key for operation in proposal_of(number, stored).operations}
            if old <= keys:
                project.history.drop_proposal(number)
        entry = Entry(
            verb="learn",
            subject=f"propose: {_name(proposal.operations[0])}"
            + (f" and {len(proposal.operations) - 1} more" if len(proposal.operations) > 1 else ""),
            trailers=proposal_trailers(proposal),
        )
        return project.history.propose(
            changes_between(study.guidance, candidate.applied.guidance), entry, base=project.history.head()
        )


def _name(operation: Operation) -> str:
    return f"“{one_line(operation.text or operation.hypothesis or operation.id, 50)}”"
