"""A number with its noun."""

from __future__ import annotations


def count(number: int, noun: str) -> str:
    """`1 draft`, `2 drafts`, `1,200 drafts`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
