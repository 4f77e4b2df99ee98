"""Feedback and measurements as learning curves whose points carry their intervals."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Literal

from feedback.pairs import standing
from loop.model import BriefScore, Estimate, Measurement, Pair, Record
from loop.statistics import mean_by_brief, mean_estimate

WINDOW = 5
"""The running estimate looks back over so many pieces."""


class CurvePoint(Record):
    """One piece that the writer corrected, in time order."""

    number: int
    """Counting from 1."""
    brief: str
    """The brief's id."""
    pair: str
    """The edit pair's id."""
    created: str
    """When it was corrected, ISO 8601 in UTC."""
    version: str
    """The guidance version that wrote the draft."""
    effort: float
    """How much the writer changed, 0 to 1."""
    running: Estimate
    """The mean of this piece and the ones just before it."""


class RecurrencePoint(Record):
    """What a guidance version makes the writer correct again, with one model."""

    version: str
    """The guidance version."""
    model: str
    """The model that wrote the drafts."""
    created: str
    """When it was measured, ISO 8601 in UTC."""
    train: Estimate | None
    """Share of detectors that fire on fresh drafts of train briefs; None: nothing was scored."""
    held_out: Estimate | None
    """The same on held-out briefs."""
    effort: Estimate | None
    """Distance of fresh drafts to the writer's finals, where there are finals."""
    unscored: int
    """Drafts of which nothing could be scored."""


def live_effort(pairs: Iterable[Pair], *, window: int = WINDOW) -> tuple[CurvePoint, ...]:
    """The writer's real edits, piece after piece.

    Left out: what was taken back, and imported pairs, whose drafts this pipeline did not write. When
    a draft was corrected again, the newest final counts, at the place of the first correction.
    """
    kept = [pair for pair in standing(pairs) if pair.source == "correct"]
    points = []
    for index, pair in enumerate(kept):
        running = mean_estimate(piece.effort for piece in kept[max(0, index + 1 - window) : index + 1])
        if running is not None:
            points.append(
                CurvePoint(
                    number=index + 1,
                    brief=pair.brief.id,
                    pair=pair.id,
                    created=pair.created,
                    version=pair.version,
                    effort=pair.effort,
                    running=running,
                )
            )
    return tuple(points)


def recurrence_by_version(
    measurements: Iterable[Measurement], *, detectors: Collection[str] | None = None
) -> tuple[RecurrencePoint, ...]:
    """One point per measurement, oldest first.

    Versions can only be compared on the same corrections: `detectors` names those that count (None:
    all that were asked).
    """
    ordered = sorted(measurements, key=lambda item: (item.created, item.version, item.model))
    return tuple(
        RecurrencePoint(
            version=item.version,
            model=item.model,
            created=item.created,
            train=_recurrence(item.scores, "train", detectors),
            held_out=_recurrence(item.scores, "held_out", detectors),
            effort=_effort(item.scores),
            unscored=sum(1 for score in item.scores if _fired_share(score, detectors) is None),
        )
        for item in ordered
    )


def _recurrence(
    scores: Iterable[BriefScore], split: Literal["train", "held_out"], detectors: Collection[str] | None
) -> Estimate | None:
    shares: dict[str, list[float | None]] = {}
    for score in scores:
        if score.split == split:
            shares.setdefault(score.brief, []).append(_fired_share(score, detectors))
    return mean_by_brief(shares)


def _fired_share(score: BriefScore, detectors: Collection[str] | None) -> float | None:
    asked = [
        fired
        for detector, fired in score.fired.items()
        if fired is not None and (detectors is None or detector in detectors)
    ]
    return sum(asked) / len(asked) if asked else None


def _effort(scores: Iterable[BriefScore]) -> Estimate | None:
    efforts: dict[str, list[float | None]] = {}
    for score in scores:
        efforts.setdefault(score.brief, []).append(score.effort)
    return mean_by_brief(efforts)
