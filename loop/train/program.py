"""A program's doors: a request as JSON comes in, events and one result go out as lines of JSON."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Callable
from typing import Any, TextIO

from loop.errors import RedraftError, TrainingError
from loop.events import Note, Progress
from loop.model import Record

Answer = Callable[[dict[str, Any], "Out"], Any]
"""What a program does with its request: JSON in, JSON out."""


class Out:
    """Standard output, kept for lines of JSON: what a library prints goes to standard error."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def line(self, value: Any) -> None:
        """Write one line; somebody reads it at once. A reader that is gone is nobody's loss.

        Raises TrainingError where it is a file, and the disk is full.
        """
        try:
            with contextlib.suppress(BrokenPipeError):
                self._stream.write(json.dumps(value, ensure_ascii=False) + "\n")
                self._stream.flush()
        except OSError as error:
            raise TrainingError(
                f"What the training says could not be written: {error.strerror}.",
                hint="Make room on the disk;   redraft train status   says how to go on",
            ) from error

    def tell(self, event: Record) -> None:
        """An event of `loop.events` or `loop.model.training`."""
        self.line(event.model_dump(mode="json"))

    def progress(self, what: str, done: int, of: int, unit: str = "") -> None:
        """Long work goes on."""
        self.tell(Progress(what=what, done=done, of=of, unit=unit))

    def warn(self, message: str) -> None:
        """Something the writer should look at."""
        self.tell(Note(message=message, level="warning"))


def own_output() -> Out:
    """Take standard output for this program alone; everything else that prints goes to standard error."""
    kept = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return Out(kept)


def serve(answer: Answer) -> None:
    """Read the request from standard input, answer it, and end: with 0, or with 8 and an error as a line.

    A bug ends it with Python's own 1 and a traceback on standard error.
    """
    out = own_output()
    request = json.loads(sys.stdin.buffer.read())
    try:
        value = answer(request, out)
    except RedraftError as error:
        out.line(error_line(error))
        sys.exit(8)
    out.line({"kind": "result", "value": value})


def error_line(error: RedraftError) -> dict[str, str]:
    """An error as a line of JSON."""
    return {
        "kind": "error",
        "error": type(error).__name__,
        "message": error.message,
        "hint": error.hint,
    }
