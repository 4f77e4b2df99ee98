"""A text as lines, each with the line end that it came with: what was not edited stays byte for byte."""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import accumulate

from textual.document._document import Document, EditResult, Location

_LINE_END = re.compile(r"\r\n|\r|\n")


def split(text: str) -> tuple[list[str], list[str]]:
    """The lines of a text, and what ends each of them (nothing behind the last).

    Only line feeds and carriage returns end lines: nothing else in a writer's text does.
    """
    if "\r" not in text:
        lines = text.split("\n")
        return lines, ["\n"] * (len(lines) - 1) + [""]
    lines = _LINE_END.split(text)
    return lines, [*_LINE_END.findall(text), ""]


class Lines(Document):
    """A document whose lines keep their own ends. Offsets count the text as it is kept, ends and all."""

    def __init__(self, text: str) -> None:
        super().__init__("")
        self._lines, self._ends = split(text)
        windows = self._ends.count("\r\n")
        self.usual = "\r\n" if windows > (len(self._ends) - 1) / 2 else "\n"
        """What ends a line that the writer begins."""
        self._raw: str | None = text
        self._shown: str | None = None
        self._starts: list[int] | None = None

    @property
    def text(self) -> str:
        """The text with line feeds."""
        if self._shown is None:
            self._shown = "\n".join(self._lines)
        return self._shown

    @property
    def raw(self) -> str:
        """The text as it is kept."""
        if self._raw is None:
            self._raw = "".join(
                [piece for pair in zip(self._lines, self._ends, strict=True) for piece in pair]
            )
        return self._raw

    def starts(self) -> list[int]:
        """The offset at which each line begins."""
        if self._starts is None:
            ends = self._ends
            lengths = (len(line) + len(ends[row]) for row, line in enumerate(self._lines[:-1]))
            self._starts = [0, *accumulate(lengths)]
        return self._starts

    def offset_of(self, location: Location) -> int:
        """How many code points stand before a place."""
        return self.starts()[location[0]] + location[1]

    def location_of(self, offset: int) -> Location:
        """The line and column of an offset; one inside of a line end is the end of its line."""
        starts = self.starts()
        row = max(0, bisect_right(starts, offset) - 1)
        return row, min(max(0, offset - starts[row]), len(self._lines[row]))

    def as_usual(self, text: str) -> str:
        """A text that is typed or pasted, with the line ends of this one."""
        return _LINE_END.sub(self.usual, text) if "\r" in text or self.usual != "\n" else text

    def replace_range(self, start: Location, end: Location, text: str) -> EditResult:
        """Put a text in the place of another, exactly as it is given."""
        top, bottom = sorted((self._within(start), self._within(end)))
        replaced = self.get_text_range(top, bottom)
        lines, ends = split(text)
        column = len(lines[-1]) + (top[1] if len(lines) == 1 else 0)
        lines[0] = self._lines[top[0]][: top[1]] + lines[0]
        lines[-1] += self._lines[bottom[0]][bottom[1] :]
        ends[-1] = self._ends[bottom[0]]
        self._lines[top[0] : bottom[0] + 1] = lines
        self._ends[top[0] : bottom[0] + 1] = ends
        self._raw = self._shown = self._starts = None
        return EditResult((top[0] + len(lines) - 1, column), replaced)

    def get_text_range(self, start: Location, end: Location) -> str:
        """What stands between two places, line ends as they are; one behind the last line is its end."""
        (top, left), (bottom, right) = sorted((self._within(start), self._within(end)))
        if top == bottom:
            return self._lines[top][left:right]
        pieces = [self._lines[top][left:], self._ends[top]]
        for row in range(top + 1, bottom):
            pieces += [self._lines[row], self._ends[row]]
        return "".join([*pieces, self._lines[bottom][:right]])

    def _within(self, location: Location) -> Location:
        """Textual deletes a line up to the beginning of the next, which the last line has not."""
        return location if location[0] < len(self._lines) else (len(self._lines) - 1, len(self._lines[-1]))
