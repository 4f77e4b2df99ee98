"""What a method of learning is, and the two that learn nothing: no learning, and the oracle."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import NamedTuple

from benchmarks.prelude.briefs import TYPES
from benchmarks.prelude.desk import Desk, Line
from benchmarks.prelude.writers import Writer
from loop.model import Brief, Check, Guidance
from loop.ports import LanguageModel


class Feedback(NamedTuple):
    """What a method sees of one round."""

    number: int
    """Counting from 0."""
    brief: Brief
    draft: str
    final: str
    says: str = ""
    """The writer's words; empty when they said nothing."""


class Method(ABC):
    """Drafts, hears what the writer made of it, learns."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.model = desk.door()
        self.steps = 0
        """Steps of learning that were taken over."""
        self.waiting = 0
        """Proposals that wait for the writer."""

    async def draft(self, brief: Brief, seed: int) -> str:
        """The draft that the writer gets. Raises what the model raises."""
        return await self.desk.draft(brief, await self.guidance(brief, self.model), self.model, seed)

    @abstractmethod
    async def guidance(self, brief: Brief, model: LanguageModel) -> Guidance:
        """What a draft of this brief would be written with now."""

    async def learn(self, feedback: Feedback) -> tuple[Check, ...]:
        """Take in one round; returns the corrections that drafts of a type should not need from now on."""
        del feedback
        return ()

    def guide(self) -> tuple[str, ...]:
        """Everything learned that may be put before the model, line by line."""
        return ()


class NoLearning(Method):
    """The same drafts for ever."""

    async def guidance(self, brief: Brief, model: LanguageModel) -> Guidance:
        """An empty guide."""
        del model
        return self.desk.guidance(brief)


class Oracle(Method):
    """Knows every preference from the start: checks for what checks can do, words for the rest."""

    def __init__(self, desk: Desk, writer: Writer) -> None:
        super().__init__(desk)
        self._wishes = {type_: writer.wishes(type_) for type_ in TYPES}

    async def guidance(self, brief: Brief, model: LanguageModel) -> Guidance:
        """The preferences as the guide."""
        del model
        wishes = self._wishes[brief.type]
        lines = [Line(text, checks) for text, checks in zip(wishes.told, wishes.checks, strict=True)]
        return self.desk.guidance(brief, lines)

    def guide(self) -> tuple[str, ...]:
        """The preferences."""
        return tuple(text for wishes in self._wishes.values() for text in wishes.told)
