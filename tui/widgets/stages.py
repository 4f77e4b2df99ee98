"""Long work, stage by stage: a bar each, what was said on the way, the money so far and the time left."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from loop.counts import count, money
from loop.events import BriefFailed, Event, Note, Progress, StepStarted
from loop.model import Usage
from loop.render.layout import wrapped
from loop.render.timing import TimeLeft
from tui.learned import dim, joined, title
from tui.shown import content

_BAR = 24
"""Cells of a bar."""
_NOTES = 12
"""So many sentences stay to be read."""


@dataclass
class _Stage:
    """One piece of the work."""

    name: str
    done: int = 0
    of: int = 0
    unit: str = ""
    left: str = ""
    notes: list[str] = field(default_factory=list)


class Working(VerticalScroll):
    """Holds the stages, with the key that stops them."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "stop", "Stop", id="learn.stop")]

    class Stop(Message):
        """The writer wants it to end."""

    def action_stop(self) -> None:
        """Ask for an end."""
        self.post_message(self.Stop())


class Stages(Static):
    """`begin` clears it, `hear` takes the events of a verb; it draws itself anew every second."""

    DEFAULT_CSS = """
    Stages { height: auto; padding: 0 1; }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own word
        super().__init__(id=id)
        self._stages: list[_Stage] = []
        self._time_left = TimeLeft()
        self._began: float | None = None
        self._what = ""
        self._ends = ""
        self._spent = Usage()

    def on_mount(self) -> None:
        """Draw it as time goes by."""
        self.set_interval(1.0, self._tick)

    def begin(self, what: str, ends: str) -> None:
        """Start anew: what is being done, and what one may know of stopping it."""
        self._stages = [_Stage("reading your feedback")]
        self._time_left = TimeLeft()
        self._began, self._what, self._ends, self._spent = time.monotonic(), what, ends, Usage()
        self._draw()

    def end(self) -> None:
        """It is over."""
        self._began = None

    def spent(self, usage: Usage) -> None:
        """What the work has cost so far."""
        self._spent = usage
        self._draw()

    def hear(self, event: Event) -> None:
        """Take one event of the verb."""
        match event:
            case Progress():
                stage = self._stage(event.what)
                stage.done, stage.of, stage.unit = event.done, event.of, event.unit
                stage.left = self._time_left.of(event)
            case StepStarted():
                stage = self._stage(f"{event.brief}: {event.step}")
                stage.done, stage.of, stage.unit = event.number - 1, event.of, "steps"
            case BriefFailed():
                self._note(f"{event.brief}: {event.message}", sign="✗ ")
            case Note():
                self._note(event.message, sign="! " if event.level == "warning" else "")
            case _:
                return
        self._draw()

    def _stage(self, name: str) -> _Stage:
        if self._stages[-1].name != name:
            self._stages.append(_Stage(name))
        return self._stages[-1]

    def _note(self, message: str, *, sign: str) -> None:
        notes = self._stages[-1].notes
        notes.append(f"{sign}{message}")
        del notes[:-_NOTES]

    def _tick(self) -> None:
        if self._began is not None:
            self._draw()

    def _draw(self) -> None:
        if self._began is None:
            return
        lines = [title(self._what), Content("")]
        for number, stage in enumerate(self._stages, start=1):
            lines += self._of_stage(stage, now=number == len(self._stages))
        lines += [Content(""), content(self._so_far()), dim(self._ends)]
        self.update(joined(lines))

    def _of_stage(self, stage: _Stage, *, now: bool) -> list[Content]:
        sign = "▸" if now else "✓"
        share = f"{stage.done}/{stage.of}" if stage.of else str(stage.done or "")
        told = " ".join(filter(None, (share, stage.unit if share else "")))
        lines = [content(f"{sign} {stage.name}", "bold" if now else "")]
        if stage.of:
            full = _BAR * min(stage.done, stage.of) // stage.of
            bar = Content.assemble(("━" * full, "$primary"), ("─" * (_BAR - full), "$foreground-muted"))
            told = f" {told}" + (f", {stage.left}" if now and stage.left else "")
            lines.append(Content.assemble("  ", bar, content(told)))
        elif told:
            lines.append(content(f"  {told}"))
        wide = max(20, self.content_size.width - 2)
        return [*lines, *(dim(f"  {line}") for note in stage.notes for line in wrapped(note, wide))]

    def _so_far(self) -> str:
        seconds = int(time.monotonic() - (self._began or 0.0))
        lasted = f"{seconds} s" if seconds < 120 else f"{seconds // 60} min"
        asked = [count(self._spent.calls, "question")] if self._spent.calls else []
        paid = [money(self._spent.usd)] if self._spent.usd else []
        return f"{', '.join([f'{lasted} so far', *asked, *paid])}."
