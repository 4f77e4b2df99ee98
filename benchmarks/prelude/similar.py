"""Which past briefs are most like this one: cosine of their words, rare words counting more."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence

from loop.model import Brief
from loop.text.words import tokens


def nearest(brief: Brief, past: Sequence[Brief], most: int) -> tuple[int, ...]:
    """Places in `past` of the briefs of the same document type that are most similar, the nearest first.

    Of equals the newer one comes first. The paper compares sentence embeddings; words are what runs
    anywhere.
    """
    counts = [_words(one.text) for one in (brief, *past)]
    spread = Counter(word for words in counts for word in words)
    rare = {word: math.log((1 + len(counts)) / (1 + n)) + 1 for word, n in spread.items()}
    wanted = counts[0]
    places = [place for place, one in enumerate(past) if one.type == brief.type]
    ranked = sorted(places, key=lambda place: (-_cosine(wanted, counts[place + 1], rare), -place))
    return tuple(ranked[:most])


def _words(text: str) -> Counter[str]:
    return Counter(token.text.casefold() for token in tokens(text) if token.is_word)


def _cosine(left: Counter[str], right: Counter[str], rare: Mapping[str, float]) -> float:
    both = sum(left[word] * right[word] * rare[word] ** 2 for word in left.keys() & right.keys())
    length = _length(left, rare) * _length(right, rare)
    return both / length if length else 0.0


def _length(words: Counter[str], rare: Mapping[str, float]) -> float:
    return math.sqrt(sum((count * rare[word]) ** 2 for word, count in words.items()))
