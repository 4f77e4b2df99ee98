"""The signs of many pairs, grouped by what they are about."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from feedback.evidence import PairEvidence
from loop.mine.sign import Sign, subject
from loop.mine.signs import signs
from loop.model import Check


class Shown(NamedTuple):
    """One pair that shows a habit."""

    item: PairEvidence
    sign: Sign


class Group(NamedTuple):
    """One habit and every pair that shows it, oldest first; finals that go against it are left out."""

    check: Check
    shown: tuple[Shown, ...]

    @property
    def briefs(self) -> frozenset[str]:
        """The briefs it was shown in."""
        return frozenset(one.item.pair.brief.id for one in self.shown)

    @property
    def pairs(self) -> frozenset[str]:
        """The pairs it was shown in."""
        return frozenset(one.item.pair.id for one in self.shown)

    @property
    def strength(self) -> int:
        """How often it was shown in all."""
        return sum(one.sign.strength for one in self.shown)

    @property
    def since(self) -> str:
        """When it was shown first."""
        return self.shown[0].item.pair.created


def in_order(pairs: Iterable[PairEvidence]) -> list[PairEvidence]:
    """Oldest first, whatever order they came in."""
    return sorted(pairs, key=lambda item: (item.pair.created, item.pair.id))


def groups(pairs: Sequence[PairEvidence]) -> list[Group]:
    """Every habit of the pairs (which are in order), one pass over their signs."""
    found: dict[tuple[str, ...], list[Shown]] = {}
    for item in pairs:
        for sign in signs(item):
            if sign.counter == 0:
                found.setdefault(subject(sign.check), []).append(Shown(item, sign))
    return [Group(_spelled(shown), tuple(shown)) for shown in found.values()]


def _spelled(shown: Sequence[Shown]) -> Check:
    """The check in the most frequent spelling (`Earth` or `earth`), so that order does not matter."""
    spellings: dict[str, tuple[int, Check]] = {}
    for one in shown:
        key = f"{one.sign.check.find}\n{one.sign.check.text}"
        count, check = spellings.get(key, (0, one.sign.check))
        spellings[key] = (count + 1, check)
    return min(spellings.items(), key=lambda entry: (-entry[1][0], entry[0]))[1][1]
