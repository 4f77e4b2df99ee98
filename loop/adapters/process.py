"""One program as a filter: text in, text out, within a time limit."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import re
import signal
import sys
from collections.abc import Mapping, Sequence

from loop.errors import UsageError

_MOST_BYTES = 20_000_000
"""A draft is never so long; a program that goes on writing is stopped."""
_TAIL_BYTES = 2000
_FAREWELL = 2.0
_CHUNK = 1 << 16
_SECRET = re.compile(
    r".*(?:_KEY|_TOKEN|_SECRET|_PASSPHRASE|_HEADERS|PASSWORD|PASSWD|CREDENTIALS)", re.IGNORECASE
)


class Begun:
    """A program in a process group of its own; it is known as soon as it runs, whatever happens meanwhile."""

    def __init__(self) -> None:
        self.process: asyncio.subprocess.Process | None = None

    async def start(
        self,
        argv: Sequence[str],
        *,
        folder: str,
        environment: Mapping[str, str],
        complaints: int | None = asyncio.subprocess.PIPE,
        longest_line: int = 1 << 16,
    ) -> asyncio.subprocess.Process:
        """Start it, with pipes. Raises OSError and ValueError.

        asyncio forgets a program when the caller is cancelled while it starts, and waits for the children
        of whose pipes nobody reads: a cancelled start is finished first, so that the group can be ended.
        """
        starting = asyncio.ensure_future(
            asyncio.create_subprocess_exec(
                *argv,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=complaints,
                cwd=folder,
                env=environment,
                limit=longest_line,
                start_new_session=True,
            )
        )
        cancelled = False
        while not starting.done():  # milliseconds
            try:
                await asyncio.wait({starting})
            except asyncio.CancelledError:
                cancelled = True
        if starting.exception() is None:
            self.process = starting.result()
        if cancelled:
            raise asyncio.CancelledError
        return await starting


async def filtered(
    argv: Sequence[str], text: str, *, folder: str, seconds: float, environment: Mapping[str, str]
) -> str:
    """What the program makes of `text`. Raises UsageError naming program, exit code and complaint.

    It runs in its own process group, and the whole group is ended at the time limit, or when the caller
    is cancelled, or the output grows too long.
    """
    begun = Begun()
    code: int | None = None
    try:
        try:
            process = await begun.start(argv, folder=folder, environment=without_secrets(environment))
        except (OSError, ValueError) as error:
            raise UsageError(
                f"The program “{argv[0]}” could not be started: {why_not_started(error)}.",
                hint="Check its name in redraft.toml and that it may be run: chmod +x",
            ) from error
        async with asyncio.timeout(seconds):
            _, output, complaint, code = await asyncio.gather(
                _feed(process.stdin, text.encode("utf-8", "replace")),
                _read(process),
                _read_tail(process.stderr),
                process.wait(),
            )
    except TimeoutError as error:
        raise UsageError(
            f"The program “{argv[0]}” was ended after {seconds:g} seconds.",
            hint="Give it more time in redraft.toml: seconds = ...",
        ) from error
    finally:
        if code is None and begun.process is not None:
            await _end(begun.process)
    if output is None:
        raise UsageError(
            f"The program “{argv[0]}” was ended: it wrote more than {_MOST_BYTES // 1_000_000} MB.",
            hint="Run it by hand on a draft and look at what it writes.",
        )
    if code:
        how = f"ended with exit code {code}" if code > 0 else f"was ended by signal {-code}"
        said = f" It said: {complaint}" if complaint else ""
        raise UsageError(f"The program “{argv[0]}” {how}.{said}", hint="Run it by hand on a draft.")
    try:
        return output.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(
            f"The program “{argv[0]}” wrote something that is not UTF-8 (byte {error.start}).",
            hint="Make it write UTF-8.",
        ) from error


def why_not_started(error: BaseException) -> str:
    """Why a program did not begin, as the end of a sentence."""
    match error:
        case FileNotFoundError():
            return "it is not there, or what its first line names is not there"
        case PermissionError():
            return "it may not be run"
        case OSError(errno=errno.ENOEXEC):
            return "it is no program; a script begins with a line such as #!/bin/sh"
        case OSError(errno=errno.E2BIG):
            return "what it is given is too long"
        case OSError(strerror=str(said)):
            return said.lower()
    return "its name or its arguments have characters that none may have"


def is_secret(name: str) -> bool:
    """True for an environment variable that looks like a key's."""
    return _SECRET.fullmatch(name) is not None


def without_secrets(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment without what looks like a key: a project's programs have no use for them."""
    return {name: value for name, value in environment.items() if not is_secret(name)}


async def _feed(stream: asyncio.StreamWriter | None, data: bytes) -> None:
    if stream is not None:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # it need not read everything
            stream.write(data)
            await stream.drain()
            stream.close()
            await stream.wait_closed()


async def _read(process: asyncio.subprocess.Process) -> bytes | None:
    """The program's output; None, and the program is ended, when it is more than any text can be."""
    pieces: list[bytes] = []
    size = 0
    while process.stdout is not None and (piece := await process.stdout.read(_CHUNK)):
        size += len(piece)
        if size <= _MOST_BYTES:
            pieces.append(piece)
        else:
            _kill(process)
    return b"".join(pieces) if size <= _MOST_BYTES else None


async def _read_tail(stream: asyncio.StreamReader | None) -> str:
    tail = b""
    while stream is not None and (piece := await stream.read(_CHUNK)):
        tail = (tail + piece)[-_TAIL_BYTES:]
    return tail.decode("utf-8", "replace").strip()


def _kill(process: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)


async def _end(process: asyncio.subprocess.Process) -> None:
    _kill(process)
    with contextlib.suppress(TimeoutError):  # a program that left its group may keep a pipe open
        async with asyncio.timeout(_FAREWELL):
            for stream in (process.stdout, process.stderr):
                while stream is not None and await stream.read(_CHUNK):
                    pass
            await process.wait()
