"""Feedback as evidence: what whoever writes rules is allowed to see.

Held-out briefs never enter: `gather` is the only way in, and it drops them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from feedback.align import changes
from feedback.pairs import standing
from loop.model import Change, Choice, Critique, Pair, Record


class PairEvidence(Record):
    """What one edit pair shows."""

    pair: Pair
    """The pair, whole."""
    changes: tuple[Change, ...]
    """What may be learned from: no facts, nothing the writer excluded."""
    facts: tuple[Change, ...] = ()
    """Factual corrections: a note for the brief, never a rule."""


class CritiqueEvidence(Record):
    """What one critique says, with the document type of its brief."""

    critique: Critique
    """The writer's words."""
    type: str
    """The document type of its brief."""


class Evidence(Record):
    """Everything the learning step may look at."""

    pairs: tuple[PairEvidence, ...] = ()
    """Edit pairs, oldest first."""
    critiques: tuple[CritiqueEvidence, ...] = ()
    """Critiques, oldest first."""
    choices: tuple[Choice, ...] = ()
    """Picked takes, oldest first."""

    def without(self, pair_id: str) -> Evidence:
        """The same evidence as if one pair had never been given (for leave-one-out)."""
        kept = tuple(item for item in self.pairs if item.pair.id != pair_id)
        return self.model_copy(update={"pairs": kept})


def gather(
    pairs: Iterable[Pair],
    critiques: Iterable[tuple[Critique, str]],
    choices: Iterable[Choice],
    held_out: Collection[str],
) -> Evidence:
    """Evidence from feedback on train briefs only.

    `critiques` come with the document type of their brief; `held_out` are the ids of the briefs that
    are held out now: a pair made when its brief was still a train brief is dropped too.
    """
    found = []
    for pair in standing(pairs):
        if pair.brief.split == "held_out" or pair.brief.id in held_out:
            continue
        all_changes = changes(pair.draft, pair.final)
        kept = [change for change in all_changes if change.id not in pair.excluded]
        found.append(
            PairEvidence(
                pair=pair,
                changes=tuple(change for change in kept if change.kind != "fact"),
                facts=tuple(change for change in kept if change.kind == "fact"),
            )
        )
    return Evidence(
        pairs=tuple(found),
        critiques=tuple(
            CritiqueEvidence(critique=critique, type=type_)
            for critique, type_ in critiques
            if not critique.withdrawn and critique.brief not in held_out
        ),
        choices=tuple(
            choice for choice in choices if choice.brief.split == "train" and choice.brief.id not in held_out
        ),
    )
