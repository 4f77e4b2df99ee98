"""Writers with hidden preferences: a scripted one that runs anywhere, and one that a model plays."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from benchmarks.prelude.briefs import TYPES
from benchmarks.prelude.preferences import Preference, draw
from loop.demo.editor import Editor
from loop.model import Brief, Check, Message, ModelRequest
from loop.ports import LanguageModel
from pipelines.reply import tidy, whole_sentences

SPEAKS = 3
"""The scripted writer says something in one round of so many, if there is something to say."""
_ROOM = 400
"""Tokens that a model may use for a revised piece."""


class Edited(NamedTuple):
    """What a writer made of a draft."""

    final: str
    says: str = ""
    """What they said about the draft; empty when they said nothing."""
    settled: bool = True
    """False when the writer's habits undid each other for ever, so that the draft stood."""


class Wishes(NamedTuple):
    """What a writer wants of one document type: for the oracle alone."""

    told: tuple[str, ...]
    """In words, each with the checks that do the same, if any: see `checks`."""
    checks: tuple[tuple[Check, ...], ...]
    """One entry for each of `told`; empty where no check can do it."""


class Writer(Protocol):
    """Edits drafts by preferences that no method is told."""

    async def edit(self, number: int, brief: Brief, draft: str) -> Edited:
        """The final of round `number` (from 0), and what is said on the way."""
        ...

    def wishes(self, type_: str) -> Wishes:
        """The hidden preferences."""
        ...


class ScriptedWriter:
    """Follows the preferences that a seed draws, to the letter, until there is nothing left to change.

    Now and then they say what they had to correct most and have not said of this document type before:
    one sentence in plain words, at most one a round, and the same dice for every method.
    """

    def __init__(self, seed: int) -> None:
        self._preferences: Mapping[str, tuple[Preference, ...]] = {
            type_: draw(seed, type_) for type_ in TYPES
        }
        self._editors = {
            type_: Editor([one.habit for one in known]) for type_, known in self._preferences.items()
        }
        self._seed = seed
        self._said: set[tuple[str, str]] = set()

    async def edit(self, number: int, brief: Brief, draft: str) -> Edited:
        """The fixed point of the writer's habits: edited again, it gets no correction."""
        done = self._editors[brief.type].edit(draft)
        return Edited(done.text, self._words(number, brief.type, done.corrections), done.settled)

    def wishes(self, type_: str) -> Wishes:
        """Every preference in the writer's own words, with the checks that do the same."""
        known = self._preferences[type_]
        checks = tuple(
            tuple(check.model_copy(update={"scope": type_}) for check in one.checks) for one in known
        )
        return Wishes(tuple(one.says[0] for one in known), checks)

    def preferences(self, type_: str) -> tuple[Preference, ...]:
        """The hidden preferences, for reports and tests."""
        return self._preferences[type_]

    def _words(self, number: int, type_: str, corrections: Mapping[str, int]) -> str:
        dice = random.Random(f"speaks-{self._seed}-{number}")  # noqa: S311 - a lottery, not a secret
        if dice.randrange(SPEAKS):
            return ""
        open_ = [
            one
            for one in self._preferences[type_]
            if corrections.get(one.name) and (type_, one.name) not in self._said
        ]
        if not open_:
            return ""
        worst = max(open_, key=lambda one: (corrections[one.name], one.name))
        self._said.add((type_, worst.name))
        return worst.says[0]


_STYLES: Sequence[str] = (
    "written to one person, short, open about feelings, inviting them to think of their own life",
    "like a story for young children: short sentences, playful words, cheerful",
    "bullet points, each built like the others, brief",
    "structured and straight to the point, respectful, with a formal greeting and closing",
    "informal and conversational, without a closing",
    "as questions and answers",
)


class ModelWriter:
    """PRELUDE's simulator: one question whether the draft will do, and if not, one to revise it.

    Each document type has one of six styles, drawn by the seed. The question to revise shows the draft
    and the style and not the brief, so that nothing can be added. This writer never speaks.
    """

    def __init__(self, seed: int, model: LanguageModel) -> None:
        dice = random.Random(f"styles-{seed}")  # noqa: S311 - a lottery, not a secret
        self._styles = dict(zip(TYPES, dice.sample(_STYLES, len(TYPES)), strict=True))
        self._model = model
        self._seed = seed

    async def edit(self, number: int, brief: Brief, draft: str) -> Edited:
        """The draft itself when it will do; else the model's revision of it."""
        style = self._styles[brief.type]
        answer = await self._ask(
            f"{brief.text}\n\nThis was written:\n\n{draft}\n\nIs that good for a reader who loves this style:"
            f" {style}? Answer yes or no.",
            number,
            most=8,
        )
        if "yes" in answer.lower():
            return Edited(draft)
        revised = await self._ask(
            f"{draft}\n\nYou prefer this style: {style}. Revise the text above to meet it."
            " Give the text only.",
            number,
            most=_ROOM,
        )
        return Edited(revised or draft)

    def wishes(self, type_: str) -> Wishes:
        """The style, which no check can enforce."""
        return Wishes((f"Write in this style: {self._styles[type_]}.",), ((),))

    async def _ask(self, prompt: str, number: int, *, most: int) -> str:
        request = ModelRequest(
            messages=(Message(role="user", content=prompt),),
            max_tokens=most,
            temperature=0.0,
            seed=1000 * self._seed + number,
        )
        reply = await self._model.ask(request)
        text = tidy(reply.text, complete=reply.complete)
        return text if reply.complete or most < _ROOM else whole_sentences(text)
