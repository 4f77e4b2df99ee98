"""What a prompt step says to the model: its template with brief, guide and draft put in."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from loop.errors import ConfigError
from loop.model import Brief, Check, Guidance, Message
from loop.settings import AgentStep, ChecksStep, PromptStep, Settings, runs_inside
from pipelines.checks import mends
from pipelines.examples import joined_examples
from pipelines.guidance import GUIDE_FILE, PROMPTS_FOLDER
from pipelines.guide import told, told_rules
from pipelines.template import render, stable_part

Templated = PromptStep | AgentStep
"""Steps that have a prompt of their own."""


_CHANGING = ("brief", "input")
"""Variables that differ from draft to draft; what stands before them stays."""


def prompt_message(
    step: Templated, brief: Brief, guidance: Guidance, text: str, *, hide: Collection[str] = ()
) -> Message:
    """The whole message; `text` is what the steps before wrote, `hide` are rules that are not told.

    `stable` reaches to where the brief or the draft comes in, so that guide and examples which stand
    before them are read once by a provider that keeps them.
    """
    guide = guidance.files.get(GUIDE_FILE, "")
    values = {
        "brief": brief.text,
        "guidance": told(guide, brief.type, hide=hide),
        "rules": told_rules(guide, brief.type, hide=hide),
        "input": text,
        "examples": joined_examples(guidance.files),
    }
    template, path = template_of(guidance, step), prompt_path(step)
    whole = render(template, values, path)
    content = whole.strip()
    stable = stable_part(template, values, _CHANGING, path) - (len(whole) - len(whole.lstrip()))
    return Message(role="user", content=content, stable=max(0, min(stable, len(content))))


def step_message(
    settings: Settings,
    step: PromptStep,
    brief: Brief,
    guidance: Guidance,
    text: str,
    checks: Sequence[Check],
) -> Message:
    """What the pipeline says to the model in a step; `checks` are those that run on this brief's piece."""
    behind = settings.steps[settings.steps.index(step) + 1 :]
    mended_later = any(isinstance(one, ChecksStep) for one in behind)
    hide = hidden_rules(settings, step, checks) if mended_later else ()
    return prompt_message(step, brief, guidance, text, hide=hide)


def without_guide(guidance: Guidance) -> Guidance:
    """The guidance with its templates alone: what is told to a model that has learned guide and examples."""
    prompts = f"{PROMPTS_FOLDER}/"
    kept = {path: text for path, text in guidance.files.items() if path.startswith(prompts)}
    return guidance.model_copy(update={"files": kept})


def hidden_rules(settings: Settings, step: PromptStep, checks: Sequence[Check]) -> frozenset[str]:
    """The rules a prompt need not tell, because a checks step behind it mends what breaks them."""
    told = settings.pipeline.told
    if told == "all" or (told == "auto" and not runs_inside(settings.model_of(step))):
        return frozenset()
    told_of = {check.rule for check in checks if not mends(check)}
    return frozenset(check.rule for check in checks) - told_of


LONGEST = 16_000
"""So many tokens a reply may have where redraft.toml sets no limit; a model's thinking counts too."""
LONGEST_EMBEDDED = 512
"""The same for a model that runs inside: the embedded one's context holds 4,096."""


def longest(settings: Settings, step: PromptStep) -> int:
    """The most tokens the reply to a step may have."""
    if runs_inside(settings.model_of(step)):
        return step.embedded_tokens or step.max_tokens or LONGEST_EMBEDDED
    return step.max_tokens or LONGEST


def prompt_path(step: Templated) -> str:
    """Where the step's template lies."""
    return f"{PROMPTS_FOLDER}/{step.name}.md"


def template_of(guidance: Guidance, step: Templated) -> str:
    """The step's template with what `given` puts below it. Raises ConfigError when there is none."""
    path = prompt_path(step)
    if path not in guidance.files:
        known = ", ".join(sorted(one for one in guidance.files if one.startswith(f"{PROMPTS_FOLDER}/")))
        raise ConfigError(
            f"{path} is missing: redraft.toml has a step of that name.",
            hint=f"Write {path}, or rename the step. There are: {known or 'no prompts yet'}.",
        )
    names = step.given if isinstance(step, PromptStep) else ()
    given = "".join(f"\n\n{{{{{name}}}}}" for name in names)
    return guidance.files[path].rstrip() + given if given else guidance.files[path]
