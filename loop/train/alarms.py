"""Watches the numbers of a run, and says in a writer's words when something goes wrong.

Thresholds to start from: `docs/training.md` has the source of each.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any

from loop.model.runs import Alarmed, Measured, Stepped
from loop.model.training import Recipe
from loop.train.losses import UNTRAINED

_FIRST = 1e-3
"""The preference loss of the first step may differ so much from ln 2 (fp32)."""
_FIRST_HALF = 2e-2
"""The same in bf16, where sums are rougher."""
_ABOVE_CHANCE = 0.5
"""sft: nats by which the first loss may be above that of words drawn at random."""
_JUMP = 2.0
"""A loss so many times its running mean is a jump ..."""
_LEAST = 0.5
"""... unless it is smaller than this: at the end of a run losses are small and noisy."""
_PATIENCE = 3
"""Jumps in a row that are a divergence."""
_STEEP = 100.0
"""A gradient's norm above this is a divergence, ..."""
_STEEPER = 10.0
"""... if it is so many times the median."""
_WORSE = 1.02
"""Held-out loss this much above its best, or worse twice in a row, is overfitting."""
_FALL = -1.0
"""Nats by which the writer's texts may get less likely, per text."""
_SURE = 10.0
"""A mean reward margin above this is more than preferences can tell."""


