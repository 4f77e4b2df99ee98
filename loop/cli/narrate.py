"""Events as words on stderr, while a verb runs."""

from __future__ import annotations

import os
import sys
import time

import click

from loop.events import (
    BriefFailed,
    Committed,
    DraftReady,
    Event,
    Note,
    Progress,
    StepStarted,
    Tell,
    TextChunk,
)

_SOON = 3.0
"""Seconds of work before the time that is left is guessed."""


def narrator(*, as_json: bool) -> Tell:
    """The listener of the command line: JSON lines, or words for a person."""
    if as_json:
        return lambda event: click.echo(event.model_dump_json(), err=True)
    return _Narrator(live=sys.stderr.isatty() and "NO_COLOR" not in os.environ).tell


class _Narrator:
    """Shows drafts as they are written when a person watches, and one line per fact otherwise."""

    def __init__(self, *, live: bool) -> None:
        self.live = live
        self.streaming = ""
        self.at_line_start = True
        self.work = ("", 0.0, 0)
        """What is under way, when it was first told of, and how far it was then."""

    def tell(self, event: Event) -> None:
        """Show one event."""
        match event:
            case StepStarted():
                self._line(f"{event.brief}: {event.step} ({event.number}/{event.of})", dim=True)
                if not self.streaming:
                    self.streaming = event.brief
            case TextChunk():
                self._chunk(event)
            case DraftReady():
                take = f", take {event.take}" if event.take else ""
                cost = f", ${event.usage.usd:.4f}" if event.usage.usd else ""
                self._line(f"{event.brief}{take}: {event.words} words{cost}")
                self.streaming = "" if self.streaming == event.brief else self.streaming
            case BriefFailed():
                self._line(f"{event.brief}: {event.message}")
                if event.hint:
                    self._line(f"  → {event.hint}")
            case Progress():
                self._progress(event)
            case Note():
                self._line(("! " if event.level == "warning" else "") + event.message)
            case Committed():
                self._line(f"kept: {event.subject} ({event.sha[:7]})", dim=True)

    def _chunk(self, event: TextChunk) -> None:
        if not self.live or event.brief != self.streaming:
            return
        click.echo(event.text, err=True, nl=False)
        self.at_line_start = event.text.endswith("\n")

    def _progress(self, event: Progress) -> None:
        share = f"{event.done}/{event.of}" if event.of else str(event.done)
        text = f"{event.what}: {share} {event.unit}".rstrip() + self._time_left(event)
        if self.live:
            click.echo(f"\r\033[K{text}", err=True, nl=event.of > 0 and event.done >= event.of)
            self.at_line_start = event.of > 0 and event.done >= event.of
        elif event.done == event.of or (event.of and event.done % max(1, event.of // 4) == 0):
            self._line(text)

    def _time_left(self, event: Progress) -> str:
        what, started, first = self.work
        now = time.monotonic()
        if event.what != what or event.done < first:
            self.work = (event.what, now, event.done)
            return ""
        if event.done <= first or event.done >= event.of or now - started < _SOON:
            return ""
        seconds = (now - started) / (event.done - first) * (event.of - event.done)
        return f", about {seconds / 60:.0f} min left" if seconds > 90 else f", about {seconds:.0f} s left"

    def _line(self, text: str, *, dim: bool = False) -> None:
        if not self.at_line_start:
            click.echo(err=True)
        click.echo(click.style(text, dim=True) if dim and self.live else text, err=True)
        self.at_line_start = True
