"""Two texts as one: what was taken out stands before what stands there now, and only near what differs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, NamedTuple

from feedback.align import changes
from loop.patch import FileDiff
from tui.widgets.prose import Mark

_MOST_LINES = 60
"""Lines of one file that are shown; the rest is counted."""

Kind = Literal["", "removed", "added"]

_BRACKETS: dict[Kind, tuple[str, str]] = {"": ("", ""), "removed": ("[-", "-]"), "added": ("{+", "+}")}
"""What stands around words within a line: they can be told apart without colours."""


class Piece(NamedTuple):
    """A run of characters that stayed, went or came."""

    text: str
    kind: Kind


class MarkedText:
    """A text that grows, with its marks."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self.marks: list[Mark] = []

    @property
    def text(self) -> str:
        """All of it."""
        return "".join(self._parts)

    def add(self, text: str, style: str = "") -> None:
        """Put a text at the end, in a style of Prose."""
        if style and text:
            self.marks.append(Mark(self._length, self._length + len(text), style))
        self._parts.append(text)
        self._length += len(text)


def add_file(page: MarkedText, file: FileDiff) -> None:
    """The changed lines of a file, each with a sign before it: + came, - went, ~ was changed."""
    shown = 0
    rows = list(_lines(_pieces(file.before or "", file.after or "")))
    skipping = False
    for number, row in enumerate(rows):
        changed = any(piece.kind for piece in row)
        if changed and shown == _MOST_LINES:
            left = sum(1 for later in rows[number:] if any(piece.kind for piece in later))
            page.add(f"⋯ and {left} more lines\n", "dim")
            return
        if not changed:
            if not skipping and any(piece.text for piece in row):
                page.add("⋯\n", "dim")
                skipping = True
            continue
        skipping = False
        shown += 1
        for line in _apart(row):
            _add_line(page, line)


def _pieces(before: str, after: str) -> Iterator[Piece]:
    """The one text, from left to right."""
    before, after = (text.replace("\r\n", "\n") for text in (before, after))
    if not before or not after:
        yield Piece(before, "removed") if before else Piece(after, "added")
        return
    position = 0
    for change in changes(before, after):
        yield Piece(before[position : change.draft_start], "")
        yield Piece(before[change.draft_start : change.draft_end], "removed")
        yield Piece(after[change.final_start : change.final_end], "added")
        position = change.draft_end
    yield Piece(before[position:], "")


def _lines(pieces: Iterable[Piece]) -> Iterator[tuple[Piece, ...]]:
    """The pieces of each line."""
    row: list[Piece] = []
    for piece in pieces:
        first, *others = piece.text.split("\n")
        if first:
            row.append(Piece(first, piece.kind))
        for line in others:
            yield tuple(row)
            row = [Piece(line, piece.kind)] if line else []
    if row:
        yield tuple(row)


def _kinds(row: Sequence[Piece]) -> set[Kind]:
    return {piece.kind for piece in row if piece.text.strip()}


def _apart(row: Sequence[Piece]) -> list[Sequence[Piece]]:
    """A line of which nothing stayed is two lines."""
    if _kinds(row) != {"removed", "added"}:
        return [row]
    return [[piece for piece in row if piece.kind == kind] for kind in ("removed", "added")]


def _add_line(page: MarkedText, row: Sequence[Piece]) -> None:
    kinds = _kinds(row)
    if len(kinds) == 1 and "" not in kinds:
        page.add("+ " if "added" in kinds else "- ")
        for piece in row:
            page.add(piece.text, piece.kind)
    else:
        page.add("~ ")
        for piece in row:
            opening, closing = _BRACKETS[piece.kind]
            page.add(f"{opening}{piece.text}{closing}", piece.kind)
    page.add("\n")
