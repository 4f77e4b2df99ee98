"""A draft while it is written: Markdown drawn line by line, so that each new piece costs next to nothing.

The page of a draft that is there is built of one widget for each block, and every change of it lays out the
whole screen. Here only the last block is drawn anew. Imported when the first draft is written.
"""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from io import StringIO
from itertools import takewhile
from typing import ClassVar

from markdown_it.token import Token
from rich.console import Console, ConsoleOptions, RenderResult
from rich.markdown import CodeBlock, Heading, Markdown, MarkdownElement
from rich.segment import Segment
from rich.style import Style
from rich.theme import Theme
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widget import Widget

from tui.shown import shown
from tui.widgets.rendered import parser

_WIDEST = 96
_LEAP = 2
"""One part of so many of the page is free below the text, when it has moved up."""
_LEFT, _RIGHT = 1, 2
"""Empty cells beside the lines."""


class Growing(ScrollView, can_focus=True):
    """`show` puts a text there; what only grew is drawn behind what stands there.

    It follows the end of the text until the writer scrolls away from it.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"title", "heading", "code", "quote", "sign"}
    DEFAULT_CSS = """
    Growing { height: 1fr; overflow: hidden scroll; }
    Growing > .title { color: $markdown-h1-color; text-style: $markdown-h1-text-style; }
    Growing > .heading { color: $markdown-h2-color; text-style: $markdown-h2-text-style; }
    Growing > .code { color: $text-warning; }
    Growing > .quote { color: $foreground-muted; }
    Growing > .sign { color: $text-primary; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "scroll_down", "Down", id="page.down", show=False),
        Binding("k", "scroll_up", "Up", id="page.up", show=False),
    ]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own word
        super().__init__(id=id)
        self._key = self._text = ""
        self._drawn: list[Strip] = []
        self._ended = 0
        """Lines of blocks that have ended: nothing of what comes can change them."""
        self._height = 0
        """How high the window was when they were painted: it may be lower now."""
        self._from = 0
        """Where in the text the block begins that has not ended."""
        self._parser = parser()
        self._setter: Console | None = None
        self._plain: Style | None = None

    @property
    def text(self) -> str:
        """What stands there."""
        return self._text

    @property
    def follows(self) -> bool:
        """The end of the text is in sight."""
        return self.scroll_offset.y >= len(self._drawn) - (self._height or self.size.height)

    @property
    def share(self) -> float:
        """How far down the writer went to read, from 0 to 1; 0 for one who only followed the end."""
        return 0.0 if self.follows else self.scroll_offset.y / max(1, len(self._drawn) - self.size.height)

    def show(self, key: str, text: str) -> None:
        """Put the text of a draft there; another key, or another beginning, starts at the top."""
        text = shown(text.replace("\r\n", "\n").replace("\r", "\n"))
        follows = self.follows
        if key != self._key or not text.startswith(self._text):
            self._forget()
            self.scroll_to(y=0, animate=False, force=True)
            self.refresh()
            follows = True
        self._key, self._text = key, text
        self._draw(follows=follows)

    def _forget(self) -> None:
        self._drawn, self._ended, self._from = [], 0, 0

    def on_resize(self) -> None:
        """Every line breaks elsewhere."""
        self._draw_anew()

    def notify_style_update(self) -> None:
        """The theme is another one."""
        super().notify_style_update()
        self._setter = self._plain = None
        if self._text:
            self._draw_anew()

    def _draw_anew(self) -> None:
        follows = self.follows
        self._forget()
        self._draw(follows=follows)

    def _draw(self, *, follows: bool) -> None:
        """Draw the blocks that have not ended."""
        rest = self._text[self._from :]
        blocks = _blocks(self._parser.parse(rest))
        if not self.size.width or not blocks:
            return
        before = self._drawn[self._ended :]
        del self._drawn[self._ended :]
        first = self._ended
        open_ones = 2 if _may_go_on(blocks) else 1
        for block in blocks[:-open_ones]:
            self._drawn += self._lines(block)
        self._ended = len(self._drawn)
        for block in blocks[-open_ones:]:
            self._drawn += self._lines(block)
        begins = blocks[-open_ones:][0][0].map
        if begins is not None:
            self._from += sum(len(line) + 1 for line in rest.split("\n")[: begins[0]])
        same = takewhile(lambda two: two[0] == two[1], zip(before, self._drawn[first:], strict=False))
        end = max(len(self._drawn), first + len(before))
        self._paint(first + sum(1 for _ in same), end, follows=follows)

    def _paint(self, first: int, end: int, *, follows: bool) -> None:
        """Paint the lines that are others now. It follows by leaps: between them the words stand still.

        Nothing is laid out, since the bar is always there and nothing else depends on how long the text is;
        and the bar moves by leaps too: painting its whole length would be most of what a new word costs.
        """
        height, top = self.size.height, self.scroll_offset.y
        self._height = height
        whole = len(self._drawn) + height // _LEAP
        self.set_reactive(Widget.virtual_size, Size(self.size.width, whole))
        leaps = follows and len(self._drawn) > top + height
        if leaps or not follows:
            self.vertical_scrollbar.window_virtual_size = whole
        if leaps:
            self.scroll_to(y=whole - height, animate=False, force=True)
        else:
            self.refresh(Region(0, max(0, first - top), self.size.width, max(0, end - max(first, top))))

    def _lines(self, block: list[Token]) -> list[Strip]:
        """The lines of a block, and an empty one behind it."""
        width, style = self.size.width, self._style
        console = self._at(max(1, min(_WIDEST, width) - _LEFT - _RIGHT))
        margin = Segment(" " * _LEFT)
        drawn = console.render_lines(_of(block), pad=False)
        lines = [Strip([margin, *map(_unlinked, line)]) for line in drawn]
        blank = [not line.text.strip() for line in lines]
        empty = Strip([])
        above = [empty] if block[0].tag in {"h1", "h2"} else []
        kept = lines[blank.index(False) : len(blank) - blank[::-1].index(False)] if False in blank else []
        return [line.apply_style(style).adjust_cell_length(width, style) for line in [*above, *kept, empty]]

    @property
    def _style(self) -> Style:
        """The style of plain words."""
        if self._plain is None:
            self._plain = self.rich_style
        return self._plain

    def _at(self, width: int) -> Console:
        """What lays the blocks out, in the styles of the theme."""
        if self._setter is None or self._setter.width != width:
            title, heading, code, quote, sign = (
                self.get_component_rich_style(name, partial=True)
                for name in ("title", "heading", "code", "quote", "sign")
            )
            styles: dict[str, str | Style] = {f"markdown.h{level}": title for level in range(1, 7)}
            styles |= {"markdown.h2": heading, "markdown.link_url": "underline", "markdown.hr": quote}
            styles |= {"markdown.code": code, "markdown.code_block": code, "markdown.block_quote": quote}
            styles |= {"markdown.item.bullet": sign, "markdown.item.number": sign}
            styles |= {"markdown.table.header": title, "markdown.table.border": quote}
            self._setter = Console(
                file=StringIO(),
                width=width,
                theme=Theme(styles),
                color_system="truecolor",
                force_terminal=True,
            )
        return self._setter

    def render_line(self, y: int) -> Strip:
        """One line of what is in sight."""
        number = self.scroll_offset.y + y
        if number < len(self._drawn):
            return self._drawn[number]
        return Strip.blank(self.size.width, self._style)


