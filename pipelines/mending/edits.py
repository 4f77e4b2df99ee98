"""Small changes of a text, and what a check makes of a text with them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import regex

from loop.text.short import one_line
from pipelines.mending.document import Document, Part

_BREAK = regex.compile(r"\r\n|\r|\n")
_BLANK = regex.compile(r"\s+")
_QUOTE_LENGTH = 80


class Finding(NamedTuple):
    """One place where a check is not kept: `text[start:end]`."""

    start: int
    """Offset into the text, in code points."""
    end: int
    """Its end (exclusive)."""
    message: str
    """What is wrong, in a writer's words."""
    quote: str
    """The passage, shortened, on one line."""


class Edit(NamedTuple):
    """Put `new` where `text[start:end]` stands."""

    start: int
    end: int
    new: str


class Outcome(NamedTuple):
    """What a check finds in a text, and the edits that mend what it safely can."""

    findings: Sequence[Finding] = ()
    edits: Sequence[Edit] = ()


def finding(document: Document, start: int, end: int, message: str) -> Finding:
    """A finding with its passage quoted."""
    passage = document.text[start : min(end, start + 4 * _QUOTE_LENGTH)]
    return Finding(start, end, message, one_line(passage, _QUOTE_LENGTH))


def in_part(part: Part, start: int, end: int, new: str = "") -> Edit:
    """An edit given by offsets into a part's view."""
    return Edit(part.start + start, part.start + end, new)


def apply_edits(text: str, edits: Iterable[Edit]) -> str:
    """The text with the edits made; one that overlaps an earlier one is left for the next round."""
    pieces = []
    position = 0
    for edit in sorted(edits):
        if edit.start < position:
            continue
        pieces += [text[position : edit.start], edit.new]
        position = edit.end
    return "".join([*pieces, text[position:]])


def without_blocks(document: Document, numbers: Iterable[int]) -> list[Edit]:
    """Edits that take whole blocks out and keep their neighbours apart."""
    edits = []
    for first, last in _runs(sorted(numbers)):
        blocks = document.blocks
        end = blocks[last].end
        if last + 1 == len(blocks):
            edits.append(Edit(blocks[first - 1].end if first else blocks[0].start, end, ""))
        elif first == 0:
            # `---` on the very first line would begin front matter.
            new = document.newline if blocks[last + 1].kind == "rule" else ""
            edits.append(Edit(blocks[0].start, blocks[last + 1].start, new))
        else:
            gap = _gap(document, first, last)
            edits.append(Edit(blocks[first - 1].end, blocks[last + 1].start, gap))
    return edits


def _gap(document: Document, first: int, last: int) -> str:
    blocks, text = document.blocks, document.text
    gaps = [text[blocks[i].end : blocks[i + 1].start] for i in range(first - 1, last + 1)]
    widest = max(gaps, key=_breaks)
    before, after = blocks[first - 1].kind, blocks[last + 1].kind
    if before == "heading" or before == after == "list_item" or _breaks(widest) >= 2:
        return widest
    return document.newline * 2


def _breaks(gap: str) -> int:
    return sum(1 for _ in _BREAK.finditer(gap))


def _runs(numbers: Sequence[int]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and runs[-1][1] == number - 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return runs


def without_sentences(part: Part, numbers: Iterable[int]) -> list[Edit]:
    """Edits that take sentences out of a part; at least one of its sentences must stay."""
    edits = []
    spans = part.sentences
    for first, last in _runs(sorted(numbers)):
        if last + 1 < len(spans):
            start, end = spans[first].start, spans[last + 1].start
        else:
            start, end = spans[first - 1].end, spans[last].end
        edits.append(in_part(part, start, end, unclosed(part, start, end)))
    return edits


def unclosed(part: Part, start: int, end: int) -> str:
    """The bold mark that must stay when `view[start:end]` goes, so that its partner is not alone."""
    return "**" if part.view.count("**", start, end) % 2 else ""
