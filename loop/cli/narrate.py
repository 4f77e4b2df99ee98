"""Events as words on stderr, while a verb runs."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

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
from loop.render.layout import cells, flowed, short, width
from loop.render.telling import Teller


@contextmanager
def narrating(*, as_json: bool) -> Iterator[Tell]:
    """The listener of the command line: JSON lines, or words for a person. Nothing stays held back."""
    if as_json:
        yield lambda event: click.echo(event.model_dump_json(), err=True)
        return
    narrator = Narrator(live=sys.stderr.isatty() and "NO_COLOR" not in os.environ)
    try:
        yield narrator.tell
    finally:
        narrator.close()


class Narrator:
    """Shows drafts as they are written when a person watches, and one line per fact otherwise."""

    def __init__(self, *, live: bool) -> None:
        self.live = live
        self.streaming = ""
        self.word = ""
        self.column = 0
        """Where the next character goes on the screen, in cells."""
        self.waiting: list[str] = []
        self.teller = Teller()

    def tell(self, event: Event) -> None:
        """Show one event."""
        match event:
            case StepStarted():
                if not self.streaming:
                    self.streaming = event.brief
                # While one draft is being written on the screen, the others wait with their news.
                if self.streaming == event.brief or not self.live:
                    self._line(self.teller.words(event), dim=True)
            case TextChunk():
                self._chunk(event)
            case DraftReady() | BriefFailed():
                self._finished(event.brief, self.teller.words(event))
            case Progress():
                self._progress(event, self.teller.words(event))
            case Note():
                self._later("", self.teller.words(event))
            case Committed():
                self._line(self.teller.words(event), dim=True)

    def _finished(self, brief: str, text: str) -> None:
        """Say how a draft ended, and then what had to wait for it."""
        self._later(brief, text)
        if self.streaming == brief:
            self.streaming = ""
            self._tell_waiting()

    def _later(self, brief: str, text: str) -> None:
        """Say it now, or when the draft that is being written on the screen is whole."""
        if self.live and self.streaming not in {"", brief} and (self.column or self.word):
            self.waiting.append(text)
        else:
            self._line(text)

    def _tell_waiting(self) -> None:
        for text in self.waiting:
            self._line(text)
        self.waiting.clear()

    def _chunk(self, event: TextChunk) -> None:
        if not self.live or event.brief != self.streaming:
            return
        for char in event.text:
            if not char.isspace():
                self.word += char
                if cells(char) > 1 or len(self.word) >= width() // 2:  # a script without blanks
                    self._put_word()
                continue
            self._put_word()
            if char == "\n" or self.column < width() - 1:
                click.echo(char, err=True, nl=False)
                self.column = 0 if char == "\n" else self.column + 1

    def _put_word(self) -> None:
        """Show the word that has come in, on a line where it has room."""
        size = cells(self.word)
        if self.column and self.column + size >= width():
            click.echo(err=True)
            self.column = 0
        click.echo(self.word, err=True, nl=False)
        self.column += size
        self.word = ""

    def _progress(self, event: Progress, text: str) -> None:
        if not text:
            return
        if self.live:
            if self.streaming:
                self.close()
            room = width() - 1 - (cells(text) - cells(event.what))
            text = f"{short(event.what, room)}{text[len(event.what) :]}"
            click.echo(f"\r\033[K{text}", err=True, nl=event.of > 0 and event.done >= event.of)
            self.column = 0 if event.of > 0 and event.done >= event.of else cells(text)
        elif event.done == event.of or (event.of and event.done % max(1, event.of // 4) == 0):
            self._line(text)

    def close(self) -> None:
        """Show what was held back; what comes next begins on a line of its own."""
        self._put_word()
        if self.column:
            click.echo(err=True)
            self.column = 0
        self._tell_waiting()

    def _line(self, text: str, *, dim: bool = False) -> None:
        self._put_word()
        if self.column:
            click.echo(err=True)
        text = flowed(text) if self.live else text
        click.echo(click.style(text, dim=True) if dim and self.live else text, err=True)
        self.column = 0
