"""Accept or reject a proposal, whole or in part."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, NamedTuple

from loop.counts import count
from loop.errors import ProjectError, ProposalRejected, UsageError
from loop.events import Note, Tell
from loop.model import Entry, Guidance, LogEntry, Operation, Proposal, Record
from loop.operations_log import in_short, operations_text, proposal_of, taken_ids
from loop.patch import FileDiff, diff_files
from loop.project import Project
from loop.store import work_guidance
from loop.text.short import one_line
from loop.verbs.parts.committing import cost, keep_edits, record
from loop.verbs.parts.fields import Argument
from loop.verbs.parts.learned import saw
from pipelines.operations import Applied, apply_operations, changes_between

EXAMPLE = "redraft decide 1 --accept"
_OTHERWISE = "Say it otherwise;  --force   takes it anyway"


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
    without: tuple[int, ...] = ()
    """Accept it without these of its operations: they are rejected, and will not be proposed again."""
    force: bool = False
    """Accept although the gate did not; the entry says so."""
    reword: Mapping[int, str] = {}
    """Accept an operation in your own words: 2="Use short words."; a check follows them where it can."""
    dry_run: bool = False
    """Change nothing: show what would become of it."""


class Result(Record):
    """What was decided."""

    number: int
    """The proposal's number."""
    decision: Literal["accept", "reject"]
    """What was decided."""
    sha: str
    """The commit; empty with --dry-run."""
    version: str
    """The guidance version now; with --dry-run: as it would be."""
    operations: tuple[Operation, ...]
    """The operations that were accepted or rejected."""
    numbers: tuple[int, ...] = ()
    """Their numbers in the proposal."""
    left: tuple[Operation, ...] = ()
    """With --operations: what was not taken. It is no rejection: `learn` may propose it again."""
    rejected: tuple[Operation, ...] = ()
    """With --without: what was rejected beside what was accepted."""
    without: tuple[int, ...] = ()
    """Their numbers in the proposal."""
    forced: bool = False
    """True when something was against it that only --force passes over; the entry says what."""
    reworded: tuple[int, ...] = ()
    """Those that were accepted in your own words."""
    files: tuple[FileDiff, ...] = ()
    """With --accept --dry-run: every file of the guidance that it would change, before and after."""


async def do(project: Project, request: Request, tell: Tell) -> Result:
    """Replay the operations on the guidance as it is now, in one commit, and drop the proposal."""
    if request.accept and request.reject:
        raise UsageError("Accept or reject: not both.", hint=f"redraft decide {request.number} --accept")
    if request.reject and (request.operations or request.without or request.reword):
        raise UsageError(
            "A proposal is rejected whole.",
            hint=f"redraft decide {request.number} --without 1   accepts the rest, and rejects the first",
        )
    if not (request.accept or request.reject or request.force or request.operations or request.without):
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
    if request.reject:
        return _reject(project, request, proposal, stored, tell)
    return _accept(project, request, proposal, stored, tell)


def _chosen(request: Request, proposal: Proposal) -> dict[int, Operation]:
    """The operations that are accepted, by their numbers."""
    every = dict(enumerate(proposal.operations, start=1))
    named = (*request.operations, *request.without, *request.reword)
    unknown = [number for number in named if number not in every]
    if unknown:
        raise UsageError(
            f"Proposal {request.number} has no operation {unknown[0]}.",
            hint=f"It has operations 1 to {len(every)}.",
        )
    chosen = {number: every[number] for number in sorted(set(request.operations) or every)}
    kept = {number: one for number, one in chosen.items() if number not in request.without}
    if request.operations and len(kept) < len(chosen):
        raise UsageError("An operation is accepted or rejected, not both.", hint="Name it once.")
    if not kept:
        raise UsageError("Nothing of it is left to accept.", hint=f"redraft decide {request.number} --reject")
    return kept


def _overruled(request: Request, objections: Mapping[str, str]) -> tuple[str, ...]:
    """What --force passes over; raises ProposalRejected with the hint of the first without it."""
    for objection, hint in objections.items():
        if not request.force:
            raise ProposalRejected(objection, hint=hint)
    return tuple(objections)


def _against(number: int, proposal: Proposal, now: Guidance) -> dict[str, str]:
    """What speaks against accepting a proposal -> what can be done."""
    found: dict[str, str] = {}
    decision = _decision(proposal)
    if decision != "accept":
        reason = proposal.verdict.reason if proposal.verdict is not None else "It was never tested."
        says = f"The test did not confirm proposal {number} ({decision}): {reason}"
        found[says] = f"redraft decide {number} --force   if you want it all the same"
    if now.version != proposal.base:
        tested = proposal.verdict is not None and proposal.verdict.counted
        says = f"The guidance changed since proposal {number} was "
        says += "tested, so its numbers do not hold." if tested else "made."
        found[says] = f"redraft learn   tests it anew;  redraft decide {number} --force   takes it anyway"
    return found


