"""Headings in sentence case and in title case."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import regex

from pipelines.mending.casing import capitalised, lowered
from pipelines.mending.document import Document, Part, document
from pipelines.mending.edits import Edit, in_part

_WORD = regex.compile(r"[\p{L}\p{N}]+(?:['’][\p{L}\p{N}]+)*")
_NEW_START = regex.compile(r"[:.!?—–]\s*[\"“‘'(*_]*\Z")
_SMALL = frozenset(
    "a an the and but or nor for so yet as at by in of off on per to up via vs with from into onto"
    " over".split()
)
_ALWAYS_CAPITAL = frozenset(
    "I I'm I've I'll I'd Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February April June"
    " July August September October November December Christmas Easter English French German Italian Spanish"
    " Chinese Japanese American British European Africa America Asia Australia Britain Canada China England"
    " Europe France Germany India Italy Japan London Paris Spain Google Internet Amazon Apple"
    " Microsoft".split()
)


def sentence_case(asked: Document, part: Part) -> Iterator[Edit]:
    """Words of a heading that have a capital for no reason, and a first word without one."""
    if part.block.kind != "heading":
        return
    names = _names(asked.text)
    for number, match in enumerate(_WORD.finditer(part.view)):
        word = match.group()
        if _own_case(word):
            continue
        starts = number == 0 or _NEW_START.search(part.view, max(0, match.start() - 8), match.start())
        if number == 0:
            wanted = capitalised(word)
        elif starts or word in names or word.replace("’", "'") in _ALWAYS_CAPITAL:
            continue
        else:
            wanted = lowered(word)
        if wanted != word:
            yield in_part(part, *match.span(), wanted)


def title_case(_asked: Document, part: Part) -> Iterator[Edit]:
    """Words of a heading that lack their capital, and small words that have one."""
    if part.block.kind != "heading":
        return
    found = list(_WORD.finditer(part.view))
    for number, match in enumerate(found):
        word = match.group()
        if _own_case(word):
            continue
        edge = number in {0, len(found) - 1}
        starts = edge or _NEW_START.search(part.view, max(0, match.start() - 8), match.start())
        wanted = lowered(word) if word.lower() in _SMALL and not starts else capitalised(word)
        if wanted != word:
            yield in_part(part, *match.span(), wanted)


def _own_case(word: str) -> bool:
    """True for words whose capitals are their own: NASA, iPhone, 3D."""
    return any(letter.isupper() for letter in word[1:]) or word[0].isdigit()


@lru_cache(maxsize=4)
def _names(text: str) -> frozenset[str]:
    """Words that the prose writes with a capital in the middle of a sentence, and never without."""
    capital: set[str] = set()
    small: set[str] = set()
    for part in document(text).parts:
        if part.block.kind == "heading":
            continue
        starts = {span.start for span in part.sentences}
        for match in _WORD.finditer(part.view):
            word = match.group()
            if word[0].islower():
                small.add(word)
            elif part.view[max(0, match.start() - 1) : match.start()] not in {"", '"', "“"} and not any(
                start in starts for start in range(match.start() - 3, match.start() + 1)
            ):
                capital.add(word)
    return frozenset(word for word in capital if word.lower() not in small)
