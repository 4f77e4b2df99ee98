"""How long a program takes until words stand on its terminal."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

_PATIENCE = 60.0
_STYLES = re.compile(rb"\x1b\[[0-9;:?]*[A-Za-z]")
_SIZE = struct.pack("HHHH", 24, 80, 0, 0)


def until(
    argv: Sequence[str], words: Sequence[str], environment: Mapping[str, str], folder: str | Path
) -> list[float]:
    """Seconds from a program's start until each of the words stood on its 80x24 terminal, in this order."""
    mine, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, _SIZE)
    start = time.perf_counter()
    with subprocess.Popen(
        argv,
        env=dict(environment),
        cwd=folder,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    ) as program:
        os.close(theirs)
        try:
            return _times(mine, words, start)
        finally:
            program.kill()
            os.close(mine)


def _times(terminal: int, words: Sequence[str], start: float) -> list[float]:
    seen, times = b"", []
    for word in words:
        while word.encode() not in _STYLES.sub(b"", seen):
            ready, _, _ = select.select([terminal], [], [], _PATIENCE)
            data = os.read(terminal, 1 << 16) if ready else b""
            assert data, f"{word!r} did not come: {seen[-2000:]!r}"
            seen += data
        times.append(time.perf_counter() - start)
    return times


REDRAFT = (sys.executable, "-P", "-m", "loop")
"""What is typed in a project to open the desk."""


def program(text: str) -> list[str]:
    """The line that runs a program."""
    return [sys.executable, "-P", "-c", text]


def environment(home: str | Path) -> dict[str, str]:
    """A writer's environment, and nothing of the developer's."""
    Path(home, ".gitconfig").write_text(
        "[user]\n\tname = Ann Lee\n\temail = ann@example.org\n", encoding="utf-8"
    )
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "XDG_", "TEXTUAL"))
    }
    root = str(Path(__file__).resolve().parents[2])
    return {
        **kept,
        "HOME": str(home),
        "PYTHONPATH": root,
        "TERM": "xterm-256color",
        "GIT_CONFIG_NOSYSTEM": "1",
    }
