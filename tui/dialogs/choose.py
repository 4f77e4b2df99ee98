"""One of several is chosen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Label, OptionList
from textual.widgets.option_list import Option

from tui.dialogs.window import Window
from tui.shown import content


class Choose(Window[str]):
    """The answer is the id of what was chosen. `chosen` is under the cursor at first."""

    DEFAULT_CSS = """
    Choose OptionList, Choose OptionList:focus { height: auto; max-height: 16; border: none; padding: 0; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "move(1)", "Down", id="choose.down", show=False),
        Binding("k", "move(-1)", "Up", id="choose.up", show=False),
    ]

    def __init__(
        self, title: str, choices: Sequence[tuple[str, Content]], *, says: str = "", chosen: str = ""
    ) -> None:
        super().__init__(title)
        self._choices, self._says, self._chosen = choices, says, chosen

    def inside(self) -> Iterable[Widget]:
        """A sentence, and the list."""
        if self._says:
            yield Label(content(self._says))
        yield OptionList(*(Option(text, id=id_) for id_, text in self._choices))

    def on_mount(self) -> None:
        """Begin at what is likely."""
        ids = [id_ for id_, _ in self._choices]
        self.query_one(OptionList).highlighted = ids.index(self._chosen) if self._chosen in ids else 0

    def action_move(self, by: int) -> None:
        """One on."""
        list_ = self.query_one(OptionList)
        if by > 0:
            list_.action_cursor_down()
        else:
            list_.action_cursor_up()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter or a click."""
        event.stop()
        self.dismiss(event.option_id)
