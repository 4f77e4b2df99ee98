"""A question as the Anthropic protocol writes it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from loop.model import Message, ModelRequest

_MOST_BREAKPOINTS = 4
"""The provider keeps the beginning of a request up to so many marked places."""
_KEPT = {"type": "ephemeral"}


def parameters(request: ModelRequest, *, model: str, effort: str | None) -> dict[str, Any]:
    """What is sent. There is no temperature, no top_p and no seed: the protocol knows none of them.

    `Message.stable` becomes a marked place after which the provider keeps what it has read.
    """
    system = [block for turn in request.messages if turn.role == "system" for block in _blocks(turn)]
    said = [(turn.role, list(_blocks(turn))) for turn in request.messages if turn.role != "system"]
    _keep_last([*system, *(block for _, blocks in said for block in blocks)])
    turns = [{"role": role, "content": blocks} for role, blocks in said]
    sent: dict[str, Any] = {"model": model, "max_tokens": request.max_tokens, "messages": turns}
    if system:
        sent["system"] = system
    if request.stop:
        sent["stop_sequences"] = list(request.stop)
    if output := _output(request, effort):
        sent["output_config"] = output
    return sent


def _blocks(turn: Message) -> Sequence[dict[str, Any]]:
    """The message as one or two blocks that make it up exactly; the first is marked when it is stable.

    The provider takes no block of nothing but blanks, so such a rest stays with the other part.
    """
    head, tail = turn.content[: max(0, turn.stable)], turn.content[max(0, turn.stable) :]
    if not head.strip():
        return [_text(turn.content)]
    if not tail.strip():
        return [_text(turn.content) | {"cache_control": _KEPT}]
    return [_text(head) | {"cache_control": _KEPT}, _text(tail)]


def _text(text: str) -> dict[str, Any]:
    return {"type": "text", "text": text}


def _keep_last(blocks: Sequence[dict[str, Any]]) -> None:
    """Take the marks away but for the last four: each later one keeps more than those before it."""
    marked = [block for block in blocks if "cache_control" in block]
    for block in marked[:-_MOST_BREAKPOINTS]:
        del block["cache_control"]


def _output(request: ModelRequest, effort: str | None) -> dict[str, Any]:
    output: dict[str, Any] = {}
    if effort is not None:
        output["effort"] = effort
    if request.answer:
        output["format"] = {"type": "json_schema", "schema": _understood(json.loads(request.answer))}
    return output


def _understood(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema in that part of JSON Schema which the provider takes; bounds become words in it."""
    from anthropic import transform_schema

    try:
        return transform_schema(dict(schema))
    except (ValueError, AssertionError):  # a form that the package does not know; the provider may
        return schema
