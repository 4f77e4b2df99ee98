"""A fixed set of edit pairs: the draft is the final with passages of six words written otherwise.

A pair's longer text has 300 to 800 tokens with its prompt, drawn evenly; a single edit stands anywhere in
the text, drawn evenly, too; of several the first one stands in the first tenth. One word is about one token
of the embedded model's tokenizer.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

from loop.model import Message
from loop.model.training import TrainingRow

LEAST, MOST = 300, 800
_PROMPT, _TEMPLATE = 60, 40
_EDIT, _INSTEAD = 6, 8
_WORDS = (
    "the a bread rises slowly in our kitchen while children wait for morning light and nobody minds that "
    "it takes time because good things need patience we learn to look at small changes every day some of "
    "them are easy to see others hide behind the door where old friends keep their winter coats on a chair "
    "near the window rain falls over the garden and the cat sleeps"
).split()


def rows(count: int, seed: int = 0, *, edits: int = 1) -> list[TrainingRow]:
    """The pairs; with several edits the first one stands in the first tenth of the text."""
    dice = random.Random(seed)  # noqa: S311 - the same pairs on every computer
    return [_row(dice, number, edits) for number in range(count)]


def _row(dice: random.Random, number: int, edits: int) -> TrainingRow:
    length = dice.randint(LEAST, MOST) - _PROMPT - _TEMPLATE

    def some(words: int) -> list[str]:
        return [dice.choice(_WORDS) for _ in range(words)]

    first = dice.randint(0, length // 10 if edits > 1 else length - _EDIT)
    gaps = [first] + [(length - first) // edits - _EDIT] * (edits - 1)
    sides: tuple[list[str], list[str]] = ([], [])
    spans: tuple[list[tuple[int, int]], list[tuple[int, int]]] = ([], [])
    for gap in gaps:
        same = some(gap)
        for words, found, put in zip(sides, spans, (some(_EDIT), some(_INSTEAD)), strict=True):
            words.extend(same)
            start = len(" ".join(words)) + bool(words)
            words.extend(put)
            found.append((start, len(" ".join(words))))
    behind = some(max(0, length - len(sides[0])))
    return TrainingRow(
        id=f"p{number}",
        brief=f"b{number}",
        prompt=(Message(role="user", content="Write about this. " + " ".join(some(_PROMPT))),),
        chosen=" ".join([*sides[0], *behind]),
        rejected=" ".join([*sides[1], *behind]),
        chosen_spans=tuple(spans[0]),
        rejected_spans=tuple(spans[1]),
    )


def histogram(shares: Sequence[float]) -> str:
    """How much of a text is shared before the first edit, in tenths."""
    counts = [sum(min(9, int(share * 10)) == tenth for share in shares) for tenth in range(10)]
    return "\n".join(
        f"  {tenth * 10:3d}-{tenth * 10 + 10:3d}%  {'#' * round(40 * number / max(counts))} {number}"
        for tenth, number in enumerate(counts)
    )
