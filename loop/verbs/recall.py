"""Remove one rule, wherever it is now."""

from __future__ import annotations

from typing import Annotated

from loop.errors import UsageError
from loop.events import Tell
from loop.model import Operation
from loop.nearest import nearest_hint
from loop.project import Project
from loop.text.short import one_line
from loop.verbs.parts.fields import Argument
from loop.verbs.parts.restoring import Ground, Looking, Restored, Step, bring_back
from pipelines.guide import rules_of
from pipelines.operations import apply_operations

EXAMPLE = "redraft recall r7"
Result = Restored


class Request(Looking):
    """Which rule goes."""

    rule: Annotated[str, Argument()]
    """The rule's id, such as r7: `redraft show --guide` prints them."""


async def do(project: Project, request: Request, tell: Tell) -> Result:
    """Delete the rule and its checks from the guidance, and leave everything else as it is."""
    return bring_back(
        project, request, "recall", lambda ground: _without(ground, request.rule), tell, rules=True
    )


def _without(ground: Ground, wanted: str) -> Step:
    rules = {rule.id: rule for rule in rules_of(ground.guidance.files.get("CLAUDE.md", ""))}
    if wanted not in rules:
        hint = nearest_hint(wanted, rules, otherwise="redraft show --guide", mark="{}")
        raise UsageError(f"There is no rule {wanted}.", hint=hint)
    rule = rules[wanted]
    applied = apply_operations(ground.guidance, (Operation(action="delete", target="rule", id=rule.id),))
    return Step(f"without “{one_line(rule.text)}”", applied.guidance, {"Rules": applied.rules})
