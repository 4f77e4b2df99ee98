"""The question to a reviser: rules, evidence and what was refused, in one prompt."""

from __future__ import annotations

import importlib.resources
import json
from collections.abc import Sequence
from typing import NamedTuple

from feedback.evidence import Evidence
from loop.model import Change, Check, Guidance, Operation
from loop.revise.schema import operations_schema
from pipelines.checkfile import CHECKS_FILE, parse_checks
from pipelines.guidance import GUIDE_FILE, PROMPTS_FOLDER
from pipelines.guide import rules_of
from pipelines.template import render

LONGEST_PASSAGE = 300
"""Longer passages are shown shortened: the reviser needs the habit, not the text."""


class Shown(NamedTuple):
    """The evidence as the reviser reads it."""

    changes: str
    """One entry each, with the sentences before and after."""
    critiques: str
    """One line each."""
    ids: frozenset[str]
    """Of the changes, pairs and critiques that are shown."""
    left_out: int
    """How many changes and critiques did not fit."""

    @classmethod
    def of(cls, evidence: Evidence, room: int) -> Shown:
        """At most `room` characters: critiques first, then changes, the newest first."""
        ids: set[str] = set()
        left = room
        said = []
        for item in reversed(evidence.critiques):
            about = f" (about “{_short(item.critique.quote)}”)" if item.critique.quote else ""
            line = f"- [{item.critique.id}] on a {item.type}: {_short(item.critique.text)}{about}"
            left -= len(line)
            if left < 0:
                break
            said.append(line)
            ids.add(item.critique.id)
        changed = []
        every = [(item.pair, change) for item in reversed(evidence.pairs) for change in item.changes]
        for pair, change in every:
            line = f"- [{change.id}] {change.kind}, in a {pair.brief.type}:\n{_both(change)}"
            left -= len(line)
            if left < 0:
                break
            changed.append(line)
            ids.update((change.id, pair.id))
        missing = len(evidence.critiques) - len(said) + len(every) - len(changed)
        return cls(
            changes="\n".join(changed) or "Nothing.",
            critiques="\n".join(said) or "Nothing.",
            ids=frozenset(ids),
            left_out=missing,
        )


def question(shown: Shown, guidance: Guidance, refused: Sequence[Operation], limit: int) -> str:
    """The whole prompt."""
    template = (importlib.resources.files("loop.revise") / "question.md").read_text(encoding="utf-8")
    rules = rules_of(guidance.files.get(GUIDE_FILE, ""))
    checks = parse_checks(guidance.files.get(CHECKS_FILE, ""), CHECKS_FILE)
    lines = [f"- [{rule.id or 'no id'}] ({rule.scope}) {rule.text}" for rule in rules]
    lines += [f"- [{check.id}] check for {check.rule}: {_demand(check)}" for check in checks]
    prompts = [
        f"## {path}\n\n{text.strip()}"
        for path, text in sorted(guidance.files.items())
        if path.startswith(f"{PROMPTS_FOLDER}/")
    ]
    tried = [f"- {operation.action} {operation.target}: {_tried(operation)}" for operation in refused]
    return render(
        template,
        {
            "rules": "\n".join(lines) or "There are no rules yet.",
            "prompts": "\n\n".join(prompts) or "There are none.",
            "changes": shown.changes,
            "critiques": shown.critiques,
            "refused": "\n".join(tried) or "Nothing.",
            "most": str(limit),
            "schema": json.dumps(operations_schema(limit), ensure_ascii=False, separators=(",", ":")),
        },
        "loop/revise/question.md",
    )


def _both(change: Change) -> str:
    before = change.sentence_before or change.before
    after = change.sentence_after or change.after
    return f"  draft: {_short(before) or '(nothing)'}\n  writer: {_short(after) or '(deleted)'}"


def _demand(check: Check) -> str:
    return check.model_dump_json(exclude_defaults=True, exclude={"id", "rule"})


def _tried(operation: Operation) -> str:
    return _short(operation.text or (_demand(operation.check) if operation.check else "") or operation.id)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_PASSAGE else line[: LONGEST_PASSAGE - 1] + "…"
