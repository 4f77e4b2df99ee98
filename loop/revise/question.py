"""The question to a reviser: rules, evidence and what was refused, in one prompt."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from rapidfuzz.distance import Prefix

from feedback.evidence import Evidence
from loop.model import Change, Check, Guidance, Message, Operation
from loop.revise.schema import operations_schema
from loop.revise.shipped import prompt
from loop.text.short import one_line
from pipelines.bullets import EVERYTHING
from pipelines.checkfile import CHECKS_FILE, parse_checks
from pipelines.guidance import GUIDE_FILE, PROMPTS_FOLDER
from pipelines.guide import rules_of, told
from pipelines.template import render, stable_part

LONGEST_PASSAGE = 300
"""Longer passages are shown shortened: the reviser needs the habit, not the text."""
LONGEST_CRITIQUE = 2_000
"""What the writer says is the best evidence there is."""
_AROUND = 100
"""So much is shown before the place where two long passages begin to differ."""


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
    def of(
        cls, evidence: Evidence, room: int, origins: Mapping[str, str] | None = None, version: str = ""
    ) -> Shown:
        """At most `room` characters: critiques first, then changes, the newest first.

        `origins` says which step wrote the passage of a change, where that is known; drafts of another
        guidance than `version` are marked: they did not ignore what is newer than they are.
        """
        wrote = origins or {}
        ids: set[str] = set()
        left = room
        said = []
        for item in reversed(evidence.critiques):
            about = f" (about “{_short(item.critique.quote)}”)" if item.critique.quote else ""
            text = _short(item.critique.text, LONGEST_CRITIQUE)
            line = f"- [{item.critique.id}] on a {item.type}: {text}{about}"
            if len(line) > left:
                break
            left -= len(line)
            said.append(line)
            ids.add(item.critique.id)
        changed = []
        every = [(item.pair, change) for item in reversed(evidence.pairs) for change in item.changes]
        for pair, change in every:
            by = f", written by the step {wrote[change.id]}" if change.id in wrote else ""
            by += ", with an older guide" if pair.version and version not in {"", pair.version} else ""
            line = f"- [{change.id}] {change.kind}, in a {pair.brief.type}{by}:\n{both(change)}"
            if len(line) > left:
                break
            left -= len(line)
            changed.append(line)
            ids.update((change.id, pair.id))
        missing = len(evidence.critiques) - len(said) + len(every) - len(changed)
        return cls(
            changes="\n".join(changed) or "Nothing.",
            critiques="\n".join(said) or "Nothing.",
            ids=frozenset(ids),
            left_out=missing,
        )


def question(
    shown: Shown,
    guidance: Guidance,
    refused: Sequence[Operation],
    hints: Sequence[Operation],
    limit: int,
    own: Collection[str] = (),
) -> Message:
    """The whole prompt; what stands before the evidence is the same until the guidance changes.

    `own` are the ids of the writer's own rules.
    """
    prompts = [
        f'<prompt path="{path}">\n{text.strip()}\n</prompt>'
        for path, text in sorted(guidance.files.items())
        if path.startswith(f"{PROMPTS_FOLDER}/")
    ]
    values = {
        "rules": rules_listed(guidance, own),
        "prose": _prose(guidance) or "There is none.",
        "prompts": "\n\n".join(prompts) or "There are none.",
        "changes": shown.changes,
        "critiques": shown.critiques,
        "hints": listed(hints),
        "refused": listed(refused),
        "most": str(limit),
        "schema": json.dumps(operations_schema(limit), ensure_ascii=False, separators=(",", ":")),
    }
    template, source = prompt("question"), "loop/revise/question.md"
    content = render(template, values, source)
    stable = stable_part(template, values, ("changes", "critiques"), source)
    return Message(role="user", content=content, stable=stable)


def rules_listed(guidance: Guidance, own: Collection[str] = ()) -> str:
    """The guide's rules and checks with their ids, one a line; those of `own` are marked as the writer's."""
    rules = rules_of(guidance.files.get(GUIDE_FILE, ""))
    checks = parse_checks(guidance.files.get(CHECKS_FILE, ""), CHECKS_FILE)
    lines = [
        f"- [{rule.id or 'no id'}] ({rule.scope}{', the writer’s own' if rule.id in own else ''}) {rule.text}"
        for rule in rules
    ]
    lines += [f"- [{check.id}] check for {check.rule}: {_demand(check)}" for check in checks]
    return "\n".join(lines) or "There are no rules yet."


def _prose(guidance: Guidance) -> str:
    """What stands in the guide besides rules."""
    text = guidance.files.get(GUIDE_FILE, "")
    return told(text, EVERYTHING, hide={rule.id for rule in rules_of(text)}).strip()


def listed(operations: Sequence[Operation]) -> str:
    """Operations, one a line, in few words."""
    lines = [f"- {operation.action} {operation.target}: {_tried(operation)}" for operation in operations]
    return "\n".join(lines) or "Nothing."


def both(change: Change) -> str:
    """The passage in the draft and in the writer's text."""
    before = " ".join((change.sentence_before or change.before).split())
    after = " ".join((change.sentence_after or change.after).split())
    if max(len(before), len(after)) > LONGEST_PASSAGE:
        before, after = _from_the_difference(before, after)
    return f"  draft: {_short(before) or '(nothing)'}\n  writer: {_short(after) or '(deleted)'}"


def _from_the_difference(before: str, after: str) -> tuple[str, str]:
    """Two passages without most of what they begin with alike, else the change may be cut off."""
    alike = Prefix.similarity(before, after)
    start = before.rfind(" ", 0, max(0, alike - _AROUND)) + 1
    return (f"…{before[start:]}", f"…{after[start:]}") if start else (before, after)


def _demand(check: Check) -> str:
    return check.model_dump_json(exclude_defaults=True, exclude={"id", "rule"})


def _tried(operation: Operation) -> str:
    if operation.target == "prompt":
        quoted = f"“{_short(operation.old)}”"
        return f"{operation.id}, {quoted}" + (f": {_short(operation.text)}" if operation.text else "")
    if operation.action == "move":
        return f"{operation.id} in front of {operation.before or 'nothing, to the end'}"
    about = f" (for {operation.scope})" if operation.target == "rule" and operation.action == "add" else ""
    check = f" with the check {_demand(operation.check)}" if operation.check else ""
    evidence = f" [{', '.join(operation.evidence)}]" if operation.evidence else ""
    return f"{_short(operation.text or operation.id)}{about}{check}{evidence}"


def _short(text: str, most: int = LONGEST_PASSAGE) -> str:
    return one_line(text, most)
