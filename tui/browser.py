"""A browser as the desk's terminal: when nobody is at the other end any more, the desk ends."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from textual.drivers.web_driver import WebDriver

if TYPE_CHECKING:
    from tui.app import Desk


class Browser(WebDriver):
    """Textual's own, but it ends the app when `redraft serve` is gone, however that ended."""

    def __init__(self, app: Desk, **settings: Any) -> None:
        super().__init__(app, **settings)
        self._write = cast("Any", partial(_written, self._write, app))

    def run_input_thread(self) -> None:
        """Take what comes from the browser, until nothing can come any more."""
        super().run_input_thread()
        if not self.exit_event.is_set():
            cast("Desk", self._app).hang_up()


def _written(write: Any, desk: Desk, data: bytes) -> None:
    try:
        while data:  # a pipe may take a part
            data = data[write(data) :]
    except OSError:
        with suppress(RuntimeError):
            desk.hang_up()
