"""A number with its noun."""

from __future__ import annotations


def count(number: int, noun: str) -> str:
    """`1 draft`, `2 drafts`, `1,200 drafts`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def money(usd: float) -> str:
    """`$1.20`, and `$0.0009` where cents are too coarse."""
    cents = f"${usd:,.2f}"
    return cents if usd >= 0.1 or not usd else f"${usd:,.4f}"
