"""How far back the log was learned from."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from loop.model import LogEntry, Operation
from loop.operations_log import accepted, operations_of
from loop.project import Project
from pipelines.bullets import EVERYTHING

_RECENT = 500
"""So many entries are looked at: who decides nothing for longer has enough to learn from."""
_NOTHING = "nothing"
"""What the proposal of a verb that reads no feedback has seen of it."""


class HowFar(NamedTuple):
    """The newest entries, the newest first, and where in them what was learned from begins."""

    entries: tuple[LogEntry, ...]
    """The newest entries."""
    decided: int
    """What stands before this one is newer than what was decided last had seen."""
    accepted: Mapping[str, int]
    """Document type, or everything -> the same for what was accepted of it last, and stands."""
    whole: bool
    """There are no other entries."""

    def learned(self, type_: str, newest: int | None) -> bool:
        """True when feedback for a document type, whose newest entry is this one, was learned from.

        Feedback without an entry is older than the log.
        """
        found = [place for scope, place in self.accepted.items() if scope in {type_, EVERYTHING}]
        if newest is None:
            return bool(found) or not self.whole
        return any(newest >= place for place in found)


def how_far(project: Project, present: Collection[str]) -> HowFar:
    """Read it from the log. `present`: the ids of the rules and checks that are in the guidance now."""
    entries = tuple(project.history.log(limit=_RECENT))
    places = {entry.sha: place for place, entry in enumerate(entries)}
    kept = _kept(entries, present)
    decided = len(entries)
    learned: dict[str, int] = {}
    for place, entry in enumerate(entries):
        saw = entry.trailers.get("Saw", "")
        if entry.verb != "decide" or saw == _NOTHING:
            continue
        begins = places.get(saw, place)  # an older redraft did not write it down
        decided = min(decided, begins)
        for scope in _scopes(kept.get(entry.sha, ())):
            learned[scope] = min(learned.get(scope, begins), begins)
    return HowFar(entries, decided, learned, whole=len(entries) < _RECENT)


def _kept(entries: tuple[LogEntry, ...], present: Collection[str]) -> Mapping[str, list[Operation]]:
    """The commit of a decision -> what it brought and was not taken back since.

    What a later decision dropped, such as a rule that says the same as another, was not taken back.
    """
    dropped = {
        operation.id
        for entry in entries
        if entry.verb == "decide" and entry.trailers.get("Decision") == "accept"
        for operation in operations_of(entry)
        if operation.action == "delete"
    }
    found: dict[str, list[Operation]] = {}
    for item in accepted(entries, {*present, *dropped}):
        found.setdefault(item.entry.sha, []).append(item.operation)
    return found


def saw(stored: LogEntry) -> dict[str, str]:
    """The trailer of a decision that says which feedback its proposal had seen: all up to this commit."""
    return {"Saw": stored.parent if stored.verb == "learn" else _NOTHING}


def _scopes(operations: Iterable[Operation]) -> set[str]:
    return {
        operation.check.scope if operation.target == "check" and operation.check else operation.scope
        for operation in operations
    }
