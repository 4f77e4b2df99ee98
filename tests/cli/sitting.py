"""A person at a real terminal."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import loop

PROGRAM = """
import os, sys
os.open(os.ttyname(0), os.O_RDWR)  # the terminal becomes this program's own: Ctrl-C reaches it
from loop.cli import main
main(sys.argv[1:])
"""
PATIENCE = 60.0
"""Seconds until a word must be there."""
REACTION = 0.3
"""Seconds between what is seen and a key. readline waits for signals only a moment after its prompt."""
CTRL_C = "\x03"


class Sitting:
    """A person at a terminal, who waits for words and types others."""

    def __init__(
        self, folder: Path, *words: str, begins: str = "", size: tuple[int, int] | None = None
    ) -> None:
        """`begins` is done before the command; `size` is in columns and rows."""
        self._mine, theirs = pty.openpty()
        if size is not None:
            fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
        self.seen = ""
        self._program = subprocess.Popen(
            [sys.executable, "-c", f"{begins}\n{PROGRAM}", *words],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(Path(loop.__file__).parents[1])},
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._program.kill()
        self._program.wait()
        self.hangs_up()

    def until(self, words: str) -> Self:
        """Wait until the words stand on the screen, behind those that were waited for before."""
        end = time.monotonic() + PATIENCE
        while words not in self.seen:
            assert time.monotonic() < end, f"{words!r} did not come: {self.seen}"
            assert self._read(), f"{words!r} did not come, and it ended: {self.seen}"
        self.seen = self.seen.partition(words)[2]
        return self

    def types(self, text: str) -> Self:
        time.sleep(REACTION)
        os.write(self._mine, text.encode())
        return self

    def looks(self, seconds: float) -> Self:
        """Look at what comes for so long."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0 and self._read(left):
            pass
        return self

    def hangs_up(self) -> None:
        """Take the terminal away."""
        with suppress(OSError):  # it is away
            os.close(self._mine)

    def dies(self) -> int:
        """The exit code of a program whose terminal is gone."""
        return self._program.wait(PATIENCE)

    def killed(self, number: int) -> Self:
        """Send the program a signal."""
        self._program.send_signal(number)
        return self

    def ends(self) -> tuple[int, str]:
        """The exit code, and what was shown to the end."""
        while self._read():
            pass
        return self._program.wait(PATIENCE), self.seen

    def _read(self, patience: float = PATIENCE) -> bool:
        ready, _, _ = select.select([self._mine], [], [], patience)
        try:
            data = os.read(self._mine, 65_536) if ready else b""
        except OSError:  # the other end is closed
            data = b""
        self.seen += self._heard(data.decode("utf-8", "replace"))
        return bool(data)

    def _heard(self, text: str) -> str:
        """What of it counts as seen."""
        return text
