"""The steps of a run: rows through the model, one step of the optimizer, measures, checkpoints, alarms."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import Tensor

from loop.errors import TrainingError
from loop.model.runs import Alarmed, Measured, Saved, Stepped
from loop.model.training import Job, Recipe
from loop.train import checkpoints
from loop.train.alarms import Watch
from loop.train.batches import Batch, order, packed, rate_at
from loop.train.losses import weight_of
from loop.train.measures import HeldOut
from loop.train.memory import peak_memory
from loop.train.scoring import Scorer
from loop.train.sharing import Pack, tokens_of
from loop.train.team import Team
from loop.train.telling import Sinks
from loop.train.tokens import Example
from loop.train.weights import Trainable

_TWICE = "It happened before, so it stops; the best checkpoint is kept. Try half the learning rate."
_SMALLEST = 64
"""Tokens at once below which halving them frees no memory worth it."""


class PackLoss(NamedTuple):
    """What one pack gives."""

    loss: Tensor
    """Summed over its rows."""
    judged: float
    """The part of it that is shown: without the anchor."""
    margins: tuple[float, ...] = ()
    """dpo: by pair."""
    chosen: tuple[float, ...] = ()
    """dpo: by pair."""


Objective = Callable[[Tensor, Pack], PackLoss]
"""The loss of a recipe, from log-probabilities [S]."""


class Kept(NamedTuple):
    """What a run ends with."""

    best: int
    """The step whose weights were kept."""
    stopped: bool
    """It ended before its last step."""
    alarms: tuple[Alarmed, ...]
    """What was said on the way."""
    losses: tuple[tuple[int, float], ...]
    """Step and loss."""
    measured: tuple[Measured, ...]
    """The held-out rows."""


class Fitting:
    """One run, step by step; it can be put away at any step, and go on as if it had not been."""

    def __init__(
        self,
        job: Job,
        examples: Sequence[Example],
        epoch: tuple[Batch, ...],
        scorer: Scorer,
        trainable: Trainable,
        objective: Objective,
        measured: HeldOut | None,
        sinks: Sinks,
        team: Team,
        watch: Watch,
        *,
        packs: bool,
    ) -> None:
        self._job = job
        self._recipe: Recipe = job.recipe
        self._folder = Path(job.folder)
        self._examples = examples
        self._epoch = epoch
        self._scorer = scorer
        self._trainable = trainable
        self._objective = objective
        self._held_out = measured
        self._sinks = sinks
        self._team = team
        self._watch = watch
        self._packs = packs
        self._tokens = self._recipe.tokens
        self._pace = 1.0
        self._accuracy = 0.0
        self._alarms: list[Alarmed] = []
        self._losses: list[tuple[int, float]] = []
        self._measures: list[Measured] = []
        self._step = 0
        self.steps = len(epoch) * self._recipe.epochs
        self._optimizer = torch.optim.AdamW(
            trainable.named.values(), lr=self._recipe.learning_rate, weight_decay=self._recipe.weight_decay
        )

    @property
    def step(self) -> int:
        """Steps that were taken."""
        return self._step

    def restore(self, stamp: str) -> None:
        """Go on from the newest checkpoint. Raises TrainingError where it belongs to another run."""
        found = checkpoints.newest(self._folder / "checkpoints")
        if found is None:
            return
        weights, state = found
        if state["stamp"] != stamp:
            raise TrainingError(
                "The rows, the base or the numbers are not what they were when this run began.",
                hint=f"Begin a new one:   redraft train {self._recipe.method}",
            )
        self._put_back(weights, state)
        self._alarms = [Alarmed.model_validate(one) for one in state["alarms"]]
        self._losses = [(int(step), float(loss)) for step, loss in state["losses"]]
        self._measures = [Measured.model_validate(one) for one in state["measured"]]
        self._pace = state["pace"]

    def run(self, stamp: str, asked_to_stop: Callable[[], bool]) -> Kept:
        """Take every step that is left; stops where it is asked to, or where an alarm says so."""
        if self._step == 0 and not self._measures:
            self._measure()
            self._save(stamp)
        every = max(1, math.ceil(len(self._epoch) / self._recipe.evaluations))
        stopped = False
        while self._step < self.steps and not stopped:
            before = self._step
            alarm = self._take_step()
            due = self._step > before and (self._step % every == 0 or self._step == self.steps)
            if alarm is None and due:
                alarm = self._measure()
            if alarm is not None:
                if alarm.action == "went_back" and self._pace < 1.0:
                    alarm = alarm.model_copy(update={"action": "stopped", "advice": _TWICE})
                self._say(alarm)
                if alarm.action == "went_back" or self._held_out is None:
                    self._go_back()
                stopped = alarm.action == "stopped"
            elif due:
                self._save(stamp)
            if not stopped and self._team.agree(asked_to_stop()):
                self._save(stamp)
                stopped = self._step < self.steps
        best = self._keep_best()
        return Kept(best, stopped, tuple(self._alarms), tuple(self._losses), tuple(self._measures))

    def _batch(self) -> Batch:
        epoch, place = divmod(self._step, len(self._epoch))
        batch = self._epoch[order(epoch, len(self._epoch), self._recipe.seed)[place]]
        if self._tokens == self._recipe.tokens:
            return batch
        packs = packed(batch.rows, self._examples, self._recipe, self._tokens, packs=self._packs)
        return Batch(batch.rows, packs)

    def _take_step(self) -> Alarmed | None:
        began = time.perf_counter()
        batch = self._batch()
        rate = self._pace * rate_at(self._step + 1, self.steps, self._recipe)
        for group in self._optimizer.param_groups:
            group["lr"] = rate
        try:
            judged, margins, chosen = self._gradients(batch)
        except torch.OutOfMemoryError as error:
            return self._smaller(error)
        weight = weight_of(batch.packs, self._recipe)
        parameters = list(self._trainable.named.values())
        norm = float(torch.nn.utils.clip_grad_norm_(parameters, self._recipe.clip))
        loss = judged / weight
        if math.isfinite(loss) and math.isfinite(norm):
            self._optimizer.step()
        self._step += 1
        seconds = time.perf_counter() - began
        pairs = len(batch.rows) if self._recipe.method == "dpo" else 0
        told = Stepped(
            step=self._step,
            epoch=self._step / len(self._epoch),
            loss=loss,
            rate=rate,
            norm=norm,
            margin=margins / pairs if pairs else None,
            accuracy=None if not pairs else self._accuracy,
            chosen=chosen / pairs if pairs else None,
            tokens_per_second=sum(pack.length for pack in batch.packs) / seconds,
            rows_per_second=len(batch.rows) / seconds,
            memory=peak_memory(self._scorer.device),
        )
        return self._look_at(told)

    def _look_at(self, told: Stepped) -> Alarmed | None:
        alarm = self._watch.step(told)
        if math.isfinite(told.loss) and math.isfinite(told.norm):
            self._sinks.tell(told)
            self._losses.append((told.step, told.loss))
        if alarm is None and told.step == 1:
            alarm = self._watch.first(told.loss)
        if alarm is None and told.step == 2 and not self._recipe.full:
            alarm = self._watch.still(told.step, self._trainable.unmoved())
        return alarm

    def _gradients(self, batch: Batch) -> tuple[float, float, float]:
        """Add up the gradients of a batch, over all processes; the loss that is shown, margins, chosen."""
        self._optimizer.zero_grad(set_to_none=True)
        weight = weight_of(batch.packs, self._recipe)
        judged = margins = chosen = right = 0.0
        for pack in batch.packs[self._team.rank :: self._team.size]:
            found = self._objective(self._scorer(pack), pack)
            (found.loss / weight).backward()  # type: ignore[no-untyped-call]
            judged += found.judged
            margins += math.fsum(found.margins)
            chosen += math.fsum(found.chosen)
            right += sum(margin > 0 for margin in found.margins)
        if self._team.size > 1:
            for one in self._trainable.named.values():
                one.grad = torch.zeros_like(one) if one.grad is None else one.grad
        self._team.add(one.grad for one in self._trainable.named.values() if one.grad is not None)
        judged, margins, chosen, right = self._team.sum(judged, margins, chosen, right)
        self._accuracy = right / max(1, len(batch.rows))
        return judged, margins, chosen

    def _smaller(self, error: torch.OutOfMemoryError) -> Alarmed | None:
        """Half as many tokens at once from now on. Raises TrainingError when that cannot help."""
        self._optimizer.zero_grad(set_to_none=True)
        if self._scorer.device.type == "cuda":
            torch.cuda.empty_cache()
        longest = max(tokens_of(one, share=self._recipe.share) for one in self._examples)
        if self._team.size > 1 or self._tokens <= max(_SMALLEST, longest // 2):
            raise TrainingError(
                "The memory of the device is too small for one row at a time.",
                hint="It takes less memory so:   redraft train plan --checkpointing   "
                "(or with a smaller base: redraft train plan --base NAME)",
            ) from error
        self._tokens //= 2
        self._say(
            Alarmed(
                step=self._step,
                name="memory",
                says=f"The memory ran out: from now on {self._tokens:,} tokens go through at once.",
                advice="Nothing is lost; it only gets slower.",
                action="goes_on",
            )
        )
        return None

    def _measure(self) -> Alarmed | None:
        if self._held_out is None:
            return None
        found = self._held_out.measure(self._scorer, self._step)
        alarm = self._watch.measured(found, training=self._losses[-1][1] if self._losses else math.inf)
        found = found.model_copy(update={"best": self._watch.best_step == self._step})
        self._measures.append(found)
        self._sinks.tell(found)
        if found.best and self._team.leads:
            checkpoints.keep_best(self._folder, self._trainable.named)
        return alarm

    def _say(self, alarm: Alarmed) -> None:
        self._alarms.append(alarm)
        self._sinks.tell(alarm)

    def _go_back(self) -> None:
        """To the last checkpoint, at half the pace."""
        self._team.wait()
        found = checkpoints.newest(self._folder / "checkpoints")
        if found is not None:
            self._put_back(*found)
            self._losses = [one for one in self._losses if one[0] <= self._step]
            self._pace = 0.5

    def _put_back(self, weights: dict[str, Tensor], state: dict[str, Any]) -> None:
        self._trainable.load(weights)
        self._optimizer.load_state_dict(state["optimizer"])
        self._watch.restore(state["watch"])
        self._step = state["step"]
        self._tokens = state["tokens"]
        torch.set_rng_state(state["random"])

    def _save(self, stamp: str) -> None:
        if self._team.leads:
            state = {
                "stamp": stamp,
                "step": self._step,
                "optimizer": self._optimizer.state_dict(),
                "watch": self._watch.state(),
                "random": torch.get_rng_state(),
                "tokens": self._tokens,
                "pace": self._pace,
                "alarms": [one.model_dump(mode="json") for one in self._alarms],
                "losses": [list(one) for one in self._losses],
                "measured": [one.model_dump(mode="json") for one in self._measures],
            }
            checkpoints.save(self._folder / "checkpoints", self._step, self._trainable.named, state)
            self._sinks.tell(Saved(step=self._step))
        self._team.wait()

    def _keep_best(self) -> int:
        """Put the best weights in; those at the end where nothing was measured."""
        if self._held_out is None:
            return self._step
        self._trainable.load(checkpoints.best(self._folder))
        return self._watch.best_step
