"""Who does what in a project: which model answers each step, who revises, who judges."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from loop.events import Note, Tell
from loop.model import Record
from loop.settings import (
    ADAPTER,
    AUTO,
    CLAUDE_CODE,
    REPLAY,
    AgentStep,
    ChecksStep,
    CommandStep,
    PromptStep,
    Settings,
    Step,
    runs_inside,
)

MINE = "mine"
"""The miner as an author: it writes a rule without a check only when it knows no test for it."""
MODEL = "model"
"""Stands for the project's own model."""


class Use(Record):
    """Who does one thing."""

    what: str
    """The step's name; for the learning step `reviser` or `judge`."""
    kind: Literal["prompt", "checks", "command", "agent", "reviser", "judge"]
    """The step's kind, or what is done in the learning step."""
    model: str = ""
    """The model, as it is found now; `mine`: no model, a program. Empty: nobody is asked."""
    program: tuple[str, ...] = ()
    """The program of a `command` step, with its arguments."""


def uses(settings: Settings) -> tuple[Use, ...]:
    """The steps in order, then who revises and who judges."""
    reviser = reviser_name(settings, None)
    judge = judge_name(settings, "" if reviser == MINE else reviser)
    return (
        *(_use(settings, step) for step in settings.steps),
        Use(what="reviser", kind="reviser", model=reviser),
        Use(what="judge", kind="judge", model="" if runs_inside(judge) else judge),
    )


def _use(settings: Settings, step: Step) -> Use:
    if isinstance(step, CommandStep):
        return Use(what=step.name, kind=step.kind, program=step.argv)
    if isinstance(step, AgentStep):
        return Use(
            what=step.name, kind=step.kind, model=f"{CLAUDE_CODE}/{step.model}" if step.model else CLAUDE_CODE
        )
    asks = not isinstance(step, ChecksStep) or settings.refines(step)
    named = settings.model.writer if settings.model.recording else settings.model_of(step)
    return Use(what=step.name, kind=step.kind, model=named if asks else "")


def reviser_name(settings: Settings, asked: str | None) -> str:
    """Who writes the operations: MINE, or a model's name."""
    name = asked or settings.learn.reviser
    if name == AUTO:
        own = settings.model.name
        return MINE if runs_inside(own) or own.startswith(REPLAY) else own
    return settings.model.name if name == MODEL else name


def judge_name(settings: Settings, reviser: str = "") -> str:
    """Who judges: who is named for it, else the reviser, else the model that writes."""
    learn = settings.learn
    named = learn.reviser if learn.reviser not in {AUTO, MINE, MODEL} else ""
    return learn.judge or reviser or named or settings.model.name


def tell_own_models(settings: Settings, tell: Tell) -> None:
    """Say which steps go on with the model that they name themselves, whoever stands under [model]."""
    for step in settings.steps:
        if own := getattr(step, "model", ""):
            says = f"The step “{step.name}” names a model of its own in redraft.toml, {own}: it stays."
            tell(Note(message=says, level="warning"))


def tell_untold(settings: Settings, distilled: Callable[[str], bool], tell: Tell) -> None:
    """Say which models of another program are taken for adapters that know the guide by heart."""
    for name in dict.fromkeys(name for _, name in _by_heart(settings, distilled)):
        if not name.startswith(ADAPTER):
            says = f"{name} is taken for your adapter, which knows your guide by heart: it is not told it."
            tell(Note(message=says))


def tell_unreached(settings: Settings, distilled: Callable[[str], bool], tell: Tell) -> None:
    """Say which steps are written by models that no change of guide and examples reaches."""
    for step, name in _by_heart(settings, distilled):
        says = (
            f"The step “{step}” is written by {name}, which knows your guide by heart and is not told it: "
            "checks and prompts that change reach it at once, rules and examples only when it is trained "
            "anew (redraft train sft --distill-guide)."
        )
        tell(Note(message=says, level="warning"))


def _by_heart(settings: Settings, distilled: Callable[[str], bool]) -> list[tuple[str, str]]:
    """Steps and their models, of those that were trained without the guide."""
    asked = [(step.name, settings.model_of(step)) for step in settings.steps if isinstance(step, PromptStep)]
    return [(step, name) for step, name in asked if distilled(name)]
