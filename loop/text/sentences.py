"""Where sentences begin and end inside one paragraph."""

from __future__ import annotations

from typing import NamedTuple

import regex


class Span(NamedTuple):
    """A piece of a text: `text[start:end]`."""

    start: int
    end: int


_ABBREVIATIONS = frozenset(
    "mr mrs ms dr prof st sr jr vs etc e.g i.e cf fig no nos vol pp ca approx dept est inc ltd co corp"
    " al ed eds jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues wed thu thur thurs fri"
    " z.b d.h bzw usw u.a bspw evtl ggf m p.ex".split()
)
_END = regex.compile(r"(?:[.!?…]+|[。！？｡؟۔।॥]+)[\"'”’»\)\]」』）*_]*")
_WIDE = frozenset("。！？｡")
_START = regex.compile(
    r"\s+(?:[\"'“‘«¿¡\(\[「『（*_]*(?:[\p{Lu}\p{Lt}\p{Lo}\p{N}]|\p{Emoji_Presentation})|`\S)"
)
_WORD_BEFORE = regex.compile(r"([\p{L}.]+)$")
_LOOK_BACK = 40
"""Longer than any abbreviation: looking further back would cost the sentence's length each time."""
_INITIAL = regex.compile(r"(?:^|[\s(\"“])\p{Lu}$")


def sentences(text: str) -> tuple[Span, ...]:
    """Spans of the sentences of one paragraph, without the blank space between them.

    A full stop ends a sentence when a capital, a digit or a script without capitals follows, and it
    does not belong to a well-known abbreviation, an initial or a number.
    """
    found: list[Span] = []
    start = _skip_blank(text, 0)
    position = start
    while start < len(text):
        match = _END.search(text, position)
        if match is None:
            end = len(text.rstrip())
            if end > start:
                found.append(Span(start, end))
            break
        position = match.end()
        if _ends_here(text, match.start(), match.end(), start):
            found.append(Span(start, match.end()))
            start = _skip_blank(text, match.end())
            position = start
    return tuple(found)


def _ends_here(text: str, mark: int, end: int, start: int) -> bool:
    if _skip_blank(text, end) == len(text):
        return True
    if text[mark] in _WIDE:
        return True
    if _START.match(text, end) is None:
        return False
    if text[mark] != "." or text[mark : mark + 2] == "..":
        return True
    before = text[max(start, mark - _LOOK_BACK) : mark]
    word = _WORD_BEFORE.search(before)
    if word is not None and word.group(1).lower().strip(".") in _ABBREVIATIONS:
        return False
    return _INITIAL.search(before) is None


def _skip_blank(text: str, position: int) -> int:
    while position < len(text) and text[position].isspace():
        position += 1
    return position
