"""A person at a real terminal."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import time
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

    def __init__(self, folder: Path, *words: str) -> None:
        self._mine, theirs = pty.openpty()
        self.seen = ""
        self._program = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, *words],
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
        os.close(self._mine)

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

    def ends(self) -> tuple[int, str]:
        """The exit code, and what was shown to the end."""
        while self._read():
            pass
        return self._program.wait(PATIENCE), self.seen

    def _read(self) -> bool:
        ready, _, _ = select.select([self._mine], [], [], PATIENCE)
        try:
            data = os.read(self._mine, 65_536) if ready else b""
        except OSError:  # the other end is closed
            data = b""
        self.seen += data.decode("utf-8", "replace")
        return bool(data)
