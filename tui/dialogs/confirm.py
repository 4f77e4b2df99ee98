"""Something is shown before it is done: Enter does it, Esc does not."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from tui.dialogs.window import Window


class Confirm(Window[bool]):
    """`what` in full; the answer is True for yes."""

    DEFAULT_CSS = """
    Confirm VerticalScroll { height: auto; max-height: 16; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,y", "yes", "Yes", id="confirm.yes"),
        Binding("n", "close", "No", id="confirm.no"),
    ]

    def __init__(self, title: str, what: Content) -> None:
        super().__init__(title)
        self._what = what

    def inside(self) -> Iterable[Widget]:
        """The text, which scrolls when it is long."""
        yield VerticalScroll(Static(self._what))

    def action_yes(self) -> None:
        """Do it."""
        self.dismiss(True)
