"""A longer report, to be read in full."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar, cast

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widget import Widget
from textual.widgets import Static

from loop.render.layout import flowed, in_a_window
from tui.dialogs.window import Window
from tui.hints import at_desk
from tui.shown import styled

if TYPE_CHECKING:
    from loop.model import Record
    from tui.app import Desk


class Report(Window[None]):
    """People's `texts` as they are; below them what a verb's result says on the command line."""

    DEFAULT_CSS = """
    Report VerticalScroll { height: 1fr; }
    Report VerticalScroll:focus { background-tint: transparent 0%; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "close", "Close", id="report.close", show=False),
        Binding("y", "copy", "Copy", id="report.copy"),
        Binding("j,down", "scroll(1)", "Down", id="report.down", show=False),
        Binding("k,up", "scroll(-1)", "Up", id="report.up", show=False),
    ]

    def __init__(self, title: str, verb: str, result: Record, texts: str = "") -> None:
        super().__init__(title)
        self.add_class("-wide")
        self._verb, self._result, self._texts = verb, result, texts
        self._text = ""

    def inside(self) -> Iterable[Widget]:
        """The report."""
        yield VerticalScroll(Static(id="report", markup=False))

    def on_mount(self) -> None:
        """Lay it out for the room that there is."""
        self.query_one(VerticalScroll).focus()
        self.call_after_refresh(self._show)

    def _show(self) -> None:
        from loop.render import render

        with in_a_window(max(40, self.query_one(VerticalScroll).scrollable_content_region.width - 1)):
            said = at_desk(flowed(render(self._verb, self._result)), cast("Desk", self.app).keymap)
            self._text = "\n\n".join(filter(None, [flowed(self._texts), said]))
        self.query_one("#report", Static).update(styled(self._text))

    def action_copy(self) -> None:
        """Copy all of it."""
        cast("Desk", self.app).copy(styled(self._text).plain)

    def action_scroll(self, by: int) -> None:
        """Scroll by a line."""
        self.query_one(VerticalScroll).scroll_relative(y=by, animate=False)
