"""A learning curve as lines of characters: every sign has one meaning, with or without colours."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from rich.cells import cell_len

from loop.model import Estimate

MEAN, OTHER, BOTH, INTERVAL, OTHER_INTERVAL, NOW, CHOSEN = "●", "○", "◉", "│", "┊", "▲", "▼"
"""What the signs are: the first series, the second, both in one place, their intervals, the version now."""

_SCALES = (0.2, 0.5, 1.0)
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


def draw(points: Sequence[Point], width: int, height: int, chosen: int | None = None) -> tuple[str, ...]:
    """The curve in a window of so many cells; nothing where that is too small, or there is no point.

    Above: where the chosen point is. Below: the axis with the version of now, and the labels.
    """
    rows, area = (height - 4) // 2 * 2 + 1, width - _MARGIN  # an odd number has a middle
    if not points or rows < _LEAST_ROWS or area < _LEAST_COLUMNS:
        return ()
    highest = max((one.high for point in points for one in (point.mean, point.other) if one), default=1.0)
    top = next(scale for scale in _SCALES if scale >= min(highest, 1.0))
    columns = _columns(len(points), area)
    grid = _grid(points, columns, area, rows, top)
    above = [" "] * area
    if chosen is not None:
        above[columns[chosen]] = CHOSEN
    lines = [" " * _MARGIN + "".join(above)]
    labelled = {0: top, rows // 2: top / 2, rows - 1: 0.0}
    for row, cells in enumerate(grid):
        name, axis = (f"{labelled[row]:.0%}", "┤") if row in labelled else ("", "│")
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


def _row(value: float, rows: int, top: float) -> int:
    return rows - 1 - round(min(max(value, 0.0), top) / top * (rows - 1))


def _grid(
    points: Sequence[Point], columns: Sequence[int], area: int, rows: int, top: float
) -> list[list[str]]:
    """The signs, row by row. Of several points in a column, the last one's mean and interval are drawn."""
    grid = [[" "] * area for _ in range(rows)]
    apart = 1 if len(points) * 3 <= area and any(_doubtful(point.other) for point in points) else 0
    last = dict(zip(columns, points, strict=True))
    others = [(column + apart, point.other) for column, point in zip(columns, points, strict=True)]
    shared = len(last) < len(points)
    if shared:  # so many that they would hide what they amount to
        _draw_others(grid, others, top)
    for column, point in last.items():
        if apart and point.other is not None:
            _draw_interval(grid, column + apart, point.other, top, OTHER_INTERVAL)
        if point.mean is not None:
            _draw_interval(grid, column, point.mean, top, INTERVAL)
    if not shared:
        _draw_others(grid, others, top)
    for column, point in last.items():
        if point.mean is not None:
            cells = grid[_row(point.mean.mean, rows, top)]
            cells[column] = BOTH if cells[column] == OTHER else MEAN
    return grid


def _doubtful(estimate: Estimate | None) -> bool:
    return estimate is not None and estimate.high > estimate.low


def _draw_others(grid: list[list[str]], others: Iterable[tuple[int, Estimate | None]], top: float) -> None:
    for column, estimate in others:
        if estimate is not None:
            grid[_row(estimate.mean, len(grid), top)][column] = OTHER


def _draw_interval(grid: list[list[str]], column: int, estimate: Estimate, top: float, sign: str) -> None:
    rows = len(grid)
    for row in range(_row(estimate.high, rows, top), _row(estimate.low, rows, top) + 1):
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
