"""The takes of a draft, to go from one to the other."""

from __future__ import annotations

from textual import events
from textual.content import Content
from textual.message import Message
from textual.widget import Widget


class TakeTabs(Widget):
    """One name each, the shown one reversed, the one that is the draft with a sign; a click shows another."""

    DEFAULT_CSS = """
    TakeTabs { height: 1; padding: 0 1; color: $text-muted; display: none; }
    """

    class Wanted(Message):
        """The writer wants to see a take, counting from 1."""

        def __init__(self, take: int) -> None:
            super().__init__()
            self.take = take

    def __init__(self) -> None:
        super().__init__()
        self._of = self._shown = self._kept = 0
        self._ends: list[int] = []

    def show(self, of: int, shown: int, kept: int) -> None:
        """So many takes, this one shown, that one the draft (0: not known yet)."""
        if (of, shown, kept) != (self._of, self._shown, self._kept):
            self._of, self._shown, self._kept = of, shown, kept
            self.display = of > 1
            self.refresh()

    def render(self) -> Content:
        """The names, and what one can do."""
        parts: list[Content] = []
        self._ends.clear()
        for take in range(1, self._of + 1):
            sign = "✓" if take == self._kept else " "
            style = "bold reverse" if take == self._shown else ""
            parts.append(Content.styled(f" take {take}{sign}", style))
            self._ends.append(sum(part.cell_length for part in parts))
        return Content.assemble(*parts, "   [ ] go between, p keeps one" if self._kept else "")

    def on_click(self, event: events.Click) -> None:
        """Show the take that was clicked."""
        for take, end in enumerate(self._ends, start=1):
            if event.x - 1 < end:
                self.post_message(self.Wanted(take))
                return
