"""What was said about a text, beside it: each remark at the height of its passage."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.visual import Visual

from tui.widgets.prose import Prose

_BAR = "▌ "
_NO_BAR = "  "


class Remark(NamedTuple):
    """One thing that stands in the margin."""

    id: str
    """What it is known by."""
    start: int | None
    """Where its passage begins in the text; None: it is about the whole, and stands on top."""
    end: int
    """Where its passage ends."""
    says: Content
    """What it says."""
    more: Content = Content("")
    """What it says besides when it is the current one."""


class Margin(ScrollView, can_focus=True):
    """Remarks beside a Prose: they move along when it is scrolled; up and down go from one to the next."""

    DEFAULT_CSS = """
    Margin { width: 1fr; height: 1fr; background: $surface; color: $text; scrollbar-size: 0 0; }
    Margin:focus { background-tint: $foreground 4%; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "step(-1)", "Remark before", id="margin.up", show=False),
        Binding("down,j", "step(1)", "Next remark", id="margin.down", show=False),
        Binding("home", "choose_at(0)", "First remark", id="margin.first", show=False),
        Binding("end", "choose_at(-1)", "Last remark", id="margin.last", show=False),
        Binding("pageup", "turn(-1)", "A page up", id="margin.page_up", show=False),
        Binding("pagedown", "turn(1)", "A page down", id="margin.page_down", show=False),
        Binding("enter", "open", "Open", id="margin.open", show=False),
    ]

    class Chosen(Message):
        """A remark became the current one by key or mouse."""

        def __init__(self, remark: Remark) -> None:
            super().__init__()
            self.remark = remark

    class Opened(Message):
        """Enter on a remark."""

        def __init__(self, remark: Remark) -> None:
            super().__init__()
            self.remark = remark

    def __init__(self, prose: Prose, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own word
        super().__init__(id=id)
        self._prose = prose
        self._remarks: tuple[Remark, ...] = ()
        self._empty = Content("")
        self._current = ""
        self._strips: list[Strip] = []
        self._tops: dict[str, tuple[int, int, int]] = {}

    def on_mount(self) -> None:
        """Follow the text."""
        self.watch(self._prose, "scroll_y", self._follow, init=False)
        self.watch(self._prose, "virtual_size", self._lay_later, init=False)

    def on_resize(self) -> None:
        """Wrap anew."""
        self._lay_later()

    @property
    def current(self) -> Remark | None:
        """The remark that keys are about."""
        return next((remark for remark in self._remarks if remark.id == self._current), None)

    def show(self, remarks: Sequence[Remark], empty: Content) -> None:
        """Put remarks there, in the order in which they stand; `empty` is said when there is none."""
        self._remarks, self._empty = tuple(remarks), empty
        self._lay_later()

    def choose(self, id_: str) -> None:
        """Make a remark the current one, and bring it into view beside its passage."""
        self._current = id_
        self._lay_later()

    def action_step(self, by: int) -> None:
        """Go to the next remark, or the one before; from the last to the first."""
        if not self._remarks:
            return
        ids = [remark.id for remark in self._remarks]
        at = ids.index(self._current) + by if self._current in ids else min(by, 0)
        self._choose(self._remarks[at % len(ids)])

    def action_choose_at(self, place: int) -> None:
        """Go to the first remark (0), or the last (-1)."""
        if self._remarks:
            self._choose(self._remarks[place])

    def action_turn(self, pages: int) -> None:
        """Turn the text, and with it the margin."""
        self._prose.scroll_relative(y=pages * self._prose.size.height, animate=False)

    def action_open(self) -> None:
        """Do what is to be done with the current remark."""
        if (remark := self.current) is not None:
            self.post_message(self.Opened(remark))

    def on_click(self, event: events.Click) -> None:
        """Make the remark that was clicked the current one."""
        y = event.y + self.scroll_offset.y
        for remark in self._remarks:
            top, bottom, _ = self._tops.get(remark.id, (0, 0, 0))
            if top <= y < bottom:
                self._choose(remark)

    def _choose(self, remark: Remark) -> None:
        self.choose(remark.id)
        self.post_message(self.Chosen(remark))

    # -- where they stand --------------------------------------------------------------------------

    def _lay_later(self) -> None:
        self.call_after_refresh(self._lay)

    def _lay(self) -> None:
        """Give each remark its lines: at the height of its passage, or below the remark before."""
        width = max(1, self.size.width - len(_BAR))
        strips: list[Strip] = []
        self._tops.clear()
        for remark in self._remarks:
            row = 0 if remark.start is None else self._row(remark.start)
            current = remark.id == self._current
            says = (
                Content.assemble(remark.says, "\n", remark.more) if current and remark.more else remark.says
            )
            top = max(row, len(strips) + 1 if strips else 0)
            strips += [Strip([])] * (top - len(strips))
            strips += self._drawn(says, width, _BAR if current else _NO_BAR)
            self._tops[remark.id] = top, len(strips), row
        self._strips = strips or self._drawn(self._empty, width, _NO_BAR)
        least = self._prose.virtual_size.height + self.size.height
        self.virtual_size = Size(self.size.width, max(len(self._strips) + self.size.height, least))
        self._follow()
        self.refresh()

    def _drawn(self, says: Content, width: int, bar: str) -> list[Strip]:
        drawn = Visual.to_strips(self, says, width, None, self.visual_style)
        return [Strip([Segment(bar, self.rich_style), *strip]) for strip in drawn]

    def _row(self, offset: int) -> int:
        return self._prose.wrapped_document.location_to_offset(self._prose.location_of(offset)).y

    def _follow(self) -> None:
        """Stand where the text stands; while its passage can be seen, the current remark is seen whole."""
        y = int(self._prose.scroll_y)
        if (remark := self.current) is not None and remark.id in self._tops:
            top, bottom, row = self._tops[remark.id]
            seen = y <= row < y + self._prose.size.height
            if seen:
                y = min(max(y, bottom - self.size.height), top)
        self.scroll_to(y=y, animate=False, force=True)
        self.refresh()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Turn both."""
        event.stop()
        self._prose.scroll_relative(y=self.app.scroll_sensitivity_y, animate=False)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Turn both."""
        event.stop()
        self._prose.scroll_relative(y=-self.app.scroll_sensitivity_y, animate=False)

    def render_line(self, y: int) -> Strip:
        """One line of what can be seen."""
        y += self.scroll_offset.y
        strip = self._strips[y] if 0 <= y < len(self._strips) else Strip([])
        return strip.adjust_cell_length(self.size.width, self.rich_style)
