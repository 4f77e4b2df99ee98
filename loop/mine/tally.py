"""How often a text has each of many phrases, counted in one pass."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from loop.mine.reading import START, Text, folded_words
from loop.mine.starts import phrase_in, started_phrase
from loop.model import Check

Phrase = tuple[str, ...]
"""Folded words and marks; START in front of one that counts only where a sentence begins."""


def is_phrase(check: Check) -> bool:
    """True for a check that looks for one phrase."""
    return check.kind in {"replace", "forbid"} and check.variant is None


def phrase_of(check: Check) -> Phrase:
    """The phrase that a check looks for, wherever in a sentence; empty for any other check."""
    if not is_phrase(check):
        return ()
    return tuple(folded_words(phrase_in(check.find, pattern=check.pattern)).split())


def tally(text: Text, phrases: Collection[Phrase]) -> Counter[Phrase]:
    """How often each of the phrases stands in a text. Cost grows with the text, not with their number."""
    units = text.folded.split()
    sizes = {len(phrase) for phrase in phrases if phrase}
    found: Counter[Phrase] = Counter()
    for size in sizes:
        for place in range(len(units) - size + 1):
            words = tuple(units[place : place + size])
            if words in phrases:
                found[words] += 1
    return found


def against(text: Text, checks: Sequence[Check]) -> list[int]:
    """For each replace or forbid check (made by this package), how often a text goes against it."""
    looked = [_looked_for(check) for check in checks]
    wanted = [tuple(folded_words(check.text).split()) for check in checks]
    found = tally(text, frozenset((*looked, *wanted)))
    return [
        found[phrase] - (min(found[phrase], found[new]) if _inside(phrase, new) else 0)
        for phrase, new in zip(looked, wanted, strict=True)
    ]


def _looked_for(check: Check) -> Phrase:
    starts = check.pattern and started_phrase(check.find)
    return (START, *phrase_of(check)) if starts else phrase_of(check)


def _inside(part: Iterable[str], whole: Iterable[str]) -> bool:
    """True for `data` in `the data`: where the new words stand, the old ones are meant to."""
    return f" {' '.join(part)} " in f" {' '.join(whole)} "
