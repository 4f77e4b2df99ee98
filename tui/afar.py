"""How the training runs are, wherever the writer is: what ended is said, and signs stand in the bar."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from loop.errors import RedraftError

if TYPE_CHECKING:
    from loop.model.runs import RunState
    from loop.verbs import train
    from tui.app import Desk
    from tui.place import Place

TRAIN = "train"
"""The place of the runs."""
_BEAT = 1.0
"""Seconds between two thoughts of looking."""
_OFTEN, _SELDOM = 3.0, 10.0
"""Seconds from one look to the next: while something is trained, and else."""
_ENDS = {
    "done": ("info", "The training of “{0.name}” is done."),
    "stopped": ("warning", "The training of “{0.name}” was stopped."),
    "failed": ("error", "The training of “{0.name}” failed. {0.says}"),
    "interrupted": ("error", "The training of “{0.name}” was cut off. {0.says}"),
}
"""How a run ended -> how that is said."""


class Afar:
    """Looks by itself, but for the time in which the place of the runs looks, which tells what it found."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.place: Place | None = None
        """The place of the runs, once the writer was there."""
        self._states: dict[str, str] | None = None
        """How each run was the last time; None: nobody has looked."""
        self._ended_badly: set[str] = set()
        """Runs that ended so, and the writer has not looked at since."""
        self._alarms: dict[str, int] = {}
        """How many alarms each run had the last time."""
        self._read: dict[str, int] = {}
        """How many of them the writer was there for."""
        self._looked = 0.0
        self._looking = False

    def follow(self) -> None:
        """Begin to look."""
        self._desk.set_interval(_BEAT, self._beat)

    def forget(self) -> None:
        """Another project is opened."""
        self.place, self._states, self._looked = None, None, 0.0
        self._ended_badly.clear()
        self._alarms, self._read = {}, {}
        self._sign("busy", holds=False)
        self._sign("alarmed", holds=False)

    def seen(self) -> None:
        """The writer is at the runs."""
        self._ended_badly.clear()
        self._read = dict(self._alarms)
        self._sign("alarmed", holds=False)

    def took(self, runs: Sequence[RunState]) -> None:
        """Know how the runs are now."""
        before, self._states = self._states or {}, {run.name: run.state for run in runs}
        self._looked = time.monotonic()
        ended = [run for run in runs if before.get(run.name) == "running" != run.state]
        for run in ended:
            self._say_the_end(run)
        running = [run for run in runs if run.state == "running"]
        self._alarms = {run.name: len(run.alarms) for run in runs}
        there = self._desk.current_mode == TRAIN
        read = self._alarms if there else self._read  # one that went on from a checkpoint has fewer
        self._read = {name: min(number, read.get(name, 0)) for name, number in self._alarms.items()}
        alarmed = self._ended_badly or any(self._alarms[run.name] > self._read[run.name] for run in running)
        self._sign("busy", holds=bool(running))
        self._sign("alarmed", holds=bool(alarmed) and not there)

    def _say_the_end(self, run: RunState) -> None:
        level, said = _ENDS[run.state]
        said = said.format(run).strip()
        said = f"{said} The best so far is kept." if run.state == "stopped" and run.best else said
        hint = run.hint if level == "error" else ""
        if self.place is not None:
            self.place.announce(said, hint, level=level)
        else:
            self._desk.say(said, hint, level=level)
        if (run.alarms or level == "error") and self._desk.current_mode != TRAIN:
            self._ended_badly.add(run.name)
        self._desk.changed()

    def _sign(self, name: str, *, holds: bool) -> None:
        """`busy` or `alarmed` of the desk, for the place of the runs."""
        now: frozenset[str] = getattr(self._desk, name)
        then = now | {TRAIN} if holds else now - {TRAIN}
        if then != now:
            setattr(self._desk, name, then)

    def _beat(self) -> None:
        if self._desk.status is None or self._looking or self._desk.current_mode == TRAIN:
            return
        every = _OFTEN if "running" in (self._states or {}).values() else _SELDOM
        if time.monotonic() - self._looked >= every:
            self._desk.run_worker(self._look(), group="afar")

    async def _look(self) -> None:
        from loop.verbs import train

        self._looking, before = True, self._looked
        try:
            found = await self._desk.perform(TRAIN, train.Request(action="status"))
        except RedraftError:
            self._looked = time.monotonic()  # what is wrong is said where the runs are
            return
        finally:
            self._looking = False
        if self._looked == before:  # nobody was quicker
            self.took(cast("train.Result", found).runs)
