"""The colours of the desk, seen while one chooses."""

from __future__ import annotations

from collections.abc import Iterable

from textual.widgets import OptionList

from tui.dialogs.find import Find, Item
from tui.themes import THEMES


class Themes(Find):
    """Moving shows a theme, Enter keeps it, Esc goes back to the one before."""

    def __init__(self, names: Iterable[str], current: str) -> None:
        own = [theme.name for theme in THEMES]
        rest = sorted(set(names) - set(own))
        says = {theme.name: "dark" if theme.dark else "light" for theme in THEMES}
        choices = [Item(name, name, says.get(name, "comes with Textual")) for name in (*own, *rest)]
        super().__init__("Theme", choices, current=current)
        self._before = current

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Show it."""
        event.stop()
        if event.option.id:
            self.app.theme = event.option.id

    def action_close(self) -> None:
        """Stay with the one before."""
        self.app.theme = self._before
        super().action_close()
