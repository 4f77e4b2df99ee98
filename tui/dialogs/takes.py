"""How many takes of a draft are wanted."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Label, OptionList

from tui.dialogs.window import Window
from tui.shown import content

_MOST = 5


class HowMany(Window[int]):
    """The answer is a number from 1 to 5; a digit gives it at once."""

    DEFAULT_CSS = """
    HowMany > #window { width: 52; }
    HowMany #says { width: 1fr; padding: 0 0 1 0; }
    HowMany OptionList { height: auto; border: none; background: $surface; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(str(number), f"choose({number})", "Takes", id=f"takes.{number}", show=False)
            for number in range(1, _MOST + 1)
        ),
        Binding("j", "move('down')", "Down", id="takes.down", show=False),
        Binding("k", "move('up')", "Up", id="takes.up", show=False),
    ]

    def __init__(self, title: str, before: int) -> None:
        super().__init__(title)
        self._before = before

    def inside(self) -> Iterable[Widget]:
        """What it means, and the numbers."""
        yield Label(content("Each take is a draft of its own; you keep one. Type a digit."), id="says")
        words = ("1 take", *(f"{number} takes" for number in range(2, _MOST + 1)))
        yield OptionList(*(content(word) for word in words), compact=True)

    def on_mount(self) -> None:
        """Begin with what was chosen last."""
        options = self.query_one(OptionList)
        options.highlighted = self._before - 1
        options.focus()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter or a click chooses."""
        event.stop()
        self.dismiss(event.option_index + 1)

    def action_choose(self, number: int) -> None:
        """A digit chooses."""
        self.dismiss(number)

    def action_move(self, way: str) -> None:
        """The letters of lists."""
        options = self.query_one(OptionList)
        options.action_cursor_down() if way == "down" else options.action_cursor_up()
