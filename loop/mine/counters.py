"""How many finals go against a habit: the other half of the evidence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from feedback.evidence import PairEvidence
from loop.mine.lines import said
from loop.mine.phrases import against
from loop.mine.reading import START, Text, folded_words, read_text
from loop.mine.starts import phrase_in, started_phrase
from loop.model import Check
from pipelines.checks import findings


class Candidate(NamedTuple):
    """A check, and since when it would have been kept."""

    check: Check
    since: str


def broken_by(candidates: Sequence[Candidate], pairs: Sequence[PairEvidence]) -> list[int]:
    """For each candidate, how many finals of its type, from its first showing on, do not keep to it.

    Phrases are looked up in one pass over each final, however many candidates there are.
    """
    counts = [0] * len(candidates)
    phrases = PhraseIndex([candidate.check for candidate in candidates])
    others = [number for number, candidate in enumerate(candidates) if not phrases.knows(candidate.check)]
    for item in pairs:
        broken = phrases.broken(read_text(item.pair.final)) if phrases.words else []
        lines: dict[str, frozenset[str]] = {}
        for number in (*broken, *others):
            candidate = candidates[number]
            check = candidate.check
            if check.scope != item.pair.brief.type or item.pair.created < candidate.since:
                continue
            if check.kind == "require":
                if check.place not in lines:
                    lines[check.place] = frozenset(said(item.pair.final, check.place))
                counts[number] += check.text not in lines[check.place]
            elif number in others:
                counts[number] += bool(findings(item.pair.final, check))
            else:
                counts[number] += 1
    return counts


class PhraseIndex:
    """Phrases of replace and forbid checks, found in a text in one pass."""

    def __init__(self, checks: Sequence[Check]) -> None:
        self.checks = checks
        self.words: dict[str, list[tuple[tuple[str, ...], int]]] = {}
        for number, check in enumerate(checks):
            if self.knows(check):
                words = phrase_of(check)
                if words:
                    self.words.setdefault(words[0], []).append((words, number))

    @staticmethod
    def knows(check: Check) -> bool:
        """True for checks that look for one phrase."""
        return check.kind in {"replace", "forbid"} and check.variant is None

    def found(self, text: Text) -> set[int]:
        """Numbers of the checks whose phrase stands in the text."""
        units = text.folded.split()
        hits: set[int] = set()
        for place, unit in enumerate(units):
            for words, number in self.words.get(unit, ()):
                if number in hits or tuple(units[place : place + len(words)]) != words:
                    continue
                if units[place - 1] == START or not started_phrase(self.checks[number].find):
                    hits.add(number)
        return hits

    def broken(self, text: Text) -> list[int]:
        """Numbers of the checks that the text goes against."""
        return sorted(number for number in self.found(text) if against(text, self.checks[number]))


def phrase_of(check: Check) -> tuple[str, ...]:
    """The folded words that a replace or forbid check looks for."""
    return tuple(folded_words(phrase_in(check.find, pattern=check.pattern)).split())
