"""A rule in the writer's own words."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Label

from tui.dialogs.window import Window
from tui.shown import content
from tui.widgets.prose import Prose


class _OneParagraph(Prose):
    """Enter ends it, and begins no other."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "screen.keep", "Keep", id="words.enter", priority=True),
    ]


class OwnWords(Window[str]):
    """The answer is the text as it was left; Enter keeps it, or Ctrl+S where it may have several lines.

    `typed` is called with the text whenever it is another one, and `safe` says whether it is written down.
    """

    DEFAULT_CSS = """
    OwnWords Prose { height: 8; border: round $panel; }
    OwnWords Label { width: 1fr; padding: 0 0 1 0; }
    """
    WRITES = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "screen.keep", "Keep", id="words.keep", priority=True),
    ]

    def __init__(
        self,
        title: str,
        text: str,
        *,
        says: str,
        several: bool = False,
        typed: Callable[[str], None],
        safe: Callable[[], bool],
    ) -> None:
        super().__init__(title)
        self._says = says
        self._typed, self._is_safe = typed, safe
        self._text = Prose(text) if several else _OneParagraph(text)

    def inside(self) -> Iterable[Widget]:
        """What happens to it, and the text."""
        yield Label(content(self._says))
        yield self._text

    def on_mount(self) -> None:
        """Begin behind the last word."""
        self._text.focus()
        self._text.move_cursor(self._text.document.end)

    def on_text_area_changed(self) -> None:
        """It is looked after while it is typed."""
        self._typed(self._text.taken())

    def unkept(self) -> str:
        """Only what could not be written down would be lost."""
        self.put_away()
        return "" if self._is_safe() else super().unkept()

    def put_away(self) -> None:
        """The last key counts, too."""
        if self.changed:
            self._typed(self._text.taken())

    def action_keep(self) -> None:
        """Take the words."""
        self.dismiss(self._text.taken().strip() or None)
