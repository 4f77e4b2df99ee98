"""Words and punctuation marks: the units in which a writer's changes are counted.

A unit is a word, a punctuation mark, a grapheme of a script that puts no spaces between words
(Han, kana, Thai, Lao, Khmer, Myanmar), or a paragraph break.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

import regex

PARAGRAPH_BREAK = "¶"

_SPACELESS = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
_FORM = r"""
    (?P<word>{letter} (?: {part}++ | (?:['’\-‐‑] | (?<={number})[.,:](?={number})) (?={letter}) )*+)
    | (?P<gap>(?>\r\n|\r|\n)[^\S\r\n]*+(?:(?>\r\n|\r|\n)[^\S\r\n]*+)+)
    | {rest}
    """
_ANY_SCRIPT = regex.compile(
    _FORM.format(
        letter=rf"[[\p{{L}}\p{{N}}_]--[{_SPACELESS}]]",
        part=rf"[[\p{{L}}\p{{N}}\p{{M}}_\u200c\u200d]--[{_SPACELESS}]]",
        number=r"\p{N}",
        rest=rf"(?P<grapheme>(?=[{_SPACELESS}])\X) | (?P<other>(?!\s)\X)",
    ),
    regex.VERBOSE | regex.V1,
)
# The same form for Latin letters, where each character is a grapheme of its own: four times faster.
_LATIN = re.compile(
    _FORM.format(letter=r"\w", part=r"\w", number=r"[0-9²³¹¼½¾]", rest=r"(?P<other>\S)"),
    re.VERBOSE,
)
_NOT_LATIN = re.compile("[^\x00-\x1b\x20-\u017f\u2010-\u2026€]")


class Token(NamedTuple):
    """One unit: `text` is in NFC, the offsets are into the text as it was given."""

    text: str
    start: int
    end: int
    is_word: bool


def tokens(text: str) -> tuple[Token, ...]:
    """The units of a text, in order. Blank space is left out; a paragraph break is the unit `¶`."""
    found = []
    latin = _NOT_LATIN.search(text) is None
    nfc = latin or unicodedata.is_normalized("NFC", text)
    form = _LATIN if latin else _ANY_SCRIPT
    body = len(text.rstrip())
    for match in form.finditer(text, len(text) - len(text.lstrip()), body):
        kind = match.lastgroup
        piece = PARAGRAPH_BREAK if kind == "gap" else match.group()
        if not nfc:
            piece = unicodedata.normalize("NFC", piece)
        found.append(Token(piece, match.start(), match.end(), kind in {"word", "grapheme"}))
    return tuple(found)


def count_words(text: str) -> int:
    """How many words a writer would count (each grapheme of a script without spaces is one)."""
    return sum(1 for token in tokens(text) if token.is_word)
