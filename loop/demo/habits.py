"""What a habit of the scripted editor is: a fixed way to edit any text, and how often it had to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from loop.text.blocks import blocks

_PASSES = 12
"""One pass is the rule; a sentence that is cut in four takes three."""


class Edited(NamedTuple):
    """A text after one habit, and how many corrections that took."""

    text: str
    corrections: int


@dataclass(frozen=True)
class Habit:
    """One habit. `edit` is total and deterministic, and finds nothing to do in its own result."""

    name: str
    """Its name in reports."""
    says: str
    """What the editor would say about it, as a critique."""
    group: str
    """Habits that contradict each other share a group; an editor has at most one of each."""
    change: Callable[[str], Edited]
    """One pass over a text."""
    enforceable: bool = True
    """A check could enforce it."""

    def edit(self, text: str) -> Edited:
        """The text as this habit leaves it.

        A change that would reach into code, a table or front matter, or that would never come to
        rest, is not made: better a habit that is not followed once than a text that is spoilt.
        """
        done, corrections = text, 0
        for _ in range(_PASSES):
            changed = self.change(done)
            if changed.text == done:
                break
            done, corrections = changed.text, corrections + max(1, changed.corrections)
        else:
            return Edited(text, 0)
        if corrections and _protected(done) != _protected(text):
            return Edited(text, 0)
        return Edited(done, corrections)


def _protected(text: str) -> tuple[str, ...]:
    return tuple(block.text for block in blocks(text) if block.protected)
