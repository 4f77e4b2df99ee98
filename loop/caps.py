"""The cap that somebody types for one verb: `0.50`, `200calls` or `50000tokens`."""

from __future__ import annotations

import re
from typing import NamedTuple

from loop.errors import UsageError
from loop.settings import BudgetSettings

_NUMBER = r"(?P<number>\d{1,3}(?:[,_]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
_CAP = re.compile(rf"\$?{_NUMBER}\s*(?P<unit>calls?|questions?|tokens?|usd|\$)?", re.IGNORECASE)


class Cap(NamedTuple):
    """What one verb may spend."""

    budget: BudgetSettings
    in_money: bool
    """True when money must be held under a cap, so that a model without a known price can't be asked."""


def cap_of(budget: BudgetSettings, typed: str | None) -> Cap:
    """The project's budget with the cap that was typed, in US dollars, questions or tokens.

    A comma or an underscore stands between thousands only. Raises UsageError for anything else.
    """
    in_money = budget.month_usd is not None
    if typed is None:
        return Cap(budget, in_money)
    match = _CAP.fullmatch(typed.strip())
    if match is None:
        raise UsageError(
            f"“{typed}” is no budget.",
            hint="--budget 0.50   (US dollars),   --budget 200calls   or   --budget 50000tokens",
        )
    number = float(match["number"].replace(",", "").replace("_", ""))
    unit = (match["unit"] or "").lower()
    if unit.startswith(("call", "question")):
        return Cap(budget.model_copy(update={"calls": int(number)}), in_money)
    if unit.startswith("token"):
        return Cap(budget.model_copy(update={"tokens": int(number)}), in_money)
    return Cap(budget.model_copy(update={"usd": number}), in_money=True)
