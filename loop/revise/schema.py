"""The form of a reviser's answer, made from the Operation record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from loop.model import MOST_OPERATIONS, Operation

RESERVED = ("enforced", "from_critique")
"""Fields that say what the writer asked for or what a check can do: no model may claim them."""


def operations_schema(limit: int = MOST_OPERATIONS) -> dict[str, Any]:
    """The JSON Schema of an answer: an object with at most `limit` operations."""
    schema = Operation.model_json_schema()
    check = schema.pop("$defs")["Check"]
    for name in RESERVED:
        schema["properties"].pop(name)
    check["properties"].pop("id")
    schema["properties"]["check"] = check
    return _trimmed(
        {
            "type": "object",
            "properties": {"operations": {"type": "array", "maxItems": limit, "items": schema}},
            "required": ["operations"],
            "additionalProperties": False,
        }
    )


def _trimmed(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Without titles, which say nothing, and defaults, which need not be sent."""
    return {
        key: _trimmed(value) if isinstance(value, dict) else value
        for key, value in schema.items()
        if key not in {"title", "default"}
    }
