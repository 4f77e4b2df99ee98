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
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="tuned")
        self.name = name

    async def ask(self, request: ModelRequest, on_text: Callable[[str], None] = no_text) -> Reply:
        """The whole reply; `on_text` gets it piece by piece. Cancelling stops the writing.

        Raises MissingExtra, ModelUnavailable when it cannot be loaded, UsageError when the prompt and the
        longest reply do not fit the context together, ModelRefused when the memory is too small for them.
        """
        check_text(request)
        return await streamed(self._worker, partial(self._answer, request), on_text)

    def close(self) -> None:
        """End the program; waits for an answer that is being written."""
        self._worker.shutdown(cancel_futures=True)
        self.end()

    def end(self) -> None:
        """End the program, if it runs; the next question starts another."""
        if self._program is not None:
            self._program.end()
            self._program = None

    def _answer(self, request: ModelRequest, stop: threading.Event, arrived: Callable[[str], None]) -> Reply:
        program = self._ready()
        self._asked += 1
        program.say({"id": self._asked, **_body(request)})
        pieces: list[str] = []
        told = False
        while True:
            line = self._heard(program)
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
            if stop.is_set() and not told:
                program.say({"cancel": self._asked})
                told = True

    def _ready(self) -> _Program:
        if self._program is None or self._program.ended:
            require_extra()
            self.end()
            self._program = _Program(
                {"folder": str(self._folder), "base": self._base, "context": self._context}
            )
            line = self._heard(self._program)
            if line["kind"] == "error":
                error = error_of(line)
                if isinstance(error, TrainingError):  # to whoever asks it, it is a model that cannot be had
                    raise ModelUnavailable(error.message, hint=error.hint) from error
                raise error
        return self._program

    def _heard(self, program: _Program) -> dict[str, Any]:
        line = program.hear()
        if line is None:
            raise ModelError(
                f"The program that writes with the adapter “{self._called}” {program.how_it_ended()}",
                hint="Close other programs if memory is short; redraft doctor   looks at the rest",
            )
        return line


class _Program:
    """The running program; it ends by itself when this process does."""

    def __init__(self, first: dict[str, Any]) -> None:
        self._complaints: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - as long as the program
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

    def hear(self) -> dict[str, Any] | None:
        """Its next line; None when it ended."""
        pipe = self._process.stdout
        line = b"" if pipe is None else pipe.readline()
        if not line:
            self._process.wait()
            return None
        heard: dict[str, Any] = json.loads(line)
        return heard

    def how_it_ended(self) -> str:
        """As the end of a sentence."""
        code = self._process.returncode
        if code == -signal.SIGKILL:
            return "was ended by the system, most likely because memory ran out."
        self._complaints.seek(max(0, self._complaints.seek(0, os.SEEK_END) - _TAIL))
        said = self._complaints.read().decode("utf-8", "replace").strip().splitlines()
        return f"ended before it was done. It said: {said[-1].strip()}" if said else f"ended ({code})."

    def end(self) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if sys.platform == "win32":
                self._process.kill()
            else:
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
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
