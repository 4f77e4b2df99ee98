"""How many tokens a text has where nobody has counted them."""

from __future__ import annotations

CHARACTERS_PER_TOKEN = 4
"""Of English prose."""
BYTES_PER_TOKEN = 2
"""Hardly a text has more tokens: English has one in four bytes, other scripts one in two or three."""


def about(text: str) -> int:
    """As many as English prose of this length has."""
    return -(-len(text) // CHARACTERS_PER_TOKEN)


def at_most(text: str) -> int:
    """No script has more."""
    return -(-len(text.encode("utf-8", "surrogatepass")) // BYTES_PER_TOKEN)
