"""A tuned model that transformers writes with: a program is kept, and asked over a pipe."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import IO, Any

from loop.adapters.models.plain_text import check_text
from loop.adapters.models.streaming import streamed
from loop.adapters.process import why_not_started
from loop.adapters.training.programs import command, error_of, require_extra, surroundings
from loop.errors import ModelError, ModelUnavailable, TrainingError
from loop.model import ModelRequest, Reply, Usage
from loop.ports import no_text

_TAIL = 4000
"""Bytes of the program's complaints that are looked at."""
_LOOK_AGAIN = 0.1
"""Seconds after which it is looked whether anybody still waits."""


class TunedModel:
    """Answers one question after the other; the program starts with the first, and loads the model once.

    `base` is where the base is now, if that is another place than when it was trained.
    """

    def __init__(self, folder: Path, called: str, name: str, *, context: int, base: str = "") -> None:
        self._folder = folder
        self._base = base
        self._called = called
        self._context = context
        self._program: _Program | None = None
        self._asked = 0
        self._closed = threading.Event()
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="tuned")
        self.name = name

    async def ask(self, request: ModelRequest, on_text: Callable[[str], None] = no_text) -> Reply:
        """The whole reply; `on_text` gets it piece by piece. Cancelling stops the writing.

        What is cancelled while the model loads is never asked; the loading goes on, for the next question.
        Raises MissingExtra, ModelUnavailable when it cannot be loaded, UsageError when the prompt and the
        longest reply do not fit the context together, ModelRefused when the memory is too small for them.
        """
        check_text(request)
        return await streamed(self._worker, partial(self._answer, request), on_text)

    def close(self) -> None:
        """End the program at once; what it loads or writes is lost. Nothing can be asked any more."""
        self._closed.set()
        self._worker.shutdown(cancel_futures=True)
        self.end()

    def rest(self) -> None:
        """End the program as soon as it has answered what it was asked before; nobody waits for that."""
        self._worker.submit(self.end)

    def end(self) -> None:
        """End the program, if it runs; the next question starts another."""
        if self._program is not None:
            self._program.end()
            self._program = None

    def _answer(self, request: ModelRequest, stop: threading.Event, arrived: Callable[[str], None]) -> Reply:
        pieces: list[str] = []
        left = Reply(text="", model=self.name, usage=Usage(calls=1), complete=False)
        try:
            program = self._ready(lambda: stop.is_set() or self._closed.is_set())
        except _Left:
            return left
        self._asked += 1
        program.say({"id": self._asked, **_body(request)})
        told = threading.Event()
        while True:
            try:
                line = self._heard(program, lambda: self._closed.is_set() or _wants_out(stop, told))
            except _Left:
                if self._closed.is_set():
                    return left
                program.say({"cancel": self._asked})
                told.set()
                continue
            match line["kind"]:
                case "text":
                    pieces.append(line["text"])
                    arrived(line["text"])
                case "error":
                    raise error_of(line)
                case "done" | "stopped":
                    usage = Usage(calls=1, input_tokens=line["read"], output_tokens=line["wrote"])
                    return Reply(
                        text="".join(pieces),
                        model=self.name,
                        usage=usage,
                        complete=line["kind"] == "done" and line["complete"],
                    )

    def _ready(self, until: Callable[[], bool]) -> _Program:
        """The program with the model loaded. Raises _Left as soon as `until` says so."""
        if self._program is None or self._program.ended:
            require_extra()
            self.end()
            self._program = _Program(
                {"folder": str(self._folder), "base": self._base, "context": self._context}
            )
        if not self._program.ready:
            line = self._heard(self._program, until)
            if line["kind"] == "error":
                self.end()  # it is ending by itself; whoever waits for it now is told the same by another one
                error = error_of(line)
                if isinstance(error, TrainingError):  # to whoever asks it, it is a model that cannot be had
                    raise ModelUnavailable(error.message, hint=error.hint) from error
                raise error
            self._program.ready = True
        return self._program

    def _heard(self, program: _Program, until: Callable[[], bool]) -> dict[str, Any]:
        line = program.hear(until)
        if line is None:
            raise ModelError(
                f"The program that writes with the adapter “{self._called}” {program.how_it_ended()}",
                hint="Close other programs if memory is short; redraft doctor   looks at the rest",
            )
        return line


def _wants_out(stop: threading.Event, told: threading.Event) -> bool:
    """Somebody wants no more of an answer, and the program was not told so yet."""
    return stop.is_set() and not told.is_set()


class _Left(Exception):
    """Nobody waits any more."""


class _Program:
    """The running program; it ends by itself when this process does."""

    def __init__(self, first: dict[str, Any]) -> None:
        self.ready = False
        """The model is loaded."""
        self._complaints: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - as long as the program
        self._lines: SimpleQueue[bytes | None] = SimpleQueue()
        try:
            self._process = subprocess.Popen(
                command("write"),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._complaints,
                env=surroundings(),
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            raise ModelUnavailable(
                f"The program that writes could not be started: {why_not_started(error)}.",
                hint="redraft doctor",
            ) from error
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.say(first)

    @property
    def ended(self) -> bool:
        return self._process.poll() is not None

    def say(self, line: dict[str, Any]) -> None:
        pipe = self._process.stdin
        if pipe is not None:
            with contextlib.suppress(BrokenPipeError):  # it ended: that is heard
                pipe.write(json.dumps(line).encode() + b"\n")
                pipe.flush()

    def hear(self, until: Callable[[], bool]) -> dict[str, Any] | None:
        """Its next line; None when it ended. Raises _Left as soon as `until` says so."""
        while not until():
            with contextlib.suppress(Empty):
                line = self._lines.get(timeout=_LOOK_AGAIN)
                if line is None:
                    self._process.wait()
                    return None
                heard: dict[str, Any] = json.loads(line)
                return heard
        raise _Left

    def _read(self) -> None:
        """Take its lines in, on a thread of its own; what it could not end any more is no line."""
        pipe = self._process.stdout
        while pipe is not None and (line := pipe.readline()).endswith(b"\n"):
            self._lines.put(line)
        self._lines.put(None)

    def how_it_ended(self) -> str:
        """As the end of a sentence."""
        code = self._process.returncode
        if code == -signal.SIGKILL:
            return "was ended by the system, most likely because memory ran out."
        self._complaints.seek(max(0, self._complaints.seek(0, os.SEEK_END) - _TAIL))
        said = self._complaints.read().decode("utf-8", "replace").strip().splitlines()
        return f"ended before it was done. It said: {said[-1].strip()}" if said else f"ended ({code})."

    def end(self) -> None:
        if self._process.poll() is None:  # the id of one that was waited for may be another's by now
            with contextlib.suppress(ProcessLookupError, PermissionError):
                if sys.platform == "win32":
                    self._process.kill()
                else:
                    os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._reader.join()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()
        self._complaints.close()


def _body(request: ModelRequest) -> dict[str, Any]:
    return {
        "messages": [{"role": turn.role, "content": turn.content} for turn in request.messages],
        "max_tokens": request.max_tokens,
        "temperature": request.temperature,
        "top_p": request.top_p,
        "seed": request.seed,
        "stop": list(request.stop),
    }
