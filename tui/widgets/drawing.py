"""A learning curve as lines of characters: every sign has one meaning, with or without colours."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from rich.cells import cell_len

from loop.model import Estimate

MEAN, OTHER, BOTH, INTERVAL, OTHER_INTERVAL, NOW, CHOSEN = "●", "○", "◉", "│", "┊", "▲", "▼"
"""What the signs are: the first series, the second, both in one place, their intervals, the version now."""

_SHARES = (0.2, 0.5, 1.0)
_MARGIN = 6
"""Cells for the numbers at the left, and the axis."""
_WIDEST = 8
"""Cells between two points at most."""
_LEAST_ROWS, _LEAST_COLUMNS = 4, 12


class Point(NamedTuple):
    """One place on the axis below."""

    label: str
    """What stands under it, where there is room."""
    mean: Estimate | None
    """The first series; None: nothing is known."""
    other: Estimate | None
    """The second."""
    now: bool
    """True for the version that the guidance has now."""
    says: str
    """All of it in words."""


class Scale(NamedTuple):
    """What the axis at the left goes from and to."""

    low: float
    """At the bottom."""
    high: float
    """On top: more than `low`."""
    label: Callable[[float], str]
    """A value in at most five cells."""


def shares(points: Sequence[Point]) -> Scale:
    """Shares of a whole, from nothing to a fifth, a half, or all."""
    highest = max((one.high for point in points for one in (point.mean, point.other) if one), default=1.0)
    return Scale(0.0, next(top for top in _SHARES if top >= min(highest, 1.0)), lambda value: f"{value:.0%}")


def numbers(points: Sequence[Point], low: float | None = None) -> Scale:
    """Numbers, from the lowest of them (or `low`) to the highest."""
    shown = [one for point in points for one in (point.mean, point.other) if one is not None]
    bottom = min((one.low for one in shown), default=0.0) if low is None else low
    top = max(bottom + 1e-2, *(one.high for one in shown)) if shown else bottom + 1.0
    places = 0 if max(abs(bottom), abs(top)) >= 100 else 2 if top - bottom >= 0.1 else 3
    return Scale(bottom, top, lambda value: f"{value:.{places}f}"[: _MARGIN - 1])


def draw(
    points: Sequence[Point], width: int, height: int, chosen: int | None = None, scale: Scale | None = None
) -> tuple[str, ...]:
    """The curve in a window of so many cells; nothing where that is too small, or there is no point.

    Above: where the chosen point is. Below: the axis with the version of now, and the labels. `scale` is
    that of shares unless another one is given.
    """
    rows, area = (height - 4) // 2 * 2 + 1, width - _MARGIN  # an odd number has a middle
    if not points or rows < _LEAST_ROWS or area < _LEAST_COLUMNS:
        return ()
    scale = scale or shares(points)
    columns = _columns(len(points), area)
    grid = _grid(points, columns, area, rows, scale)
    above = [" "] * area
    if chosen is not None:
        above[columns[chosen]] = CHOSEN
    lines = [" " * _MARGIN + "".join(above)]
    labelled = {0: scale.high, rows // 2: (scale.low + scale.high) / 2, rows - 1: scale.low}
    for row, cells in enumerate(grid):
        name, axis = (scale.label(labelled[row]), "┤") if row in labelled else ("", "│")
        lines.append(f"{name:>{_MARGIN - 1}}{axis}{''.join(cells)}")
    axis_, labels = _below(points, columns, area)
    lines += [" " * (_MARGIN - 1) + "└" + axis_, " " * _MARGIN + labels]
    return tuple(line.rstrip() for line in lines)


def _columns(count: int, area: int) -> list[int]:
    """Where each point stands; several share a column where there are more points than cells."""
    if count > area:
        return [number * area // count for number in range(count)]
    step = min(_WIDEST, area // count)
    return [number * step + step // 2 for number in range(count)]


def _row(value: float, rows: int, scale: Scale) -> int:
    within = min(max(value, scale.low), scale.high)
    return rows - 1 - round((within - scale.low) / (scale.high - scale.low) * (rows - 1))


def _grid(
    points: Sequence[Point], columns: Sequence[int], area: int, rows: int, scale: Scale
) -> list[list[str]]:
    """The signs, row by row. Of several points in a column, the last one's mean and interval are drawn."""
    grid = [[" "] * area for _ in range(rows)]
    apart = 1 if len(points) * 3 <= area and any(_doubtful(point.other) for point in points) else 0
    last = dict(zip(columns, points, strict=True))
    others = [(column + apart, point.other) for column, point in zip(columns, points, strict=True)]
    shared = len(last) < len(points)
    if shared:  # so many that they would hide what they amount to
        _draw_others(grid, others, scale)
    for column, point in last.items():
        if apart and point.other is not None:
            _draw_interval(grid, column + apart, point.other, scale, OTHER_INTERVAL)
        if point.mean is not None:
            _draw_interval(grid, column, point.mean, scale, INTERVAL)
    if not shared:
        _draw_others(grid, others, scale)
    for column, point in last.items():
        if point.mean is not None:
            cells = grid[_row(point.mean.mean, rows, scale)]
            cells[column] = BOTH if cells[column] == OTHER else MEAN
    return grid


def _doubtful(estimate: Estimate | None) -> bool:
    return estimate is not None and estimate.high > estimate.low


def _draw_others(grid: list[list[str]], others: Iterable[tuple[int, Estimate | None]], scale: Scale) -> None:
    for column, estimate in others:
        if estimate is not None:
            grid[_row(estimate.mean, len(grid), scale)][column] = OTHER


def _draw_interval(grid: list[list[str]], column: int, estimate: Estimate, scale: Scale, sign: str) -> None:
    rows = len(grid)
    for row in range(_row(estimate.high, rows, scale), _row(estimate.low, rows, scale) + 1):
        grid[row][column] = sign


def _below(points: Sequence[Point], columns: Sequence[int], area: int) -> tuple[str, str]:
    """The axis, with a sign under what the version of now wrote; and the labels that there is room for."""
    axis, labels = ["─"] * area, [" "] * area
    newest = max((number for number, point in enumerate(points) if point.now), default=None)
    order = [*([newest] if newest is not None else []), len(points) - 1, *range(len(points))]
    for number in order:
        label = points[number].label
        start = min(max(0, columns[number] - cell_len(label) // 2), area - cell_len(label))
        end = start + cell_len(label)
        if start >= 0 and all(cell == " " for cell in labels[max(0, start - 1) : end + 1]):
            labels[start:end] = _in_cells(label)
            axis[columns[number]] = "┴"
    for column, point in zip(columns, points, strict=True):
        if point.now:
            axis[column] = NOW
    return "".join(axis), "".join(labels)


def _in_cells(label: str) -> list[str]:
    """What stands in each cell: a wide character leaves the next one empty, a mark joins the one before."""
    cells: list[str] = []
    for char in label:
        size = cell_len(char)
        if size == 0 and cells:
            cells[-1] += char
        elif size:
            cells += [char, *[""] * (size - 1)]
    return cells
