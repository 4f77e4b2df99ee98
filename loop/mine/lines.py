"""Lines that a writer puts in: how a piece opens and closes, and what it always says."""

from __future__ import annotations

from collections.abc import Iterator

from rapidfuzz import fuzz

from loop.mine.reading import PairReading
from loop.mine.sign import Sign
from loop.model import Check, Place
from loop.text.blocks import Block, blocks
from loop.text.sentences import sentences

_MOST_CHARACTERS = 300
_SAME = 70
"""From this likeness on (0..100) a line is an edited one, not a new one."""


def line_signs(reading: PairReading, scope: str) -> Iterator[Sign]:
    """Texts of the final's opening, closing or middle that the draft does not have.

    Each is only a candidate: a habit is what the finals of several briefs share word for word.
    """
    draft, final = _prose(reading.draft.text), _prose(reading.final.text)
    for text in openings(final):
        if _is_new(text, openings(draft)):
            yield _sign(text, "opening", scope)
    for text in closings(final):
        if _is_new(text, closings(draft)):
            yield _sign(text, "closing", scope)
    for text in _short(list(reading.new)):
        yield _sign(text, "anywhere", scope)


def _is_new(text: str, had: list[str]) -> bool:
    """False for a line that the draft has too, touched up or not: its words are the draft's."""
    return all(fuzz.ratio(_plain(text), _plain(other)) < _SAME for other in had)


def _sign(text: str, place: Place, scope: str) -> Sign:
    return Sign(Check(kind="require", text=text, place=place, scope=scope), (), 1, 0)


def openings(row: list[Block]) -> list[str]:
    """What a piece opens with: its first sentence, line, paragraph, or first two paragraphs."""
    if not row:
        return []
    first = row[0].text
    found = [first.splitlines()[0], first, *(first[span.start : span.end] for span in sentences(first)[:1])]
    if len(row) > 1:
        found.append(f"{first}\n\n{row[1].text}")
    return _short(found)


def closings(row: list[Block]) -> list[str]:
    """What a piece closes with: its last sentence, lines, paragraph, or last two paragraphs."""
    if not row:
        return []
    last = row[-1].text
    lines = last.splitlines()
    found = [last, *("\n".join(lines[-size:]) for size in (1, 2, 3))]
    found += [last[span.start : span.end] for span in sentences(last)[-1:]]
    if len(row) > 1:
        found.append(f"{row[-2].text}\n\n{last}")
    return _short(found)


def said(text: str, place: Place) -> list[str]:
    """Every text of a piece that a `require` check of that place could ask for, tidied."""
    row = _prose(text)
    if place == "opening":
        return openings(row)
    return closings(row) if place == "closing" else sorted(_whole(row))


def _whole(row: list[Block]) -> set[str]:
    """Sentences, and lines of short paragraphs."""
    found: set[str] = set()
    for block in row:
        found.update(block.text[span.start : span.end] for span in sentences(block.text))
        if len(block.text) <= _MOST_CHARACTERS:
            found.update((block.text, *block.text.splitlines()))
    return set(_short(sorted(found)))


def _prose(text: str) -> list[Block]:
    return [block for block in blocks(text) if not block.protected and block.kind != "heading"]


def _short(texts: list[str]) -> list[str]:
    tidy = ("\n".join(line.strip() for line in text.strip().splitlines()) for text in texts)
    return list(
        dict.fromkeys(text for text in tidy if len(text) <= _MOST_CHARACTERS and any(map(str.isalpha, text)))
    )


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
