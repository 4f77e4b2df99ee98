"""Texts that are nearly the same, found without comparing each with each.

Two texts are compared when they have some of the same runs of five words: of each text the runs with the
sixteen smallest hashes are kept, so texts that share most of their runs share most of these.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple
from zlib import crc32

from rapidfuzz.fuzz import ratio

from loop.text.words import tokens

NEARLY = 90.0
"""From this likeness on (rapidfuzz ratio, 0..100) two texts are nearly the same."""
_RUN = 5
_KEPT = 16
_CROWD = 12
"""So many texts with the same run are remembered: what is like them is like one of these."""
_COMPARED = 5
"""With so many of the likeliest texts each one is compared."""


class Double(NamedTuple):
    """Two texts that are nearly the same."""

    later: int
    """Place of the one that was looked for."""
    earlier: int
    """Place of the one that was found."""
    likeness: float
    """0..100."""


def doubles(texts: Sequence[str]) -> Iterator[Double]:
    """Each text that is nearly the same as one before it, with the one that is most like it."""
    index = _Index()
    for place, text in enumerate(texts):
        words = _words(text)
        if (found := index.nearest(words)) is not None:
            yield Double(place, *found)
        index.add(place, words)


def common(texts: Sequence[str], others: Sequence[str]) -> Iterator[Double]:
    """Each text that is nearly the same as one of the others (`earlier` is its place among these)."""
    index = _Index()
    for place, other in enumerate(others):
        index.add(place, _words(other))
    for place, text in enumerate(texts):
        if (found := index.nearest(_words(text))) is not None:
            yield Double(place, *found)


class _Index:
    """Texts by what they are likely to share."""

    def __init__(self) -> None:
        self._texts: dict[int, str] = {}
        self._by_run: dict[int, list[int]] = defaultdict(list)
        self._exact: dict[str, int] = {}

    def add(self, place: int, words: Sequence[str]) -> None:
        """Remember a text."""
        text = " ".join(words)
        self._texts[place] = text
        self._exact.setdefault(text, place)
        for run in _runs(words):
            if len(self._by_run[run]) < _CROWD:
                self._by_run[run].append(place)

    def nearest(self, words: Sequence[str]) -> tuple[int, float] | None:
        """The place of the text that is most like it, and how much; None when none is nearly the same."""
        text = " ".join(words)
        if text in self._exact:
            return self._exact[text], 100.0
        shared = Counter(place for run in _runs(words) for place in self._by_run.get(run, ()))
        best: tuple[int, float] | None = None
        for place, _ in shared.most_common(_COMPARED):
            likeness = ratio(text, self._texts[place], score_cutoff=NEARLY)
            if likeness and (best is None or likeness > best[1]):
                best = place, likeness
        return best


def _words(text: str) -> list[str]:
    """Words and marks; single signs of scripts without blanks."""
    return [token.text.casefold() for token in tokens(text)]


def _runs(words: Sequence[str]) -> list[int]:
    """The smallest hashes of the runs of words; a text of a few words is one run."""
    last = max(1, len(words) - _RUN + 1)
    hashes = {crc32(" ".join(words[start : start + _RUN]).encode()) for start in range(last)}
    return sorted(hashes)[:_KEPT]
