"""Work that goes through the model in packs; where the memory runs out it goes in smaller ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import torch

from loop.model.runs import Alarmed, Measured
from loop.model.training import Recipe
from loop.train.batches import packed
from loop.train.measures import HeldOut, held_out
from loop.train.memory import free_up, half_of, ran_out, too_small
from loop.train.scoring import Scorer
from loop.train.sharing import tokens_of
from loop.train.tokens import Example
from loop.train.weights import Trainable

Done = TypeVar("Done")


def smaller(step: int, tokens: int) -> Alarmed:
    """What is said when the memory ran out."""
    return Alarmed(
        step=step,
        name="memory",
        says=f"The memory ran out: from now on {tokens:,} tokens go through at once.",
        advice="Nothing is lost; it only gets slower.",
        action="goes_on",
    )


def in_packs(
    work: Callable[[int], Done],
    tokens: int,
    longest: int,
    device: torch.device,
    said: Callable[[int], None] | None,
) -> Done:
    """Do work that is told how many tokens go through at once: fewer, where the memory runs out.

    `longest`: tokens of the longest row, which goes alone. `said` is told what is tried next; None: nothing
    else may be tried, since other processes share the work. Raises TrainingError where nothing smaller helps.
    """
    while True:
        try:
            return work(tokens)
        except (RuntimeError, MemoryError) as error:
            if not ran_out(error):
                raise
            fewer = half_of(tokens, longest)
            if said is None or not fewer:
                raise too_small(f"{tokens:,} tokens at once" if fewer else "one row at a time") from error
            tokens = fewer
        free_up(device)  # only now does nobody hold what was being computed
        said(tokens)


class Measuring:
    """The held-out rows, measured with as much memory as there is."""

    def __init__(
        self,
        examples: Sequence[Example],
        recipe: Recipe,
        scorer: Scorer,
        trainable: Trainable,
        tell: Callable[[Alarmed], None],
        *,
        packs: bool,
        together: bool,
    ) -> None:
        """Get them ready, before anything is learned; `together`: others hold parts of the model.

        Raises TrainingError.
        """
        self._together = together
        self._examples = examples
        self._packs = packs
        self._tell = tell
        self._tokens = recipe.tokens
        self._longest = max((tokens_of(one, share=recipe.share) for one in examples), default=0)

        def ready(tokens: int) -> HeldOut:
            fewer = recipe.model_copy(update={"tokens": tokens})
            made = held_out(examples, fewer, scorer, trainable, packs=packs)
            if made is None:
                raise ValueError("there is nothing to measure")
            return made

        self._held = in_packs(ready, self._tokens, self._longest, scorer.device, self._fewer(0))

    def measure(self, scorer: Scorer, step: int) -> Measured:
        """Measure them all with the model as it is now. Raises TrainingError."""

        def measured(tokens: int) -> Measured:
            if tokens != self._held.recipe.tokens:
                self._held = repacked(self._held, self._examples, tokens, packs=self._packs)
            return self._held.measure(scorer, step)

        return in_packs(measured, self._tokens, self._longest, scorer.device, self._fewer(step))

    def _fewer(self, step: int) -> Callable[[int], None] | None:
        if self._together:
            return None

        def said(tokens: int) -> None:
            self._tokens = tokens
            self._tell(smaller(step, tokens))

        return said


def repacked(held: HeldOut, examples: Sequence[Example], tokens: int, *, packs: bool) -> HeldOut:
    """Held-out rows in other packs; what was computed of the base stays as it was."""
    recipe = held.recipe.model_copy(update={"tokens": tokens})
    alone = [one._replace(rejected=None) for one in examples]
    known = {
        text.example: base[text.start : text.end]
        for pack, base in zip(held.texts, held.base, strict=True)
        for text in pack.texts
    }
    texts = packed(range(len(alone)), alone, recipe, tokens, packs=packs)
    base = tuple(torch.cat([known[text.example] for text in pack.texts]) for pack in texts)
    pairs = [number for number, one in enumerate(examples) if one.rejected is not None]
    paired = packed(pairs, examples, recipe, tokens, packs=packs)
    return held._replace(recipe=recipe, texts=texts, base=base, pairs=paired)
