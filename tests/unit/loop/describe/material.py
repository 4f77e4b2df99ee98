"""A model's answer that describes a whole pipeline, and samples as a writer has them."""

from __future__ import annotations

import json
from typing import Any

from loop.describe import Sample

PLAN: dict[str, Any] = {
    "name": "kitchen notes",
    "type": "Kitchen note",
    "guide": "Notes for people who cook on weekdays. Dry humour, no fuss.\n\nA note opens in the kitchen.",
    "rules": [
        {"text": "Write in the first person.", "scope": "everything"},
        {
            "text": "Say “use”, never “utilize”.",
            "scope": "kitchen note",
            "check": {"kind": "replace", "find": "utilize", "text": "use"},
        },
        {
            "text": "No exclamation marks.",
            "check": {"kind": "limit", "measure": "exclamation_marks", "high": 0},
        },
    ],
    "steps": [
        {"name": "draft", "prompt": "Write the note that this brief asks for.\n\n{{brief}}"},
        {"name": "tighten", "prompt": "Take out what is not needed. Say nothing new."},
    ],
    "briefs": [
        {
            "id": f"note-{number}",
            "text": f"Topic number {number}: soup.\nFor beginners.",
            "held_out": number > 4,
        }
        for number in range(1, 7)
    ],
}
KETTLE = "# The kettle that sings\n\nMy kettle sings in G. I bought it for the colour.\n"
SHELF = "# A shelf\n\nI put up a shelf. It holds {{guidance}} and salt. It has held for a year.\n"
SAMPLES = (Sample("posts/The Kettle.md", KETTLE), Sample("posts/shelf.md", SHELF))


def plan(**changes: Any) -> str:
    """The answer, with some of it changed."""
    return json.dumps({**PLAN, **changes}, ensure_ascii=False)
