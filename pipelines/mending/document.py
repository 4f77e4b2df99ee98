"""A text as checks see it: its prose, with code, addresses and markup masked out."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import regex

from loop.model import Place
from loop.text.blocks import Block, blocks
from loop.text.sentences import Span, sentences
from loop.text.words import count_words

WORD_MASK = "\ufffc"
"""Stands for every character of inline code or an address: together they are one word."""
MARK_MASK = "\ufff9"
"""Stands for every character of a link's target or a tag: no word at all."""
IMAGE_MASK = "\ufffa"
"""Stands for every character of an image: no word, but something to see."""
MASKS = frozenset((WORD_MASK, MARK_MASK, IMAGE_MASK))

_MASKED = regex.compile(
    r"""
    (?P<word> (?<![`\\])(?P<ticks>`+)(?!`)(?s:.{1,2000}?)(?<!`)(?P=ticks)(?!`)
      | <(?:https?|mailto):[^<>\s]{1,2000}>
      | (?:https?://|(?<![\p{L}\p{N}])www\.)[^\s<>()\[\]"“”`—]{1,2000}(?<![.,;:!?'’*_])
      | (?<![\w.+\-@])[\w.+\-]{1,64}@[\w\-]{1,64}(?:\.[\w\-]{1,64})+
      | (?<![\w.\-/@])[\w\-]{1,64}(?:\.[\w\-]{1,64})*\.(?:com|org|net|io|dev|co\.uk|de|eu)(?![\w\-])
        (?:/[^\s<>()\[\]"“”`—]{0,2000}(?<![.,;:!?'’*_]))?
    )
    | (?P<image> !\[[^\[\]\n]{0,500}\](?:\([^()\n]{0,2000}\)|\[[^\[\]\n]{0,200}\]) )
    | (?P<mark> \]\((?:[^()\s]|\([^()\s]{0,500}\)){0,2000}
        (?:\s+(?:"[^"\n]{0,500}"|'[^'\n]{0,500}'))?[ \t]{0,9}\)
      | (?<=\])\[[^\[\]\n]{0,200}\]
      | \[\^[^\[\]\s]{1,80}\]:?
      | (?m:^[ \t]{0,3}\[[^\[\]\n]{1,200}\]:[ \t]+\S.{0,2000}$)
      | <!--(?s:.{0,5000}?)-->
      | </?[A-Za-z][^<>]{0,1000}>
      | &(?:[A-Za-z]{2,10}|\#[0-9A-Fa-fx]{1,8});
    )
    """,
    regex.VERBOSE,
)
_MAYBE = regex.compile(r"[`<\]&@]|://|www\.|\.(?:com|org|net|io|dev|co|de|eu)")
"""Without any of these there is nothing to mask: most blocks are spared the long search."""
_MASK_OF = {"word": WORD_MASK, "ticks": WORD_MASK, "image": IMAGE_MASK, "mark": MARK_MASK}
_LINK_TEXT = regex.compile(rf"\[[^\[\]{MARK_MASK}]{{1,500}}(?={MARK_MASK}{MARK_MASK})")
_END_INSIDE = regex.compile(r"[.!?…](?=\s)")
_QUOTE_MARK = regex.compile(r"(?<=[\r\n])[ \t]*(?:>[ \t]?)+")
_CLOSING_MARKER = regex.compile(r"[ \t]+#+[ \t]*$")
_WORD_RUN = regex.compile(f"{WORD_MASK}+")
_WORDS = regex.compile(rf"[\p{{L}}\p{{N}}{WORD_MASK}]")
_SEEN = regex.compile(rf"[\p{{L}}\p{{N}}{WORD_MASK}{IMAGE_MASK}]")


