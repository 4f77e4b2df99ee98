"""Effort: how much of a draft the writer changed."""

from __future__ import annotations

from rapidfuzz.distance import Levenshtein

from loop.text.words import tokens

_CODES = 0x110000


def effort(draft: str, final: str) -> float:
    """Levenshtein distance over words and punctuation marks divided by the longer length, 0..1.

    Units are those of `loop.text.tokens`: NFC, case-sensitive, one grapheme each for scripts without
    spaces, and a paragraph break counts. Two texts without any unit are equal: 0.
    """
    distance, longer = edit_distance(draft, final)
    return distance / longer if longer else 0.0


def edit_distance(draft: str, final: str) -> tuple[int, int]:
    """(Units inserted, deleted or replaced at least, units of the longer text)."""
    units_d = [token.text for token in tokens(draft)]
    units_f = units_d if draft == final else [token.text for token in tokens(final)]
    longer = max(len(units_d), len(units_f))
    if units_d == units_f:
        return 0, longer
    numbers = {unit: number for number, unit in enumerate(dict.fromkeys([*units_d, *units_f]))}
    codes_d, codes_f = [numbers[unit] for unit in units_d], [numbers[unit] for unit in units_f]
    if len(numbers) <= _CODES:
        # Text is the form that rapidfuzz compares fastest.
        return Levenshtein.distance("".join(map(chr, codes_d)), "".join(map(chr, codes_f))), longer
    return Levenshtein.distance(codes_d, codes_f), longer
