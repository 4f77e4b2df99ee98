"""A guidance, and what an agent's edits of it come to."""

from __future__ import annotations

from typing import Any

from loop.model import Check, Guidance
from pipelines.checkfile import dump_checks, parse_checks
from pipelines.derive import Derived, operations_between
from pipelines.guide import number_rules, rules_of
from pipelines.operations import apply_operations
from pipelines.paragraphs import paragraphs_of

GUIDE = """# My voice

I write like I talk.

## Rules for everything

- Never say utilize. <!-- r1 -->
- Short sentences. <!-- r2 -->
- No exclamation marks. <!-- r5 -->

## Rules for blog

Blogs are light.

- Open with a scene. <!-- r3 -->
"""
PROMPT = "Write this.\n\n{{brief}}\n\nFollow these rules:\n{{guidance}}\n\nOnly the text.\n"
CHECKS = (
    Check(id="c1", rule="r1", kind="replace", find="utilize", text="use"),
    Check(id="c2", rule="r2", kind="limit", measure="sentence_words", high=20),
    Check(id="c3", rule="r3", kind="forbid", find="Once upon a time", scope="blog"),
)
FILES = {
    "CLAUDE.md": GUIDE,
    "checks.toml": dump_checks(CHECKS, ""),
    "prompts/draft.md": PROMPT,
    "prompts/polish.md": "Polish:\r\n\r\n{{input}}\r\n",
    "examples/bread.md": "# Bread\n\nIt rose.\n",
}
GUIDANCE = Guidance(files=FILES, steps="s")
NEW_CHECK = Check(kind="forbid", find="very", fix="phrase")


def derived(**files: str | None) -> Derived:
    """What is derived from changed files; `CLAUDE` stands for CLAUDE.md, `draft` for its prompt."""
    paths = {"CLAUDE": "CLAUDE.md", "checks": "checks.toml", "draft": "prompts/draft.md"}
    return operations_between(GUIDANCE, {paths.get(name, name): text for name, text in files.items()})


def told(found: Derived) -> list[str]:
    return [
        " ".join(part for part in (one.action, one.target, one.id, one.before and f"< {one.before}") if part)
        for one in found.operations
    ]


def after(found: Derived) -> Guidance:
    return apply_operations(GUIDANCE, found.operations).guidance


def said(guidance: Guidance) -> Any:
    """All that operations are about, new ids aside."""
    guide = guidance.files.get("CLAUDE.md", "")
    rules = rules_of(number_rules(guide, GUIDE))
    words = {rule.id: rule.text for rule in rules}
    scopes: dict[str, list[str]] = {}
    for rule in rules:
        scopes.setdefault(rule.scope, []).append(rule.text)
    checks = parse_checks(guidance.files.get("checks.toml", ""), sound=False)
    demands = [(check.form, words[check.rule]) for check in checks if check.rule in words]
    prompts = {path: paragraphs_of(text) for path, text in guidance.files.items() if path[:8] == "prompts/"}
    return scopes, demands, prompts


def checks_file(*checks: Check) -> str:
    return dump_checks(checks, FILES["checks.toml"])
