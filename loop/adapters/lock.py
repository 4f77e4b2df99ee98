"""Locks on files: who writes next waits for its turn, and a killed process lets go by itself."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from loop.adapters.files import unreadable
from loop.errors import ProjectBusy

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
    """Held while a verb writes to the project. Raises ProjectBusy naming who holds it.

    It lies in `.redraft/lock`; the operating system frees it when the process ends, however it ends.
    """
    with file_lock(Path(root, ".redraft", "lock"), wait_seconds):
        yield


@contextmanager
def file_lock(path: Path, wait_seconds: float = 10) -> Iterator[None]:
    """Hold an exclusive lock on a file, which is made if need be and stays.

    Raises ProjectBusy when somebody else has it for longer, and ProjectError for a file that cannot be made.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        raise unreadable(error, str(path), "written") from error
    try:
        if not take(descriptor, wait_seconds):
            raise _busy(descriptor, path)
        os.lseek(descriptor, 0, os.SEEK_SET)
        with suppress(OSError):  # a full disk: who holds it is a courtesy, the lock holds without
            os.write(descriptor, f"{os.getpid():<{_WIDTH}}".encode())
        yield
    finally:
        os.close(descriptor)


def take(descriptor: int, wait_seconds: float = 0) -> bool:
    """Lock an open file until it is closed; False when another holder has it, and keeps it so long."""
    until = time.monotonic() + wait_seconds
    while True:
        try:
            _take(descriptor)
        except (BlockingIOError, PermissionError):
            if time.monotonic() >= until:
                return False
            time.sleep(_LOOK_AGAIN)
        else:
            return True


def is_held(path: Path) -> bool:
    """True while a process holds the lock on a file."""
    try:
        descriptor = os.open(path, os.O_RDWR)
    except OSError:
        return False
    try:
        return not take(descriptor)
    finally:
        os.close(descriptor)


def _busy(descriptor: int, path: Path) -> ProjectBusy:
    os.lseek(descriptor, 0, os.SEEK_SET)
    holder = os.read(descriptor, _WIDTH).decode("ascii", "replace").strip()
    who = f" (process {holder})" if holder.isdigit() else ""
    return ProjectBusy(
        f"Another redraft{who} is working in this project.",
        hint=f"Wait until it is done, or end it. The lock is {path}.",
    )
