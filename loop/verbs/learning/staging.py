"""Stores proposals at their refs, and finds the one that says the same already."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from loop.errors import BudgetExceeded
from loop.events import Note, Tell
from loop.model import Draft, Entry, FileChange, Guidance, Operation, Proposal, content_id
from loop.operations_log import in_short, proposal_of, proposal_trailers, taken_ids
from loop.project import Project
from loop.verbs.learning.study import Study
from loop.verbs.learning.trial import Candidate, name_of, put_on_trial, sound_part, tell_test
from loop.verbs.parts.turns import turn
from pipelines.derive import operations_between
from pipelines.operations import apply_operations, changes_between


async def stage(
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
    tell_test(study, sound, "The test of the wishes takes")
    try:
        return await keep(study, await put_on_trial(study, sound, "testing the wishes"), told), unsound
    except BudgetExceeded as error:
        study.tell(Note(message=f"{error.message} The wishes come next time.", level="warning"))
        return None, unsound


def same_waiting(study: Study, operations: Sequence[Operation]) -> Proposal | None:
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


async def keep(
    study: Study, candidate: Candidate, considered: Sequence[Operation], *, verb: str = "learn"
) -> int:
    """Store the proposal of a verb at its ref; proposals for the same operations that it replaces go."""
    proposal = Proposal(
        base=study.guidance.version,
        basis=_basis(considered),
        operations=candidate.applied.operations,
        verdict=candidate.verdict,
        author=study.author,
        created=study.project.clock.now().isoformat(),
        usage=study.by.model.take(),
    )
    changes = changes_between(study.guidance, candidate.applied.guidance)
    return await store(study.project, proposal, changes, verb=verb, head=study.head, tell=study.tell)


async def store(
    project: Project,
    proposal: Proposal,
    changes: Sequence[FileChange],
    *,
    verb: str,
    head: str,
    tell: Tell,
) -> int:
    """Put a proposal at its ref and return its number; those that it contains whole go."""
    keys = {operation.key for operation in proposal.operations}
    async with turn(project, steadfast=True):
        for number, stored in project.history.proposals().items():
            old = {operation.key for operation in proposal_of(number, stored).operations}
            if not old:
                says = f"Proposal {number} cannot be read by this version of redraft: it waits as it is."
                tell(Note(message=says, level="warning"))
            elif old <= keys:
                project.history.drop_proposal(number)
        entry = Entry(
            verb=verb,
            subject=f"propose: {in_short(proposal.operations, name_of)}",
            trailers=proposal_trailers(proposal),
        )
        return project.history.propose(changes, entry, base=head)


def _waiting(project: Project) -> Iterator[Proposal]:
    for number, entry in project.history.proposals().items():
        yield proposal_of(number, entry)


async def store_edits(
    project: Project, guidance: Guidance, drafts: Sequence[Draft], tell: Tell
) -> tuple[int, ...]:
    """What an agent changed in the guidance while it drafted, as proposals that nobody has tested.

    What cannot be said as small operations is left out and told. Returns the proposals' numbers.
    """
    found = []
    for draft in drafts:
        for step in draft.steps:
            if not step.edits:
                continue
            derived = operations_between(guidance, step.edits)
            for says in derived.refused:
                tell(Note(message=f"Step “{step.step}” of “{draft.brief}”: {says}", level="warning"))
            if not derived.operations:
                continue
            applied = apply_operations(guidance, derived.operations, taken=taken_ids(project.history.log()))
            keys = {operation.key for operation in applied.operations}
            if keys in [{one.key for one in proposal.operations} for proposal in _waiting(project)]:
                continue  # it waits already, and may have been tested since
            proposal = Proposal(
                base=guidance.version,
                basis=_basis(applied.operations),
                operations=applied.operations,
                author=draft.model,
                created=project.clock.now().isoformat(),
            )
            changes = changes_between(guidance, applied.guidance)
            head = project.history.head()
            found.append(await store(project, proposal, changes, verb="run", head=head, tell=tell))
    return tuple(found)
