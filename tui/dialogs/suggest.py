"""A misspelt word: what it may mean, or that it is right."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from textual.widget import Widget
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tui.dialogs.window import Window
from tui.shown import content

ADD = "\0add"
"""The answer that means: the word is right, remember it."""


class Suggest(Window[str]):
    """The answer is another word, or ADD; None leaves it as it is."""

    def __init__(self, word: str, offered: Sequence[str]) -> None:
        super().__init__(f"“{word}” is in no dictionary")
        self._offered = list(offered)

    def inside(self) -> Iterable[Widget]:
        """The suggestions, and that it is right."""
        yield OptionList(
            *(Option(content(word)) for word in self._offered),
            Option(content("It is right: add it to my words")),
        )

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter takes one."""
        event.stop()
        place = event.option_index
        self.dismiss(self._offered[place] if place < len(self._offered) else ADD)