def _decision(proposal: Proposal) -> str:
    return proposal.verdict.decision if proposal.verdict is not None else "inconclusive"


class _Worded(NamedTuple):
    """What is accepted, in the words that count."""

    applied: Applied
    before: tuple[Operation, ...]
    """Operations that were reworded, as they were proposed."""
    numbers: tuple[int, ...]
    """Their numbers."""
    objections: tuple[str, ...]
    """What the static gate has against the new words."""


def _worded(
    project: Project, request: Request, chosen: Mapping[int, Operation], now: Guidance, tell: Tell
) -> _Worded:
    """The chosen operations applied, and what speaks against their new words."""
    taken = taken_ids(project.history.log())
    if not request.reword:
        return _Worded(apply_operations(now, tuple(chosen.values()), taken=taken), (), (), ())
    from loop.verbs.learning.rewording import in_own_words, objections

    own = in_own_words(chosen, request.reword, now, tell)
    applied = apply_operations(now, (*own.operations, *own.besides), taken=taken)
    pairs = zip(chosen.items(), own.operations, strict=True)
    changed = {number: old for (number, old), new in pairs if new != old}
    against: tuple[str, ...] = ()
    if changed:
        against = objections(project, now, applied)
    return _Worded(applied, tuple(changed.values()), tuple(changed), against)


def _accept(project: Project, request: Request, proposal: Proposal, stored: LogEntry, tell: Tell) -> Result:
    chosen = _chosen(request, proposal)
    forced = _overruled(request, _against(request.number, proposal, work_guidance(project)))
    others = {number: one for number, one in enumerate(proposal.operations, start=1) if number not in chosen}
    rejected = {number: one for number, one in others.items() if number in request.without}
    tested = proposal.verdict is not None and proposal.verdict.counted
    if others and tested:
        tell(Note(message="The test was of all changes together, not of this choice."))
    head = "" if request.dry_run else keep_edits(project, tell)
    now = work_guidance(project)
    applied, before, reworded, objections = _worded(project, request, chosen, now, tell)
    forced += _overruled(request, {f"Your words do not pass: {one}": _OTHERWISE for one in objections})
    if reworded and tested:
        numbers = " and ".join(map(str, reworded))
        tell(Note(message=f"The test was of other words for {numbers}: its numbers speak of those."))
    for objection in objections:
        tell(Note(message=f"Your words would not pass: {objection}", level="warning"))
    trailers = {
        "Version": applied.guidance.version,
        "Base": now.version,
        "Decision": "accept",
        "Gate": _decision(proposal),
        "Rules": applied.rules,
        "Proposal": str(request.number),
        **saw(stored),
        "Operations": operations_text(applied.operations),
        **({"Reworded": operations_text(before)} if before else {}),
        **({"Rejected": operations_text(tuple(rejected.values()))} if rejected else {}),
        **cost(proposal.usage),
    }
    if forced:
        trailers["Forced-By"] = "user"
    said = in_short(applied.operations[: len(chosen)], _words)
    said += f"; {count(len(rejected), 'change')} rejected" if rejected else ""
    entry = Entry(
        verb="decide",
        subject=f"accept {_named(request.number, stored)}: {said}",
        body="\n".join(forced),
        trailers={name: value for name, value in trailers.items() if value},
    )
    sha = ""
    if not request.dry_run:
        changes = changes_between(now, applied.guidance)
        sha = record(project, changes, entry, expect=head, tell=tell)
        project.history.drop_proposal(request.number)
    return Result(
        number=request.number,
        decision="accept",
        sha=sha,
        version=applied.guidance.version,
        operations=applied.operations,
        numbers=tuple(chosen),
        left=tuple(one for number, one in others.items() if number not in rejected),
        rejected=tuple(rejected.values()),
        without=tuple(rejected),
        forced=bool(forced),
        reworded=reworded,
        files=diff_files(now.files, applied.guidance.files) if request.dry_run else (),
    )


def _reject(project: Project, request: Request, proposal: Proposal, stored: LogEntry, tell: Tell) -> Result:
    entry = Entry(
        verb="decide",
        subject=f"reject {_named(proposal.number, stored)}: {in_short(proposal.operations, _words)}",
        trailers={
            "Base": proposal.base,
            "Decision": "reject",
            "Proposal": str(proposal.number),
            **saw(stored),
            "Operations": stored.trailers.get("Operations", "[]"),
            **cost(proposal.usage),
        },
    )
    sha = ""
    if not request.dry_run:
        sha = record(project, (), entry, expect=keep_edits(project, tell), tell=tell)
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
