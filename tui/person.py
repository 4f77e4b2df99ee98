"""The writer at the desk, for verbs that ask a person: each question is a window."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.app import Desk


class InWindows:
    """Implements loop.ports.Person; a verb on another thread waits until the window is closed."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._waiting: set[Future[str | None]] = set()

    def ask(self, question: str) -> str:
        """What was typed; it may be empty. A window that is closed stops the verb: CancelledError."""
        answer: Future[str | None] = Future()
        self._waiting.add(answer)
        try:
            self._desk.call_from_thread(self._open, question, answer)
            said = answer.result()
        except RuntimeError as error:  # the desk is closed
            raise asyncio.CancelledError from error
        finally:
            self._waiting.discard(answer)
        if said is None:
            raise asyncio.CancelledError
        return said

    def ask_hidden(self, question: str) -> None:
        """Nobody: what is hidden is asked for before the verb begins, in a window of its own."""

    def leave(self) -> None:
        """Whoever waits for an answer gets none any more."""
        for answer in list(self._waiting):
            _settle(answer, None)

    def _open(self, question: str, answer: Future[str | None]) -> None:
        from tui.dialogs.question import Question

        self._desk.push_screen(Question(question), partial(_settle, answer))


def _settle(answer: Future[str | None], said: str | None) -> None:
    if not answer.done():  # a window may be closed while the desk ends
        answer.set_result(said)
