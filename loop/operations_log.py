"""Operations in the history: written into a trailer when they are decided, read back when needed."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Sequence

from pydantic import TypeAdapter, ValidationError

from loop.model import LogEntry, Operation, Proposal, Record, Usage, Verdict
from loop.timeline import stacks

_OPERATIONS: TypeAdapter[tuple[Operation, ...]] = TypeAdapter(tuple[Operation, ...])


class Decided(Record):
    """An operation with the entry that decided it."""

    entry: LogEntry
    """The commit."""
    operation: Operation
    """The operation, with its ids and evidence."""
    decision: str
    """`accept` or `reject`: one of an accepted proposal may have been rejected alone."""


def operations_text(operations: Sequence[Operation]) -> str:
    """One line of JSON for the `Operations` trailer; defaults are left out."""
    return json.dumps(
        [operation.model_dump(mode="json", exclude_defaults=True) for operation in operations],
        ensure_ascii=True,
        separators=(",", ":"),
    )


def operations_of(entry: LogEntry, trailer: str = "Operations") -> tuple[Operation, ...]:
    """The operations an entry decided; none when a foreign hand has broken the trailer."""
    text = entry.trailers.get(trailer)
    if not text:
        return ()
    try:
        return _OPERATIONS.validate_json(text)
    except ValidationError:
        return ()


def decided(entries: Iterable[LogEntry]) -> tuple[Decided, ...]:
    """Every operation that was decided, newest first."""
    found: list[Decided] = []
    for entry in entries:
        said = {"Operations": entry.trailers.get("Decision", ""), "Rejected": "reject"}
        for trailer, decision in said.items():
            found += [
                Decided(entry=entry, operation=operation, decision=decision)
                for operation in operations_of(entry, trailer)
            ]
    return tuple(found)


def taken_ids(entries: Iterable[LogEntry]) -> frozenset[str]:
    """Ids of rules and checks that were ever given, from the trailers of the entries."""
    found: set[str] = set()
    for entry in entries:
        found |= {word.lstrip("+~-") for word in entry.trailers.get("Rules", "").split()}
        for operation in (*operations_of(entry), *operations_of(entry, "Rejected")):
            found |= {operation.id, operation.check.id if operation.check else ""}
    return frozenset(found - {""})


def proposal_trailers(proposal: Proposal) -> dict[str, str]:
    """The trailers of a stored proposal: `proposal_of` reads them back."""
    verdict = proposal.verdict
    trailers = {
        "Base": proposal.base,
        "Basis": proposal.basis,
        "Operations": operations_text(proposal.operations),
        "Author": proposal.author,
        "Created": proposal.created,
    }
    if proposal.usage.calls:
        trailers["Usage"] = proposal.usage.model_dump_json(exclude_defaults=True)
    if verdict is not None:
        trailers["Gate"] = verdict.decision
        trailers["Verdict"] = verdict.model_dump_json(exclude_defaults=True)
    return trailers


def proposal_of(number: int, entry: LogEntry) -> Proposal:
    """The proposal that a stored commit holds; without operations when it cannot be read.

    So it is with one that a foreign hand has broken, or that another version of redraft made.
    """
    base = entry.trailers.get("Base", "")
    verdict = entry.trailers.get("Verdict")
    try:
        return Proposal(
            number=number,
            base=base,
            basis=entry.trailers.get("Basis", ""),
            operations=operations_of(entry),
            verdict=Verdict.model_validate_json(verdict) if verdict else None,
            author=entry.trailers.get("Author", ""),
            created=entry.trailers.get("Created", ""),
            usage=Usage.model_validate_json(entry.trailers.get("Usage", "{}")),
        )
    except ValidationError:
        return Proposal(number=number, base=base, operations=())


def in_short(operations: Sequence[Operation], name: Callable[[Operation], str]) -> str:
    """The first operation's name, and how many follow it."""
    if not operations:
        return "nothing that can be read"
    first = name(operations[0])
    return f"{first.removesuffix('.')} and {len(operations) - 1} more" if len(operations) > 1 else first


def standing_operations(entries: Sequence[LogEntry]) -> tuple[Operation, ...]:
    """Operations that were accepted and not undone since, the newest first."""
    standing = _standing(entries)
    return tuple(
        item.operation
        for item in decided(entries)
        if item.decision == "accept" and item.entry.sha in standing
    )


def refused(entries: Sequence[LogEntry], present: Collection[str]) -> tuple[Operation, ...]:
    """Operations that were rejected, or accepted and taken back since, by whatever way.

    What was decided last about an operation stands. `present` are the ids of the rules and checks that
    are in the guidance now: what an accepted operation had added and is not there any more was undone,
    recalled, rolled back or deleted by hand. The others were taken back when their entry is undone.
    What the writer accepted in other words is refused as it had been proposed.
    """
    standing = _standing(entries)
    last: dict[str, Decided] = {}
    for item in decided(entries):
        last.setdefault(item.operation.key, item)
    turned_down = [item.operation for item in last.values() if _is_refused(item, present, standing)]
    reworded = {one.key: one for entry in entries for one in operations_of(entry, "Reworded")}
    return (*turned_down, *(one for key, one in reworded.items() if key not in last))


def _is_refused(item: Decided, present: Collection[str], standing: Collection[str]) -> bool:
    if item.decision == "reject":
        return True
    operation = item.operation
    if operation.action == "add" and operation.target in {"rule", "check"}:
        return operation.id not in present
    return item.entry.sha not in standing


def accepted(entries: Sequence[LogEntry], present: Collection[str]) -> tuple[Decided, ...]:
    """What was accepted and not taken back since, the newest first. `present`: as in `refused`."""
    standing = _standing(entries)
    return tuple(
        item
        for item in decided(entries)
        if item.decision == "accept" and not _is_refused(item, present, standing)
    )


def _standing(entries: Sequence[LogEntry]) -> frozenset[str]:
    """The commits that were not undone, and that no rollback went back behind."""
    standing = {entry.sha for entry in stacks([entry for entry in entries if entry.version]).undo}
    restored = ""
    for entry in entries:
        if restored and entry.sha != restored:
            standing.discard(entry.sha)
            continue
        back = entry.verb == "rollback" and entry.sha in standing
        restored = entry.trailers.get("Restores", "") if back else ""
    return frozenset(standing)


def rests_on(entries: Sequence[LogEntry], present: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Pair, change or critique -> the rules that were learned from it and stand (perhaps none: a prompt was).

    `present`: as in `refused`. What was taken back since rests on nothing.
    """
    found: dict[str, tuple[str, ...]] = {}
    for item in accepted(entries, present):
        rule = _rule_of(item.operation)
        for source in item.operation.evidence:
            known = found.get(source, ())
            found[source] = known if rule in known or not rule else (rule, *known)
    return found


def _rule_of(operation: Operation) -> str:
    if operation.target == "rule":
        return operation.id
    return operation.check.rule if operation.target == "check" and operation.check else ""


def learned_rules(entries: Iterable[LogEntry]) -> frozenset[str]:
    """Ids of rules that learning brought; the others are the writer's own."""
    return frozenset(
        item.operation.id
        for item in decided(entries)
        if item.operation.target == "rule" and item.decision == "accept"
    )
