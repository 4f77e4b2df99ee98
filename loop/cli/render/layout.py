"""Tables and columns of plain text, measured in terminal cells."""

from __future__ import annotations

import os
import shutil
import sys
import textwrap
import unicodedata
from collections.abc import Sequence

import click

_LEAST = 20
"""Cells that a cut text keeps in the narrowest window."""
_LEAST_COLUMN = 36
"""A last column that has less room goes below the others."""


def width() -> int:
    """The terminal's width in cells; 100 when nobody knows."""
    return max(40, shutil.get_terminal_size((100, 24)).columns)


def cells(text: str) -> int:
    """How many terminal cells a text takes (wide East Asian characters take two)."""
    plain = click.unstyle(text)
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1
        for char in plain
    )


def pad(text: str, to: int) -> str:
    """The text with blanks up to `to` cells."""
    return text + " " * max(0, to - cells(text))


def short(text: str, to: int) -> str:
    """The text, cut to so many cells."""
    if cells(text) <= to:
        return text
    kept = ""
    for char in text:
        if cells(kept + char) > to - 1:
            break
        kept += char
    return f"{kept}…"


def table(rows: Sequence[Sequence[str]], header: Sequence[str] = ()) -> str:
    """Rows with aligned columns; where a line is too long, the last column goes on below itself."""
    everything = [list(header), *map(list, rows)] if header else [list(row) for row in rows]
    if not everything:
        return ""
    widths = [max(cells(row[number]) for row in everything) for number in range(len(everything[0]))]
    lines = ["\n".join(_row(row, widths)) for row in everything]
    if header:
        lines[0] = click.style(lines[0], bold=True)
    return "\n".join(lines)


def _row(row: Sequence[str], widths: Sequence[int]) -> list[str]:
    first = "".join(f"{pad(cell, size)}  " for cell, size in zip(row, widths[:-1], strict=False))
    indent = cells(first)
    if not _is_watched() or indent + cells(row[-1]) <= width():
        return [f"{first}{row[-1]}".rstrip()]
    if width() - indent >= _LEAST_COLUMN:
        return hanging(first, row[-1])
    return [first.rstrip(), *(f"    {line}" for line in broken(row[-1], width() - 4))]


def hanging(first: str, text: str) -> list[str]:
    """The text behind its first words, its lines broken between words and all of them in one column."""
    indent = cells(first)
    lines = broken(text, width() - indent)
    return [f"{first}{lines[0]}".rstrip(), *(f"{' ' * indent}{line}" for line in lines[1:])]


def _is_watched() -> bool:
    """False in a pipe: programs read lines whole, unless somebody says how wide they may be."""
    return sys.stdout.isatty() or "COLUMNS" in os.environ


def broken(text: str, to: int) -> list[str]:
    """The text in lines of so many cells, broken between words only; colours stay."""
    lines, now = [], ""
    for word in text.split(" "):
        if now and word and cells(f"{now} {word}") > to:
            lines.append(now)
            now = word
        else:
            now = f"{now} {word}" if now else word
    return [*lines, now]


def wrapped(text: str, to: int) -> list[str]:
    """The lines of a text, wrapped to `to` cells; blank lines stay."""
    lines: list[str] = []
    for line in text.splitlines() or [""]:
        lines += _wrap(line, to) or [""]
    return lines


def _wrap(line: str, to: int) -> list[str]:
    if cells(line) <= to:
        return [line]
    if all(cells(char) == 1 for char in set(line)):
        return textwrap.wrap(line, to, drop_whitespace=True)
    lines, now = [], ""
    for char in line:
        if cells(now + char) > to:
            lines.append(now)
            now = ""
        now += char
    return [*lines, now]


def flowed(text: str) -> str:
    """The text with its long lines broken between words, for a person at a terminal; colours stay."""
    lines: list[str] = []
    for line in text.split("\n"):
        indent = line[: len(line) - len(line.lstrip(" "))]
        lines += [f"{indent}{part}" for part in broken(line[len(indent) :], width() - len(indent))]
    return "\n".join(lines)


def fitted(text: str, to: int) -> str:
    """The text, cut to so many cells where a person looks at it; whole in a pipe."""
    return short(text, max(to, _LEAST)) if sys.stdout.isatty() else text


def side_by_side(rows: Sequence[tuple[str, str, str]], titles: tuple[str, str]) -> str:
    """Two columns; each row is (left, mark, right), and the mark says what happened (` `, `|`, `<`, `>`)."""
    half = (width() - 3) // 2
    lines = [f"{pad(titles[0], half)}   {titles[1]}".rstrip(), "─" * (2 * half + 3)]
    for left, mark, right in rows:
        left_lines = wrapped(left, half) if left else [""]
        right_lines = wrapped(right, half) if right else [""]
        for number in range(max(len(left_lines), len(right_lines))):
            one = left_lines[number] if number < len(left_lines) else ""
            two = right_lines[number] if number < len(right_lines) else ""
            lines.append(f"{pad(one, half)} {mark} {two}".rstrip())
    return "\n".join(lines)
