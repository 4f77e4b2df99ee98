"""Accept or reject a proposal, whole or in part."""

from __future__ import annotations

from typing import Annotated, Literal

from loop.errors import ProjectError, ProposalRejected, UsageError
from loop.events import Note, Tell
from loop.model import Entry, LogEntry, Operation, Proposal, Record
from loop.operations_log import in_short, operations_text, proposal_of, taken_ids
from loop.project import Project
from loop.store import work_guidance
from loop.verbs.parts.committing import cost, keep_edits, one_line, record
from loop.verbs.parts.fields import Argument
from pipelines.operations import apply_operations, changes_between

EXAMPLE = "redraft decide 1 --accept"


class Request(Record):
    """Which proposal, and what becomes of it."""

    number: Annotated[int, Argument()]
    """The proposal's number."""
    accept: bool = False
    """Make it part of the guidance."""
    reject: bool = False
    """Keep it out; it will not be proposed again."""
    operations: tuple[int, ...] = ()
    """Accept only these of its operations, counting from 1."""
    force: bool = False
    """Accept although the gate did not; the entry says so."""


class Result(Record):
    """What was decided."""

    number: int
    """The proposal's number."""
    decision: Literal["accept", "reject"]
    """What was decided."""
    sha: str
    """The commit."""
    version: str
    """The guidance version now."""
    operations: tuple[Operation, ...]
    """The operations that were accepted or rejected."""
    numbers: tuple[int, ...] = ()
    """Their numbers in the proposal."""
    left: tuple[Operation, ...] = ()
    """With --operations: what was not taken. It is no rejection: `learn` may propose it again."""
    forced: bool = False
    """True when the gate had not accepted."""


async def do(project: Project, request: Request, tell: Tell) -> Result:
    """Replay the operations on the guidance as it is now, in one commit, and drop the proposal."""
    if request.accept and request.reject:
        raise UsageError("Accept or reject: not both.", hint=f"redraft decide {request.number} --accept")
    if request.reject and request.operations:
        raise UsageError(
            "A proposal is rejected whole.",
            hint=f"redraft decide {request.number} --operations 1   accepts a part",
        )
    if not (request.accept or request.reject or request.force or request.operations):
        raise UsageError(
            "What shall become of it?", hint=f"redraft decide {request.number} --accept   (or --reject)"
        )
    waiting = project.history.proposals()
    done = {
        entry.trailers.get("Proposal"): entry.trailers["Decision"]
        for entry in project.history.log()
        if "Decision" in entry.trailers
    }
    decision = done.get(str(request.number))
    if decision is not None:
        if request.number in waiting:  # a crash came between the decision's commit and the end of its ref
            project.history.drop_proposal(request.number)
        raise UsageError(
            f"Proposal {request.number} is decided already.",
            hint="redraft log   shows what it did"
            if decision == "accept"
            else "It was rejected. A critique that says it once more makes a new one: redraft critique",
        )
    if request.number not in waiting:
        numbers = ", ".join(map(str, sorted(waiting)))
        raise UsageError(
            f"There is no proposal {request.number}.",
            hint=f"These wait: {numbers}" if numbers else "redraft learn   makes one from your feedback",
        )
    stored = waiting[request.number]
    proposal = proposal_of(request.number, stored)
    if not proposal.operations and not request.reject:
        raise ProjectError(
            f"Proposal {request.number} cannot be read by this version of redraft.",
            hint=f"Use the version that made it, or: redraft decide {request.number} --reject",
        )
    chosen = _chosen(request, proposal)
    head = keep_edits(project, tell)
    if request.reject:
        return _reject(project, proposal, stored, head, tell)
    return _accept(project, request, proposal, chosen, stored, head, tell)


def _chosen(request: Request, proposal: Proposal) -> tuple[Operation, ...]:
    unknown = [number for number in request.operations if not 1 <= number <= len(proposal.operations)]
    if unknown:
        raise UsageError(
            f"Proposal {request.number} has no operation {unknown[0]}.",
            hint=f"It has operations 1 to {len(proposal.operations)}.",
        )
    if request.operations:
        return tuple(proposal.operations[number - 1] for number in sorted(set(request.operations)))
    return proposal.operations


def _accept(
    project: Project,
    request: Request,
    proposal: Proposal,
    chosen: tuple[Operation, ...],
    stored: LogEntry,
    head: str,
    tell: Tell,
) -> Result:
    verdict = proposal.verdict
    decision = verdict.decision if verdict is not None else "inconclusive"
    partial = len(chosen) < len(proposal.operations)
    if decision != "accept" and not request.force:
        reason = verdict.reason if verdict is not None else "It was never tested."
        raise ProposalRejected(
            f"The gate did not accept proposal {request.number} ({decision}): {reason}",
            hint=f"redraft decide {request.number} --force   if you want it all the same",
        )
    now = work_guidance(project)
    if now.version != proposal.base and not request.force:
        raise ProposalRejected(
            f"The guidance changed since proposal {request.number} was tested, so its numbers do not hold.",
            hint=f"redraft learn   tests it anew;  redraft decide {request.number} --force   takes it anyway",
        )
    if partial:
        tell(Note(message="The gate tested all the operations together, not this choice of them."))
    applied = apply_operations(now, chosen, taken=taken_ids(project.history.log()))
    trailers = {
        "Version": applied.guidance.version,
        "Base": now.version,
        "Decision": "accept",
        "Gate": decision,
        "Rules": applied.rules,
        "Proposal": str(request.number),
        "Operations": operations_text(applied.operations),
        **cost(proposal.usage),
    }
    forced = decision != "accept"
    if forced:
        trailers["Forced-By"] = "user"
    entry = Entry(
        verb="decide",
        subject=f"accept {_named(request.number, stored)}: {in_short(applied.operations, _words)}",
        trailers={name: value for name, value in trailers.items() if value},
    )
    changes = changes_between(now, applied.guidance)
    sha = record(project, changes, entry, expect=head, tell=tell)
    project.history.drop_proposal(request.number)
    return Result(
        number=request.number,
        decision="accept",
        sha=sha,
        version=applied.guidance.version,
        operations=applied.operations,
        numbers=tuple(proposal.operations.index(operation) + 1 for operation in chosen),
        left=tuple(operation for operation in proposal.operations if operation not in chosen),
        forced=forced,
    )


def _reject(project: Project, proposal: Proposal, stored: LogEntry, head: str, tell: Tell) -> Result:
    entry = Entry(
        verb="decide",
        subject=f"reject {_named(proposal.number, stored)}: {in_short(proposal.operations, _words)}",
        trailers={
            "Base": proposal.base,
            "Decision": "reject",
            "Proposal": str(proposal.number),
            "Operations": stored.trailers.get("Operations", "[]"),
            **cost(proposal.usage),
        },
    )
    sha = record(project, (), entry, expect=head, tell=tell)
    project.history.drop_proposal(proposal.number)
    return Result(
        number=proposal.number,
        decision="reject",
        sha=sha,
        version=work_guidance(project).version,
        operations=proposal.operations,
    )


def _named(number: int, stored: LogEntry) -> str:
    """A proposal by its number, with the verb that made it unless that is `learn`."""
    return f"proposal {number}" + ("" if stored.verb == "learn" else f" of {stored.verb}")


def _words(operation: Operation) -> str:
    return one_line(operation.text or operation.hypothesis or operation.id, 50)
