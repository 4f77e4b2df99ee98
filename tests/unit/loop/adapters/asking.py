"""Requests for the tests of the model adapters."""

from __future__ import annotations

from loop.model import Message, ModelRequest


def request(text: str, *, seed: int = 0, max_tokens: int = 20) -> ModelRequest:
    return ModelRequest(messages=(Message(role="user", content=text),), seed=seed, max_tokens=max_tokens)
