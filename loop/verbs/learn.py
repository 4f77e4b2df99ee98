"""Turn feedback into a small, measured proposal: evidence, operations, gate, verdict."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from feedback.evidence import Evidence
from loop.errors import BudgetExceeded
from loop.events import Note, Tell
from loop.gate.corpus import Corpus, index
from loop.mine.detect import detectors
from loop.mine.propose import propose
from loop.model import (
    MOST_OPERATIONS,
    Brief,
    Entry,
    Guidance,
    Operation,
    Proposal,
    Record,
    Verdict,
    content_id,
)
from loop.operations_log import proposal_of, proposal_trailers, refused, taken_ids
from loop.project import Project
from loop.revise import revise
from loop.store import read_briefs, read_pairs, work_guidance
from loop.verbs import decide
from loop.verbs.committing import keep_edits, name_rules, one_line
from loop.verbs.drafting import writers
from loop.verbs.evidence import gather_evidence
from loop.verbs.trial import MINE, Candidate, Study, best, name_of, put_on_trial, sound_part
from pipelines.active import all_checks
from pipelines.guide import rules_of
from pipelines.operations import changes_between

EXAMPLE = "redraft learn --accept"
_NAMED_LATER = 8
"""So many things to learn later are named."""


class Request(Record):
    """How to learn."""

    accept: bool = False
    """Accept at once what the gate accepts."""
    reviser: Literal["mine", "model"] = "mine"
    """Who writes the operations: the miner, which needs no model, or the project's model."""
    budget: str | None = None
    """Stop before it costs more: 0.50 (US dollars), 200calls or 50000tokens."""


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
    later: tuple[str, ...] = ()
    """What there is to learn besides, for the next time: a proposal is small."""
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


async def do(project: Project, request: Request, tell: Tell) -> Result:
    """Propose, test, store the proposal; with `accept`, commit it when the gate accepts."""
    with project.lock():
        head = name_rules(project, keep_edits(project, tell), tell)
    briefs = read_briefs(project)
    evidence = gather_evidence(project, briefs)
    study = _study(project, head, briefs, evidence, request, tell)
    facts = tuple(
        f"{item.pair.brief.id}: “{one_line(change.before, 40)}” → “{one_line(change.after, 40)}”"
        for item in evidence.pairs
        for change in item.facts
    )
    proposed, later = await _operations(study, request)
    operations, told = _apart(proposed)
    waiting = _same_waiting(study, operations)
    if not proposed or (waiting is not None and not told):
        return _nothing_new(study, waiting, facts, later)
    if waiting is not None and waiting.verdict is not None:
        given, verdict, number = waiting.operations, waiting.verdict, waiting.number
        left_out: tuple[str, ...] = ()
    else:
        candidate, left_out = await best(study, operations)
        given, verdict = candidate.applied.operations, candidate.verdict
        number = _keep(study, candidate, operations)
    staged, unsound = await _stage(study, told, given)
    result = Result(
        number=number,
        decision=verdict.decision,
        verdict=verdict,
        operations=given,
        left_out=(*left_out, *unsound),
        later=later,
        staged=staged,
        facts=facts,
        version=study.guidance.version,
        says=verdict.reason,
    )
    if not request.accept or verdict.decision != "accept":
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


def _study(
    project: Project,
    head: str,
    briefs: tuple[Brief, ...],
    evidence: Evidence,
    request: Request,
    tell: Tell,
) -> Study:
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
    by = writers(project, "learn", tell, request.budget)
    known = {brief.id for brief in briefs}
    imported = {item.pair.brief.id: item.pair.brief for item in evidence.pairs}
    return Study(
        project=project,
        head=head,
        evidence=evidence,
        guidance=guidance,
        # Pairs that came in from outside have no brief in the folder; theirs is drafted all the same.
        briefs=(*briefs, *(brief for id_, brief in imported.items() if id_ not in known)),
        log=log,
        taken=taken_ids(log),
        asked=detectors(evidence),
        refused=refused(log, _present(guidance)),
        corpus=index(corpus),
        by=by,
        author=by.model.name if request.reviser == "model" else MINE,
        tell=tell,
    )


