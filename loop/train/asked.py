"""Whether somebody asked a run to end: by a signal, a file in its folder, or by leaving one that is held."""

from __future__ import annotations

import _thread
import contextlib
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

from loop.model.training import Job

STOP = "stop"
"""A file of this name in the run's folder asks the run to stop."""
_LOOK_AGAIN = 0.2
_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")


class Left(BaseException):
    """A run was asked to end before it began: there is nothing to be saved yet."""


@contextlib.contextmanager
def ends_at_once(job: Job) -> Iterator[None]:
    """While it is open a signal raises Left; a file or leaving is a signal, from now on to the end."""

    def leave(number: int, _: FrameType | None) -> None:
        raise Left(number)

    with _heard_by(leave):
        threading.Thread(target=_until_there, args=(Path(job.folder) / STOP,), daemon=True).start()
        if job.held:
            threading.Thread(target=_until_left, daemon=True).start()
        yield


@contextlib.contextmanager
def ends_in_peace() -> Iterator[None]:
    """While it is open a signal does nothing: what is being put away is put away whole."""
    with _heard_by(lambda *_: None):
        yield


@contextlib.contextmanager
def asked_to_stop(job: Job) -> Iterator[Callable[[], bool]]:
    """Whether somebody asked, at any time while it is open."""
    heard: list[int] = []
    file = Path(job.folder) / STOP
    try:
        with _heard_by(lambda number, _: heard.append(number)):
            yield lambda: bool(heard) or file.exists()
    finally:
        file.unlink(missing_ok=True)


@contextlib.contextmanager
def _heard_by(handler: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    numbers = [getattr(signal, name) for name in _SIGNALS if hasattr(signal, name)]
    before = {number: signal.getsignal(number) for number in numbers}
    for number in numbers:
        signal.signal(number, handler)
    try:
        yield
    finally:
        for number, earlier in before.items():
            signal.signal(number, earlier)


def _until_there(file: Path) -> None:
    """Wait for a file."""
    while not file.exists():
        time.sleep(_LOOK_AGAIN)
    _tell_itself()


def _until_left() -> None:
    """Wait until whoever started this process is gone, and with it the other end of its standard input."""
    while os.read(0, 4096):  # not through sys.stdin, which a thread must not hold when Python ends
        pass
    _tell_itself()


def _tell_itself() -> None:
    """A signal that the main thread hears, also while it waits for a download."""
    if sys.platform == "win32":  # where a signal would end the process without a word
        _thread.interrupt_main(signal.SIGTERM)
    else:
        os.kill(os.getpid(), signal.SIGTERM)
