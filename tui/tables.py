"""Small tables and bars for a page, measured in terminal cells."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from tui.shown import content

_GAP = 2
_LEAST = 16
"""Cells that the last column keeps in the narrowest window."""


def columns(rows: Sequence[Sequence[Content | str]], width: int, indent: int = 0) -> Content:
    """Rows with aligned columns; the lines of the last column are broken so that all fit the width."""
    made = [[cell if isinstance(cell, Content) else content(cell) for cell in row] for row in rows]
    widths = [max(cell.cell_length for cell in column) for column in zip(*made, strict=True)][:-1]
    before = indent + sum(widths) + _GAP * len(widths)
    lines = []
    for row in made:
        parts: list[Content | str] = [" " * indent]
        for cell, size in zip(row, widths, strict=False):
            parts += [cell, " " * (size - cell.cell_length + _GAP)]
        last = row[-1].wrap(max(_LEAST, width - before)) or [row[-1]]
        lines.append(Content.assemble(*parts, last[0]))
        lines += [Content.assemble(" " * before, line) for line in last[1:]]
    return Content("\n").join(lines)


def bar(part: float, whole: float, cells: int = 20) -> str:
    """How much of a whole, as a bar; a little is never nothing, and nearly all not all."""
    share = min(1.0, part / whole) if whole > 0 else float(part > 0)
    full = round(cells * share)
    if 0 < share < 1:
        full = min(max(full, 1), cells - 1)
    return "█" * full + "░" * (cells - full)
