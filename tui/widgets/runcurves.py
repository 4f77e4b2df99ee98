"""The curves of a training run: what it learns, how far it moved, what it prefers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from textual.app import ComposeResult
from textual.containers import Grid
from textual.widgets import Static

from loop.model import Estimate
from loop.model.runs import Measured
from tui.told import Stretch, Told, mean
from tui.widgets.curves import Plot
from tui.widgets.drawing import Point, Scale, numbers, shares

_NONE = "The first numbers come soon."
_HELD_OUT = "● held out  │ 95%"


class _Curve(NamedTuple):
    """One of them."""

    title: str
    """What it shows."""
    legend: str
    """What its signs mean."""
    points: Callable[[Told], list[Point]]
    """Its points."""
    scale: Callable[[list[Point]], Scale]
    """Its axis."""


class RunCurves(Grid):
    """Two curves beside each other, or four of a run that learns preferences."""

    DEFAULT_CSS = """
    RunCurves { grid-size: 2; grid-rows: 14; grid-gutter: 0; height: 14; }
    RunCurves.-preferences { height: 28; }
    """

    def compose(self) -> ComposeResult:
        """Every curve that there may be."""
        for id_, curve in _CURVES.items():
            yield Plot(curve.title, "point", curve.legend, _NONE, id=id_)

    def show(self, told: Told, *, prefers: bool, running: bool, anew: bool) -> None:
        """Draw them; `prefers`: also those of preferences. `anew`: it is another run than before.

        One that has no points, and never will, is left out.
        """
        self.set_class(prefers, "-preferences")
        for id_, curve in _CURVES.items():
            plot = self.query_one(f"#{id_}", Plot)
            if id_ == "run-loss":
                plot.query_one(".legend", Static).update(_HELD_OUT if prefers else curve.legend)
            points = curve.points(told)
            comes = running and (told.measures or id_ in (_PREFERENCES if prefers else {"run-loss"}))
            plot.display = (prefers or id_ not in _PREFERENCES) and (bool(points) or comes)
            if plot.display:
                plot.show(points, curve.scale(points), stays=not anew)


def _losses(told: Told) -> list[Point]:
    """What preferences are learned by is no loss of a text: it would stand on the same axis and mean less."""
    points = []
    preferences = told.started is not None and told.started.method == "dpo"
    for stretch in told.stretches():
        learned = None if preferences else mean([one.loss for one in stretch.steps])
        says = [f"learned {learned.mean:.3f}"] if learned else []
        measured = stretch.measured
        if measured is not None:
            says.append(
                f"held out {measured.loss:.3f} ({measured.low:.3f} to {measured.high:.3f}, n={measured.n})"
            )
        if says:
            points.append(_point(stretch, _held_out(measured), learned, says))
    return points


def _held_out(one: Measured | None) -> Estimate | None:
    if one is None or mean([one.loss, one.low, one.high]) is None:
        return None
    low, high = min(one.low, one.loss), max(one.high, one.loss)
    return Estimate(mean=one.loss, low=low, high=high, n=max(1, one.n))


def _moved(told: Told) -> list[Point]:
    return [
        _point(stretch, mean([stretch.measured.kl]), None, [f"moved by {stretch.measured.kl:.4f} (KL)"])
        for stretch in told.stretches()
        if stretch.measured is not None
    ]


def _preferred(told: Told) -> list[Point]:
    return _both(told, "accuracy", lambda value: f"{value:.0%}")


def _margins(told: Told) -> list[Point]:
    return _both(told, "margin", lambda value: f"{value:.3f}")


def _both(told: Told, name: str, said: Callable[[float], str]) -> list[Point]:
    points = []
    for stretch in told.stretches():
        learned = mean([getattr(one, name) for one in stretch.steps])
        held = mean([getattr(stretch.measured, name)]) if stretch.measured is not None else None
        says = [f"{what} {said(one.mean)}" for what, one in (("learned", learned), ("held out", held)) if one]
        if says:
            points.append(_point(stretch, held, learned, says))
    return points


def _point(stretch: Stretch, first: Estimate | None, second: Estimate | None, says: Iterable[str]) -> Point:
    label = f"{stretch.last}"
    where = "before it began" if not stretch.last else f"step {label}"
    if stretch.first < stretch.last:
        where = f"steps {stretch.first}–{label}"
    return Point(label, first, second, now=False, says=f"{where}: {', '.join(says)}")


def _from_nothing(points: list[Point]) -> Scale:
    return numbers(points, 0.0)


_CURVES = {
    "run-loss": _Curve("Surprise (loss)", f"{_HELD_OUT}  ○ learned", _losses, numbers),
    "run-moved": _Curve("How far it moved (KL)", "● on held-out texts", _moved, _from_nothing),
    "run-preferred": _Curve("Prefers yours more", "● held out  ○ learned", _preferred, shares),
    "run-margin": _Curve("By how much (margin)", "● held out  ○ learned", _margins, numbers),
}
_PREFERENCES = {"run-preferred", "run-margin"}
"""Those of a run that learns preferences."""
