"""What a reviser's operations come to when they are tried before the gate sees them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from loop.model import Change, Operation
from loop.revise.question import both


class Reproduced(NamedTuple):
    """A past brief, drafted again with the operations."""

    brief: str
    """Its id."""
    type: str
    """Its document type."""
    remaining: tuple[Change, ...]
    """What the writer would still change, as far as one can tell from the old final."""
    fired: tuple[str, ...]
    """The writer's corrections that are needed again, in words."""
    asked: int
    """How many were looked for."""
    effort: float
    """Distance to the old final, 0 to 1."""


class Trial(Protocol):
    """Tries operations out; how is not the reviser's business."""

    def objections(self, operations: Sequence[Operation]) -> Sequence[str]:
        """Why the static gate would refuse them; costs nothing."""
        ...

    async def reproduce(self, operations: Sequence[Operation]) -> Sequence[Reproduced]:
        """Draft a few corrected briefs with those that nothing is objected to. Raises ModelError."""
        ...


class Worth(NamedTuple):
    """How well operations did; the smaller the better."""

    fired: float
    """Share of the writer's corrections that are needed again; 1 when nothing could be looked for."""
    effort: float
    """Mean distance to the old finals."""


def worth(tried: Sequence[Reproduced]) -> Worth:
    """Corrections first, distance where they tie."""
    asked = sum(one.asked for one in tried)
    fired = sum(len(one.fired) for one in tried) / asked if asked else 1.0
    effort = sum(one.effort for one in tried) / len(tried) if tried else 1.0
    return Worth(fired, effort)


def told(tried: Sequence[Reproduced], room: int, refused: Sequence[str] = ()) -> str:
    """What is said of a trial, at most `room` characters of it; `refused`: why some was not tried."""
    parts = [f"- Refused, and not tried: {why}" for why in refused]
    for one in tried:
        parts.append(f"## A {one.type} ({one.brief})")
        parts += [f"- Needed again: {says}" for says in one.fired]
        if not one.fired and one.asked:
            parts.append("- None of the writer's corrections is needed again.")
        parts += [f"- Still different, {change.kind}:\n{both(change)}" for change in one.remaining]
    shown: list[str] = []
    for part in parts:
        room -= len(part)
        if room < 0:
            shown.append("- … and more.")
            break
        shown.append(part)
    return "\n".join(shown)