@dataclass(frozen=True)
class Part:
    """The words of one unprotected block, behind its marker (`## `, `- `, `> `)."""

    block: Block
    """The block as a whole."""
    number: int
    """Its place among all blocks of the text."""
    start: int
    """Offset of the words in the text."""
    end: int
    """Their end (exclusive)."""
    view: str
    """As long as the words; what no check may look into is masked."""

    @cached_property
    def sentences(self) -> tuple[Span, ...]:
        """Spans in `view`; a heading is one, code may begin one, and none ends inside a link's words."""
        if self.block.kind == "heading":
            return (Span(0, len(self.view)),) if self.view.strip() else ()
        view = self.view.replace(WORD_MASK, "X")
        if MARK_MASK in view:
            view = _LINK_TEXT.sub(lambda link: _END_INSIDE.sub(MARK_MASK, link.group()), view)
        return sentences(view)

    @cached_property
    def _starts(self) -> list[int]:
        return [span.start for span in self.sentences]

    def sentence_at(self, position: int) -> int:
        """Number of the sentence that holds a position in `view` (the one before, in a gap)."""
        return max(0, bisect_right(self._starts, position) - 1)

    @cached_property
    def is_prose(self) -> bool:
        """True for a block of words that is no heading (nor an image or a link's address alone)."""
        return self.block.kind != "heading" and _WORDS.search(self.view) is not None


@dataclass(frozen=True)
class Document:
    """A text and everything that checks ask of it, worked out once."""

    text: str
    """The text itself."""

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """All blocks, protected ones too."""
        return blocks(self.text)

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """The prose, in order."""
        return tuple(_part(number, block) for number, block in enumerate(self.blocks) if not block.protected)

    @cached_property
    def protected(self) -> tuple[str, ...]:
        """The blocks that pass byte for byte."""
        return tuple(block.text for block in self.blocks if block.protected)

    @cached_property
    def fixed(self) -> tuple[str, ...]:
        """What no mending may touch, in order: such blocks, code, addresses, links' targets, images, tags."""
        found: list[str] = []
        for block in self.blocks:
            if block.protected:
                found.append(block.text)
            elif _MAYBE.search(block.text) is not None:
                found += (match.group() for match in _MASKED.finditer(block.text))
        return tuple(found)

    @cached_property
    def newline(self) -> str:
        """The line end that the text uses."""
        match = _NEWLINE.search(self.text)
        return match.group() if match else "\n"

    @cached_property
    def curly(self) -> bool:
        """True when the text's apostrophes are mostly curly."""
        return self.text.count("’") > self.text.count("'")

    def at(self, place: Place) -> Sequence[Part]:
        """The parts at a place; opening and closing are the first and last that are no heading."""
        if place == "anywhere":
            return self.parts
        order = self.parts if place == "opening" else tuple(reversed(self.parts))
        found = next((part for part in order if part.is_prose), None)
        return () if found is None else (found,)


_NEWLINE = regex.compile(r"\r\n|\r|\n")


@lru_cache(maxsize=4)
def document(text: str) -> Document:
    """The document of a text; the last few are remembered, since check after check asks again."""
    return Document(text)


def words(view: str) -> int:
    """How many words a view has; inline code and an address are one each."""
    if WORD_MASK not in view:
        return count_words(view)
    return count_words(view) + sum(1 for _ in _WORD_RUN.finditer(view))


def wordless(view: str, start: int = 0, end: int | None = None) -> bool:
    """True when `view[start:end]` holds nothing that a reader would read or look at."""
    return _SEEN.search(view, start, len(view) if end is None else end) is None


def _part(number: int, block: Block) -> Part:
    start = len(block.marker)
    view = block.text[start:]
    if block.kind == "quote":
        view = _QUOTE_MARK.sub(lambda match: " " * len(match.group()), view)
    if block.kind == "heading":
        view = _CLOSING_MARKER.sub(lambda match: MARK_MASK * len(match.group()), view)
    if _MAYBE.search(view) is not None:
        view = _MASKED.sub(_mask, view)
    return Part(block, number, block.start + start, block.end, view)


def _mask(match: regex.Match[str]) -> str:
    mask = _MASK_OF[match.lastgroup or "mark"]
    return mask * len(match.group())
