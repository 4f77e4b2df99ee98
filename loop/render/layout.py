"""Tables and columns of plain text, measured in terminal cells."""

from __future__ import annotations

import itertools
import re
import shutil
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

import click

_GAP = 2
"""Cells between two columns."""
_LEAST = 12
"""Cells that a column keeps in the narrowest window."""
_LONG = 28
"""Cells up to which no word is broken; a last column that would have less room goes below the others."""
_WIDE = "\u2e80-\ua4cf\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffe6\U0001f000-\U0003fffd"
_CLOSING = "、。，．：；！？）」』】〉》”’…"
_TONES = "\U0001f3fb-\U0001f3ff"
_PIECE = f" +|[{_WIDE}](?:\u200d.|[{_CLOSING}{_TONES}\ufe0f])*|[^ {_WIDE}]+"
"""What a line is broken between: words, and the characters of scripts without blanks."""
_NO_CELLS = {"Mn", "Me", "Cf"}
"""Kinds of characters that are drawn over others, or not at all."""
_JOINER = "\u200d"
_AS_EMOJI = "\ufe0f"


_WINDOW: ContextVar[int] = ContextVar("window", default=0)
"""Cells of the window in which the words are shown, if it is not the whole terminal."""


@contextmanager
def in_a_window(cells_wide: int) -> Iterator[None]:
    """While it is open, words are laid out for a window of a screen."""
    token = _WINDOW.set(cells_wide)
    try:
        yield
    finally:
        _WINDOW.reset(token)


def width() -> int:
    """The width in cells of whatever the words are shown on; 100 when nobody knows."""
    return max(40, _WINDOW.get() or shutil.get_terminal_size((100, 24)).columns)


def _watched() -> bool:
    """True where a person looks at it; what goes into a pipe is not broken into lines."""
    return bool(_WINDOW.get()) or sys.stdout.isatty()


def cells(text: str) -> int:
    """How many terminal cells a text takes (East Asian characters and emoji take two)."""
    taken, before = 0, ""
    for char in click.unstyle(text):
        if before == _JOINER or "\U0001f3fb" <= char <= "\U0001f3ff":
            pass  # a part of the emoji before it
        elif char == _AS_EMOJI and before and unicodedata.east_asian_width(before) not in "WF":
            taken += 1
        elif unicodedata.category(char) not in _NO_CELLS:
            taken += 2 if unicodedata.east_asian_width(char) in "WF" else 1
        before = char
    return taken


def pad(text: str, to: int) -> str:
    """The text with blanks up to `to` cells."""
    return text + " " * max(0, to - cells(text))


def short(text: str, to: int) -> str:
    """The text, cut to so many cells."""
    return text if cells(text) <= to else f"{_head(text, to - 1)}…"


def _head(text: str, to: int) -> str:
    """As much of the beginning as takes so many cells, and one character at least."""
    end = 1
    while end < len(text) and cells(text[: end + 1]) <= to:
        end += 1
    return text[:end]


def table(rows: Sequence[Sequence[str]], header: Sequence[str] = ()) -> str:
    """Rows with aligned columns.

    Where a person looks at it, the widest columns are broken into lines, between words, until the rows fit
    the window; where even that is not enough, the last column goes below the others.
    """
    everything = [list(header), *map(list, rows)] if header else [list(row) for row in rows]
    if not everything:
        return ""
    columns = list(zip(*everything, strict=True))
    widths = [max(map(cells, column)) for column in columns]
    room = width() - _GAP * (len(widths) - 1)
    if _watched() and sum(widths) > room:
        fitting = _narrowed(columns, widths, room)
        lines = [
            line for row in everything for line in (_row if fitting else _stacked)(row, fitting or widths)
        ]
    else:
        lines = [line for row in everything for line in _row(row, widths)]
    if header:
        lines[0] = click.style(lines[0], bold=True)
    return "\n".join(lines)


def _narrowed(columns: Sequence[Sequence[str]], widths: Sequence[int], room: int) -> list[int]:
    """Widths taken from the widest column until all have room; empty where that can not be."""
    words = [max(cells(word) for cell in column for word in cell.split() or [""]) for column in columns]
    least = [min(size, max(word, _LEAST), _LONG) for size, word in zip(widths, words, strict=True)]
    least[-1] = min(widths[-1], _LONG)
    now = list(widths)
    while sum(now) > room:
        free = [number for number, size in enumerate(now) if size > least[number]]
        if not free:
            return []
        now[max(free, key=now.__getitem__)] -= 1
    return now


def _row(row: Sequence[str], widths: Sequence[int]) -> list[str]:
    columns = [
        [cell] if cells(cell) <= size else wrapped(cell, size) for cell, size in zip(row, widths, strict=True)
    ]
    if any("/" in word and cells(word) > widths[-1] for word in row[-1].split()):
        columns[-1] = broken(row[-1], widths[-1])  # a path stays whole, to be copied
    return [
        (" " * _GAP).join(map(pad, line, widths)).rstrip()
        for line in itertools.zip_longest(*columns, fillvalue="")
    ]


def _stacked(row: Sequence[str], widths: Sequence[int]) -> list[str]:
    """The row with its last column below the others."""
    first = (" " * _GAP).join(map(pad, row[:-1], widths)).rstrip()
    return [first, *(f"    {line}" for line in broken(row[-1], width() - 4))]


def hanging(first: str, text: str) -> list[str]:
    """The text behind its first words, its lines broken between words and all of them in one column."""
    indent = cells(first)
    lines = broken(text, width() - indent)
    return [f"{first}{lines[0]}".rstrip(), *(f"{' ' * indent}{line}" for line in lines[1:])]


def wrapped(text: str, to: int) -> list[str]:
    """The lines of a text, wrapped to `to` cells; blank lines stay."""
    lines: list[str] = []
    for line in text.splitlines() or [""]:
        for part in broken(line, to):
            rest = part
            while cells(rest) > to:  # a word that is longer than a line
                head = _head(rest, to)
                lines.append(head)
                rest = rest[len(head) :]
            lines.append(rest)
    return lines


def broken(line: str, to: int) -> list[str]:
    """The line as several of at most `to` cells; a longer word stays whole."""
    lines, now, gap = [], "", ""
    for piece in re.findall(_PIECE, line):
        if piece.isspace():
            gap = piece
            continue
        if now and cells(f"{now}{gap}{piece}") > to:
            lines.append(now)
            now = piece
        else:
            now = f"{now}{gap}{piece}"
        gap = ""
    return [*lines, f"{now}{gap}"]


def flowed(text: str) -> str:
    """The text with its long lines broken between words, for a person at a terminal; colours stay."""
    lines: list[str] = []
    for line in text.split("\n"):
        bare = line.lstrip(" ")
        indent = line[: len(line) - len(bare)]
        lines += [f"{indent}{part}" for part in broken(bare, max(_LEAST, width() - len(indent)))]
    return "\n".join(lines)


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
