"""CIPHER-5 (Gao et al., 2024), written anew from the paper: a preference for every past context.

A round's preference is a short phrase that the model infers from draft and final; an accepted draft
confirms the phrase it was written with. A draft is written with one phrase that sums up those of the five
most similar past contexts. What differs from the paper is in the method's favour: the document type is
known, so only contexts of the same type are looked at; what the writer said is remembered word for word
beside the inferred phrase; and whatever the product's reader of critiques understands of these words
runs as checks after the draft.
"""

from __future__ import annotations

from typing import NamedTuple

from benchmarks.prelude.desk import Desk, Line, enforcing
from benchmarks.prelude.methods import Feedback, Method
from benchmarks.prelude.similar import nearest
from benchmarks.prelude.understood import newest, understood
from loop.model import Brief, Check, Guidance
from loop.ports import LanguageModel

CONTEXTS = 5
_PHRASE = 40
"""Tokens of a phrase."""
INFER = (
    "Original text:\n{draft}\n\nRevised text:\n{final}\n\n{said}Compare the two. In one short phrase, what"
    " does the person who revised it prefer in general, in style and formatting? Give the phrase only."
)
SUM_UP = (
    "These are a person's preferences in writing:\n{phrases}\n\nSum them up in one short phrase that"
    " represents them best. Give the phrase only."
)


class Memory(NamedTuple):
    """One past context."""

    brief: Brief
    phrase: str
    """What the model inferred."""
    said: str
    """What the writer said, word for word."""
    checks: tuple[Check, ...]
    """What of both is understood as checks."""

    @property
    def words(self) -> tuple[str, ...]:
        """Everything remembered, in words."""
        return tuple(words for words in (self.said, self.phrase) if words)


class Cipher(Method):
    """Retrieves, sums up, infers."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.memory: list[Memory] = []

    async def guidance(self, brief: Brief, model: LanguageModel) -> Guidance:
        """One phrase for the five most similar contexts; their checks, and those of the phrase."""
        found = self.retrieved(brief)
        phrase = await self.summed_up(brief, model)
        if not phrase:
            return self.desk.guidance(brief)
        checks = newest(
            [*(check for one in reversed(found) for check in one.checks), *understood(phrase, brief)]
        )
        style = Line(f"Write for a person who prefers this style: {phrase}")
        return self.desk.guidance(brief, [style, *enforcing(checks)])

    def retrieved(self, brief: Brief) -> list[Memory]:
        """The most similar contexts that something is remembered of, the nearest first."""
        known = [one for one in self.memory if one.words]
        return [known[place] for place in nearest(brief, [one.brief for one in known], CONTEXTS)]

    async def summed_up(self, brief: Brief, model: LanguageModel) -> str:
        """One phrase for what is retrieved; a single one needs no summing up."""
        words = list(dict.fromkeys(words for one in self.retrieved(brief) for words in one.words))
        if len(words) < 2:
            return words[0] if words else ""
        phrases = "\n".join(f"- {one}" for one in words)
        answer = await self.desk.ask(model, SUM_UP.format(phrases=phrases), most=_PHRASE)
        return " ".join(answer.split())

    async def learn(self, feedback: Feedback) -> tuple[Check, ...]:
        """Remember the context with what the edit says."""
        brief = feedback.brief
        if feedback.final == feedback.draft:
            phrase = await self.summed_up(brief, self.model)
        else:
            said = f"The person said: {feedback.says}\n\n" if feedback.says else ""
            prompt = INFER.format(draft=feedback.draft, final=feedback.final, said=said)
            phrase = " ".join((await self.desk.ask(self.model, prompt, most=_PHRASE)).split())
        checks = (*understood(phrase, brief), *understood(feedback.says, brief, feedback.draft))
        known = {check.form for one in self.memory for check in one.checks}
        self.memory.append(Memory(brief, phrase, feedback.says, checks))
        self.steps += 1
        return tuple(check for check in checks if check.form not in known)

    def guide(self) -> tuple[str, ...]:
        """Every phrase in the memory, and what the writer said."""
        return tuple(dict.fromkeys(words for one in self.memory for words in one.words))
