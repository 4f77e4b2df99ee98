"""The editor in which finals are written: prose with a deep memory, and nothing else if one likes."""

from __future__ import annotations

from typing import Any

from rich.text import Text
from textual.widgets.text_area import Selection

from tui.widgets.prose import Prose

_STEPS = 10_000
"""Steps back that are remembered: more than a day's work."""


class Editor(Prose):
    """A text that is written. `alone` dims all but the paragraph at the cursor."""

    DEFAULT_CSS = """
    Editor { padding: 0 1; }
    """

    def __init__(self, text: str = "", **settings: Any) -> None:
        self._alone = False
        self._bright = range(0)
        super().__init__(text, max_checkpoints=_STEPS, **settings)

    def put(self, text: str) -> None:
        """Make this the text, by one edit that can be undone; what is the same stays, marks and all."""
        start, end, new = differing(self.taken(), text)
        if (start, end, new) != (start, start, ""):
            self.replace_passage(start, end, new)

    @property
    def cursor(self) -> int:
        """Where the writer is, in code points."""
        return self.offset_of(self.cursor_location)

    @property
    def selected(self) -> tuple[int, int]:
        """The passage that is selected; empty at the cursor when none is."""
        start, end = sorted(self.selection)
        return self.offset_of(start), self.offset_of(end)

    def select(self, start: int, end: int) -> None:
        """Select a passage and show it."""
        self.selection = Selection(self.location_of(start), self.location_of(end))
        self.scroll_cursor_visible(center=True)

    @property
    def alone(self) -> bool:
        """Only the paragraph at the cursor is bright."""
        return self._alone

    @alone.setter
    def alone(self, alone: bool) -> None:
        self._alone = alone
        self._bright = self._paragraph()
        self._line_cache.clear()
        self.refresh()

    def _watch_selection(self, previous_selection: Selection, selection: Selection) -> None:
        super()._watch_selection(previous_selection, selection)
        if self._alone and (bright := self._paragraph()) != self._bright:
            self._bright = bright
            self._line_cache.clear()

    def get_line(self, line_index: int) -> Text:
        """One line; dimmed if it is not what the writer is at."""
        line = super().get_line(line_index)
        if self._alone and line_index not in self._bright:
            line.stylize(self._look("dim"))
        return line

    def _paragraph(self) -> range:
        """The lines around the cursor up to a blank one on each side."""
        lines = self.document.lines
        first = last = self.cursor_location[0]
        while first > 0 and lines[first - 1].strip() and lines[first].strip():
            first -= 1
        while last + 1 < len(lines) and lines[last + 1].strip() and lines[last].strip():
            last += 1
        return range(first, last + 1)


def differing(before: str, after: str) -> tuple[int, int, str]:
    """The passage of a text that becomes another, and what becomes of it; no line end is cut in two."""
    most = min(len(before), len(after))
    start = _same(before, after, most)
    if start > 0 and before[start - 1] == "\r":
        start -= 1
    rest = most - start
    tail = _same(before[::-1], after[::-1], rest)
    if tail and before[len(before) - tail] == "\n":
        tail -= 1
    return start, len(before) - tail, after[start : len(after) - tail]


def _same(one: str, other: str, most: int) -> int:
    """How many characters both begin with: found by halving, since slices compare fast."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
