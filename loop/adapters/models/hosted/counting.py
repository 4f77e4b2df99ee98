"""What an answer cost when nobody counted."""

from __future__ import annotations

from loop.model import ModelRequest, Usage

_CHARACTERS_PER_TOKEN = 4


def estimated(request: ModelRequest, text: str) -> Usage:
    """One question, with tokens guessed at four characters each: better than none for a budget."""
    read = sum(len(turn.content) for turn in request.messages)
    return Usage(calls=1, input_tokens=_tokens(read), output_tokens=_tokens(len(text)))


def _tokens(characters: int) -> int:
    return -(-characters // _CHARACTERS_PER_TOKEN)
