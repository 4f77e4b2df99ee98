"""What a training run has said so far, as far as it still holds."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import NamedTuple

from loop.model import Estimate
from loop.model.runs import Alarmed, Begun, Ended, Measured, Started, Stepped, TrainEvent

_MOST = 24
"""Places on an axis at most: more steps share one."""


class Stretch(NamedTuple):
    """Steps that share a place on the axis."""

    first: int
    """The first step; 0 is before anything was learned."""
    last: int
    """The last one."""
    steps: tuple[Stepped, ...]
    """What they said."""
    measured: Measured | None
    """The last time that held-out texts were measured in it."""


class Told:
    """Hears the events of one run. A run that goes back, or on from a checkpoint, does some steps again."""

    def __init__(self, name: str = "", began: str = "") -> None:
        self.name, self.began = name, began
        self.heard = 0
        """So many events."""
        self.started: Started | None = None
        self.ended: Ended | None = None
        self.steps: list[Stepped] = []
        self.measured: list[Measured] = []
        self.alarms: list[Alarmed] = []
        """Those since it was last started."""

    def hear(self, events: Iterable[TrainEvent]) -> bool:
        """Take in what is new; False: nothing was."""
        before = self.heard
        for event in events:
            self.heard += 1
            match event:
                case Begun():
                    self.ended, self.alarms = None, []
                case Started():
                    self.started, self.ended = event, None
                    self._back_to(event.step)
                case Stepped():
                    self._back_to(event.step - 1)
                    self.steps.append(event)
                case Measured():
                    self.measured = [one for one in self.measured if one.step < event.step]
                    self.measured.append(event)
                case Alarmed():
                    self.alarms.append(event)
                case Ended():
                    self.ended = event
        return self.heard > before

    def _back_to(self, step: int) -> None:
        while self.steps and self.steps[-1].step > step:
            self.steps.pop()
        while self.measured and self.measured[-1].step > step:
            self.measured.pop()

    @property
    def kept(self) -> Measured | None:
        """The measurement of the weights that were kept; while it runs, the last one."""
        best = self.ended.best if self.ended is not None else -1
        found = next((one for one in self.measured if one.step == best), None)
        return found or (self.measured[-1] if self.measured else None)

    @property
    def measures(self) -> bool:
        """Something is held out, and is or will be measured."""
        return self.started is None or self.started.held_out > 0

    def stretches(self) -> tuple[Stretch, ...]:
        """All steps in as many places as there are cells for, with what was measured in each."""
        last = max([0, *(one.step for one in self.steps), *(one.step for one in self.measured)])
        each = max(1, math.ceil(last / _MOST))
        steps = {
            place: tuple(some) for place, some in groupby(self.steps, lambda one: place_of(one.step, each))
        }
        measured = {place_of(one.step, each): one for one in self.measured}
        return tuple(
            Stretch(
                max(0, (place - 1) * each + 1),
                min(place * each, last),
                steps.get(place, ()),
                measured.get(place),
            )
            for place in sorted({*steps, *measured})
        )


def place_of(step: int, each: int) -> int:
    """The place of a step, where `each` has so many: the untrained model has one alone."""
    return -(-step // each)


def mean(values: Sequence[float | None]) -> Estimate | None:
    """The mean of the values that are numbers; None where there is none."""
    known = [value for value in values if value is not None and math.isfinite(value)]
    if not known:
        return None
    middle = math.fsum(known) / len(known)
    return Estimate(mean=middle, low=middle, high=middle, n=len(known))
