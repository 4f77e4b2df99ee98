"""Asks a program of `loop.train`: it runs in a process of its own, and torch never comes in here."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import json
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

import loop.errors
from loop.adapters.process import Begun, why_not_started, without_secrets
from loop.errors import MissingExtra, RedraftError, TrainingError
from loop.events import Event, Tell

_TAIL = 4000
"""Bytes of a program's complaints that are kept."""
_LONGEST_LINE = 1 << 28
_NEEDS = ("torch", "transformers", "peft", "accelerate")
_PATIENT = {"OMP_WAIT_POLICY": "PASSIVE"}
"""Threads that wait for each other sleep: spinning, they were five times slower beside other work."""
HUB_KEYS = ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN")
"""Where huggingface_hub looks for the key to bases that are behind a licence; the first one counts."""
_EVENT: TypeAdapter[Event] = TypeAdapter(Event)


def nothing() -> None:
    """For whoever keeps no programs that write."""


def require_extra() -> None:
    """Raise MissingExtra when training is not installed; nothing of it is loaded."""
    missing = [name for name in _NEEDS if importlib.util.find_spec(name) is None]
    if missing:
        raise MissingExtra(
            f"Training is not installed here: {', '.join(missing)} "
            f"{'is' if len(missing) == 1 else 'are'} missing.",
            hint="pip install 'redraft[train]'   (in the environment that redraft is in)",
        )


def command(program: str, *words: str) -> list[str]:
    """How a program is started: by this Python, and no folder of the user's can stand in for a package."""
    return [sys.executable, "-P", "-m", f"loop.train.{program}", *words]


def surroundings(environ: Mapping[str, str] | None = None, *, downloads: bool = False) -> dict[str, str]:
    """The environment of a program: no keys, no network for the model hub, and no telemetry.

    One that `downloads` a base may reach the hub, with the key for that.
    """
    environ = os.environ if environ is None else environ
    kept = {name: environ[name] for name in HUB_KEYS if name in environ}
    return {
        **without_secrets(environ),
        **(kept if downloads else {"HF_HUB_OFFLINE": "1"}),
        "PYTHONSAFEPATH": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "TOKENIZERS_PARALLELISM": "false",
        "TRANSFORMERS_VERBOSITY": "error",
        **_PATIENT,
        **{name: environ[name] for name in _PATIENT if name in environ},
    }


async def ask(program: str, request: Mapping[str, Any], tell: Tell, *, downloads: bool = False) -> Any:
    """What a program answers to a request; JSON in, JSON out. Its events are told as they come.

    `downloads`: it may fetch a base from the model hub.

    Raises MissingExtra, the error that the program reports, and TrainingError with the tail of its
    complaints when it ends without a word. It is ended when the caller is cancelled.
    """
    require_extra()
    begun = Begun()
    try:
        try:
            process = await begun.start(
                command(program),
                folder=str(Path.cwd()),
                environment=surroundings(downloads=downloads),
                longest_line=_LONGEST_LINE,
            )
        except (OSError, ValueError) as error:
            raise TrainingError(
                f"The program that trains could not be started: {why_not_started(error)}.",
                hint="redraft doctor",
            ) from error
        complaints = asyncio.ensure_future(_tail(process.stderr))
        _feed(process.stdin, json.dumps(request).encode())
        outcome = await _listen(process.stdout, tell)
        code = await process.wait()
        if outcome is None:
            raise TrainingError(
                f"The program loop.train.{program} {_how(code)} before it was done.{_said(await complaints)}",
                hint="Close other programs if memory is short; redraft doctor   looks at the rest",
            )
        if isinstance(outcome, RedraftError):
            raise outcome
        return outcome["value"]
    finally:
        if begun.process is not None and begun.process.returncode is None:
            _end(begun.process)


def _feed(pipe: asyncio.StreamWriter | None, data: bytes) -> None:
    if pipe is not None:
        pipe.write(data)
        pipe.close()


async def _listen(stream: asyncio.StreamReader | None, tell: Tell) -> dict[str, Any] | RedraftError | None:
    outcome: dict[str, Any] | RedraftError | None = None
    while stream is not None and (line := await stream.readline()):
        value = json.loads(line)
        match value["kind"]:
            case "result":
                outcome = value
            case "error":
                outcome = error_of(value)
            case _:
                tell(_EVENT.validate_python(value))
    return outcome


def error_of(line: Mapping[str, str]) -> RedraftError:
    """The error that a program reported."""
    kind: type[RedraftError] = getattr(loop.errors, line["error"], TrainingError)
    return kind(line["message"], hint=line["hint"])


def _how(code: int) -> str:
    if code == -signal.SIGKILL:
        return "was ended by the system, most likely because memory ran out,"
    return f"was ended by signal {-code}" if code < 0 else f"ended with exit code {code}"


def _said(complaints: str) -> str:
    last = complaints.strip().splitlines()[-1:] if complaints.strip() else []
    return f" It said: {last[0].strip()}" if last else ""


async def _tail(stream: asyncio.StreamReader | None) -> str:
    tail = b""
    while stream is not None and (piece := await stream.read(1 << 16)):
        tail = (tail + piece)[-_TAIL:]
    return tail.decode("utf-8", "replace")


def _end(process: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
