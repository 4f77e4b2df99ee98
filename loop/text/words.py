"""Words and punctuation marks: the units in which a writer's changes are counted.

A unit is a word, a punctuation mark, a grapheme of a script that puts no spaces between words
(Han, kana, Thai, Lao, Khmer, Myanmar), or a paragraph break.
"""

from __future__ import annotations

import unicodedata
from typing import NamedTuple

import regex

PARAGRAPH_BREAK = "¶"

_SPACELESS = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
_TOKEN = regex.compile(
    rf"""
    (?P<gap>(?>\r\n|\r|\n)[^\S\r\n]*+(?:(?>\r\n|\r|\n)[^\S\r\n]*+)+)
    | (?P<grapheme>(?=[{_SPACELESS}])\X)
    | (?P<word>[[\p{{L}}\p{{N}}_]--[{_SPACELESS}]]
        (?:[[\p{{L}}\p{{N}}\p{{M}}_\u200c\u200d]--[{_SPACELESS}]]
          | (?:['’\-‐‑] | (?<=\p{{N}})[.,:](?=\p{{N}})) (?=[[\p{{L}}\p{{N}}]--[{_SPACELESS}]]) )*)
    | (?P<other>(?!\s)\X)
    """,
    regex.VERBOSE | regex.V1,
)


class Token(NamedTuple):
    """One unit: `text` is in NFC, the offsets are into the text as it was given."""

    text: str
    start: int
    end: int
    is_word: bool


def tokens(text: str) -> tuple[Token, ...]:
    """The units of a text, in order. Blank space is left out; a paragraph break is the unit `¶`."""
    found = []
    nfc = unicodedata.is_normalized("NFC", text)
    body = len(text.rstrip())
    for match in _TOKEN.finditer(text, len(text) - len(text.lstrip()), body):
        kind = match.lastgroup
        piece = PARAGRAPH_BREAK if kind == "gap" else match.group()
        if not nfc:
            piece = unicodedata.normalize("NFC", piece)
        found.append(Token(piece, match.start(), match.end(), kind in {"word", "grapheme"}))
    return tuple(found)


def count_words(text: str) -> int:
    """How many words a writer would count (each grapheme of a script without spaces is one)."""
    return sum(1 for token in tokens(text) if token.is_word)
