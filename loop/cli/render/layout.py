"""Tables and columns of plain text, measured in terminal cells."""

from __future__ import annotations

import shutil
import sys
import textwrap
import unicodedata
from collections.abc import Sequence

import click

_LEAST = 20
"""Cells that a cut text keeps in the narrowest window."""


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
    """Rows with aligned columns; the last column is not padded."""
    everything = [list(header), *map(list, rows)] if header else [list(row) for row in rows]
    if not everything:
        return ""
    widths = [max(cells(row[number]) for row in everything) for number in range(len(everything[0]))]
    lines = [
        "  ".join(
            cell if number == len(row) - 1 else pad(cell, widths[number]) for number, cell in enumerate(row)
        ).rstrip()
        for row in everything
    ]
    if header:
        lines[0] = click.style(lines[0], bold=True)
    return "\n".join(lines)


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
        now = ""
        for word in line[len(indent) :].split(" "):
            if now and word and cells(f"{indent}{now} {word}") > width():
                lines.append(f"{indent}{now}")
                now = word
            else:
                now = f"{now} {word}" if now else word
        lines.append(f"{indent}{now}")
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
