"""A list to choose from, narrowed by typing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar, NamedTuple

from rich.cells import cell_len
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Label, OptionList
from textual.widgets.option_list import Option

from tui.dialogs.window import Window
from tui.shown import content
from tui.widgets.one_line import OneLine


class Item(NamedTuple):
    """One line of the list."""

    id: str
    name: str
    """How it is called; what is typed is looked for here first."""
    says: str = ""
    """What it is, behind its name."""
    where: str = ""
    """Where it leads, at the right."""


class Find(Window[str]):
    """The answer is the id of what was chosen."""

    DEFAULT_CSS = """
    Find OptionList {
        height: auto; max-height: 1fr; border: none;
        background: $surface; padding: 0; scrollbar-gutter: stable;
    }
    Find > #window { height: 90%; }
    Find Input { border: none; height: 1; padding: 0; background: $panel; margin: 0 0 1 0; }
    Find Input:focus { border: none; }
    Find Label.none { color: $text-muted; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", "Choose", id="find.choose", show=False),
        Binding("down,ctrl+n", "move('cursor_down')", "Down", id="find.down", show=False),
        Binding("up", "move('cursor_up')", "Up", id="find.up", show=False),
        Binding("pagedown", "move('page_down')", "A page down", id="find.page-down", show=False),
        Binding("pageup", "move('page_up')", "A page up", id="find.page-up", show=False),
    ]

    def __init__(self, title: str, choices: Sequence[Item], *, current: str = "") -> None:
        super().__init__(title)
        self._choices = choices
        self._current = current

    def inside(self) -> Iterable[Widget]:
        """What is typed, and what there is."""
        yield OneLine(placeholder="Type to find; Enter chooses")
        yield OptionList()
        yield Label("Nothing is called so. Esc, then ? lists the keys of this place.", classes="none")

    def on_mount(self) -> None:
        """Show everything; the list is moved through from the line that is typed in."""
        self.query_one(OptionList).can_focus = False
        self.call_after_refresh(self._fill, "")

    def on_resize(self) -> None:
        """Lines have another width now."""
        self.call_after_refresh(self._fill, self.query_one(Input).value)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Narrow the list."""
        event.stop()
        self._fill(event.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter chooses."""
        event.stop()
        self.action_choose()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """So does a click."""
        event.stop()
        self.dismiss(event.option.id)

    def action_choose(self) -> None:
        """Take what is marked."""
        if (marked := self.marked()) is not None:
            self.dismiss(marked)

    def action_move(self, how: str) -> None:
        """Mark another line."""
        getattr(self.query_one(OptionList), f"action_{how}")()

    def marked(self) -> str | None:
        """The id of the marked line."""
        options = self.query_one(OptionList)
        if options.highlighted is None:
            return None
        return options.get_option_at_index(options.highlighted).id

    def _fill(self, typed: str) -> None:
        options = self.query_one(OptionList)
        found = narrowed(self._choices, typed)
        width = max(20, options.scrollable_content_region.width)
        names = max((cell_len(choice.name) for choice in self._choices), default=0)
        before = self.marked() or self._current
        options.clear_options()
        options.add_options([Option(_line(choice, names, width), id=choice.id) for choice in found])
        ids = [choice.id for choice in found]
        options.highlighted = (ids.index(before) if before in ids and not typed else 0) if ids else None
        self.query_one("Label.none").display = not found


def narrowed(choices: Sequence[Item], typed: str) -> list[Item]:
    """Those that have every typed word somewhere; those whose name begins with it stand first."""
    words = typed.casefold().split()
    fits = [
        choice
        for choice in choices
        if all(word in f"{choice.name} {choice.says} {choice.where}".casefold() for word in words)
    ]
    return sorted(fits, key=lambda choice: _distance(choice, words))


def _distance(choice: Item, words: Sequence[str]) -> int:
    name = choice.name.casefold()
    if not words:
        return 0
    return 0 if name.startswith(words[0]) else 1 if words[0] in name else 2


def _line(choice: Item, names: int, width: int) -> Content:
    room = width - names - 2 - (cell_len(choice.where) + 2 if choice.where else 0)
    says = content(choice.says).truncate(max(0, room), ellipsis=True, pad=True)
    name = content(choice.name, "bold").truncate(names, pad=True)
    return (
        Content.assemble(name, "  ", says, "  ", choice.where)
        if choice.where
        else Content.assemble(name, "  ", says)
    )