def _present(guidance: Guidance) -> frozenset[str]:
    rules = {rule.id for rule in rules_of(guidance.files.get("CLAUDE.md", ""))}
    return frozenset(rules | {check.id for check in all_checks(guidance)})


async def _operations(study: Study, request: Request) -> tuple[tuple[Operation, ...], tuple[str, ...]]:
    """What to propose, and in words what has to wait for the next time."""
    if request.reviser == "model":
        revised = await revise(
            study.evidence,
            study.guidance,
            study.by.model,
            refused=study.refused,
            limit=MOST_OPERATIONS,
            tell=study.tell,
        )
        return revised, ()
    staged = {
        operation.key
        for number, entry in study.project.history.proposals().items()
        for operation in proposal_of(number, entry).operations
        if not operation.enforced
    }
    proposed = propose(
        study.evidence,
        study.guidance,
        refused=study.refused_keys,
        limit=MOST_OPERATIONS + len(staged) + _NAMED_LATER + 1,
    )
    fresh = tuple(operation for operation in proposed if operation.key not in staged)
    wanted = fresh or proposed
    later = [name_of(operation) for operation in wanted[MOST_OPERATIONS:]]
    more = ("and more",) if len(later) > _NAMED_LATER else ()
    return wanted[:MOST_OPERATIONS], (*later[:_NAMED_LATER], *more)


def _apart(proposed: tuple[Operation, ...]) -> tuple[tuple[Operation, ...], tuple[Operation, ...]]:
    """What a draft can be tested for, and what can only be told to the model.

    A rule that nothing can confirm must not ride along with one that passes.
    """
    tested = tuple(operation for operation in proposed if operation.enforced)
    told = tuple(operation for operation in proposed if not operation.enforced)
    return (tested, told) if tested else (told, ())


async def _stage(
    study: Study, told: Sequence[Operation], given: Sequence[Operation]
) -> tuple[int | None, tuple[str, ...]]:
    """Store the wishes as a proposal of their own, with ids that `given` does not use.

    Returns its number, and why some were left out.
    """
    new = {id_ for one in given for id_ in (one.id, one.check.id if one.check else "") if id_}
    study = study._replace(taken=study.taken | new)
    sound, unsound = sound_part(study, told)
    if not sound:
        return None, unsound
    try:
        return _keep(study, await put_on_trial(study, sound, "testing the wishes"), told), unsound
    except BudgetExceeded as error:
        study.tell(Note(message=f"{error.message} The wishes come next time.", level="warning"))
        return None, unsound


def _same_waiting(study: Study, operations: Sequence[Operation]) -> Proposal | None:
    """The stored proposal that says this for this guidance, on the same evidence, fully tested."""
    basis = _basis(operations)
    for number, entry in study.project.history.proposals().items():
        proposal = proposal_of(number, entry)
        tested = proposal.verdict is not None and not proposal.verdict.missing
        if tested and proposal.basis == basis and proposal.base == study.guidance.version:
            return proposal
    return None


def _basis(operations: Sequence[Operation]) -> str:
    return content_id(*sorted(f"{one.key} {' '.join(sorted(one.evidence))}" for one in operations))


def _nothing_new(
    study: Study, waiting: Proposal | None, facts: tuple[str, ...], later: tuple[str, ...]
) -> Result:
    if waiting is not None and waiting.verdict is not None:
        return Result(
            number=waiting.number,
            decision=waiting.verdict.decision,
            verdict=waiting.verdict,
            operations=waiting.operations,
            later=later,
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


def _keep(study: Study, candidate: Candidate, considered: Sequence[Operation]) -> int:
    """Store the proposal at its ref; proposals for the same operations that it replaces go."""
    project = study.project
    proposal = Proposal(
        base=study.guidance.version,
        basis=_basis(considered),
        operations=candidate.applied.operations,
        verdict=candidate.verdict,
        author=study.author,
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
            subject=f"propose: {name_of(proposal.operations[0])}"
            + (f" and {len(proposal.operations) - 1} more" if len(proposal.operations) > 1 else ""),
            trailers=proposal_trailers(proposal),
        )
        return project.history.propose(
            changes_between(study.guidance, candidate.applied.guidance), entry, base=study.head
        )
