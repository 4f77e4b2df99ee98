"""What all critiques together ask for: the newest word on a matter stands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from feedback.evidence import CritiqueEvidence, Evidence
from loop.mine.critiques import CritiqueSign, read_critique
from loop.mine.families import OPPOSITES
from loop.mine.reading import folded_words
from loop.model import Check


class Wish(NamedTuple):
    """One wish with the document type it is for."""

    sign: CritiqueSign
    type: str


def wishes(evidence: Evidence) -> tuple[Wish, ...]:
    """Every wish of every critique, oldest first; one that a later one contradicts is left out."""
    said = [
        Wish(sign, item.type)
        for item in evidence.critiques
        for sign in read_critique(item, draft_of(item, evidence))
    ]
    settled: set[tuple[str, ...]] = set()
    kept: list[Wish] = []
    for wish in reversed(said):
        check = wish.sign.check
        key = matter(check) if check else ("words", wish.sign.says.casefold(), wish.type)
        if key not in settled:
            settled.add(key)
            kept.append(wish)
    return tuple(reversed(kept))


def draft_of(item: CritiqueEvidence, evidence: Evidence) -> str:
    """The draft that a critique is about: of its version if there is a pair, else the brief's last."""
    drafts = [one.pair for one in evidence.pairs if one.pair.brief.id == item.critique.brief]
    if not drafts:
        return ""
    drafts.sort(key=lambda pair: (pair.version == item.critique.version, pair.created, pair.id))
    return drafts[-1].draft


def matter(check: Check) -> tuple[str, ...]:
    """What two checks cannot both decide: one family, one measure, one phrase, one opening."""
    if check.variant is not None:
        pair = sorted({check.variant, OPPOSITES.get(check.variant, check.variant)})
        return ("variant", pair[0], check.scope)
    if check.kind == "limit":
        return ("limit", str(check.measure), "low" if check.high is None else "high", check.scope)
    if check.kind == "require":
        where = check.place if check.place != "anywhere" else " ".join(check.text.split()).casefold()
        return ("require", where, check.scope)
    find = check.find if check.pattern else folded_words(check.find)
    return ("phrase", find, check.place, check.scope)


def same_matter(check: Check, other: Check) -> bool:
    """True when the two decide the same matter, whatever their scopes."""
    return matter(check.model_copy(update={"scope": ""})) == matter(other.model_copy(update={"scope": ""}))


def turned_round(check: Check, other: Check) -> bool:
    """True when one puts back what the other replaces."""
    if {check.kind, other.kind} != {"replace"} or check.variant or other.variant:
        return False
    there = folded_words(check.find), folded_words(check.text)
    return there == (folded_words(other.text), folded_words(other.find))


def newest_first(found: Sequence[Wish]) -> list[Wish]:
    """The wishes of the newest critique first; those of one critique in its own order."""
    ages = {wish.sign.critique: age for age, wish in enumerate(reversed(found))}
    return sorted(found, key=lambda wish: ages[wish.sign.critique])
