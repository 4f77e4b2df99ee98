"""Lines that a writer puts in: how a piece opens and closes, and what it always says."""

from __future__ import annotations

from collections.abc import Iterator

from loop.mine.reading import PairReading
from loop.mine.sign import Sign
from loop.model import Check, Place
from loop.text import Block, blocks, sentences

_MOST_CHARACTERS = 300


def line_signs(reading: PairReading, scope: str) -> Iterator[Sign]:
    """Texts of the final's opening, closing or middle that the draft does not have.

    Each is only a candidate: a habit is what the finals of several briefs share word for word.
    """
    draft, final = _prose(reading.draft.text), _prose(reading.final.text)
    if not final:
        return
    known = _plain(reading.draft.text)
    for place, texts in (("opening", openings(final)), ("closing", closings(final))):
        had = set(openings(draft) if place == "opening" else closings(draft))
        for text in texts:
            if text not in had:
                yield _sign(text, place, scope)
    for text in sorted(_whole(final)):
        if _plain(text) not in known:
            yield _sign(text, "anywhere", scope)


def _sign(text: str, place: str, scope: str) -> Sign:
    where: Place = "opening" if place == "opening" else "closing" if place == "closing" else "anywhere"
    return Sign(Check(kind="require", text=text, place=where, scope=scope), (), 1, 0)


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
