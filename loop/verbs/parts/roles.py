"""Who does what in a project: which model answers each step, who revises, who judges."""

from __future__ import annotations

from typing import Literal

from loop.events import Note, Tell
from loop.model import Record
from loop.settings import (
    AUTO,
    CLAUDE_CODE,
    REPLAY,
    AgentStep,
    ChecksStep,
    CommandStep,
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