class Watch:
    """What was seen so far; its state is part of a checkpoint."""

    def __init__(self, recipe: Recipe, *, half: bool, vocabulary: int) -> None:
        self._recipe = recipe
        self._first = _FIRST_HALF if half else _FIRST
        self._waived: frozenset[str] = frozenset()
        self._hopeless = math.log(vocabulary) + _ABOVE_CHANCE
        self.mean: float | None = None
        self.jumps = 0
        self.norms: deque[float] = deque(maxlen=50)
        self.best: float | None = None
        self.best_step = 0
        self.worse = 0
        self.began: float | None = None
        self.chosen: deque[float] = deque(maxlen=20)
        self.margins: deque[float] = deque(maxlen=20)

    def state(self) -> dict[str, Any]:
        """Everything as plain values."""
        held = vars(self).items()
        return {name: list(one) if isinstance(one, deque) else one for name, one in held if name[0] != "_"}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from a state."""
        for name, value in state.items():
            held = getattr(self, name)
            setattr(self, name, deque(value, maxlen=held.maxlen) if isinstance(held, deque) else value)

    def waive(self, names: frozenset[str]) -> None:
        """What the writer has gone on after no longer decides which step is the best."""
        self._waived = names

    def first(self, loss: float) -> Alarmed | None:
        """The loss of the first step, before anything was learned: dpo's preference loss, sft's per token."""
        if self._recipe.method == "dpo" and abs(loss - UNTRAINED) > self._first:
            return _stop(
                1,
                "first_step",
                f"Before the first step the model and its reference should be the same, and they are not "
                f"(loss {loss:.4f} instead of {UNTRAINED:.4f}).",
                "This is a fault of the program or of the base model: choose another base, and report it.",
            )
        if self._recipe.method == "sft" and not loss < self._hopeless:
            return _stop(
                1,
                "first_step",
                f"The base model finds your texts less likely than random words (loss {loss:.2f}).",
                "Its weights and its tokenizer hardly belong together: choose another base.",
            )
        return None

    def still(self, step: int, names: Sequence[str]) -> Alarmed | None:
        """Parts of the adapter that were used and have not moved after two steps."""
        if not names:
            return None
        some = ", ".join(names[:3]) + (" ..." if len(names) > 3 else "")
        return _stop(
            step,
            "still",
            f"{len(names)} parts of the model learn nothing: {some}",
            "This is a fault of the program or of the base model: choose another base, and report it.",
        )

    def step(self, one: Stepped) -> Alarmed | None:
        """After an optimizer step; a divergence goes back to the last checkpoint."""
        if not math.isfinite(one.loss) or not math.isfinite(one.norm):
            return self._diverged(one.step, "The numbers ran away (a loss that is no number any more).")
        if one.loss == 0.0 and one.margin is None:
            return _stop(
                one.step,
                "nothing_learned",
                "There was nothing to learn in these rows: no word of yours counts.",
                "redraft dataset check   shows which words are learned",
            )
        median = sorted(self.norms)[len(self.norms) // 2] if self.norms else one.norm
        self.norms.append(one.norm)
        if one.norm > _STEEP and one.norm > _STEEPER * median:
            return self._diverged(one.step, f"One step wanted to change far too much ({one.norm:.0f}).")
        before = one.loss if self.mean is None else self.mean
        self.jumps = self.jumps + 1 if one.loss > max(_JUMP * before, _LEAST) else 0
        self.mean = 0.9 * before + 0.1 * one.loss
        if self.jumps >= _PATIENCE:
            return self._diverged(one.step, f"The loss jumped from {before:.2f} to {one.loss:.2f}.")
        return self._forgetting(one)

    def _diverged(self, step: int, says: str) -> Alarmed:
        self.jumps = 0
        return Alarmed(
            step=step,
            name="diverged",
            says=says,
            advice="It goes on from the last checkpoint, at half the pace.",
            action="went_back",
        )

    def _forgetting(self, one: Stepped) -> Alarmed | None:
        if one.chosen is None or one.margin is None:
            return None
        self.chosen.append(one.chosen)
        self.margins.append(one.margin)
        if len(self.chosen) < _PATIENCE:
            return None
        late, early = _late(self.chosen), _early(self.chosen)
        if late < _FALL and late < early and _late(self.margins) > _early(self.margins):
            return _stop(
                one.step,
                "forgetting",
                "It learns what to avoid, but your own sentences get less likely, too "
                f"(by {-late:.1f}, in log-likelihood a text).",
                "The best checkpoint so far is kept. Hold it to them: "
                "redraft train plan --method dpo --anchor 1",
            )
        if _late(self.margins) > _SURE:
            return _stop(
                one.step,
                "forgetting",
                "It is surer of what you prefer than your corrections can tell.",
                "The best checkpoint so far is kept. Try a lower learning rate, or fewer epochs.",
            )
        return None

    def measured(self, one: Measured, *, training: float) -> Alarmed | None:
        """After the held-out rows were measured; `training` is the last training loss."""
        if not math.isfinite(one.objective) or not math.isfinite(one.kl):
            if self.began is not None:
                return self._diverged(one.step, "On the texts that are held out the numbers ran away.")
            return _stop(
                one.step,
                "first_step",
                "The base model finds no number for the texts that are held out.",
                "This is a fault of the program or of the base model: choose another base, and report it.",
            )
        if self.began is None:
            self.began = one.kl  # dpo goes on from a model that has moved already
        drifted = self._drifted(one) if one.kl - self.began > self._recipe.kl_budget else None
        if drifted is not None and "drift" not in self._waived:
            return drifted
        if self.best is None or one.objective < self.best:
            self.best, self.best_step, self.worse = one.objective, one.step, 0
            return drifted
        self.worse += 1
        falls = self.mean is None or training <= self.mean
        if falls and (self.worse >= 2 or one.objective > self.best * _WORSE):
            return _stop(
                one.step,
                "overfitting",
                "It begins to learn your texts by heart: on texts it has not seen it gets worse "
                f"(loss {one.objective:.3f}, at best {self.best:.3f}).",
                f"The best checkpoint is kept (step {self.best_step}). More pairs help; so do fewer epochs.",
            )
        return drifted

    def _drifted(self, one: Measured) -> Alarmed:
        return _stop(
            one.step,
            "drift",
            "The tuned model has moved too far from where it began "
            f"(KL {one.kl - (self.began or 0.0):.2f}, {self._recipe.kl_budget:g} allowed).",
            "The best checkpoint so far is kept. Try fewer epochs, or allow more: redraft train plan "
            f"--kl-budget {2 * self._recipe.kl_budget:g}",
        )


def _stop(step: int, name: str, says: str, advice: str) -> Alarmed:
    return Alarmed(step=step, name=name, says=says, advice=advice, action="stopped")


def _late(values: Sequence[float]) -> float:
    half = list(values)[len(values) // 2 :]
    return math.fsum(half) / len(half)


def _early(values: Sequence[float]) -> float:
    half = list(values)[: max(1, len(values) // 2)]
    return math.fsum(half) / len(half)
