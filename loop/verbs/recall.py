"""Remove one rule, wherever it is now."""

from __future__ import annotations

from typing import Annotated

from loop.errors import UsageError
from loop.events import Tell
from loop.model import Operation, Record
from loop.nearest import nearest_hint
from loop.project import Project
from loop.store import work_guidance
from loop.verbs.parts.committing import keep_edits, name_rules, one_line
from loop.verbs.parts.fields import Argument
from loop.verbs.parts.restoring import Restored, replace_guidance
from pipelines.guide import rules_of
from pipelines.operations import apply_operations

EXAMPLE = "redraft recall r7"
Result = Restored


class Request(Record):
    """Which rule goes."""

    rule: Annotated[str, Argument()]
    """The rule's id, such as r7: `redraft show --guide` prints them."""


async def do(project: Project, request: Request, tell: Tell) -> Result:
    """Delete the rule and its checks from the guidance, and leave everything else as it is."""
    head = name_rules(project, keep_edits(project, tell), tell)
    guidance = work_guidance(project)
    rules = {rule.id: rule for rule in rules_of(guidance.files.get("CLAUDE.md", ""))}
    if request.rule not in rules:
        hint = nearest_hint(request.rule, rules, otherwise="redraft show --guide", mark="{}")
        raise UsageError(f"There is no rule {request.rule}.", hint=hint)
    rule = rules[request.rule]
    applied = apply_operations(guidance, (Operation(action="delete", target="rule", id=rule.id),))
    return replace_guidance(
        project,
        applied.guidance,
        verb="recall",
        what=f"without “{one_line(rule.text)}”",
        trailers={"Rules": applied.rules},
        expect=head,
        tell=tell,
    )
