"""What undo, redo and rollback mean for a row of log entries.

The log only grows, so taking back is an entry too. Read from oldest to newest, entries work like an
editor's undo stack: a change is pushed, `Undoes` moves the top to the redo stack, `Redoes` moves it
back, and a new change empties the redo stack.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from loop.errors import UsageError
from loop.model import LogEntry

FIRST_VERB = "new"
"""The verb that makes a project: what came before it is not redraft's to take back."""
_HEX = re.compile(r"[0-9a-f]{4,64}")
_LISTED = 8


class Stacks(NamedTuple):
    """What can be undone and redone, the next one last."""

    undo: tuple[LogEntry, ...]
    """Changes that stand."""
    redo: tuple[LogEntry, ...]
    """Changes that were taken back and can return."""


def stacks(entries: Sequence[LogEntry]) -> Stacks:
    """The undo and redo stacks after these entries, given newest first as the log gives them."""
    undo: list[LogEntry] = []
    redo: list[LogEntry] = []
    for entry in reversed(entries):
        undone, redone = entry.trailers.get("Undoes", ""), entry.trailers.get("Redoes", "")
        if entry.verb == FIRST_VERB or not entry.parent:
            undo, redo = [], []
        elif entry.verb == "undo" and undo and undo[-1].sha == undone:
            redo.append(undo.pop())
        elif entry.verb == "redo" and redo and redo[-1].sha == redone:
            undo.append(redo.pop())
        else:
            undo.append(entry)
            redo = []
    return Stacks(tuple(undo), tuple(redo))


def plan_undo(entries: Sequence[LogEntry]) -> LogEntry:
    """The entry to take back, of those that touch the guidance (newest first).

    The guidance of its parent is what comes back. Raises UsageError when nothing is left.
    """
    undo = stacks(entries).undo
    if not undo:
        raise UsageError("There is nothing to undo.", hint="redraft log   shows what happened")
    return undo[-1]


def plan_redo(entries: Sequence[LogEntry]) -> LogEntry:
    """The entry whose guidance comes back, of those that touch the guidance (newest first).

    Raises UsageError when nothing was undone, or something changed since.
    """
    redo = stacks(entries).redo
    if not redo:
        raise UsageError("There is nothing to redo.", hint="redraft log   shows what happened")
    return redo[-1]


def find_version(entries: Sequence[LogEntry], name: str) -> LogEntry:
    """The newest entry of the version or commit that `name` begins (at least four hex digits).

    Versions come before commits: they are what the log shows. Raises UsageError for a name that fits
    nothing, or several versions or commits, which are then listed.
    """
    wanted = name.strip().lower()
    if _HEX.fullmatch(wanted):
        by_version = _newest((entry.version, entry) for entry in entries if entry.version.startswith(wanted))
        found = by_version or {entry.sha: entry for entry in entries if entry.sha.startswith(wanted)}
        if len(found) == 1:
            return next(iter(found.values()))
        if found:
            raise UsageError(
                f"“{name}” fits {len(found)} versions.", hint=f"Type more of one: {_list(found)}"
            )
    raise UsageError(
        f"There is no version “{name}”.",
        hint="redraft log   lists them; four characters of one are enough",
    )


def _newest(named: Iterable[tuple[str, LogEntry]]) -> dict[str, LogEntry]:
    found: dict[str, LogEntry] = {}
    for version, entry in named:
        found.setdefault(version, entry)
    return found


def _list(found: dict[str, LogEntry]) -> str:
    shown = [f"{key[:12]} ({entry.subject})" for key, entry in list(found.items())[:_LISTED]]
    more = f" and {len(found) - _LISTED} more" if len(found) > _LISTED else ""
    return ", ".join(shown) + more
