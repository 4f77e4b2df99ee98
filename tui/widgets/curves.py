"""The learning curves as plots: how much the writer changed, and what would have to be changed again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content, Span
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Static

from loop.counts import count, percent
from loop.model import Estimate
from tui.shown import content
from tui.widgets.drawing import (
    BOTH,
    CHOSEN,
    INTERVAL,
    MEAN,
    NOW,
    OTHER,
    OTHER_INTERVAL,
    Point,
    Scale,
    draw,
)

if TYPE_CHECKING:
    from loop.curve import CurvePoint, RecurrencePoint

_LOOKS = {
    MEAN: "$primary bold",
    BOTH: "$primary bold",
    INTERVAL: "$primary",
    OTHER: "$secondary",
    OTHER_INTERVAL: "$secondary",
    NOW: "$success bold",
    CHOSEN: "$warning bold",
}


def effort_points(live: Iterable[CurvePoint], current: str) -> tuple[Point, ...]:
    """Every piece that was corrected, with the mean of the last ones."""
    return tuple(
        Point(
            label=str(one.number),
            mean=one.running,
            other=Estimate(mean=one.effort, low=one.effort, high=one.effort, n=1),
            now=one.version == current,
            says=f"{one.number}. {one.brief}: you changed {percent(one.effort)}."
            f" Running mean {in_words(one.running)}."
            f" Version {one.version[:8]}{', the one of now' if one.version == current else ''}.",
        )
        for one in live
    )


def recurrence_points(measured: Iterable[RecurrencePoint], current: str) -> tuple[Point, ...]:
    """Every measured version."""
    return tuple(
        Point(
            label=one.version[:6],
            mean=one.train,
            other=one.held_out,
            now=one.version == current,
            says=f"{one.version[:8]}{', the version of now' if one.version == current else ''}:"
            f" briefs learned from {in_words(one.train)}; held out {in_words(one.held_out)}."
            f" {one.model}, {one.created[:10]}.",
        )
        for one in measured
    )


def in_words(estimate: Estimate | None) -> str:
    """`24% (12–36%, of 5)`; `unknown` without a number."""
    if estimate is None:
        return "unknown"
    return f"{estimate.mean:.0%} ({estimate.low:.0%}–{estimate.high:.0%}, of {estimate.n})"


class Area(Widget):
    """The drawing itself."""

    DEFAULT_CSS = """
    Area { height: 1fr; min-height: 3; }
    """
    points: reactive[tuple[Point, ...]] = reactive(())
    chosen: reactive[int | None] = reactive(None)
    empty: reactive[str] = reactive("")
    scale: reactive[Scale | None] = reactive(None)
    """None: shares of a whole."""

    def render(self) -> Content:
        """The curve; a sentence where there is none."""
        lines = draw(self.points, self.size.width, self.size.height, self.chosen, self.scale)
        if not lines:
            return content("Make the window larger to see the curve." if self.points else self.empty)
        text = "\n".join(lines)
        places = ((place, _LOOKS.get(char)) for place, char in enumerate(text))
        return Content(text, [Span(place, place + 1, look) for place, look in places if look])


class Plot(Vertical, can_focus=True):
    """One curve: its title, what its signs mean, and one point in words, which left and right choose."""

    DEFAULT_CSS = """
    Plot { height: 1fr; width: 1fr; padding: 0 1; border: round $panel; }
    Plot:focus { border: round $primary; }
    Plot Static { height: auto; }
    Plot .legend { color: $text-muted; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "step(-1)", "Point before", id="plot.previous", show=False),
        Binding("right,l", "step(1)", "Next point", id="plot.next", show=False),
        Binding("home", "go(0)", "First point", id="plot.first", show=False),
        Binding("end", "go(-1)", "Last point", id="plot.last", show=False),
    ]

    def __init__(self, title: str, noun: str, legend: str, empty: str, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self._title, self._noun, self._legend, self._empty = title, noun, legend, empty

    def compose(self) -> ComposeResult:
        """Title, curve, signs, words."""
        yield Static(self._title, markup=False, classes="title")
        yield Area()
        yield Static(self._legend, markup=False, classes="legend")
        yield Static("", markup=False, classes="readout")

    def on_mount(self) -> None:
        """Say that it is being read."""
        self.query_one(Area).empty = "Reading …"

    def show(self, points: Sequence[Point], scale: Scale | None = None, *, stays: bool = False) -> None:
        """Draw these points; the last one is in words, or, if it `stays`, the one that was stepped to."""
        area = self.query_one(Area)
        area.empty = self._empty
        stepped_to = area.chosen if stays and area.chosen != len(area.points) - 1 else None
        area.points, area.scale = tuple(points), scale
        last = len(points) - 1 if points else None
        area.chosen = last if stepped_to is None or last is None else min(stepped_to, last)
        number = f" ({count(len(points), self._noun)})" if points else ""
        self.query_one(".title", Static).update(content(f"{self._title}{number}", "bold"))
        self.query_one(".legend", Static).display = bool(points)
        self._read()

    def fail(self, message: str) -> None:
        """Say why there is no curve."""
        area = self.query_one(Area)
        area.empty, area.points, area.chosen = message, (), None
        self.query_one(".legend", Static).display = False
        self._read()

    def action_step(self, by: int) -> None:
        """Choose a point beside the one that is chosen."""
        area = self.query_one(Area)
        if area.chosen is not None:
            area.chosen = min(max(0, area.chosen + by), len(area.points) - 1)
            self._read()

    def action_go(self, to: int) -> None:
        """Choose the first or the last point."""
        area = self.query_one(Area)
        if area.points:
            area.chosen = to % len(area.points)
            self._read()

    def _read(self) -> None:
        area = self.query_one(Area)
        says = "" if area.chosen is None else area.points[area.chosen].says
        self.query_one(".readout", Static).update(content(says))
