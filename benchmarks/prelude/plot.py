"""Cumulative edit cost over the rounds as an SVG: the mean over seeds, with its 95% interval as a band."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import accumulate

from benchmarks.prelude.report import NAMES
from benchmarks.prelude.rounds import METHODS, Outcome
from loop.model import Estimate
from loop.statistics import mean_estimate

_WIDTH, _HEIGHT = 860, 480
_LEFT, _RIGHT, _TOP, _BOTTOM = 70, 220, 30, 50
_COLOURS: Mapping[str, str] = {
    "none": "#666666",
    "cipher": "#c2571a",
    "examples": "#b8860b",
    "rewrite": "#a0306a",
    "redraft": "#0b6e4f",
    "oracle": "#2b50aa",
    "critiques": "#4f8fb0",
    "ungated": "#7fb069",
}
_TICKS = 5


def plot(outcomes: Sequence[Outcome]) -> str:
    """The whole picture; one line for each method that was run."""
    curves = {name: found for name in METHODS if (found := _curve(outcomes, name))}
    rounds = max((len(curve) for curve in curves.values()), default=1)
    most = _round_up(max((point.high for curve in curves.values() for point in curve), default=1.0))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}">',
        "<style>text {font: 12px sans-serif}</style>",
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="white"/>',
        *_axes(rounds, most),
    ]
    for place, (name, curve) in enumerate(curves.items()):
        parts += _drawn(name, curve, rounds, most)
        y = _TOP + 20 * place + 10
        x = _WIDTH - _RIGHT + 20
        parts.append(f'<rect x="{x}" y="{y - 9}" width="14" height="10" fill="{_COLOURS[name]}"/>')
        parts.append(f'<text x="{x + 20}" y="{y}">{NAMES[name]}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def _curve(outcomes: Sequence[Outcome], name: str) -> list[Estimate]:
    sums = [list(accumulate(row.cost for row in one.rounds)) for one in outcomes if one.method == name]
    if not sums:
        return []
    points = (mean_estimate(values, within=(0.0, math.inf)) for values in zip(*sums, strict=True))
    return [point for point in points if point is not None]


def _drawn(name: str, curve: Sequence[Estimate], rounds: int, most: float) -> list[str]:
    def points(values: Sequence[float]) -> list[str]:
        return [f"{_x(number, rounds):.1f},{_y(value, most):.1f}" for number, value in enumerate(values, 1)]

    upper = points([point.high for point in curve])
    lower = points([point.low for point in curve])
    middle = points([point.mean for point in curve])
    colour = _COLOURS[name]
    return [
        f'<polygon points="{" ".join([*upper, *reversed(lower)])}" fill="{colour}" fill-opacity="0.12"/>',
        f'<polyline points="{" ".join(middle)}" fill="none" stroke="{colour}" stroke-width="2"/>',
    ]


def _axes(rounds: int, most: float) -> list[str]:
    right, bottom = _WIDTH - _RIGHT, _HEIGHT - _BOTTOM
    parts = []
    for tick in range(_TICKS + 1):
        value = most * tick / _TICKS
        y = _y(value, most)
        parts.append(f'<line x1="{_LEFT}" y1="{y:.1f}" x2="{right}" y2="{y:.1f}" stroke="#dddddd"/>')
        parts.append(f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{value:.0f}</text>')
    for number in sorted({1, *range(5, rounds, 5), rounds}):
        x = _x(number, rounds)
        parts.append(f'<text x="{x:.1f}" y="{bottom + 18}" text-anchor="middle">{number}</text>')
    middle = (_LEFT + right) / 2
    parts.append(f'<text x="{middle:.0f}" y="{_HEIGHT - 12}" text-anchor="middle">round</text>')
    parts.append(f'<text x="{_LEFT}" y="18">cumulative edit cost, words and marks</text>')
    return parts


def _x(number: int, rounds: int) -> float:
    return _LEFT + (_WIDTH - _LEFT - _RIGHT) * (number / max(1, rounds))


def _y(value: float, most: float) -> float:
    return _HEIGHT - _BOTTOM - (_HEIGHT - _BOTTOM - _TOP) * value / most


def _round_up(value: float) -> float:
    """To two digits that divide well."""
    step: float = 5 * 10 ** max(0, math.floor(math.log10(max(1.0, value))) - 1)
    return max(1.0, math.ceil(value / step) * step)
