"""Which briefs a proposal is tested on, and what that costs at most."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from loop.model import Brief, Operation, Record
from loop.settings import Settings
from loop.text.words import tokens

_EVERYTHING = "everything"


class GatePlan(Record):
    """The drafts that the empirical gate compares; both arms write the same ones."""

    source: tuple[Brief, ...]
    """Briefs of the new feedback."""
    replay: tuple[Brief, ...]
    """Other corrected briefs, the most similar first."""
    held_out: tuple[Brief, ...]
    """Held-out briefs, which nobody who writes rules has seen."""
    samples: int
    """Drafts per brief and arm."""
    seed: int
    """The seed of sample 0."""
    parallel: int
    """How many briefs are drafted side by side."""

    @property
    def briefs(self) -> tuple[Brief, ...]:
        """Every brief that is drafted."""
        return (*self.source, *self.replay, *self.held_out)

    @property
    def drafts(self) -> int:
        """Drafts in both arms; those that are in the cache cost nothing."""
        return 2 * self.samples * len(self.briefs)


def plan_gate(
    settings: Settings,
    operations: Sequence[Operation],
    briefs: Sequence[Brief],
    *,
    new: Collection[str],
    corrected: Collection[str],
) -> GatePlan:
    """Choose the briefs. `new` are ids with new feedback, `corrected` ids with any edit pair.

    Source and replay are cut at `gate.replay` briefs each, held-out briefs at `gate.held_out`. Briefs
    of the document types of the new feedback come first, the most similar first (cosine of their
    words, rare words counting more); briefs of other types only when an operation reaches them too.
    """
    source = sorted((brief for brief in briefs if brief.id in new and _train(brief)), key=_by_id)
    source = source[: settings.gate.replay]
    types = {brief.type for brief in briefs if brief.id in new}
    reached = types | {brief.type for brief in briefs if _reaches(operations, brief.type)}
    likeness = _likeness(source, briefs)

    def nearest(candidates: list[Brief], most: int) -> tuple[Brief, ...]:
        ranked = sorted(
            (brief for brief in candidates if brief.type in reached),
            key=lambda brief: (brief.type not in types, -likeness[brief.id], brief.id),
        )
        return tuple(ranked[:most])

    past = [brief for brief in briefs if _train(brief) and brief.id in corrected and brief.id not in new]
    return GatePlan(
        source=tuple(source),
        replay=nearest(past, settings.gate.replay),
        held_out=nearest([brief for brief in briefs if not _train(brief)], settings.gate.held_out),
        samples=settings.gate.samples,
        seed=settings.model.seed,
        parallel=settings.pipeline.parallel,
    )


def _train(brief: Brief) -> bool:
    return brief.split == "train"


def _by_id(brief: Brief) -> str:
    return brief.id


def _reaches(operations: Sequence[Operation], type_: str) -> bool:
    """True when an operation can change the drafts of this document type."""
    return any(
        operation.target in {"prompt", "example"} or operation.scope in {_EVERYTHING, type_}
        for operation in operations
    )


def _likeness(source: Sequence[Brief], briefs: Sequence[Brief]) -> Mapping[str, float]:
    """Brief id -> cosine between its words and those of all source briefs together."""
    counts = {brief.id: _words(brief.text) for brief in briefs}
    spread = Counter(word for words in counts.values() for word in words)
    rarity = {word: math.log((1 + len(briefs)) / (1 + n)) + 1 for word, n in spread.items()}
    wanted: Counter[str] = Counter()
    for brief in source:
        wanted.update(counts[brief.id])
    length = _length(wanted, rarity)
    found = {}
    for id_, words in counts.items():
        both = sum(words[word] * wanted[word] * rarity[word] ** 2 for word in words.keys() & wanted.keys())
        product = length * _length(words, rarity)
        found[id_] = both / product if product else 0.0
    return found


def _words(text: str) -> Counter[str]:
    return Counter(token.text.casefold() for token in tokens(text) if token.is_word)


def _length(words: Counter[str], rarity: Mapping[str, float]) -> float:
    return math.sqrt(sum((count * rarity[word]) ** 2 for word, count in words.items()))
