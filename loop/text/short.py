"""A text as one line that fits where it is named."""

from __future__ import annotations


def one_line(text: str, most: int = 60) -> str:
    """The text on one line of at most `most` code points.

    A longer one ends in `…`, between two words where that costs less than a quarter of it.
    """
    line = " ".join(text.split())
    if len(line) <= most:
        return line
    cut = line[: most - 1]
    if line[most - 1] != " ":
        whole = cut.rfind(" ")
        cut = cut[:whole] if whole >= most * 3 // 4 else cut
    return f"{cut.rstrip()}…"
