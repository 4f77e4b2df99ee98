"""A real terminal: tmux shows the desk, keys are sent, the screen is read."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import loop

PATIENCE = 120.0
"""Seconds until words must stand on the screen: the embedded model writes about 80 tokens a second."""
_LOOK = 0.1


class Terminal:
    """A person who types `redraft ...` in a window of tmux, on a server of its own."""

    def __init__(self, folder: Path, *words: str, size: tuple[int, int], socket: Path) -> None:
        self._tmux = ("tmux", "-S", str(socket), "-f", os.devnull)
        program = shlex.join((sys.executable, "-P", "-m", "loop", *words))
        environment = {**os.environ, "PYTHONPATH": str(Path(loop.__file__).parents[1])}
        environment.pop("TMUX", None)
        # what ends is told: a screen that only goes away could be anything
        line = f"{program}; echo it ended with $?; exec sleep 600"
        size_words = ("-x", str(size[0]), "-y", str(size[1]))
        subprocess.run(
            [*self._tmux, "new-session", "-d", *size_words, "-c", str(folder), line],
            env=environment,
            check=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        subprocess.run([*self._tmux, "kill-server"], check=False, capture_output=True)

    def screen(self) -> str:
        """What stands on the screen now."""
        shown = subprocess.run(
            [*self._tmux, "capture-pane", "-p"], check=True, capture_output=True, text=True
        )
        return shown.stdout

    def sees(self, *words: str) -> Self:
        """Wait until all of these stand on the screen; frames and line breaks between words do not count."""
        end = time.monotonic() + PATIENCE
        while True:
            screen = self.screen()
            flat = " ".join(re.sub(r"[│┃▌▐▏▎╭╮╰╯─━]", " ", screen).split())
            if all(word in flat for word in words):
                return self
            assert time.monotonic() < end, f"{words} did not come:\n{screen}"
            time.sleep(_LOOK)

    def presses(self, *keys: str) -> Self:
        """Press keys by tmux's names (Enter, Escape, C-s, ...)."""
        subprocess.run([*self._tmux, "send-keys", *keys], check=True)
        return self

    def types(self, text: str) -> Self:
        """Type a text as it is."""
        subprocess.run([*self._tmux, "send-keys", "-l", "--", text], check=True)
        return self
