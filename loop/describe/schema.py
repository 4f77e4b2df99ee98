"""The form of the answers, made from the records."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from loop.describe.plan import CHECKS_OWN, Plan
from loop.model import Check


def plan_schema() -> dict[str, Any]:
    """The JSON Schema of a whole pipeline."""
    schema = Plan.model_json_schema()
    check = Check.model_json_schema()
    for name in CHECKS_OWN:
        check["properties"].pop(name)
    definitions = schema.pop("$defs")
    rule = definitions["PlannedRule"]
    rule["properties"]["check"] = check
    for field, kind in (("rules", rule), ("steps", definitions["PlannedStep"])):
        schema["properties"][field]["items"] = kind
    schema["properties"]["briefs"]["items"] = definitions["PlannedBrief"]
    return _trimmed(schema)


def question_schema() -> dict[str, Any]:
    """The JSON Schema of one more question to the writer, or the word that there is enough."""
    return {
        "type": "object",
        "properties": {"question": {"type": "string"}, "enough": {"type": "boolean"}},
        "additionalProperties": False,
    }


def _trimmed(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Without titles, which say nothing, and defaults, which need not be sent."""
    return {
        key: _trimmed(value) if isinstance(value, dict) else value
        for key, value in schema.items()
        if key != "default" and not (key == "title" and isinstance(value, str))
    }
