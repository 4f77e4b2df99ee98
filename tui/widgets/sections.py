"""One line of a text, of which only the row that is drawn is cut out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import overload

from rich.text import Span, Text


class Section(Text):
    """A line as it is styled. Textual cuts it into all of its rows when one of them is drawn; a paragraph
    of ten megabytes has hundreds of thousands, and here it is cut where it is looked at.
    """

    def divide(self, offsets: Iterable[int]) -> Rows:  # type: ignore[override]
        """The rows of the line."""
        return Rows(self, list(offsets))


class Rows(Sequence[Text]):
    """The rows between the offsets, each cut out when it is asked for."""

    def __init__(self, line: Text, offsets: Sequence[int]) -> None:
        self._line = line
        self._plain = line.plain
        self._offsets = offsets

    def __len__(self) -> int:
        return len(self._offsets) + 1

    @overload
    def __getitem__(self, number: int) -> Text: ...

    @overload
    def __getitem__(self, number: slice) -> list[Text]: ...

    def __getitem__(self, number: int | slice) -> Text | list[Text]:
        if isinstance(number, slice):
            return [self[one] for one in range(len(self))[number]]
        start = self._offsets[number - 1] if number else 0
        end = self._offsets[number] if number < len(self._offsets) else len(self._plain)
        row = self._line.blank_copy(self._plain[start:end])
        row.spans = [
            Span(max(0, span.start - start), min(span.end, end) - start, span.style)
            for span in self._line.spans
            if span.start < end and span.end > start
        ]
        return row
