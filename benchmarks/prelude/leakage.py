"""How much of a guide is copied: five words in a row that stand in the material of exactly one brief."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from loop.text.words import tokens

RUN = 5
"""So many words in a row."""


class Leakage(NamedTuple):
    """Five-grams of a guide, counted once each."""

    five_grams: int
    leaked: int

    @property
    def share(self) -> float:
        """0 for a guide without five words in a row."""
        return self.leaked / self.five_grams if self.five_grams else 0.0


def leakage(guide: Sequence[str], material: Iterable[tuple[str, str]], critiques: Iterable[str]) -> Leakage:
    """The share of the guide's five-grams that stand in one brief or its final alone, and in no critique.

    `material` holds (brief id, text) for every brief and final. Words are compared without case and
    marks; no five-gram reaches from one line of the guide to the next.
    """
    places: dict[tuple[str, ...], set[str]] = {}
    for brief, text in material:
        for run in _runs(text):
            places.setdefault(run, set()).add(brief)
    said = {run for text in critiques for run in _runs(text)}
    runs = {run for line in guide for run in _runs(line)}
    leaked = [run for run in runs if len(places.get(run, ())) == 1 and run not in said]
    return Leakage(len(runs), len(leaked))


def copied(text: str, earlier: Iterable[str]) -> float:
    """The share of a text's five-grams that stand in earlier texts; 0 for a text without five words."""
    runs = set(_runs(text))
    known = {run for other in earlier for run in _runs(other)}
    return len(runs & known) / len(runs) if runs else 0.0


def _runs(text: str) -> Iterator[tuple[str, ...]]:
    words = [token.text.casefold().replace("’", "'") for token in tokens(text) if token.is_word]
    for start in range(len(words) - RUN + 1):
        yield tuple(words[start : start + RUN])
