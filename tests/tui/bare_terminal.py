"""A person at the desk in a terminal of their own, who can be cut off in the middle of a word."""

from __future__ import annotations

import re
import signal
import time
from collections.abc import Callable
from pathlib import Path

from tests.cli.sitting import PATIENCE, Sitting

_LOOK = 0.05


class BareTerminal(Sitting):
    """The desk on a project; what moves the cursor or colours words is not seen."""

    def __init__(self, folder: Path, size: tuple[int, int] = (80, 24), begins: str = "") -> None:
        super().__init__(folder, size=size, begins=begins)

    def wait(self, holds: Callable[[], bool]) -> BareTerminal:
        """Wait until something holds, reading on meanwhile."""
        end = time.monotonic() + PATIENCE
        while not holds():
            assert time.monotonic() < end, self.seen[-3000:]
            self._read(_LOOK)
        return self

    def kill(self, how: signal.Signals = signal.SIGKILL) -> None:
        """End the desk."""
        self.killed(how).dies()

    def _heard(self, text: str) -> str:
        return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", text)
