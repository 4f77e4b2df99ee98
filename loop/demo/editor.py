"""The scripted editor: a few habits, followed in a fixed order until there is nothing left to correct."""

from __future__ import annotations

import random
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from loop.demo.habits import Habit
from loop.demo.shapes import FRAMES, LAST, LENGTHS, MARKS
from loop.demo.unenforceable import UNENFORCEABLE
from loop.demo.words import SENTENCES_OUT, WORDS

POOL: tuple[Habit, ...] = (*SENTENCES_OUT, *FRAMES, *WORDS, *MARKS, *LENGTHS, *UNENFORCEABLE, *LAST)
"""Every habit, in the order in which an editor follows them."""
COMMON = frozenset(
    {
        'begins with "Hello, friends."',
        'begins with "Good morning."',
        'ends with "Until next time."',
        'ends with "Thank you for reading."',
        '"each" for "every"',
        '"folks" for "people"',
        '"yet" for "but"',
        'no "just"',
        'no "always"',
        'no "also"',
        "no connectives at the start",
        "British spelling",
        "contractions",
        "no contractions",
        "no exclamation marks",
        "no dashes",
        "sentences up to 20 words",
        "sentences up to 16 words",
        "paragraphs up to 3 sentences",
        "paragraphs up to 2 sentences",
        "curly quotes",
    }
)
"""Enforceable habits that found work in at least 30% of 48 drafts of the blog template."""
_ROUNDS = 40
"""One habit can make work for another; two or three rounds are the rule."""


class EditorResult(NamedTuple):
    """A text as the editor leaves it, and the corrections it took by habit (habits without any left out)."""

    text: str
    corrections: dict[str, int]
    settled: bool = True
    """False when the habits undid each other for ever: then nothing is known of this text."""


class Editor:
    """Edits any text by its habits."""

    def __init__(self, habits: Sequence[Habit]) -> None:
        order = {habit.name: place for place, habit in enumerate(POOL)}
        self._habits = sorted(habits, key=lambda habit: order.get(habit.name, len(order)))

    def edit(self, text: str) -> EditorResult:
        """The finished text: edited again, it gets no correction. One that never settles stays as it was."""
        given = text
        corrections: dict[str, int] = {}
        for _ in range(_ROUNDS):
            before = text
            for habit in self._habits:
                edited = habit.edit(text)
                text = edited.text
                if edited.corrections:
                    corrections[habit.name] = corrections.get(habit.name, 0) + edited.corrections
            if text == before:
                return EditorResult(text, corrections)
        return EditorResult(given, {}, settled=False)


def draw(seed: int, count: int = 8, avoid: Collection[str] = ()) -> tuple[Habit, ...]:
    """Habits for one editor: a quarter of them no check can enforce, half of them find work in most drafts.

    The same seed draws the same habits on every computer. At most one habit of a group; none of
    `avoid`, and none of a group of those. Raises ValueError when the pool does not hold that many.
    """
    dice = random.Random(f"redraft-demo-{seed}")  # noqa: S311 - a lottery, not a secret
    taken = {habit.group for habit in POOL if habit.name in avoid}
    shuffled = dice.sample(POOL, len(POOL))
    beyond = count // 4
    drawn = [
        *_pick((habit for habit in shuffled if not habit.enforceable), beyond, taken),
        *_pick((habit for habit in shuffled if habit.name in COMMON), count // 2, taken),
        *_pick((habit for habit in shuffled if habit.enforceable), count - beyond - count // 2, taken),
    ]
    return tuple(habit for habit in POOL if habit in drawn)


def _pick(habits: Iterable[Habit], count: int, taken: set[str]) -> list[Habit]:
    """The first so many of different groups; their groups are taken from now on."""
    picked: list[Habit] = []
    for habit in habits:
        if len(picked) < count and habit.group not in taken:
            taken.add(habit.group)
            picked.append(habit)
    if len(picked) < count:
        raise ValueError(f"the pool has no {count} more habits of different groups")
    return picked
