"""A list under headings: arrows and j/k move, Enter does what the line says."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option


class Choices(OptionList):
    """Headings cannot be chosen."""

    DEFAULT_CSS = """
    Choices { border: none; &:focus { border: none; } }
    Choices > .option-list--option-disabled { color: $primary; text-style: bold; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "cursor_down", "Down", id="choices.down", show=False),
        Binding("k", "cursor_up", "Up", id="choices.up", show=False),
    ]

    @property
    def highlighted_id(self) -> str:
        """The id of the line that is highlighted; empty for none."""
        option = self.highlighted_option
        return option.id or "" if option is not None else ""

    def fill(self, groups: Iterable[tuple[str, Iterable[tuple[str, Content]]]]) -> None:
        """Put lines (id, text) under their headings, in place of what was there."""
        options: list[Option] = []
        for heading, lines in groups:
            if heading:
                options += [Option("", disabled=True)] if options else []
                options.append(Option(Content(heading), disabled=True))
            options += [Option(text, id=id_) for id_, text in lines]
        self.set_options(options)

    def go_to(self, id_: str) -> None:
        """Highlight a line."""
        for number, option in enumerate(self.options):
            if option.id == id_:
                self.highlighted = number
                return
