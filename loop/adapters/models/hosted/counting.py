"""What an answer cost when nobody counted."""

from __future__ import annotations

from loop.model import ModelRequest, Usage
from loop.tokens import about


def estimated(request: ModelRequest, text: str) -> Usage:
    """One question, with tokens guessed at four characters each: better than none for a budget."""
    read = sum(about(turn.content) for turn in request.messages)
    return Usage(calls=1, input_tokens=read, output_tokens=about(text))
