"""Habits: what at least two briefs show, hardly any final goes against, and nothing else explains."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from feedback.evidence import PairEvidence
from loop.mine.bounds import bounded
from loop.mine.counters import Candidate, broken_by
from loop.mine.groups import Group, Shown
from loop.mine.lexicon import is_common
from loop.mine.limits import LENGTHS
from loop.mine.overlap import without_overlap
from loop.mine.reading import folded_words
from loop.mine.starts import phrase_in
from loop.mine.wording import says
from loop.model import Check, Pair
from pipelines.checks import findings, fix

BRIEFS = 2
"""A habit is shown in so many briefs."""
WEAK_BRIEFS = 3
"""A habit that shows only in sentences that went as a whole needs so many."""
_TOLERATED = 4
"""One final in so many may go against a habit."""
_MOST = 400
"""So many habits are compared with each other; the weakest beyond are left out."""


class Habit(NamedTuple):
    """A habit with its evidence."""

    check: Check
    shown: tuple[Shown, ...]
    strength: int

    @property
    def briefs(self) -> frozenset[str]:
        """The briefs it was shown in."""
        return frozenset(one.item.pair.brief.id for one in self.shown)

    @property
    def says(self) -> str:
        """The rule in a writer's words."""
        return says(self.check)

    @property
    def evidence(self) -> tuple[str, ...]:
        """Ids of the pairs and of the Changes in them."""
        pairs = [one.item.pair.id for one in self.shown]
        changes = [change for one in self.shown for change in one.sign.changes]
        return tuple(dict.fromkeys((*pairs, *changes)))


def habits(found: Sequence[Group], pairs: Sequence[PairEvidence]) -> tuple[Habit, ...]:
    """The habits among the groups of pairs (which are in order), the best shown first."""
    limits = [group for group in found if group.check.kind == "limit"]
    others = [group for group in found if group.check.kind != "limit"]
    supported = [group for group in (*others, *_united(others)) if _enough(group)]
    broken = broken_by([Candidate(group.check, group.since) for group in supported], pairs)
    kept = [
        group
        for group, count in zip(supported, broken, strict=True)
        if count * _TOLERATED <= len(group.pairs)
    ]
    kept = without_overlap(_unexplained(sorted(kept, key=_rank)[:_MOST]))
    kept += [group for group in bounded(limits, pairs) if _enough(group)]
    kept = _without_explained_length(kept)
    return tuple(Habit(group.check, group.shown, group.strength) for group in sorted(kept, key=_rank))


def verified(found: Sequence[Habit], mended: Callable[[Pair], str]) -> list[Habit]:
    """The habits with the pairs in which their check really fires on the draft and not on the final.

    A habit with too few such pairs is left out: what a check cannot tell apart, it must not enforce.
    `mended` is a pair's draft as the checks of today would leave it: a habit that no such draft breaks
    any more is what they do already.
    """
    by_pair: dict[str, list[int]] = {}
    items = {one.item.pair.id: one.item for habit in found for one in habit.shown}
    for number, habit in enumerate(found):
        for one in habit.shown:
            by_pair.setdefault(one.item.pair.id, []).append(number)
    sure: set[tuple[int, str]] = set()
    left: set[int] = set()
    for id_, numbers in by_pair.items():  # pair by pair: a text is read once for all its habits
        pair = items[id_].pair
        breaks = [number for number in numbers if findings(pair.draft, found[number].check)]
        told = [number for number in breaks if not findings(pair.final, found[number].check)]
        sure.update((number, id_) for number in told)
        left.update(number for number in told if findings(mended(pair), found[number].check))
    kept = [
        habit._replace(shown=tuple(one for one in habit.shown if (number, one.item.pair.id) in sure))
        for number, habit in enumerate(found)
    ]
    return [habit for number, habit in enumerate(kept) if number in left and len(habit.briefs) >= BRIEFS]


def _enough(group: Group) -> bool:
    return len(group.briefs) >= (BRIEFS if group.strength else WEAK_BRIEFS)


def _rank(group: Group) -> tuple[int, int, str]:
    return -len(group.briefs), -group.strength, says(group.check)


def _united(found: Iterable[Group]) -> list[Group]:
    """`Do not use X` for a word of style that gave way to something else each time."""
    by_phrase: dict[tuple[str, str], list[Group]] = {}
    for group in found:
        check = group.check
        if check.kind in {"replace", "forbid"} and check.variant is None and not check.pattern:
            by_phrase.setdefault((folded_words(check.find), check.scope), []).append(group)
    united = []
    for (phrase, scope), forms in by_phrase.items():
        if len(forms) < 2 or any(_enough(group) for group in forms) or not is_common(tuple(phrase.split())):
            continue
        fixes = {group.check.fix if group.check.kind == "forbid" else "none" for group in forms}
        check = Check(
            kind="forbid", find=forms[0].check.find, fix="none" if "none" in fixes else "phrase", scope=scope
        )
        by_pair = {one.item.pair.id: one for group in forms for one in group.shown if one.sign.strength}
        shown = sorted(by_pair.values(), key=lambda one: (one.item.pair.created, one.item.pair.id))
        if shown:
            united.append(Group(check, tuple(shown)))
    return united


def _unexplained(found: list[Group]) -> list[Group]:
    """Without replacements that are only cases of a family: `color` -> `colour` is British spelling."""
    families = [group.check for group in found if group.check.variant is not None]

    def explained(check: Check) -> bool:
        if check.kind != "replace" or check.variant is not None:
            return False
        phrase = phrase_in(check.find, pattern=check.pattern)
        return any(
            family.scope == check.scope and folded_words(fix(phrase, family)) == folded_words(check.text)
            for family in families
        )

    return [group for group in found if not explained(group.check)]


def _without_explained_length(found: list[Group]) -> list[Group]:
    """Without a limit of length that the other habits bring about: no semicolons makes short sentences."""
    others = [group.check for group in found if group.check.measure not in LENGTHS and _shortens(group.check)]
    kept = []
    for group in found:
        if group.check.measure not in LENGTHS or group.check.high is None:
            kept.append(group)
            continue
        own = [check for check in others if check.scope == group.check.scope]
        shown = tuple(one for one in group.shown if findings(_fixed(one.item.pair.draft, own), group.check))
        if len({one.item.pair.brief.id for one in shown}) >= BRIEFS:
            kept.append(Group(group.check, shown))
    return kept


def _shortens(check: Check) -> bool:
    return check.kind == "forbid" or (check.kind == "limit" and check.high is not None)


def _fixed(text: str, checks: Iterable[Check]) -> str:
    for check in checks:
        text = fix(text, check)
    return text
