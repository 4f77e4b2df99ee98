"""What each step of a draft asks of a model, before any model is asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from loop.model import Brief, Guidance, Usage
from loop.settings import AgentStep, ChecksStep, PromptStep, Settings, runs_inside
from loop.tokens import BYTES_PER_TOKEN, CHARACTERS_PER_TOKEN, about, at_most
from pipelines.prompts import LONGEST, longest, prompt_message
from pipelines.refine import most_tokens

_NOTES = 400
"""About what a refine pass reads besides the piece: its instructions and the notes."""
_BYTES_OF_A_TOKEN = 6
"""Hardly a token of prose is longer."""

Asking = PromptStep | ChecksStep | AgentStep
"""Steps that may ask somebody."""


class StepUsage(NamedTuple):
    """What one step asks for one draft, nothing in the cache."""

    step: Asking
    about: Usage
    """With replies as long as they were so far."""
    most: Usage
    """With replies as long as they may be; what an agent reads and writes is bounded in money alone."""


class _Piece(NamedTuple):
    """How long the piece is so far, in tokens."""

    about: int = 0
    most: int = 0

    def then(self, about: int, most: int, *, appended: bool) -> _Piece:
        return _Piece(self.about + about, self.most + most) if appended else _Piece(about, most)


def step_usages(
    brief: Brief,
    guidance: Guidance,
    settings: Settings,
    *,
    typical: Mapping[str, Usage] | None = None,
    more: int = 0,
) -> tuple[StepUsage, ...]:
    """What the steps of one draft ask, in order.

    `typical` is what a step's reply was so far, by the step's name; without it, it is as long as it may be.
    `more` tokens come to each prompt at most: rules that are not in the guide yet. Money is left at 0
    except for agents: prices are not the pipeline's affair. Raises ConfigError for a prompt that is missing.
    """
    found: list[StepUsage] = []
    piece, prompted = _Piece(), False
    for step in settings.steps:
        was = (typical or {}).get(step.name)
        if isinstance(step, PromptStep):
            asked, piece = _prompted(step, brief, guidance, settings, piece, was, more)
            prompted = True
        elif isinstance(step, ChecksStep) and settings.refines(step) and prompted:
            asked, piece = _refined(step, settings, piece, was)
        elif isinstance(step, AgentStep):
            most = Usage(calls=step.turns, usd=step.usd)
            likely = most if was is None else was.model_copy(update={"output_tokens": 0})
            asked = StepUsage(step, likely, most)
            piece = _Piece(LONGEST if was is None else was.output_tokens, LONGEST)
        else:
            continue
        found.append(asked)
    return tuple(found)


def longest_piece(settings: Settings) -> int:
    """Tokens of a draft at most."""
    lengths = [0]
    for step in settings.steps:
        if isinstance(step, PromptStep):
            most = longest(settings, step)
            lengths.append(lengths[-1] + most if step.appends else most)
        elif isinstance(step, AgentStep):
            lengths.append(LONGEST)
    return max(lengths)


def _prompted(
    step: PromptStep,
    brief: Brief,
    guidance: Guidance,
    settings: Settings,
    piece: _Piece,
    was: Usage | None,
    more: int,
) -> tuple[StepUsage, _Piece]:
    most = longest(settings, step)
    reply = most if was is None else min(most, was.output_tokens)
    likely = prompt_message(step, brief, guidance, "x" * (piece.about * CHARACTERS_PER_TOKEN)).content
    longer = "x" * (piece.most * BYTES_PER_TOKEN)
    usage = StepUsage(
        step,
        Usage(calls=1, input_tokens=about(likely), output_tokens=reply),
        Usage(
            calls=1,
            input_tokens=at_most(prompt_message(step, brief, guidance, longer).content) + more,
            output_tokens=most,
        ),
    )
    return usage, piece.then(reply, most, appended=step.appends)


def _refined(
    step: ChecksStep, settings: Settings, piece: _Piece, was: Usage | None
) -> tuple[StepUsage, _Piece]:
    """A refine pass reads the piece and what is wrong with it, passage by passage, and writes it again."""
    inside = runs_inside(settings.model_of(step))
    most = most_tokens("x" * (piece.most * _BYTES_OF_A_TOKEN)) if inside else LONGEST
    likely = Usage(calls=1, input_tokens=piece.about + _NOTES, output_tokens=most)
    if was is not None:
        reply = min(piece.about, most)
        likely = likely.model_copy(update={"output_tokens": reply}) if was.calls else Usage()
    highest = Usage(calls=1, input_tokens=3 * piece.most + _NOTES, output_tokens=most)
    return StepUsage(step, likely, highest), _Piece(piece.about, most)