class _Left(Heading):
    """A heading that begins where all other lines begin."""

    LEVEL_ALIGN: ClassVar = {}


class _Plain(CodeBlock):
    """Code in the colour of code, and in no other."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Its lines."""
        yield self.text


class _Block(Markdown):
    """One block of a text that has been parsed."""

    elements: ClassVar[dict[str, type[MarkdownElement]]] = {
        **Markdown.elements,
        "heading_open": _Left,
        "fence": _Plain,
        "code_block": _Plain,
    }


_NOTHING = _Block("")


def _of(tokens: list[Token]) -> _Block:
    """The block of these tokens. A new one would make a parser, which costs more than to draw it."""
    block = copy(_NOTHING)
    block.parsed = tokens
    return block


def _blocks(tokens: Iterable[Token]) -> list[list[Token]]:
    """The blocks that stand in no other."""
    found: list[list[Token]] = []
    depth = 0
    for token in tokens:
        if depth == 0:
            found.append([])
        found[-1].append(token)
        depth += token.nesting
    return found


def _may_go_on(blocks: list[list[Token]]) -> bool:
    """Whether the last block but one is a list, and the last may yet become its next item: `2` of `2.`."""
    if len(blocks) < 2 or not blocks[-2][0].type.endswith("list_open"):
        return False
    return blocks[-1][0].type == "paragraph_open" and blocks[-1][1].content.isdecimal()


def _unlinked(segment: Segment) -> Segment:
    """A click on a stranger's link opens nothing."""
    style = segment.style
    return Segment(segment.text, style.update_link(None)) if style is not None and style.link else segment
