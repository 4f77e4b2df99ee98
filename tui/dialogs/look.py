"""Windows with texts before and after, in full size: to look at, or to decide."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Static

from tui.dialogs.window import Window
from tui.shown import content
from tui.widgets.files import Files, Pair


class Look(Window[bool]):
    """Texts side by side, below a sentence."""

    DEFAULT_CSS = """
    Look #look-says { height: auto; max-height: 6; }
    """

    def __init__(self, title: str, says: str, pairs: Sequence[Pair]) -> None:
        super().__init__(title)
        self.add_class("-wide")
        self._says, self._pairs = says, pairs

    def inside(self) -> Iterable[Widget]:
        """The sentence and the texts."""
        yield Static(content(self._says), id="look-says")
        yield Files(self._pairs)


class Preview(Look):
    """What would be done: Enter does it (the answer is True), Esc does not."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "yes", "Do it", id="preview.yes"),
        Binding("escape", "close", "Leave it", id="preview.close"),
    ]

    def action_yes(self) -> None:
        """Do it."""
        self.dismiss(True)
