"""The bound of a limit over many pairs: the tightest round number that the finals keep to."""

from __future__ import annotations

from collections.abc import Sequence

from feedback.evidence import PairEvidence
from loop.mine.groups import Group
from loop.mine.limits import COUNTS, LENGTHS, MOST_KEPT, values
from loop.mine.rounding import round_down, round_up
from loop.model import Check, Measure

_OUTLIERS = 10
"""One final in so many may pass a bound."""


def bounded(found: Sequence[Group], pairs: Sequence[PairEvidence]) -> list[Group]:
    """The groups of limits with one bound each, and only the pairs whose draft passes that bound.

    Finals count from the first pair on that shows the limit.
    """
    kept = []
    for group in found:
        name = group.check.measure
        if name is None or len(group.briefs) < 2:
            continue
        finals = [
            values(item.pair.final, name)
            for item in pairs
            if item.pair.brief.type == group.check.scope and item.pair.created >= group.since
        ]
        check = _bound(group.check, name, [final for final in finals if final])
        if check is None:
            continue
        shown = tuple(one for one in group.shown if _passes(check, one.sign.seen))
        if shown:
            kept.append(Group(check, shown))
    return kept


def _bound(check: Check, name: Measure, finals: Sequence[tuple[float, ...]]) -> Check | None:
    if not finals:
        return None
    spare = len(finals) // _OUTLIERS
    if check.low is not None:
        lowest = sorted(min(final) if name in LENGTHS else sum(final) for final in finals)[spare]
        low = round_down(name, lowest) if name in LENGTHS else min(1, lowest)
        return check.model_copy(update={"low": float(low)}) if low > 0 else None
    highest = sorted(max(final) if name in LENGTHS else sum(final) for final in finals)[-1 - spare]
    if name in COUNTS:
        return check.model_copy(update={"high": float(highest)}) if highest <= MOST_KEPT else None
    return check.model_copy(update={"high": float(round_up(name, highest))})


def _passes(check: Check, seen: float) -> bool:
    if check.low is not None:
        return seen < check.low
    if check.high is None:
        return False
    small = check.measure in COUNTS and check.high > 0
    return seen >= check.high + 2 if small else seen > check.high
