"""The shape of a piece: its headings, its lists, its paragraphs and its length."""

from __future__ import annotations

from collections.abc import Sequence

import regex

from pipelines.mending.casing import capitalised
from pipelines.mending.document import Document, Part, words
from pipelines.mending.edits import Edit, in_part, without_blocks, without_sentences

CLOSING_WORDS = 12
"""A last paragraph as short as this is a greeting or a signature: it stays when a piece is cut."""

_HELD = regex.compile(
    r"(?s)\*\*(?=\S)(?:(?!\*\*).){1,2000}(?<=\S)\*\*|(?<![\p{L}\p{N}])__(?=\S)(?:(?!__).){1,2000}(?<=\S)__"
    r"|(?<![\p{L}\p{N}*])\*(?=[^\s*])[^*]{1,2000}(?<=\S)\*|(?<![\p{L}\p{N}_])_(?=[^\s_])[^_]{1,2000}(?<=\S)_"
)
_ENDED = regex.compile(r"[.!?…。！？:][\"'“”’»)\]*_]*\s*\Z")
_LOOSE_END = regex.compile(r"\s*[;,]?\s*\Z")
_CONTINUED = regex.compile(r"(?<=[\r\n])[ \t]+")


def groups(part: Part) -> tuple[tuple[int, int], ...]:
    """Spans between which a paragraph may be broken: sentences, but never inside emphasis."""
    held = [match.span() for match in _HELD.finditer(part.view)]
    found: list[tuple[int, int]] = []
    inside = 0
    for start, end in part.sentences:
        while inside < len(held) and held[inside][1] <= start:
            inside += 1
        if found and inside < len(held) and held[inside][0] < start:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return tuple(found)


def broken(document: Document, part: Part, most: int) -> list[Edit]:
    """Edits that break a paragraph into even ones of at most so many sentences."""
    spans = groups(part)
    pieces = -(-len(spans) // most)
    edits = []
    for piece in range(1, pieces):
        at = len(spans) * piece // pieces
        edits.append(in_part(part, spans[at - 1][1], spans[at][0], document.newline * 2))
    return edits


def without_headings(document: Document, parts: Sequence[Part]) -> list[Edit]:
    """Edits that take headings out, line and all."""
    return without_blocks(document, [part.number for part in parts])


def joined(document: Document, items: Sequence[Part]) -> list[Edit]:
    """Edits that make each run of list items one paragraph, an item a sentence."""
    edits = []
    for run in _runs(items):
        blocks, newline = document.blocks, document.newline
        first, last = run[0].number, run[-1].number
        start = blocks[first - 1].end if first else run[0].block.start
        end = blocks[last + 1].start if last + 1 < len(blocks) else run[-1].block.end
        paragraph = " ".join(filter(None, (_sentence(document, item) for item in run)))
        before = newline * 2 if first else ""
        after = newline * 2 if last + 1 < len(blocks) else ""
        edits.append(Edit(start, end, before + paragraph + after if paragraph else before))
    return edits


def _runs(items: Sequence[Part]) -> list[list[Part]]:
    runs: list[list[Part]] = []
    for item in items:
        if runs and runs[-1][-1].number == item.number - 1:
            runs[-1].append(item)
        else:
            runs.append([item])
    return runs


def _sentence(document: Document, item: Part) -> str:
    text = _CONTINUED.sub("", document.text[item.start : item.end].strip())
    if not text:
        return ""
    if item.view[:1].islower():
        text = capitalised(text)
    if _ENDED.search(item.view) is not None:
        return text
    return text[: len(text) - len(_found(text))] + "."


def _found(text: str) -> str:
    match = _LOOSE_END.search(text)
    return match.group() if match else ""


def shortened(document: Document, low: float, high: float) -> list[Edit]:
    """Edits that drop sentences from the end until the piece has at most `high` words.

    A short closing paragraph, the first sentence and `low` words stay; a heading with nothing left
    under it goes too.
    """
    total = sum(words(part.view) for part in document.parts)
    prose = [part for part in document.parts if part.is_prose]
    closing = prose[-1] if prose else None
    if closing is not None and (closing.block.kind != "paragraph" or words(closing.view) > CLOSING_WORDS):
        closing = None
    gone: dict[int, set[int]] = {}
    for part in reversed(prose):
        if part is closing and part is not prose[0]:
            continue
        kept = 1 if part is prose[0] else 0
        for number in reversed(range(kept, len(part.sentences))):
            size = words(part.view[slice(*part.sentences[number])])
            if total <= high or total - size < low:
                break
            total -= size
            gone.setdefault(part.number, set()).add(number)
        if total <= high or len(gone.get(part.number, ())) + kept < len(part.sentences):
            break
    return _without(document, gone, closing)


def _without(document: Document, gone: dict[int, set[int]], closing: Part | None) -> list[Edit]:
    edits: list[Edit] = []
    emptied: set[int] = set()
    for part in document.parts:
        numbers = gone.get(part.number, set())
        if numbers and len(numbers) == len(part.sentences):
            emptied.add(part.number)
        elif numbers:
            edits += without_sentences(part, numbers)
    kept = -1 if closing is None else closing.number
    return edits + without_blocks(document, emptied | _bare_headings(document, emptied, kept))


def _bare_headings(document: Document, emptied: set[int], closing: int) -> set[int]:
    """Headings whose whole section goes (the closing paragraph is no part of it)."""
    bare: set[int] = set()
    pending: list[int] = []
    lost = False
    for number, block in enumerate(document.blocks):
        if block.kind == "heading":
            if lost:
                bare.update(pending[-1:])
            pending, lost = [number], False
        elif number in emptied:
            lost = True
        elif number != closing:
            pending, lost = [], False
    return bare | (set(pending[-1:]) if lost else set())
