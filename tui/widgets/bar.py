"""The bar at the top: the places, the project, and what goes on elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from textual import events
from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

from tui.places import PLACES
from tui.shown import content
from tui.where import leads_to

if TYPE_CHECKING:
    from loop.verbs.status import Result as Status
    from tui.app import Desk

_GAP = "  "
_LEAST = Size(40, 10)
"""Cells below which nothing can be read; all is there again when the window is larger."""


class Bar(Widget):
    """The names of the places with their keys; a click leads there.

    `…` stands where something is at work, `!` where it goes wrong, `•` where something waits for the writer.
    """

    DEFAULT_CSS = """
    Bar { height: 1; background: $panel; color: $text-muted; }
    """

    def __init__(self, here: str) -> None:
        super().__init__()
        self._here = here
        self._ends: list[tuple[int, str]] = []

    def on_mount(self) -> None:
        """Follow what is at work, and which project is open."""
        self.watch(self.app, "busy", self._on_news, init=False)
        self.watch(self.app, "alarmed", self._on_news, init=False)
        self.watch(self.app, "status", self._on_news, init=False)
        self.watch(self.app, "sub_title", self._on_news, init=False)

    def _on_news(self) -> None:
        self.refresh()

    def render(self) -> Content:
        """Places, then the project's name where there is room."""
        if self.screen.size.width < _LEAST.width or self.screen.size.height < _LEAST.height:
            return Content(" Window too small")
        parts: list[Content] = [Content(" ")]
        self._ends.clear()
        for place in PLACES:
            style = "bold reverse" if place.id == self._here else ""
            key = leads_to(place.id, self._keymap)
            parts.append(Content.styled(f" {key} {place.title}{self._sign(place.id)}", style))
            self._ends.append((sum(part.cell_length for part in parts), place.id))
        named = Content.assemble(content(self.app.sub_title), " ")
        names = Content.assemble(*parts)
        room = self.size.width - names.cell_length - named.cell_length
        return Content.assemble(names, " " * room, named) if room > len(_GAP) else names

    @property
    def _keymap(self) -> Mapping[str, str]:
        return cast("Desk", self.app).keymap

    def _sign(self, place: str) -> str:
        if place in getattr(self.app, "alarmed", ()):
            return "!"
        if place in getattr(self.app, "busy", ()):
            return "…"
        status: Status | None = getattr(self.app, "status", None)
        return "•" if place == "learn" and status is not None and status.waiting else " "

    def on_click(self, event: events.Click) -> None:
        """Go to the place that was clicked."""
        for end, place in self._ends:
            if event.x < end:
                self.app.switch_mode(place)
                return
