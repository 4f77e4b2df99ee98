"""What a critique asks for: a check where its form is known, else a rule in the writer's own words.

`asked_words`, `asked_numbers` and `asked_variants` list the forms. A critique is split into sentences, and a
sentence that fits no form into clauses; praise and thanks ask for nothing, and a question why something is so
only where nothing else is said.
"""

from __future__ import annotations

from typing import NamedTuple

import regex

from feedback.evidence import CritiqueEvidence
from loop.mine.asked_numbers import about_numbers
from loop.mine.asked_variants import about_variants
from loop.mine.asked_words import about_words
from loop.mine.asking import Clause, Reading
from loop.mine.clauses import bare, is_praise, is_puzzled, parts_of, sentences_of, without_reason
from loop.mine.quotations import Masked, mask
from loop.mine.wording import quoted, says
from loop.model import Check

_SHORT_QUOTE = 4
_POINTS = regex.compile(r"\b(?:this|that|it|here|these|those)\b", regex.IGNORECASE)


class CritiqueSign(NamedTuple):
    """One wish of a critique."""

    check: Check | None
    """Its enforceable form; None when no form fits."""
    says: str
    """The rule: the writer's own words when there is no check."""
    critique: str
    """The critique's id."""
    enforced: bool
    """True when there is a check."""
    exact: bool = True
    """False when the writer gave no number, so that a better bound may come from the finals."""


def read_critique(item: CritiqueEvidence, draft: str = "") -> tuple[CritiqueSign, ...]:
    """Every wish of a critique, in its order; `draft` is the text it is about, where that is known."""
    masked = mask(item.critique.text)
    found: list[CritiqueSign] = []
    puzzled: list[CritiqueSign] = []
    for sentence in sentences_of(masked.text):
        if is_praise(sentence):
            continue
        if found and (better := _instead(sentence, masked, found[-1].check)):
            found[-1] = found[-1]._replace(check=better, says=says(better))
            continue
        for readings, words in _wishes(sentence, masked, item, draft):
            if not readings:
                text = _own_words(words, item.critique.quote)
                own = puzzled if is_puzzled(words) else found
                own.append(CritiqueSign(None, text, item.critique.id, enforced=False))
                continue
            found += [
                CritiqueSign(one.check, says(one.check), item.critique.id, enforced=True, exact=one.exact)
                for one in readings
            ]
    return tuple(_merged(found or puzzled))


def read_rule(text: str, type_: str) -> tuple[Check, ...]:
    """The checks that a rule's own words amount to, if they fit a form (to tell that two rules are one)."""
    masked = mask(text)
    found: list[Check] = []
    for sentence in sentences_of(masked.text):
        readings = _read(sentence, masked, "", "", type_)
        found += [reading.check for reading in readings or ()]
    return tuple(found)


def _instead(sentence: str, masked: Masked, before: Check | None) -> Check | None:
    """`Don't say X.` followed by `Say Y.` is one wish."""
    if before is None or before.kind != "forbid" or before.pattern or before.place != "anywhere":
        return None
    readings = _read(sentence, masked, before.find, before.find, before.scope)
    if readings is None or len(readings) != 1 or readings[0].check.find != before.find:
        return None
    return readings[0].check if readings[0].check.kind == "replace" else None


def _wishes(
    sentence: str, masked: Masked, item: CritiqueEvidence, draft: str
) -> list[tuple[list[Reading] | None, str]]:
    """(checks, own words) for a sentence, or for each of its clauses when only those fit a form."""

    def read(words: str) -> list[Reading] | None:
        return _read(words, masked, draft, item.critique.quote, item.type)

    whole = read(sentence)
    if whole:
        return [(whole, "")]
    parts = parts_of(sentence)
    readings = [read(part) for part in parts]
    if len(parts) < 2 or not any(readings):
        return [(None, masked.restored(sentence))]
    found: list[tuple[list[Reading] | None, str]] = []
    for part, reading in zip(parts, readings, strict=True):
        if reading:
            found.append((reading, ""))
        elif len(part.split()) > 1 and not is_praise(part):
            found.append((None, masked.restored(part)))
    return found


def _read(words: str, masked: Masked, draft: str, quote: str, type_: str) -> list[Reading] | None:
    for text in dict.fromkeys((bare(words), without_reason(bare(words)))):
        clause = Clause(text, masked, draft, quote, type_)
        found = about_variants(clause) or about_numbers(clause) or about_words(clause)
        if found:
            return found
    return None


def _own_words(words: str, quote: str) -> str:
    text = " ".join(words.split())
    if quote and len(text.split()) <= _SHORT_QUOTE and _POINTS.search(text):
        start = " ".join(quote.split()[:_SHORT_QUOTE])
        return f"About {quoted(start)}: {text}"
    return text


def _merged(found: list[CritiqueSign]) -> list[CritiqueSign]:
    """The wishes without twins; `Don't say X. Say Y.` is one wish."""
    kept: list[CritiqueSign] = []
    seen: set[str] = set()
    for sign in found:
        key = sign.check.form if sign.check else sign.says.casefold()
        if key not in seen:
            seen.add(key)
            kept.append(sign)
    return kept
