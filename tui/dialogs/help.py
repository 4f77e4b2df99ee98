"""What one does here, and every key that works here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import ClassVar, NamedTuple

from rich.cells import cell_len
from textual.app import App
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.dom import DOMNode
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input, Markdown, Static, TextArea

from tui.dialogs.window import Window
from tui.where import spoken

_HERE, _TEXT, _LISTS, _EVERYWHERE = "Here", "While you type", "In lists and pages", "Everywhere"
_ORDER = (_HERE, _TEXT, _LISTS, _EVERYWHERE)
_PLAIN = {
    "Focus Next": "Next pane or field",
    "Focus Previous": "Pane or field before",
    "Scroll Up": "Up",
    "Scroll Down": "Down",
    "Scroll Left": "To the left",
    "Scroll Right": "To the right",
    "Scroll Home": "To the beginning",
    "Scroll End": "To the end",
    "Delete right to start of word": "Delete to the end of the word",
}
"""What Textual calls in its own way."""
_MOST_KEYS = 3
"""So many keys for one thing are named."""
_RARE = re.compile(r"Super\+|F(1[3-9]|2\d)$")
"""Other names of keys that have one already: Shift+F7 is F19 to some terminals."""
_KEY_CELLS = 20


class Row(NamedTuple):
    """One thing that keys do."""

    group: str
    keys: str
    says: str


class Help(Window[None]):
    """The help of the screen below it."""

    DEFAULT_CSS = """
    Help.-wide > #window { width: 100; max-width: 96%; }
    Help Markdown { padding: 0; margin: 0 0 1 0; background: $surface; }
    Help MarkdownBlock { margin: 0 0 1 0; }
    Help VerticalScroll:focus { background-tint: transparent 0%; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "scroll(1)", "Down", id="help.down", show=False),
        Binding("k,up", "scroll(-1)", "Up", id="help.up", show=False),
        Binding("question_mark,f1", "close", "Close", id="help.close", show=False),
    ]

    def __init__(self, below: Screen[object], files: str) -> None:
        super().__init__("Help")
        self.add_class("-wide")
        self._text = getattr(below, "HELP", "")
        self._rows = rows(below)
        self._files = files

    def inside(self) -> Iterable[Widget]:
        """The text of the place, then the keys."""
        with VerticalScroll():
            if self._text:
                yield Markdown(self._text, open_links=False)
            yield Static(listed(self._rows))
            palette = _displays(self.app, Binding("ctrl+p", "", "", id="app.palette"))[0]
            yield Static(Content(f"\nColours: {palette}, then theme.\nYour own keys: {self._files}"))

    def action_scroll(self, by: int) -> None:
        """Scroll by a line."""
        self.query_one(VerticalScroll).scroll_relative(y=by, animate=False)


def rows(screen: Screen[object]) -> list[Row]:
    """Every key that works on a screen: its own, those of all that stands on it, and the app's."""
    found: dict[tuple[str, str], list[str]] = {}
    app = screen.app
    nodes: list[DOMNode] = [*([] if screen.is_modal else [app]), screen, *screen.walk_children(Widget)]
    for node in nodes:
        for bindings in node._bindings.key_to_bindings.values():  # noqa: SLF001 - there is no other way
            for binding in bindings:
                if not binding.id and isinstance(node, Widget) and not (node.focusable or node is screen):
                    continue  # Textual's own, and never reached
                if not binding.description or app._check_action_state(binding.action, node) is False:  # noqa: SLF001
                    continue
                told = (_group(node, binding, screen), meaning(binding))
                keys = found.setdefault(told, [])
                keys += [key for key in _displays(app, binding) if key not in keys]
    ordered = sorted(found.items(), key=lambda item: _ORDER.index(item[0][0]))
    return [Row(group, _listed_keys(keys), says) for (group, says), keys in ordered]


def _listed_keys(keys: list[str]) -> str:
    """Keys that do the same, or are of the same kind: `Enter or l`; `Alt+1 to Alt+7`."""
    stems = {key[:-1] for key in keys}
    in_a_row = [key[-1:] for key in keys] == [str(number) for number in range(1, len(keys) + 1)]
    if len(keys) > 2 and len(stems) == 1 and in_a_row:
        return f"{keys[0]} to {keys[-1]}"
    common = [key for key in keys if not _RARE.match(key)] or keys
    return " or ".join(common[:_MOST_KEYS])


def meaning(binding: Binding) -> str:
    """What a key does, in a few words."""
    return binding.tooltip or _PLAIN.get(binding.description, binding.description)


def _displays(app: App[object], binding: Binding) -> list[str]:
    """The keys of a binding as a person calls them, or those that the user chose."""
    chosen: Mapping[str, str] = app._keymap  # noqa: SLF001 - there is no other way
    keys = chosen.get(binding.id or "", binding.key).split(",")
    return [spoken(key.strip()) for key in keys]


def _group(node: DOMNode, binding: Binding, screen: Screen[object]) -> str:
    if isinstance(node, App) or (binding.id or "").startswith(("place.", "split.")):
        return _EVERYWHERE
    if binding.id:
        return _HERE
    if isinstance(node, Input | TextArea):
        return _TEXT
    return _EVERYWHERE if node is screen else _LISTS


def listed(told: Iterable[Row]) -> Content:
    """The keys under the headings of their groups, in two columns."""
    parts: list[Content] = []
    group = ""
    for row in told:
        if row.group != group:
            group = row.group
            parts.append(Content.styled(f"{'' if len(parts) == 0 else chr(10)}{group}", "bold"))
        gap = " " * max(2, _KEY_CELLS - cell_len(row.keys))
        parts.append(Content.assemble("  ", Content.styled(row.keys, "bold"), gap, row.says))
    return Content("\n").join(parts)
