"""What the pipeline will say to a model that the writer trained, as it stands now."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from feedback.dataset.parts import StepNow
from loop.errors import UsageError
from loop.model import Brief, Check, Guidance, Message
from loop.nearest import nearest_hint
from loop.project import Project
from loop.settings import ADAPTER, PromptStep, Settings
from pipelines.active import active_checks
from pipelines.prompts import longest, prompt_path, step_message, template_of, without_guide
from pipelines.template import variables_of


def steps_now(project: Project, guidance: Guidance, step: str = "") -> tuple[StepNow, ...]:
    """The steps that a trained model answers. Raises UsageError when `step` is not one of them."""
    steps = [one for one in project.settings.steps if isinstance(one, PromptStep)]
    names = [one.name for one in steps]
    if step and step not in names:
        raise UsageError(f"There is no step “{step}” that asks a model.", hint=nearest_hint(step, names))
    return tuple(
        StepNow(one.name, "input" in variables_of(template_of(guidance, one), prompt_path(one)))
        for one in steps
    )


def prompt_of(project: Project, guidance: Guidance, *, distill: bool) -> Callable[[Brief, str, str], Message]:
    """What is said for a brief in a step, with a text as `{{input}}`; `distill`: without the guide."""
    settings = as_adapter(project.settings)
    steps = {one.name: one for one in settings.steps if isinstance(one, PromptStep)}
    told = without_guide(guidance) if distill else guidance

    @cache
    def checks(type_: str) -> tuple[Check, ...]:
        return active_checks(told, type_)

    def prompt(brief: Brief, step: str, given: str) -> Message:
        return step_message(settings, steps[step], brief, told, given, checks(brief.type))

    return prompt


def reply_limits(project: Project) -> dict[str, int]:
    """The most tokens that a trained model may answer each step with."""
    settings = as_adapter(project.settings)
    return {one.name: longest(settings, one) for one in settings.steps if isinstance(one, PromptStep)}


def as_adapter(settings: Settings) -> Settings:
    """The settings when a model that the writer trained answers every prompt."""
    steps = tuple(
        one.model_copy(update={"model": ""}) if isinstance(one, PromptStep) else one for one in settings.steps
    )
    model = settings.model.model_copy(update={"name": f"{ADAPTER}trained"})
    return settings.model_copy(update={"steps": steps, "model": model})
