"""How the desk ends when nobody asked it to: signals, and a terminal that is gone."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import TYPE_CHECKING

from textual.driver import Driver

from loop.leaving import BY_SIGNAL

if TYPE_CHECKING:
    from tui.app import Desk

_SIGNALS = ("SIGHUP", "SIGTERM")


def listen(desk: Desk) -> None:
    """Let SIGHUP and SIGTERM end the desk as its own quit would: texts are put away, verbs stopped."""
    on_signals(_SIGNALS, lambda number: desk.hang_up(BY_SIGNAL + number))


def on_signals(names: Iterable[str], heard: Callable[[int], object]) -> None:
    """Let the running loop call `heard` at these; but not at one that is ignored already."""
    for number in (getattr(signal, name) for name in names if hasattr(signal, name)):
        if signal.getsignal(number) is signal.SIG_IGN:
            continue  # whoever started it, as with nohup, wants it to outlive the terminal
        with suppress(NotImplementedError):  # Windows
            asyncio.get_running_loop().add_signal_handler(number, heard, int(number))


def enduring(driver: type[Driver]) -> type[Driver]:
    """The driver of a Unix terminal, exchanged for one that outlives the terminal; others as they are."""
    if driver.__name__ != "LinuxDriver":
        return driver
    from tui.terminal import Terminal

    return Terminal
