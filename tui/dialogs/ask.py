"""One line is asked for."""

from __future__ import annotations

from collections.abc import Iterable

from textual.widget import Widget
from textual.widgets import Input, Static

from tui.dialogs.window import Window
from tui.shown import content
from tui.widgets.one_line import AnswerLine


class Ask(Window[str]):
    """The answer is what was typed, stripped; it may be empty. `hidden`: it is not shown (a key)."""

    def __init__(self, title: str, *, says: str = "", value: str = "", hidden: bool = False) -> None:
        super().__init__(title)
        self._says = says
        self._input = AnswerLine(value, password=hidden)

    def inside(self) -> Iterable[Widget]:
        """A sentence, and the line."""
        if self._says:
            yield Static(content(self._says), classes="says")
        yield self._input

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter gives the answer."""
        event.stop()
        self.dismiss(event.value.strip())
