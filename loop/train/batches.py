"""In which order rows are learned, and which go through the model together."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import NamedTuple

from loop.model.training import Recipe
from loop.train.sharing import Pack, pack_up, tokens_of
from loop.train.tokens import Example


class Batch(NamedTuple):
    """The rows of one optimizer step."""

    rows: tuple[int, ...]
    """Their places among the examples."""
    packs: tuple[Pack, ...]
    """The same as they go through the model."""


def batches(
    examples: Sequence[Example], recipe: Recipe, tokens: int, *, packs: bool, processes: int = 1
) -> tuple[Batch, ...]:
    """The batches of an epoch; every epoch has the same ones, in an order of its own.

    Which rows meet in a batch is drawn once from the seed, so that a pair's reference is computed in the
    same pack, hence in the same shapes, in which it is learned. `packs`: the base can hold rows apart.
    Packs are small enough that each of the `processes` has one to learn.
    """
    share = recipe.share and packs

    def room(rows: Sequence[int]) -> int:
        return min(tokens, -(-sum(tokens_of(examples[row], share=share) for row in rows) // processes))

    order = list(range(len(examples)))
    random.Random(f"{recipe.seed} rows").shuffle(order)  # noqa: S311 - a lottery, not a secret
    return tuple(
        Batch(tuple(rows), packed(rows, examples, recipe, room(rows), packs=packs))
        for rows in (order[start : start + recipe.batch] for start in range(0, len(order), recipe.batch))
    )


def packed(
    rows: Sequence[int], examples: Sequence[Example], recipe: Recipe, tokens: int, *, packs: bool
) -> tuple[Pack, ...]:
    """Rows as packs of at most `tokens` tokens, the longest first, each into the first pack with room.

    A row that is longer goes alone; where a base cannot hold rows apart, or is not asked to, every row does.
    """
    share = recipe.share and packs
    if not packs or not recipe.pack:
        return tuple(pack_up([row], examples, share=share) for row in rows)
    bins: list[tuple[list[int], int]] = []
    sizes = {row: tokens_of(examples[row], share=share) for row in rows}
    for row in sorted(rows, key=lambda row: (-sizes[row], row)):
        place = next((at for at, (_, room) in enumerate(bins) if room >= sizes[row]), None)
        if place is None:
            bins.append(([row], tokens - sizes[row]))
        else:
            held, room = bins[place]
            held.append(row)
            bins[place] = (held, room - sizes[row])
    return tuple(pack_up(held, examples, share=share) for held, _ in bins)


def order(epoch: int, count: int, seed: int) -> list[int]:
    """The order of the batches in an epoch, counting from 0."""
    found = list(range(count))
    random.Random(f"{seed} epoch {epoch}").shuffle(found)  # noqa: S311 - a lottery, not a secret
    return found


def rate_at(step: int, steps: int, recipe: Recipe) -> float:
    """The learning rate of a step, counting from 1: up in a line, then down in a line to zero."""
    rising = max(1, round(recipe.warmup * steps)) if recipe.warmup else 0
    if step <= rising:
        return recipe.learning_rate * step / rising
    return recipe.learning_rate * max(0.0, (steps - step + 1) / max(1, steps - rising))
