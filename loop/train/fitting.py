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
from loop.train.halving import Measuring, smaller
from loop.train.losses import weight_of
from loop.train.memory import free_up, half_of, peak_memory, ran_out, too_small
from loop.train.scoring import Scorer
from loop.train.sharing import Pack, tokens_of
from loop.train.team import Team
from loop.train.telling import Sinks
from loop.train.tokens import Example
from loop.train.weights import Trainable

_PRECISION = {True: "bf16 (numbers of 16 bits)", False: "fp32 (numbers of 32 bits)"}
_MOVED = 2
"""After so many steps each adapter that is used must have moved: in the first one half of it cannot."""
_TWICE = "It happened before, so it stops; the best checkpoint is kept. Try half the learning rate."


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
        measured: Measuring | None,
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
        self._saved: tuple[int, int] | None = None
        self._again = f"redraft train {job.recipe.method} --resume --name {job.name}"
        self._waived: frozenset[str] = frozenset()
        self.steps = len(epoch) * self._recipe.epochs
        self._optimizer = torch.optim.AdamW(
            trainable.named.values(), lr=self._recipe.learning_rate, weight_decay=self._recipe.weight_decay
        )

    @property
    def step(self) -> int:
        """Steps that were taken."""
        return self._step

    def restore(self, stamp: str, waived: frozenset[str] = frozenset()) -> bool:
        """Go on from the newest checkpoint; False: none was saved yet.

        `waived`: names of alarms that do not stop it again. Raises TrainingError where the checkpoint
        belongs to another run, and where none can be read.
        """
        self._waived = waived
        self._watch.waive(waived)
        if not checkpoints.steps(self._folder / "checkpoints"):
            return False
        weights, state = self._newest()
        half = state.get("half", self._scorer.half)  # earlier ones do not say
        if half != self._scorer.half:
            raise TrainingError(
                f"This run began in {_PRECISION[half]}, and here it would go on in {_PRECISION[not half]}: "
                "it would not be the same run.",
                hint=f"Go on where it began, or begin a new one:   redraft train {self._recipe.method}",
            )
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
        self._saved = (self._step, len(self._alarms))
        if self._step >= _MOVED:
            self._trainable.settled()
        return True

    def run(self, stamp: str, asked_to_stop: Callable[[], bool]) -> Kept:
        """Take every step that is left; stops where it is asked to, or where an alarm says so."""
        if self._step == 0 and not self._measures:
            alarm = self._measure()
            if alarm is not None:
                self._say(alarm)
                return self._kept(0, stopped=True)
            self._save(stamp)
        every = max(1, math.ceil(len(self._epoch) / self._recipe.evaluations))
        stopped = False
        while self._step < self.steps and not stopped:
            before = self._step
            alarm = self._unless_waived(self._take_step())
            due = self._step > before and (self._step % every == 0 or self._step == self.steps)
            if alarm is None and due:
                alarm = self._unless_waived(self._measure())
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
        return self._kept(self._keep_best(), stopped=stopped)

    def _kept(self, best: int, *, stopped: bool) -> Kept:
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
        found = self._tried(batch)
        if found is None:
            return None
        judged, margins, chosen = found
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
        if alarm is None and told.step == _MOVED and not self._recipe.full:
            alarm = self._watch.still(told.step, self._trainable.unmoved(self._team.sum))
        return alarm

    def _gradients(self, batch: Batch) -> tuple[float, float, float]:
        """Add up the gradients of a batch, over all processes; the loss that is shown, margins, chosen."""
        self._optimizer.zero_grad(set_to_none=True)
        weight = weight_of(batch.packs, self._recipe)
        judged = margins = chosen = right = 0.0
        for pack, counts in self._team.share(batch.packs):
            found = self._objective(self._scorer(pack), pack)
            (found.loss * (counts / weight)).backward()  # type: ignore[no-untyped-call]
            if not counts:
                continue
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

    def _tried(self, batch: Batch) -> tuple[float, float, float] | None:
        """The same; None where the memory ran out, and the step is to be tried again with smaller packs."""
        try:
            return self._gradients(batch)
        except (RuntimeError, MemoryError) as error:
            if not ran_out(error):
                raise
            longest = max(tokens_of(one, share=self._recipe.share) for one in self._examples)
            fewer = half_of(self._tokens, longest)
            if not fewer:
                raise too_small("one row at a time") from error
            if self._team.size > 1:
                raise TrainingError(
                    f"The memory ran out with {self._tokens:,} tokens at once, and several processes cannot "
                    "take fewer on their way.",
                    hint=f"Begin anew with fewer:   redraft train {self._recipe.method} --tokens {fewer}",
                ) from error
        self._optimizer.zero_grad(set_to_none=True)
        free_up(self._scorer.device)
        self._tokens = fewer
        self._say(smaller(self._step, fewer))
        return None

    def _unless_waived(self, alarm: Alarmed | None) -> Alarmed | None:
        """An alarm that is to be heeded; one that the writer has gone on after is said once, and no more."""
        if alarm is None or alarm.name not in self._waived:
            return alarm
        if alarm.name not in {one.name for one in self._alarms}:
            advice = "You went on after this before, so it goes on; the best so far is kept."
            self._say(alarm.model_copy(update={"action": "goes_on", "advice": advice}))
        return None

    def _measure(self) -> Alarmed | None:
        if self._held_out is None:
            return None
        found = self._team.same(self._held_out.measure(self._scorer, self._step))
        alarm = self._watch.measured(found, training=self._losses[-1][1] if self._losses else math.inf)
        if not math.isfinite(found.objective) or not math.isfinite(found.kl):
            return alarm
        found = found.model_copy(update={"best": self._watch.best_step == self._step})
        self._measures.append(found)
        self._sinks.tell(found)
        if found.best and self._team.leads:
            checkpoints.keep_best(self._folder, self._trainable.named, self._again)
        return alarm

    def _say(self, alarm: Alarmed) -> None:
        self._alarms.append(alarm)
        self._sinks.tell(alarm)

    def _go_back(self) -> None:
        """To the last checkpoint, at half the pace."""
        self._put_back(*self._newest())
        self._losses = [one for one in self._losses if one[0] <= self._step]
        self._measures = [one for one in self._measures if one.step <= self._step]
        self._pace = 0.5

    def _newest(self) -> checkpoints.Held:
        """The newest checkpoint that can be read. Raises TrainingError where there is none."""
        folder = self._folder / "checkpoints"
        self._team.wait()
        found = checkpoints.restore(folder) if self._team.leads else None
        self._team.wait()
        found = found or checkpoints.newest(folder)
        if found is None:
            raise TrainingError(
                f"None of the checkpoints in {folder} can be read, so it cannot go on. Nothing was changed.",
                hint=f"Look at the disk, or begin a new one:   redraft train {self._recipe.method}",
            )
        return found

    def _put_back(self, weights: dict[str, Tensor], state: dict[str, Any]) -> None:
        self._trainable.load(weights)
        self._optimizer.load_state_dict(state["optimizer"])
        self._watch.restore(state["watch"])
        self._step = state["step"]
        if self._team.size == 1:  # several have their references by pack
            self._tokens = state["tokens"]
        torch.set_rng_state(state["random"])

    def _save(self, stamp: str) -> None:
        if self._saved == (self._step, len(self._alarms)):  # nothing has happened since
            return
        self._saved = (self._step, len(self._alarms))
        if self._team.leads:
            state = {
                "stamp": stamp,
                "half": self._scorer.half,
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
            checkpoints.save(
                self._folder / "checkpoints", self._step, self._trainable.named, state, self._again
            )
            self._sinks.tell(Saved(step=self._step))
        self._team.wait()

    def _keep_best(self) -> int:
        """Put the best weights in; those at the end where nothing was measured."""
        if self._held_out is None:
            return self._step
        self._trainable.load(checkpoints.best(self._folder))
        return self._watch.best_step
