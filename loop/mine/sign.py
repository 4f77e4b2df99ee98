"""A habit as one edit pair shows it."""

from __future__ import annotations

from typing import NamedTuple

from loop.mine.reading import folded_words
from loop.mine.wording import says
from loop.model import Check


class Sign(NamedTuple):
    """One habit in one pair."""

    check: Check
    """What a check for it would demand; a limit has the bound that this final keeps to."""
    changes: tuple[str, ...]
    """Ids of the Changes it rests on."""
    strength: int
    """How often the pair shows it; 0 when it shows only in sentences that went as a whole."""
    counter: int
    """How often the final itself goes against it."""
    seen: float = 0.0
    """limit: what the draft had."""

    @property
    def says(self) -> str:
        """The rule in a writer's words."""
        return says(self.check)


def subject(check: Check) -> tuple[str, ...]:
    """What a check is about, whatever its bound, its case and its ids: equal for one and the same habit."""
    if check.variant is not None:
        return ("variant", check.variant, check.scope)
    if check.kind == "limit":
        side = "high" if check.high is not None else "low"
        return ("limit", str(check.measure), side, check.scope)
    find = check.find if check.pattern else folded_words(check.find)
    if check.kind == "require":
        return ("require", " ".join(check.text.split()), check.place, check.scope)
    return (
        check.kind,
        find,
        str(check.pattern),
        folded_words(check.text),
        check.fix,
        check.place,
        check.scope,
    )
