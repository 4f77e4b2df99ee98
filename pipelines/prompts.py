"""What a prompt step says to the model: its template with brief, guide and draft put in."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from loop.errors import ConfigError
from loop.model import Brief, Check, Guidance
from loop.settings import PromptStep, Settings
from pipelines.checks import mends
from pipelines.examples import joined_examples
from pipelines.guidance import GUIDE_FILE, PROMPTS_FOLDER
from pipelines.guide import told, told_rules
from pipelines.template import render


def prompt_text(
    step: PromptStep, brief: Brief, guidance: Guidance, text: str, *, hide: Collection[str] = ()
) -> str:
    """The whole message; `text` is what the steps before wrote, `hide` are rules that are not told."""
    guide = guidance.files.get(GUIDE_FILE, "")
    values = {
        "brief": brief.text,
        "guidance": told(guide, brief.type, hide=hide),
        "rules": told_rules(guide, brief.type, hide=hide),
        "input": text,
        "examples": joined_examples(guidance.files),
    }
    return render(template_of(guidance, step), values, prompt_path(step)).strip()


def hidden_rules(settings: Settings, checks: Sequence[Check]) -> frozenset[str]:
    """The rules a prompt need not tell, because a checks step behind it mends what breaks them."""
    if settings.pipeline.told == "all":
        return frozenset()
    told_of = {check.rule for check in checks if not mends(check)}
    return frozenset(check.rule for check in checks) - told_of


def prompt_path(step: PromptStep) -> str:
    """Where the step's template lies."""
    return f"{PROMPTS_FOLDER}/{step.name}.md"


def template_of(guidance: Guidance, step: PromptStep) -> str:
    """The step's template with what `given` puts below it. Raises ConfigError when there is none."""
    path = prompt_path(step)
    if path not in guidance.files:
        known = ", ".join(sorted(one for one in guidance.files if one.startswith(f"{PROMPTS_FOLDER}/")))
        raise ConfigError(
            f"{path} is missing: redraft.toml has a step of that name.",
            hint=f"Write {path}, or rename the step. There are: {known or 'no prompts yet'}.",
        )
    given = "".join(f"\n\n{{{{{name}}}}}" for name in step.given)
    return guidance.files[path].rstrip() + given if given else guidance.files[path]
