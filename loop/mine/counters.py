"""How many finals go against a habit: the other half of the evidence."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from feedback.evidence import PairEvidence
from loop.mine.lines import said
from loop.mine.reading import Text, read_text
from loop.mine.tally import Phrase, against, phrase_of, tally
from loop.model import Check, Place
from pipelines.checks import findings


class Candidate(NamedTuple):
    """A check, and since when it would have been kept."""

    check: Check
    since: str


def broken_by(candidates: Sequence[Candidate], pairs: Sequence[PairEvidence]) -> list[int]:
    """For each candidate, how many finals of its type, from its first showing on, do not keep to it.

    `pairs` are in order. Phrases and lines are looked up in one pass over each final, however many
    candidates there are; only the few families are tried one by one.
    """
    counts = [0] * len(candidates)
    phrases = _Phrases([candidate.check for candidate in candidates])
    families = [number for number, one in enumerate(candidates) if one.check.variant is not None]
    for item in pairs:

        def asked(number: int, item: PairEvidence = item) -> bool:
            one = candidates[number]
            return one.check.scope == item.pair.brief.type and item.pair.created >= one.since

        for number in phrases.broken(read_text(item.pair.final)) if phrases.numbers else ():
            counts[number] += asked(number)
        for number in families:
            if asked(number) and findings(item.pair.final, candidates[number].check):
                counts[number] += 1
    for number, missing in _missing(candidates, pairs).items():
        counts[number] = missing
    return counts


def _missing(candidates: Sequence[Candidate], pairs: Sequence[PairEvidence]) -> dict[int, int]:
    """For each required line, how many finals do without it."""
    wanted: dict[tuple[str, Place, str], list[int]] = {}
    for number, one in enumerate(candidates):
        if one.check.kind == "require":
            wanted.setdefault((one.check.scope, one.check.place, one.check.text), []).append(number)
    places = {(scope, place) for scope, place, _ in wanted}
    days: dict[str, list[str]] = {}
    kept: Counter[int] = Counter()
    for item in pairs if wanted else ():
        type_, created = item.pair.brief.type, item.pair.created
        days.setdefault(type_, []).append(created)
        for scope, place in places:
            for text in said(item.pair.final, place) if scope == type_ else ():
                numbers = wanted.get((scope, place, text), ())
                kept.update(number for number in numbers if created >= candidates[number].since)
    missing = {}
    for (scope, _, _), numbers in wanted.items():
        for number in numbers:
            row = days.get(scope, [])
            missing[number] = len(row) - bisect_left(row, candidates[number].since) - kept[number]
    return missing


class _Phrases:
    """Checks that look for phrases, by their phrase."""

    def __init__(self, checks: Sequence[Check]) -> None:
        self.checks = checks
        self.numbers: dict[Phrase, list[int]] = {}
        for number, check in enumerate(checks):
            if words := phrase_of(check):
                self.numbers.setdefault(words, []).append(number)

    def broken(self, text: Text) -> list[int]:
        """Numbers of the checks that the text goes against."""
        near = [number for words in tally(text, self.numbers) for number in self.numbers[words]]
        counts = against(text, [self.checks[number] for number in near])
        return [number for number, count in zip(near, counts, strict=True) if count]
