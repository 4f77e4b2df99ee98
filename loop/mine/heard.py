"""What a critique asks for, told apart by the edits: how to mend it, and how much is too much."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from loop.mine.groups import Group
from loop.mine.habits import Habit
from loop.mine.wishes import Wish, same_matter
from loop.model import Check


class Heard(NamedTuple):
    """A wish with the check that serves it best."""

    wish: Wish
    check: Check | None
    """None for a wish that no check can enforce."""
    evidence: tuple[str, ...]
    """The critique, and the pairs and Changes that said how."""


def heard(wish: Wish, habits: Sequence[Habit], groups: Sequence[Group]) -> Heard:
    """The wish; where a critique only forbids a phrase or gives no number, edits fill in the rest.

    A phrase needs one pair (the critique is the other half of the evidence), a bound needs a habit.
    """
    sign = wish.sign
    alone = Heard(wish, sign.check, (sign.critique,))
    if sign.check is None:
        return alone
    asked = sign.check
    for habit in habits:
        if (
            habit.check.scope == wish.type
            and same_matter(habit.check, asked)
            and _says_more(habit.check, wish)
        ):
            return Heard(wish, habit.check, (sign.critique, *habit.evidence))
    if asked.kind != "forbid" or asked.fix != "none":
        return alone
    shown = [
        group
        for group in groups
        if group.check.scope == wish.type
        and same_matter(group.check, asked)
        and _says_more(group.check, wish)
    ]
    if not shown:
        return alone
    best = min(shown, key=lambda group: (-len(group.pairs), group.check.model_dump_json()))
    return Heard(wish, best.check, (sign.critique, *sorted(best.pairs)))


def _says_more(shown: Check, wish: Wish) -> bool:
    asked = wish.sign.check
    if asked is None:
        return False
    if asked.kind == "forbid":
        return asked.fix == "none" and (shown.kind == "replace" or shown.fix != "none")
    return asked.kind == "limit" and not wish.sign.exact
