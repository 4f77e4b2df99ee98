"""Families of small choices (spelling, contractions, commas, quotes, numbers, heading case) as signs."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import get_args

from rapidfuzz.distance import Levenshtein

from feedback.evidence import PairEvidence
from loop.mine.reading import PairReading
from loop.mine.sign import Sign
from loop.model import Check, Variant
from loop.text.words import tokens
from pipelines.checks import Finding, findings, fix

_AROUND = 40
"""A change this far from a finding (in code points) may still be what mends it: a comma, a capital."""
_FOLLOWED = 0.5
"""So much of what the family's fix would change is what the writer did; the rest went some other way."""
OPPOSITES: dict[Variant, Variant] = {
    "british": "american",
    "american": "british",
    "contracted": "uncontracted",
    "uncontracted": "contracted",
    "serial_comma": "no_serial_comma",
    "no_serial_comma": "serial_comma",
    "curly_quotes": "straight_quotes",
    "straight_quotes": "curly_quotes",
    "sentence_case_headings": "title_case_headings",
    "title_case_headings": "sentence_case_headings",
}


def variant_signs(reading: PairReading, item: PairEvidence, scope: str) -> Iterator[Sign]:
    """Families whose fix takes the draft closer to the final, by what the writer really changed."""
    final = _units(reading.final.text)
    draft = _units(reading.kept_draft)
    distance = Levenshtein.distance(draft, final)
    for variant in get_args(Variant):
        check = Check(kind="replace", variant=variant, scope=scope)
        found = findings(reading.kept_draft, check)
        if not found:
            continue
        fixed = _units(fix(reading.kept_draft, check))
        changed = Levenshtein.distance(draft, fixed)
        gained = distance - Levenshtein.distance(fixed, final)
        if not changed or gained < _FOLLOWED * changed:
            continue
        counter = len(findings(reading.final.text, check))
        yield Sign(check, tuple(_near(findings(reading.draft.text, check), item)), len(found), counter)


def _near(found: Sequence[Finding], item: PairEvidence) -> Iterator[str]:
    """Ids of the Changes at the places that the family is about."""
    starts = [one.start for one in found]
    for change in item.changes:
        place = bisect_left(starts, change.draft_start - _AROUND)
        if place < len(starts) and starts[place] <= change.draft_end + _AROUND:
            yield change.id


def _units(text: str) -> list[str]:
    return [token.text for token in tokens(text)]
