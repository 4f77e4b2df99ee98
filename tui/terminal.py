"""The terminal as the desk uses it: when it is gone, the desk ends instead of hanging or spinning."""

from __future__ import annotations

import select
from collections.abc import Callable
from contextlib import suppress
from threading import Thread
from typing import IO, TYPE_CHECKING, Any, cast

from textual.drivers.linux_driver import LinuxDriver

if TYPE_CHECKING:
    from tui.app import Desk


class Terminal(LinuxDriver):
    """Textual's own, but a terminal that went away without a signal ends the app.

    Textual's thread that writes would die of it, and the app wait for that thread for ever; the one that
    reads would find the end of the input again and again.
    """

    def __init__(self, app: Desk, **settings: Any) -> None:
        super().__init__(app, **settings)
        self._file: Any = _Enduring(cast("IO[str]", self._file), app.hang_up)
        self._looks_after = Thread(target=self._look_after, name="hang-up", daemon=True)

    def start_application_mode(self) -> None:
        """Look after the terminal from now on, also while it is lent to another program."""
        super().start_application_mode()  # type: ignore[no-untyped-call]
        if self._looks_after.ident is None:  # it comes here each time that the terminal is given back
            self._looks_after.start()

    def run_input_thread(self) -> None:
        """Read what is typed, until there is nobody to type."""
        try:
            super().run_input_thread()
        except OSError:
            cast("Desk", self._app).hang_up()

    def _look_after(self) -> None:
        gone = select.poll()
        gone.register(self.fileno, 0)
        if any(what & select.POLLHUP for _, what in gone.poll()):  # it waits until there is something
            cast("Desk", self._app).hang_up()


class _Enduring:
    """A file into which one can always write, also when nobody reads it any more."""

    def __init__(self, file: IO[str], gone: Callable[[], None]) -> None:
        self._write, self._flush, self.fileno = file.write, file.flush, file.fileno
        self._gone = gone

    def write(self, text: str) -> None:
        """Show it, if there is anybody to see it."""
        try:
            self._write(text)
        except (OSError, ValueError):
            self._gone()

    def flush(self) -> None:
        """Show what was written."""
        with suppress(OSError, ValueError):
            self._flush()
