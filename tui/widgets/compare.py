"""Two texts side by side, with what differs marked on both, and a way to step through it."""

from __future__ import annotations

import asyncio
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Label

from feedback.align import changes
from loop.model import Change
from tui.shown import content
from tui.widgets.changes import draft_marks, final_marks
from tui.widgets.prose import Prose
from tui.widgets.split import Split


def text_in_focus(sides: Widget) -> str:
    """The text of the side in which the focus is; of the right one when it is in neither."""
    texts = list(sides.query(Prose))
    return next((one.text for one in texts if one.has_focus), texts[-1].text)


class Compare(Split):
    """`show` puts two texts there; n and N go from one Change to the next, on both sides."""

    DEFAULT_CSS = """
    Compare > Vertical { width: 1fr; }
    Compare Label { width: 1fr; background: $surface; padding: 0 1; text-style: bold; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "step(1)", "Next change", id="compare.next"),
        Binding("N,p", "step(-1)", "Change before", id="compare.previous", show=False),
    ]

    class Compared(Message):
        """The Changes between the two texts are known and marked."""

        def __init__(self, found: tuple[Change, ...]) -> None:
            super().__init__()
            self.changes = found

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own word
        sides = ("before", "after")
        super().__init__(
            *(
                Vertical(Label(id=f"{side}-title"), Prose(read_only=True, id=f"{side}-text"), id=side)
                for side in sides
            ),
            id=id,
        )
        self.changes: tuple[Change, ...] = ()
        self._current = -1

    @work(exclusive=True)
    async def show(self, before: str, after: str, titles: tuple[str, str]) -> None:
        """Put two texts there, and mark what differs; the first Change is the current one."""
        left, right = self.query_one("#before-text", Prose), self.query_one("#after-text", Prose)
        for side, title in zip(("before", "after"), titles, strict=True):
            self.query_one(f"#{side}-title", Label).update(content(title))
        left.load_text(before)
        right.load_text(after)
        self.changes, self._current = await asyncio.to_thread(changes, before, after), -1
        self._mark()
        if self.changes:
            self.action_step(1)
        self.post_message(self.Compared(self.changes))

    def action_step(self, by: int) -> None:
        """Go to another Change, and show it on both sides."""
        if not self.changes:
            return
        self._current = (self._current + by) % len(self.changes)
        self._mark()
        change = self.changes[self._current]
        self.query_one("#before-text", Prose).show_offset(change.draft_start)
        self.query_one("#after-text", Prose).show_offset(change.final_start)

    def _mark(self) -> None:
        current = self.changes[self._current].id if self._current >= 0 else ""
        self.query_one("#before-text", Prose).mark("changes", draft_marks(self.changes, current))
        self.query_one("#after-text", Prose).mark("changes", final_marks(self.changes, current))
