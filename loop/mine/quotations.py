"""Quotations in a critique: each becomes one character, so that the grammar never trips over its words."""

from __future__ import annotations

from typing import NamedTuple

import regex

MARK = "[\ue000-\uf8ff]"
"""One private-use character stands for one quotation."""
_FIRST = 0xE000
_MOST = 0xF8FF - _FIRST
_RESERVED = regex.compile(MARK)
_QUOTATION = regex.compile(
    r"""
      “(?P<a>[^“”\n]{1,400})”
    | „(?P<b>[^„“”\n]{1,400})[“”]
    | «\s?(?P<c>[^«»\n]{1,400}?)\s?»
    | »(?P<d>[^«»\n]{1,400})«
    | "(?P<e>[^"\n]{1,400})"
    | `(?P<f>[^`\n]{1,400})`
    | (?<![\p{L}\p{N}])[‘'](?=\S)(?P<g>[^\n]{1,400}?)(?<=\S)['’](?![\p{L}\p{N}])
    """,
    regex.VERBOSE,
)
_ENDS_SENTENCE = regex.compile(r"\s*(?:\Z|\s\p{Lu})")


class Masked(NamedTuple):
    """A text whose quotations are single characters."""

    text: str
    quotations: tuple[str, ...]
    """The words of each, without the marks."""
    originals: tuple[str, ...]
    """Each as it was typed."""

    def restored(self, piece: str) -> str:
        """A piece of `text` as the writer typed it."""
        return _RESERVED.sub(lambda match: self.originals[ord(match.group()) - _FIRST], piece)

    def words(self, mark: str) -> str:
        """What one mark stands for, without the quotation marks."""
        return self.quotations[ord(mark) - _FIRST]


def mask(text: str) -> Masked:
    """The text with every quotation (single, double, curly, angled, back-ticked) as one character.

    A full stop inside the marks that ends the critique's own sentence is set behind them.
    """
    found: list[str] = []
    originals: list[str] = []
    clean = _RESERVED.sub(" ", text)

    def put(match: regex.Match[str]) -> str:
        words = next(words for words in match.groups() if words is not None).strip()
        if not words or len(found) >= _MOST:
            return match.group()
        found.append(words)
        originals.append(match.group())
        ends = words[-1] in ".!?" and _ENDS_SENTENCE.match(clean, match.end())
        return chr(_FIRST + len(found) - 1) + ("." if ends else "")

    return Masked(_QUOTATION.sub(put, clean), tuple(found), tuple(originals))
