"""Numbers as a writer reads them: with their noun, as money, as a share."""

from __future__ import annotations


def count(number: int, noun: str) -> str:
    """`1 draft`, `2 drafts`, `1,200 drafts`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def money(usd: float) -> str:
    """`$1.20`, and `$0.0009` where cents are too coarse."""
    cents = f"${usd:,.2f}"
    return cents if usd >= 0.1 or not usd else f"${usd:,.4f}"


def percent(share: float) -> str:
    """`10%` of a share of 0.1; `<1%` of one that is there, and would be rounded to none."""
    rounded = f"{share:.0%}"
    return "<1%" if share > 0 and rounded == "0%" else rounded
