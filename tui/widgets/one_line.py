"""A line to type in that may be filled with another's text: it is drawn, never obeyed."""

from __future__ import annotations

from rich.text import Text
from textual.widgets import Input

from tui.shown import shown
from tui.widgets.in_turn import InTurn


class OneLine(Input, InTurn):
    """The value stays as it is; control characters in it are shown as pictures."""

    @property
    def _value(self) -> Text:
        if self.password:
            return super()._value
        return Text(shown(self.value), no_wrap=True, overflow="ignore", end="")
