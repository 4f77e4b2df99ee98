"""One of the two texts of a diff: its blocks, its units, and where it must not be cut."""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property
from typing import NamedTuple

import regex

from loop.text.blocks import Block, blocks
from loop.text.sentences import Span, sentences
from loop.text.words import PARAGRAPH_BREAK, tokens

_LAST_CODE = 0x10FFFF

# Bounded repetitions on purpose: an opening mark that is never closed costs a few hundred steps.
_INLINE = regex.compile(
    r"""
    (?<!`)`[^`\n]{1,300}`(?!`) | (?<!`)``(?!`).{1,300}?(?<!`)``(?!`)          # code
    | ^[ ]{0,3}\[[^\]\n]{1,200}\]:[ \t]*\S+                                   # where a reference leads
    | \]\( [^()\s]{0,2000} (?:\([^()\s]{0,500}\)[^()\s]{0,500}){0,4} (?:[ \t]+"[^"\n]{0,300}")? [ \t]* \)
    | \]\(<[^<>\n]{0,2000}> (?:[ \t]+"[^"\n]{0,300}")? [ \t]* \)
    | \]\[[^\]\n]{0,200}\] | \[\^[^\]\s]{1,100}\]                             # references, footnotes
    | \{\{[^{}\n]{0,200}\}\}                                                  # template variables
    | <[A-Za-z/!][^<>\n]{0,500}>                                              # tags, <https://...>
    | (?<![\p{L}\p{N}]) (?: [A-Za-z][A-Za-z0-9+.\-]{1,20}:// | www\. | mailto: )
      (?: [^\s<>()\[\]{}"“”«»「」。，、]++ | \([^\s<>()]{0,200}\) )+ (?<![.,;:!?…'’*_~`\-])
    | (?<![\w.+\-])[\w.+\-]{1,64}@[\w\-]{1,64}(?:\.[\w\-]{1,64}){1,8}           # e-mail
    | (?<!\*)\*{2,3}(?!\*) | (?<!~)~~(?!~)                                    # emphasis of several signs
    """,
    regex.VERBOSE | regex.MULTILINE,
)
_MAYBE_INLINE = regex.compile(r"\]|`|<|\{\{|@|\*\*|~~|://|www\.|mailto:")
_FENCE_INSIDE = regex.compile(r"^[ \t>]*(?:`{3}|~{3})", regex.MULTILINE)
_CLUSTER = regex.compile(r"\X")


class Words(NamedTuple):
    """The words and marks of one passage; links, code spans and URLs are one each."""

    starts: list[int]
    """Where each begins, as an offset into the whole text."""
    ends: list[int]
    """Where each ends."""
    codes: str
    """One character per word, the same one for the same word in any case."""


class Source:
    """A text and what is known of it; found out once, and only where it is asked for."""

    def __init__(self, text: str, vocabulary: dict[str, str]) -> None:
        self.text = text
        self._vocabulary = vocabulary
        self._inline: dict[int, tuple[Span, ...]] = {}

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """The text's Markdown blocks."""
        return blocks(self.text)

    @cached_property
    def _block_starts(self) -> list[int]:
        return [block.start for block in self.blocks]

    def words(self, start: int, end: int) -> Words:
        """The words of `text[start:end]`."""
        starts: list[int] = []
        ends: list[int] = []
        codes: list[str] = []
        vocabulary = self._vocabulary
        units = iter(inline_units(self.text, start, end))
        unit = next(units, None)
        for token in tokens(self.text[start:end]):
            if token.text == PARAGRAPH_BREAK:
                continue
            first, last = token.start + start, token.end + start
            if ends and first < ends[-1]:
                continue
            while unit is not None and unit.end <= first:
                unit = next(units, None)
            if unit is not None and unit.start < last:
                first, last = min(first, unit.start), max(last, unit.end)
            word = self.text[first:last].casefold()
            code = vocabulary.get(word)
            if code is None:
                # Words past the last code share it: codes only say how alike two passages are.
                code = vocabulary[word] = chr(min(len(vocabulary), _LAST_CODE))
            starts.append(first)
            ends.append(last)
            codes.append(code)
        return Words(starts, ends, "".join(codes))

    def holding(self, position: int) -> Span | None:
        """The unit that a cut at this offset would divide, or None where a cut is allowed.

        Units are front matter, code blocks, tables, raw HTML, link targets, URLs, code spans and
        grapheme clusters.
        """
        if not 0 < position < len(self.text):
            return None
        index = bisect_right(self._block_starts, position) - 1
        if index >= 0 and position < self.blocks[index].end:
            block = self.blocks[index]
            if is_whole(block):
                return Span(block.start, block.end) if block.start < position else None
            for span in self._inline_of(block):
                if span.start < position < span.end:
                    return span
        return self._cluster(position)

    def _inline_of(self, block: Block) -> tuple[Span, ...]:
        if block.start not in self._inline:
            self._inline[block.start] = inline_units(self.text, block.start, block.end)
        return self._inline[block.start]

    def _cluster(self, position: int) -> Span | None:
        before, after = self.text[position - 1], self.text[position]
        if after < "\u0300" and before < "\u0300" and not (before == "\r" and after == "\n"):
            return None
        starts, ends = self._clusters
        index = bisect_right(starts, position) - 1
        if index >= 0 and starts[index] < position < ends[index]:
            return Span(starts[index], ends[index])
        return None

    @cached_property
    def _clusters(self) -> tuple[list[int], list[int]]:
        found = [match.span() for match in _CLUSTER.finditer(self.text)]
        long = [(start, end) for start, end in found if end - start > 1]
        return [start for start, _ in long], [end for _, end in long]


class Unit:
    """A block or a sentence that is aligned as one piece."""

    def __init__(self, source: Source, start: int, end: int, kind: str, *, whole: bool) -> None:
        self.source = source
        self.start = start
        self.end = end
        self.kind = kind
        """The block's kind, or `sentence`."""
        self.whole = whole
        """True for a block that is changed whole or not at all."""

    @cached_property
    def text(self) -> str:
        """Its text."""
        return self.source.text[self.start : self.end]

    @cached_property
    def words(self) -> Words:
        """Its words."""
        return self.source.words(self.start, self.end)


def is_whole(block: Block) -> bool:
    """True for a block that is changed whole or not at all."""
    if block.protected:
        return True
    return block.kind in {"quote", "list_item"} and _FENCE_INSIDE.search(block.text) is not None


def block_units(source: Source) -> list[Unit]:
    """The blocks of a text as units."""
    return [
        Unit(source, block.start, block.end, block.kind, whole=is_whole(block)) for block in source.blocks
    ]


def sentence_units(source: Source, first: int, last: int) -> list[Unit]:
    """The sentences of the blocks number `first` up to `last`, without the Markdown in front of them."""
    found = []
    for block in source.blocks[first:last]:
        body = block.start + len(block.marker)
        found += [
            Unit(source, body + span.start, body + span.end, "sentence", whole=False)
            for span in sentences(source.text[body : block.end])
        ]
    return found


def inline_units(text: str, start: int, end: int) -> tuple[Span, ...]:
    """What stands inside a paragraph and must not be cut: links, URLs, code spans, tags."""
    if _MAYBE_INLINE.search(text, start, end) is None:
        return ()
    return tuple(Span(match.start(), match.end()) for match in _INLINE.finditer(text, start, end))
