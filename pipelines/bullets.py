"""Where the rules of a style guide stand: bullets below a heading `## Rules for <type>`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from loop.text.blocks import Block, blocks

EVERYTHING = "everything"
ID_COMMENT = re.compile(r"<!--[ \t]*(r[0-9]{1,9})[ \t]*-->")
BREAK = re.compile(r"\r\n|\r|\n")

_RULES_FOR = "rules for "
_BLANK = re.compile(r"[ \t\r\n]+")
_BULLET = re.compile(r"([ \t]*)((?:[-*+•]|[0-9]{1,9}[.)])[ \t]+(?:\[[ xX]\][ \t]+)*)")
_MARKERS = re.compile(rf"\A(?:{_BULLET.pattern})?(?:\[[ xX]\][ \t]+)*")
_TAB = 4
_LEVELS = 6


class Heading(NamedTuple):
    """One heading: its block, its level, and the section it opens or lies in."""

    block: int
    level: int
    scope: str | None
    """The document type whose rules stand below it; None outside of such sections."""
    opens: bool
    """True for `Rules for <type>` itself, False for a heading further down in its section."""


class Bullet(NamedTuple):
    """One rule as it stands in the text: blocks `first`..`last`, nested ones included."""

    id: str
    """Empty while it has none."""
    scope: str
    text: str
    """One line, and one more for each nested bullet; no marker, no id. Empty for an empty bullet."""
    first: int
    last: int


class Layout(NamedTuple):
    """A style guide taken apart; the blocks and the space between them are the whole text."""

    text: str
    blocks: tuple[Block, ...]
    headings: tuple[Heading, ...]
    bullets: tuple[Bullet, ...]

    def start(self, bullet: Bullet) -> int:
        """Offset of a bullet's first character."""
        return self.blocks[bullet.first].start

    def end(self, bullet: Bullet) -> int:
        """Offset behind a bullet's last character."""
        return self.blocks[bullet.last].end


def document_type(text: str) -> str:
    """A document type as it is compared and stored: small letters, single spaces."""
    return " ".join(text.lower().split())


def layout(text: str) -> Layout:
    """Find the headings and the rules of a style guide."""
    found = blocks(text)
    headings: list[Heading] = []
    spans: list[tuple[str, int, int]] = []
    scope: str | None = None
    level = 0
    indent: int | None = None
    for number, block in enumerate(found):
        if block.kind == "heading":
            heading = _heading(block, number, scope, level)
            headings.append(heading)
            level = heading.level if heading.opens or heading.scope is None else level
            scope = heading.scope
            indent = None
        elif scope is None:
            continue
        elif indent is not None and _indent(block) > indent + 1 and not _own_rule(block):
            spans[-1] = (*spans[-1][:2], number)
        elif block.kind == "list_item":
            spans.append((scope, number, number))
            indent = _indent(block)
        else:
            indent = None
    bullets = tuple(_bullet(found[first : last + 1], scope, first) for scope, first, last in spans)
    return Layout(text, found, tuple(headings), bullets)


def numbered(found: Layout) -> Mapping[str, Bullet]:
    """The rules that say something, by id; of two with the same id the first."""
    by_id: dict[str, Bullet] = {}
    for bullet in found.bullets:
        if bullet.id and bullet.text:
            by_id.setdefault(bullet.id, bullet)
    return by_id


def bodies(found: Layout) -> Mapping[int, range]:
    """Block of a heading -> the blocks below it, up to the next heading of its level or above."""
    nearest = [len(found.blocks)] * _LEVELS
    below = {}
    for heading in reversed(found.headings):
        below[heading.block] = range(heading.block + 1, min(nearest[: heading.level]))
        nearest[heading.level - 1] = heading.block
    return below


def without_ids(text: str) -> str:
    """A block's text without id comments and the space before them."""
    parts = []
    position = 0
    for match in ID_COMMENT.finditer(text):
        parts.append(text[position : match.start()].rstrip(" \t\r\n"))
        position = match.end()
    return "".join((*parts, text[position:]))


def rule_lines(text: str) -> tuple[str, ...]:
    """A rule's words as they are written: one line, then one for each nested bullet, dedented.

    Whatever a model or a person may put around them goes: a bullet in front, an id, soft breaks.
    Empty when no letter or digit is left.
    """
    lines: list[tuple[int, str]] = []
    for line in BREAK.split(ID_COMMENT.sub(" ", text)):
        words = _words(line)
        bullet = _BULLET.match(line)
        if not words:
            continue
        if lines and bullet:
            lines.append((len(bullet.group(1).expandtabs(_TAB)), words))
        elif lines:
            lines[-1] = (lines[-1][0], f"{lines[-1][1]} {words}")
        else:
            lines.append((0, _MARKERS.sub("", words, count=1)))
    if not any(any(map(str.isalnum, words)) for _, words in lines):
        return ()
    base = min((indent for indent, _ in lines[1:]), default=0)
    return (lines[0][1], *(" " * (indent - base) + words for indent, words in lines[1:]))


def _heading(block: Block, number: int, scope: str | None, level: int) -> Heading:
    line = block.text.strip()
    depth = len(line) - len(line.lstrip("#"))
    closed = line.rstrip("#")
    title = document_type((closed if closed.endswith((" ", "\t")) else line).lstrip("#"))
    title = title.removesuffix(":").rstrip()
    if title.startswith(_RULES_FOR) and depth > 1:
        return Heading(number, depth, title.removeprefix(_RULES_FOR), opens=True)
    return Heading(number, depth, scope if depth > level else None, opens=False)


def _bullet(span: tuple[Block, ...], scope: str, first: int) -> Bullet:
    own, nested = span[0], span[1:]
    ids = ID_COMMENT.findall(own.text) or [id_ for block in nested for id_ in ID_COMMENT.findall(block.text)]
    lines = [_words(without_ids(own.text[len(own.marker) :]))]
    base = min((_indent(block) for block in nested), default=0)
    for block in nested:
        words = without_ids(block.text) if block.protected else _words(without_ids(block.text))
        lines.append(" " * (_indent(block) - base) + words)
    return Bullet(
        id=ids[-1] if ids else "",
        scope=scope,
        text="\n".join(line for line in lines if line.strip()),
        first=first,
        last=first + len(nested),
    )


def _own_rule(block: Block) -> bool:
    """A nested bullet with an id was a rule once, and stays one wherever it is moved."""
    return block.kind == "list_item" and ID_COMMENT.search(block.text) is not None


def _indent(block: Block) -> int:
    line = block.text.expandtabs(_TAB)
    return len(line) - len(line.lstrip(" "))


def _words(text: str) -> str:
    return _BLANK.sub(" ", text).strip(" ")
