"""The question for a whole pipeline, asked once more when the answer breaks the form."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from loop.describe import limits
from loop.describe.answer import Pipeline, invalid, read_plan
from loop.describe.samples import Sample, cut, kept_as_examples, quoted, shown, tag_for
from loop.describe.schema import plan_schema
from loop.describe.shipped import filled
from loop.events import Progress, Tell, ignore
from loop.model import Message, ModelRequest, Reply
from loop.ports import LanguageModel
from loop.usable import Unusable, ask_usable

LONGEST_DESCRIPTION = 20_000
MOST_TOKENS = 16_000
"""Of the answer; what a model thinks counts too."""
_HEARD = 400
"""Characters between two words of progress."""


class Told(NamedTuple):
    """Everything that the model is told."""

    description: str
    """What the writer says of their pieces; may be empty when there are samples."""
    samples: Sequence[Sample]
    """Pieces of the writer's own."""
    model: str
    """Who is asked, and shall write later, as redraft.toml names it."""
    unusable: Unusable | None = None
    """Where an answer goes that cannot be used."""


class Described(NamedTuple):
    """A project that is whole, and not yet on disk."""

    pipeline: Pipeline
    """What the model said, as files."""
    says: tuple[str, ...]
    """What was cut, left out or not taken over, a sentence each."""


async def describe(told: Told, model: LanguageModel, tell: Tell = ignore) -> Described:
    """Ask a model for guide, rules, checks, steps and briefs, and put them into the project's form.

    The samples become the examples, word for word; no model writes those. An answer that cannot be used
    is asked for once more with the reasons. Raises ReplyInvalid, which keeps the raw reply, after the
    second; ModelError as the model does.
    """
    _, cuts = question(told)
    examples, left_out = kept_as_examples(told.samples)

    def read(reply: Reply) -> Pipeline:
        if not reply.complete:
            raise invalid([f"It was cut off after {MOST_TOKENS:,} tokens: be briefer."], reply.text)
        return read_plan(reply.text, told.samples, examples, told.model)

    pipeline, _ = await ask_usable(
        model,
        first_request(told),
        read,
        lambda why: filled("again", {"why": why}),
        unusable=told.unusable,
        tell=tell,
        on_text=_heard(tell),
    )
    return Described(pipeline, (*cuts, *left_out, *pipeline.says))


def question(told: Told) -> tuple[str, tuple[str, ...]]:
    """What the model is sent first, and a sentence about each text that it does not see whole."""
    pieces, says = shown(told.samples)
    description, whole = cut(told.description.strip(), LONGEST_DESCRIPTION)
    if not whole:
        length = len(told.description)
        says = (
            f"The model saw the first {len(description):,} of {length:,} characters of the description.",
            *says,
        )
    texts = [description, *(piece.text for piece in pieces)]
    tag = tag_for("sample", texts)
    about = tag_for("description", texts)
    values = {
        "schema": json.dumps(plan_schema(), ensure_ascii=False, separators=(",", ":")),
        "samples": quoted(pieces, tag),
        "sample": tag,
        "description": description or "There is none: go by the samples.",
        "about": about,
        **_bounds(),
    }
    return filled("question", values), says


def _bounds() -> Mapping[str, str]:
    """The numbers of `limits` as the question says them."""
    numbers = {
        "most_rules": limits.MOST_RULES,
        "longest_rule": limits.LONGEST_RULE,
        "longest_guide": limits.LONGEST_GUIDE,
        "most_steps": limits.MOST_STEPS,
        "longest_prompt": limits.LONGEST_PROMPT,
        "fewest_briefs": limits.FEWEST_BRIEFS,
        "most_briefs": limits.MOST_BRIEFS,
        "fewest_held_out": limits.FEWEST_HELD_OUT,
    }
    return {name: f"{number:,}" for name, number in numbers.items()}


def first_request(told: Told) -> ModelRequest:
    """What is asked first: for whoever wants to know what it takes."""
    content, _ = question(told)
    return ModelRequest(
        messages=(Message(role="user", content=content, stable=len(content)),),
        model=told.model,
        answer=json.dumps(plan_schema(), sort_keys=True),
        max_tokens=MOST_TOKENS,
        temperature=0.0,
    )


class _heard:  # noqa: N801 - it is called like a function
    """Tells how much of the answer has come in; the answer itself is JSON, which nobody wants to read."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._length = self._told = 0

    def __call__(self, piece: str) -> None:
        self._length += len(piece)
        if self._length - self._told >= _HEARD:
            self._told = self._length
            self._tell(Progress(what="writing the pipeline", done=self._length, of=0, unit="characters"))
