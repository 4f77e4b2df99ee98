"""A draft as it reads: Markdown, with passages underlined. Imported when the first draft is shown."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple, cast

from markdown_it import MarkdownIt
from textual.content import Content
from textual.selection import Selection
from textual.widget import Widget
from textual.widgets import Markdown, Static

_SIGNS = re.compile(r"[*_`~]|\[(?P<link>[^\]]*)\]\([^)]*\)")
_BLANKS = re.compile(r"\s+")
_LEAST = 3
"""Characters that a passage must have to be looked for."""


class Standing(NamedTuple):
    """Where a passage reads."""

    part: Static
    """The block it stands in."""
    start: int
    end: int

    @property
    def row(self) -> int:
        """The line of the screen on which it begins, more or less: lines are taken as equally long."""
        region, of = self.part.region, cast("Content", self.part.content).cell_length
        return region.y + self.start * region.height // max(1, of)

    def before_end_of(self, selected: Selection) -> bool:
        """True when a selection in its block begins before it ends."""
        if selected.start is None:
            return True
        lines = cast("Content", self.part.content).plain.split("\n")
        return sum(len(line) + 1 for line in lines[: selected.start.y]) + selected.start.x < self.end


class Rendered(Markdown):
    """Markdown of a stranger: HTML in it is text, and a click on a link opens nothing."""

    DEFAULT_CSS = """
    Rendered { width: 1fr; max-width: 96; padding: 0 2 0 1; }
    Rendered MarkdownH1 { content-align: left middle; }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own word
        super().__init__(id=id, open_links=False, parser_factory=parser)

    def underline(self, passage: str, before: int = 0) -> Widget | None:
        """Underline a place that says the passage, behind so many others that say it too.

        The block it stands in; None if nobody says it.
        """
        wanted = _plain(passage)
        if len(wanted) < _LEAST:
            return None
        found = None
        for part, said in self._parts():
            start = said.plain.find(wanted)
            while start >= 0:
                end = start + len(wanted)
                found = (part, said, start, end)
                if not before:
                    return _underlined(*found)
                before -= 1
                start = said.plain.find(wanted, end)
        return _underlined(*found) if found else None

    def places(self, passages: Sequence[str]) -> list[Standing | None]:
        """Where each of some passages stands, one behind the other; None for what is not to be found."""
        parts = list(self._parts())
        at, behind = 0, 0
        found: list[Standing | None] = []
        for wanted in map(_plain, passages):
            place = None
            for number, (part, said) in enumerate(parts[at:], start=at):
                start = said.plain.find(wanted, behind if number == at else 0)
                if wanted and start >= 0:
                    place = Standing(part, start, start + len(wanted))
                    at, behind = number, place.end
                    break
            found.append(place)
        return found

    def top_of(self, part: Widget) -> Widget:
        """The paragraph, list or table that a part belongs to."""
        while isinstance(part.parent, Widget) and part.parent is not self:
            part = part.parent
        return part

    def _parts(self) -> Iterator[tuple[Static, Content]]:
        for part in self.walk_children(Static):
            said = part.content
            if isinstance(said, Content) and said.plain:
                yield part, said


def _underlined(part: Static, said: Content, start: int, end: int) -> Static:
    part.update(said.stylize("underline", start, end), layout=False)
    return part


def parser() -> MarkdownIt:
    """What reads a draft: HTML in it is text."""
    return MarkdownIt("gfm-like", {"html": False})


def _plain(passage: str) -> str:
    """A passage of the source as it reads; of a shortened one what stands before the cut."""
    text = _SIGNS.sub(lambda match: match["link"] or "", passage)
    return _BLANKS.sub(" ", text).strip().removesuffix("…")
