"""Locks on files: who writes next waits for its turn, and a killed process lets go by itself."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from loop.adapters.files import unreadable
from loop.errors import ProjectError

_LOOK_AGAIN = 0.05
"""Seconds between two tries: neither flock nor msvcrt can wait with a time limit."""
_LOCKED_BYTE = 1 << 20
"""Windows locks bytes, and a locked byte cannot be read: this one lies behind the process number."""
_WIDTH = 20
"""The process number is written at this width: cutting the file first would be slow."""

if sys.platform == "win32":
    import msvcrt

    def _take(descriptor: int) -> None:
        os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _take(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextmanager
def project_lock(root: str | Path, wait_seconds: float = 10) -> Iterator[None]:
    """Held while a verb writes to the project. Raises ProjectError naming who holds it.

    It lies in `.redraft/lock`; the operating system frees it when the process ends, however it ends.
    """
    with file_lock(Path(root, ".redraft", "lock"), wait_seconds):
        yield


@contextmanager
def file_lock(path: Path, wait_seconds: float = 10) -> Iterator[None]:
    """Hold an exclusive lock on a file, which is made if need be and stays."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        raise unreadable(error, str(path), "written") from error
    try:
        _wait(descriptor, path, wait_seconds)
        os.lseek(descriptor, 0, os.SEEK_SET)
        os.write(descriptor, f"{os.getpid():<{_WIDTH}}".encode())
        yield
    finally:
        os.close(descriptor)


def take(descriptor: int) -> bool:
    """Lock an open file until it is closed; False when another holder has it."""
    try:
        _take(descriptor)
    except (BlockingIOError, PermissionError):
        return False
    return True


def _wait(descriptor: int, path: Path, seconds: float) -> None:
    until = time.monotonic() + seconds
    while not take(descriptor):
        if time.monotonic() >= until:
            raise _busy(descriptor, path)
        time.sleep(_LOOK_AGAIN)


def _busy(descriptor: int, path: Path) -> ProjectError:
    os.lseek(descriptor, 0, os.SEEK_SET)
    holder = os.read(descriptor, _WIDTH).decode("ascii", "replace").strip()
    who = f" (process {holder})" if holder.isdigit() else ""
    return ProjectError(
        f"Another redraft{who} is working in this project.",
        hint=f"Wait until it is done, or end it. The lock is {path}.",
    )
