"""A line to type in that may be filled with another's text: it is drawn, never obeyed."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
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


class AnswerLine(OneLine):
    """The line that a window asks for: the row of keys says that Enter is the answer."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "submit", "Done", id="answer.submit")]
