"""Panes beside each other, whose borders can be moved by mouse and by key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

_STEP = 2
"""Cells by which a key moves a border."""
_LEAST = 12
"""Cells that a pane keeps."""


WIDENING: tuple[Binding, ...] = (
    Binding("less_than_sign", f"widen(-{_STEP})", "Narrower", id="split.narrower", show=False),
    Binding("greater_than_sign", f"widen({_STEP})", "Wider", id="split.wider", show=False),
)
"""The keys that move a border; also for what stands around a Split, and hands them on to it."""


class Divider(Widget):
    """The border behind a pane; dragging it makes the pane wider or narrower."""

    DEFAULT_CSS = """
    Divider { width: 1; height: 1fr; color: $panel; }
    Divider:hover, Divider.-dragged { color: $primary; }
    """

    def __init__(self, pane: Widget) -> None:
        super().__init__()
        self._pane = pane

    def render(self) -> Content:
        """A line from top to bottom."""
        return Content("\n".join("│" * self.size.height))

    def move(self, to: int) -> None:
        """Give the pane so many cells, and leave some for the last one, which pays for it."""
        split = self.parent
        spare = split.children[-1].outer_size.width - _LEAST if isinstance(split, Split) else 0
        self._pane.styles.width = max(_LEAST, min(to, self._pane.outer_size.width + spare))
        if isinstance(split, Split):
            split.fit()

    def move_by(self, cells: int) -> None:
        """Give the pane so many cells more."""
        self.move(self._pane.outer_size.width + cells)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Take hold of it."""
        event.stop()
        self.capture_mouse()
        self.add_class("-dragged")

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Move it along."""
        if self.has_class("-dragged"):
            self.move(event.screen_x - self._pane.region.x)

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Let it go."""
        event.stop()
        self.release_mouse()
        self.remove_class("-dragged")
        self.post_message(self.Moved(self._pane))

    class Moved(Message):
        """The border stands elsewhere now."""

        def __init__(self, pane: Widget) -> None:
            super().__init__()
            self.pane = pane


class Split(Horizontal):
    """The panes, each but the last with a width of its own in its styles; < and > move the first border.

    Where a pane and the split have an id, its width is remembered from one day to the next.
    """

    DEFAULT_CSS = """
    Split { height: 1fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [*WIDENING]

    def __init__(self, *panes: Widget, id: str | None = None) -> None:  # noqa: A002 - Textual's own word
        super().__init__(id=id)
        self._panes = panes

    def compose(self) -> ComposeResult:
        """A border between every two panes."""
        for pane in self._panes[:-1]:
            yield pane
            yield Divider(pane)
        yield self._panes[-1]

    def on_mount(self) -> None:
        """Panes are as wide as they were left."""
        for pane in self._panes[:-1]:
            if cells := self._remembered().get(self._name_of(pane)):
                pane.styles.width = max(_LEAST, cells)

    def on_resize(self) -> None:
        """In a narrow window every pane keeps a little."""
        self.fit()

    def fit(self) -> None:
        """Let no pane be wider than leaves a little for those behind it."""
        spare = self.size.width - len(self._panes) * (_LEAST + 1) + 1
        for pane in self._panes[:-1]:
            pane.styles.max_width = _LEAST + max(0, spare)
            wanted = pane.styles.width
            if wanted is not None and wanted.is_cells:
                spare -= max(0, min(int(wanted.value) - _LEAST, spare))

    def action_widen(self, cells: int) -> None:
        """Move the first border."""
        divider = self.query(Divider).first()
        divider.move_by(cells)
        self.call_after_refresh(self.post_message, Divider.Moved(self._panes[0]))

    def on_divider_moved(self, event: Divider.Moved) -> None:
        """Remember where the border stands."""
        event.stop()
        tastes = getattr(self.app, "tastes", None)
        if tastes is not None and self.id and event.pane.id:
            tastes.keep_pane(self._name_of(event.pane), event.pane.outer_size.width)

    def _name_of(self, pane: Widget) -> str:
        return f"{self.id}.{pane.id}" if self.id and pane.id else ""

    def _remembered(self) -> Mapping[str, int]:
        tastes = getattr(self.app, "tastes", None)
        return tastes.panes if tastes is not None else {}
