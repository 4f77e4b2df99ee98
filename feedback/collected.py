"""What there is to train on, counted, and how much a training run wants."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

from feedback.pairs import standing
from loop.model import Choice, Pair, Record
from loop.text.words import count_words

FIRST_RUN = 50
"""Pairs from which on a first training run on finals is worth it: below, rules and examples do more.

From the survey of training recipes in this project's research; a rule of thumb, not a measurement.
"""
PREFERENCES = 500
"""Pairs from which on learning from what was preferred is worth trying: OpenPipe's floor for DPO."""


class OfType(Record):
    """What was collected for one document type."""

    type: str
    """The document type."""
    pairs: int
    """Drafts with a final that counts."""
    choices: int
    """Picked takes."""


class Collected(Record):
    """Everything that may be trained on; held-out briefs are not counted."""

    pairs: int = 0
    """Drafts with a final that counts: not taken back, and the newest of each draft."""
    imported: int = 0
    """Of them, those that came in from old texts."""
    choices: int = 0
    """Picked takes: preferences without an edit."""
    excluded: int = 0
    """Changes that you keep out of learning."""
    words: int = 0
    """Words of the finals."""
    held_out: int = 0
    """Pairs and picked takes of held-out briefs: they only measure, and never leave."""
    since: str = ""
    """When the oldest came in, ISO 8601; empty when there is none."""
    types: tuple[OfType, ...] = ()
    """By document type, the most first."""
    first_run: int = FIRST_RUN
    """Pairs that a first training run wants."""
    preferences: int = PREFERENCES
    """Pairs that learning from preferences wants."""


def collected(pairs: Sequence[Pair], choices: Sequence[Choice], held_out: Collection[str]) -> Collected:
    """Count what counts; briefs that are held out, then or now (`held_out` are ids), are counted apart."""

    def kept_out(of: Pair | Choice) -> bool:
        return of.brief.split == "held_out" or of.brief.id in held_out

    counting = standing(pairs)
    mine = [pair for pair in counting if not kept_out(pair)]
    picked = [choice for choice in choices if not kept_out(choice)]
    created = [*(pair.created for pair in mine), *(choice.created for choice in picked)]
    by_pairs = Counter(pair.brief.type for pair in mine)
    by_choices = Counter(choice.brief.type for choice in picked)
    types = sorted({*by_pairs, *by_choices}, key=lambda type_: (-by_pairs[type_], type_))
    return Collected(
        pairs=len(mine),
        imported=sum(pair.source == "import" for pair in mine),
        choices=len(picked),
        excluded=sum(len(pair.excluded) for pair in mine),
        words=sum(count_words(pair.final) for pair in mine),
        held_out=len(counting) - len(mine) + len(choices) - len(picked),
        since=min(filter(None, created), default=""),
        types=tuple(OfType(type=one, pairs=by_pairs[one], choices=by_choices[one]) for one in types),
    )
