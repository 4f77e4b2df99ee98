"""Claude Code as a process that leads a group of its own and speaks in lines of JSON."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from loop.adapters.process import Begun, why_not_started
from loop.errors import ModelUnavailable

_LONGEST_LINE = 64_000_000
_TAIL_BYTES = 2000
_FAREWELL = 5.0
"""Seconds in which it may put down what it learned (a login that was renewed) before it is ended."""


class Program:
    """What claude-agent-sdk calls a transport, and reaches by these methods' names.

    The package's own transport starts the program in redraft's process group and hands on the whole
    environment; and nothing ends it for certain when the question is cancelled. (It is no subclass: the
    package is imported only where a session begins.)
    """

    def __init__(self, command: Sequence[str], *, folder: Path, environment: Mapping[str, str]) -> None:
        self._command = command
        self._folder = folder
        self._environment = environment
        self._process: asyncio.subprocess.Process | None = None
        self._complaints = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the process

    @property
    def complaint(self) -> str:
        """The end of what it wrote to standard error."""
        if self._complaints.closed:
            return ""
        size = self._complaints.seek(0, os.SEEK_END)
        self._complaints.seek(max(0, size - _TAIL_BYTES))
        return self._complaints.read().decode("utf-8", "replace").strip()

    async def connect(self) -> None:
        """Start it. Raises ModelUnavailable."""
        begun = Begun()
        try:
            await begun.start(
                self._command,
                folder=str(self._folder),
                environment=self._environment,
                complaints=self._complaints.fileno(),
                longest_line=_LONGEST_LINE,
            )
        except OSError as error:
            raise ModelUnavailable(
                f"Claude Code could not be started: {why_not_started(error)} ({self._command[0]}).",
                hint="Check that it runs: claude --version",
            ) from error
        finally:
            self._process = begun.process

    def is_ready(self) -> bool:
        """True while it can be spoken to."""
        return self._process is not None and self._process.returncode is None

    async def write(self, data: str) -> None:
        """Say something to it; when it is gone already, what it said last tells why."""
        if self._process is not None and self._process.stdin is not None:
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                self._process.stdin.write(data.encode("utf-8", "replace"))
                await self._process.stdin.drain()

    async def end_input(self) -> None:
        """Say that nothing more will come; it ends then."""
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()

    async def read_messages(self) -> AsyncIterator[dict[str, Any]]:
        """Its messages, to the last. Raises the package's ProcessError when it ended badly."""
        from claude_agent_sdk import CLIConnectionError, ProcessError

        if self._process is None or self._process.stdout is None:
            raise CLIConnectionError("not started")
        answered = False
        async for line in self._process.stdout:
            message = _parsed(line)
            if message is not None:
                answered = answered or message.get("type") == "result"
                yield message
        await _gone(self._process)
        code = self._process.returncode
        if code or not answered:
            raise ProcessError("Claude Code ended early", exit_code=code, stderr=self.complaint)

    async def close(self) -> None:
        """Let it end, and end what is left of its group."""
        try:
            if self._process is not None:
                await self._ended(self._process)
        finally:
            self._complaints.close()

    async def _ended(self, process: asyncio.subprocess.Process) -> None:
        try:
            await self.end_input()
            await _gone(process)
        finally:
            self.kill()
        await _gone(process)
        self._process = None  # its number may be another's now

    def stop(self) -> None:
        """Ask its whole group to end; a login that it is renewing gets written down."""
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        """End its whole group, now."""
        self._signal(signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)

    def _signal(self, which: signal.Signals) -> None:
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if sys.platform == "win32":
                self._process.terminate()
            else:
                os.killpg(self._process.pid, which)


async def _gone(process: asyncio.subprocess.Process) -> None:
    """Wait for its end, not too long: one that left its group may keep a pipe open."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_FAREWELL):
            await process.wait()


def _parsed(line: bytes) -> dict[str, Any] | None:
    try:
        message = json.loads(line)
    except ValueError:
        return None  # a warning of the system it runs on
    return message if isinstance(message, dict) else None
