"""A framed part of a place, with a title."""

from __future__ import annotations

from collections.abc import Callable

from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget


class Panel(Vertical):
    """Holds widgets; its title stands in the frame."""

    DEFAULT_CSS = """
    Panel { height: auto; border: round $panel; border-title-color: $primary; padding: 0 1; }
    """

    def __init__(self, title: str, *inside: Widget, id: str | None = None) -> None:  # noqa: A002
        super().__init__(*inside, id=id)
        self.border_title = title


class Page(Widget):
    """A few lines that change as a whole, and may be laid out for the width that there is."""

    DEFAULT_CSS = """
    Page { height: auto; width: 1fr; }
    """

    def __init__(self, text: str, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._layout = _as_it_is(Content(text))

    def say(self, text: Content) -> None:
        """Show a text as it is."""
        self.lay_out(_as_it_is(text))

    def lay_out(self, layout: Callable[[int], Content]) -> None:
        """Show what `layout` makes of so many cells of width."""
        self._layout = layout
        self.refresh(layout=True)

    def render(self) -> Content:
        """The lines, for the width that there is now."""
        return self._layout(self.content_size.width)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """How many lines there are at a width."""
        del container, viewport
        return len(self._layout(width).wrap(max(1, width)))


def _as_it_is(text: Content) -> Callable[[int], Content]:
    return lambda _: text


class Scroll(VerticalScroll):
    """Scrolls; the keyboard comes here only where there is more than fits."""

    def allow_focus(self) -> bool:
        """Whether there is anything to scroll."""
        return self.max_scroll_y > 0
