"""Rules that are wrong: later finals undo them, or keep to another bound."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from feedback.evidence import PairEvidence
from loop.mine.bounds import bounded
from loop.mine.groups import Group, groups
from loop.mine.habits import BRIEFS
from loop.mine.known import Known
from loop.mine.wishes import same_matter
from loop.model import Check
from pipelines.checks import findings


class Ailing(NamedTuple):
    """A check that the finals speak against."""

    check: Check
    instead: Check | None
    """The same limit with the bound that the finals keep to; None when the rule should go."""
    evidence: tuple[str, ...]


def wrong_rules(
    guide: Known, type_: str, pairs: Sequence[PairEvidence], asked: Sequence[Check]
) -> list[Ailing]:
    """The learned checks whose rule should go or whose bound should change.

    Only drafts that kept to a check were written under it, so only those pairs speak about it. What a
    critique asked for, and what no evidence shows to be learned, is the writer's own and stays.
    """
    own = [item for item in pairs if item.pair.brief.type == type_]
    found: list[Ailing] = []
    shown = groups(own) if guide.checks else []
    for check in guide.checks:
        if any(same_matter(check, wish) for wish in asked):
            continue
        under = [item for item in own if not findings(item.pair.draft, check)]
        if check.kind == "limit" and (tighter := _tighter(check, shown, under, type_)):
            found.append(tighter)
            continue
        undone = _undone(check, shown, under)
        if undone:
            found.append(Ailing(check, None, undone))
    return found


def _tighter(
    check: Check, shown: Sequence[Group], under: Sequence[PairEvidence], type_: str
) -> Ailing | None:
    """The limit that finals of drafts within the present bound keep to, if it is tighter."""
    ids = {item.pair.id for item in under}
    scoped = check.model_copy(update={"scope": type_})
    for group in shown:
        if group.check.kind != "limit" or not same_matter(group.check, scoped):
            continue
        later = tuple(one for one in group.shown if one.item.pair.id in ids)
        if not later:
            return None
        for better in bounded([Group(group.check, later)], under):
            now = better.check
            tighter = (now.high is not None and check.high is not None and now.high < check.high) or (
                now.low is not None and check.low is not None and now.low > check.low
            )
            if tighter and len(better.briefs) >= BRIEFS:
                evidence = tuple(sorted(better.pairs))
                return Ailing(check, check.model_copy(update={"high": now.high, "low": now.low}), evidence)
    return None


def _undone(check: Check, shown: Sequence[Group], under: Sequence[PairEvidence]) -> tuple[str, ...]:
    """Pairs, later than all that taught the rule, whose final breaks what the draft kept to."""
    taught = [group for group in shown if same_matter(group.check, check)]
    if not taught:
        return ()
    last = max(one.item.pair.created for group in taught for one in group.shown)
    against = [item for item in under if item.pair.created > last and findings(item.pair.final, check)]
    if len({item.pair.brief.id for item in against}) < BRIEFS:
        return ()
    return tuple(item.pair.id for item in against)
