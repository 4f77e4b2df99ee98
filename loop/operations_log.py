"""Operations in the history: written into a trailer when they are decided, read back when needed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from pydantic import TypeAdapter, ValidationError

from loop.model import LogEntry, Operation, Proposal, Record, Verdict

_OPERATIONS: TypeAdapter[tuple[Operation, ...]] = TypeAdapter(tuple[Operation, ...])


class Decided(Record):
    """An operation with the entry that decided it."""

    entry: LogEntry
    """The commit."""
    operation: Operation
    """The operation, with its ids and evidence."""


def operations_text(operations: Sequence[Operation]) -> str:
    """One line of JSON for the `Operations` trailer; defaults are left out."""
    return json.dumps(
        [operation.model_dump(mode="json", exclude_defaults=True) for operation in operations],
        ensure_ascii=True,
        separators=(",", ":"),
    )


def operations_of(entry: LogEntry) -> tuple[Operation, ...]:
    """The operations an entry decided; none when a foreign hand has broken the trailer."""
    text = entry.trailers.get("Operations")
    if not text:
        return ()
    try:
        return _OPERATIONS.validate_json(text)
    except ValidationError:
        return ()


def decided(entries: Iterable[LogEntry]) -> tuple[Decided, ...]:
    """Every operation that was decided, newest first."""
    return tuple(
        Decided(entry=entry, operation=operation) for entry in entries for operation in operations_of(entry)
    )


def taken_ids(entries: Iterable[LogEntry]) -> frozenset[str]:
    """Ids of rules and checks that were ever given, from the `Rules` and `Operations` trailers."""
    found: set[str] = set()
    for entry in entries:
        found |= {word.lstrip("+~-") for word in entry.trailers.get("Rules", "").split()}
        for operation in operations_of(entry):
            found |= {operation.id, operation.check.id if operation.check else ""}
    return frozenset(found - {""})


def proposal_trailers(proposal: Proposal) -> dict[str, str]:
    """The trailers of a stored proposal: `proposal_of` reads them back."""
    verdict = proposal.verdict
    trailers = {
        "Base": proposal.base,
        "Operations": operations_text(proposal.operations),
        "Author": proposal.author,
        "Created": proposal.created,
    }
    if verdict is not None:
        trailers["Gate"] = verdict.decision
        trailers["Verdict"] = verdict.model_dump_json(exclude_defaults=True)
    return trailers


def proposal_of(number: int, entry: LogEntry) -> Proposal:
    """The proposal that a stored commit holds."""
    verdict = entry.trailers.get("Verdict")
    return Proposal(
        number=number,
        base=entry.trailers.get("Base", ""),
        operations=operations_of(entry),
        verdict=Verdict.model_validate_json(verdict) if verdict else None,
        author=entry.trailers.get("Author", ""),
        created=entry.trailers.get("Created", ""),
    )


def refused(entries: Sequence[LogEntry]) -> tuple[Operation, ...]:
    """Operations that were rejected, undone or recalled and not accepted since.

    Read from the newest entry down: what is decided last about an operation stands.
    """
    undone = {entry.trailers["Undoes"] for entry in entries if "Undoes" in entry.trailers}
    undone -= {entry.trailers["Redoes"] for entry in entries if "Redoes" in entry.trailers}
    recalled = {
        word[1:]
        for entry in entries
        if entry.verb == "recall"
        for word in entry.trailers.get("Rules", "").split()
        if word.startswith("-")
    }
    last: dict[str, Decided] = {}
    for item in decided(entries):
        last.setdefault(item.operation.key, item)
    return tuple(
        item.operation
        for item in last.values()
        if item.entry.trailers.get("Decision") == "reject"
        or item.entry.sha in undone
        or item.operation.id in recalled
    )


def learned_rules(entries: Iterable[LogEntry]) -> frozenset[str]:
    """Ids of rules that learning brought; the others are the writer's own."""
    return frozenset(
        item.operation.id
        for item in decided(entries)
        if item.operation.target == "rule" and item.entry.trailers.get("Decision") == "accept"
    )
