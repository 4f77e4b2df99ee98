"""The task for an agent that revises the guidance with files of its own."""

from __future__ import annotations

from loop.revise.asking import Asked
from loop.revise.question import listed
from loop.revise.shipped import prompt
from pipelines.template import render


def agent_task(asked: Asked) -> tuple[str, tuple[str, ...]]:
    """What the agent is told, and the ids of the changes and critiques that it was shown."""
    shown = asked.shown
    types = [item.pair.brief.type for item in asked.evidence.pairs]
    types += [item.type for item in asked.evidence.critiques]
    values = {
        "most": str(asked.limit),
        "own": ", ".join(sorted(asked.own)) or "there are none",
        "type": types[-1] if types else "piece",
        "changes": shown.changes,
        "critiques": shown.critiques,
        "hints": listed(asked.hints),
        "refused": listed(asked.refused),
    }
    said = render(prompt("agent"), values, "loop/revise/agent.md").strip()
    return said, tuple(sorted(shown.ids))
