"""One clause of a critique together with what it is about."""

from __future__ import annotations

from typing import NamedTuple

import regex

from loop.mine.lexicon import PRONOUNS, TEXT_KINDS
from loop.mine.quotations import MARK, Masked
from loop.model import Check

_AND = regex.compile(r"\s*(?:,\s*(?:and|or|nor)\b|[,/&]|\b(?:and|or|nor)\b)\s*", regex.IGNORECASE)
_NAMING = regex.compile(
    r"^(?:(?:saying|using|writing|say|use|write)\s+)?"
    r"(?:(?:the|any|all|those|these|your|that|a)\s+)?"
    r"(?:(?:words?|phrases?|expressions?|terms?|lines?|sentences?|things?|stuff|filler|fillers)\s*"
    r"(?:like|such as|as in)?\s*:?\s+|like\s+|such as\s+)?",
    regex.IGNORECASE,
)
_BARE = regex.compile(r"[\p{L}\p{N}][\p{L}\p{N}\p{M}'’\-]*(?:\s+[\p{L}\p{N}][\p{L}\p{N}\p{M}'’\-]*){0,4}")
_VAGUE = frozenset(
    "a an the any some all too more most less fewer few many much such so very long longer short"
    " shorter simple"
    " simpler plain plainer my your our his her their its what how why when where who than as in on at to of"
    " about with for by people someone somebody nothing bad good better".split()
)


class Clause(NamedTuple):
    """One clause, bare of courtesies, with its surroundings."""

    text: str
    """The clause; quotations are single marks."""
    masked: Masked
    """What the marks stand for."""
    draft: str
    """The draft that the critique is about; may be empty."""
    quote: str
    """The passage it is anchored to; may be empty."""
    type: str
    """The document type."""


class Reading(NamedTuple):
    """A check that a clause asks for."""

    check: Check
    exact: bool = True
    """False when the clause gave no number and the draft had to say how much."""


def operands(clause: Clause, written: str, *, loose: bool = False) -> list[str] | None:
    """The phrases that `written` names: quotations, single words, or longer phrases that the draft has.

    None when one of them only describes (`long words`, `jargon`). With `loose`, every bare phrase that
    starts with a capital counts as literal too.
    """
    found = []
    for piece in _AND.split(_NAMING.sub("", written.strip(), count=1)):
        phrase = operand(clause, _NAMING.sub("", piece.strip(), count=1), loose=loose)
        if phrase is None:
            return None
        found.append(phrase)
    return found or None


def operand(clause: Clause, written: str, *, loose: bool = False) -> str | None:
    """The one phrase that `written` names, or None."""
    piece = written.strip(" ,;:")
    if regex.fullmatch(MARK, piece):
        return clause.masked.words(piece)
    if regex.search(MARK, piece) or not _BARE.fullmatch(piece):
        return None
    words = piece.casefold().split()
    if any(word in TEXT_KINDS for word in words):
        return None
    if len(words) == 1:
        return None if words[0] in PRONOUNS else piece
    if loose and piece[0].isupper() and words[0] not in _VAGUE:
        return piece
    return piece if words[0] not in PRONOUNS and stands_in(piece, clause.draft) else None


def stands_in(phrase: str, text: str) -> bool:
    """True when the text has the phrase as whole words, in any case."""
    pattern = rf"(?<![\p{{L}}\p{{N}}]){regex.escape(phrase, literal_spaces=True)}(?![\p{{L}}\p{{N}}])"
    return regex.search(pattern, text, regex.IGNORECASE) is not None


def plain(phrase: str) -> str:
    """A phrase without the punctuation that a quotation drags along."""
    return " ".join(phrase.split()).strip().strip(",;:.").strip() or phrase.strip()
