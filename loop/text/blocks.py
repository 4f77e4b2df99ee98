"""Markdown as a row of blocks with exact offsets; what no learning may touch is marked.

A light reader, not a renderer: it knows only what matters to a writer's text. Every character that
is not inside a block is blank space between blocks, so the text can always be put together again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

BlockKind = Literal[
    "front_matter", "code", "table", "html", "rule", "heading", "list_item", "quote", "paragraph"
]


class Block(NamedTuple):
    """One block; `text[start:end]` is its text without the blank lines around it."""

    kind: BlockKind
    start: int
    end: int
    text: str

    @property
    def protected(self) -> bool:
        """True for blocks that pass through the pipeline and the diff byte for byte."""
        return self.kind in {"front_matter", "code", "table", "html", "rule"}

    @property
    def marker(self) -> str:
        """The Markdown in front of the words: `## `, `- `, `3. `, `> `, or nothing."""
        if self.kind not in {"heading", "list_item", "quote"}:
            return ""
        match = _MARKER.match(self.text)
        return match.group() if match else ""


_MARKER = re.compile(r"[ \t]*(?:#{1,6}[ \t]+|(?:[-*+•]|\d{1,9}[.)])[ \t]+(?:\[[ xX]\][ \t]+)?|>[ \t]?)")
_BREAK = re.compile(r"\r\n|\r|\n")
_FENCE = re.compile(r"[ \t]*(`{3,}(?=[^`]*$)|~{3,})")
"""However deep: a fence inside a list item is indented with its item."""
_HEADING = re.compile(r"[ ]{0,3}#{1,6}(?:[ \t]|$)")
_LIST = re.compile(r"[ \t]*(?:[-*+•]|\d{1,9}[.)])[ \t]+\S")
_QUOTE = re.compile(r"[ ]{0,3}>")
_RULE = re.compile(r"[ ]{0,3}(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$")
_HTML = re.compile(r"[ ]{0,3}(?:<!--|</?[A-Za-z][^>]*>[ \t]*$)")
_TABLE_RULE = re.compile(r"[ ]{0,3}\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)+\|?[ \t]*$")


class _Line(NamedTuple):
    start: int
    end: int
    """Without the line break."""
    text: str


def _lines(text: str) -> list[_Line]:
    found = []
    position = 0
    while position < len(text):
        match = _BREAK.search(text, position)
        end, following = (match.start(), match.end()) if match else (len(text), len(text))
        found.append(_Line(position, end, text[position:end]))
        position = following
    return found


def blocks(text: str) -> tuple[Block, ...]:
    """The blocks of a Markdown text, in order, with offsets into it."""
    return tuple(_blocks(text, _lines(text)))


def _blocks(text: str, lines: list[_Line]) -> Iterator[Block]:
    index = 0

    def block(kind: BlockKind, first: int, last: int) -> Block:
        start, end = lines[first].start, lines[last].end
        return Block(kind, start, end, text[start:end])

    if lines and lines[0].text.rstrip() == "---":
        close = next((i for i in range(1, len(lines)) if lines[i].text.rstrip() in {"---", "..."}), None)
        if close is not None:
            yield block("front_matter", 0, close)
            index = close + 1
    while index < len(lines):
        line = lines[index].text
        if not line.strip():
            index += 1
            continue
        last = index
        kind: BlockKind
        if fence := _FENCE.match(line):
            kind = "code"
            mark = fence.group(1)
            while last + 1 < len(lines):
                last += 1
                end = lines[last].text.strip()
                if end.startswith(mark) and not end.strip(mark[0]):
                    break
        elif _RULE.match(line):
            kind = "rule"
        elif _HEADING.match(line):
            kind = "heading"
        elif _HTML.match(line):
            kind = "html"
            if line.lstrip().startswith("<!--"):
                while "-->" not in lines[last].text and last + 1 < len(lines):
                    last += 1
            else:
                last = _run(lines, index, stop=())
        elif _table_starts(lines, index):
            kind = "table"
            while last + 1 < len(lines) and "|" in lines[last + 1].text:
                last += 1
        elif _LIST.match(line):
            kind = "list_item"
            last = _run(lines, index, stop=(_LIST, _HEADING, _FENCE, _QUOTE, _RULE))
        elif _QUOTE.match(line):
            kind = "quote"
            last = _run(lines, index, stop=(_HEADING, _FENCE, _RULE))
        else:
            kind = "paragraph"
            last = _run(lines, index, stop=(_LIST, _HEADING, _FENCE, _QUOTE, _RULE))
        yield block(kind, index, last)
        index = last + 1


def _table_starts(lines: list[_Line], index: int) -> bool:
    if index + 1 >= len(lines) or "|" not in lines[index].text:
        return False
    return _TABLE_RULE.match(lines[index + 1].text) is not None


def _run(lines: list[_Line], first: int, stop: tuple[re.Pattern[str], ...]) -> int:
    last = first
    while last + 1 < len(lines):
        following = lines[last + 1].text
        if not following.strip() or any(pattern.match(following) for pattern in stop):
            break
        if stop and _table_starts(lines, last + 1):
            break
        last += 1
    return last
