"""A hard cap on what one verb may ask of a model."""

from __future__ import annotations

from collections.abc import Callable

from loop.errors import BudgetExceeded
from loop.model import ModelRequest, Reply, Usage
from loop.ports import LanguageModel, no_text
from loop.settings import BudgetSettings

_CHARACTERS_PER_TOKEN = 4


class BudgetedModel:
    """Passes questions on until the next one would pass the cap, and refuses that one.

    What a question will cost is estimated before (four characters a token, and the longest reply that it
    allows) and replaced by what it did cost after. Questions under way count with their estimate.
    `usd_per_token` is the model's dearest price; 0 for a model on this computer.
    """

    def __init__(self, model: LanguageModel, budget: BudgetSettings, *, usd_per_token: float = 0.0) -> None:
        self._model = model
        self._budget = budget
        self._usd_per_token = usd_per_token
        self._under_way = Usage()
        self.spent = Usage()

    @property
    def name(self) -> str:
        """The name of the model behind it."""
        return self._model.name

    async def ask(self, request: ModelRequest, on_text: Callable[[str], None] = no_text) -> Reply:
        """The model's reply. Raises BudgetExceeded, before anything is spent, and what the model raises."""
        expected = self._expect(request)
        self._check(self.spent + self._under_way + expected)
        self._under_way += expected
        actual = Usage(calls=1)  # a question that fails has still been asked
        try:
            reply = await self._model.ask(request, on_text)
            actual = reply.usage
        finally:
            self._under_way = _less(self._under_way, expected)
            self.spent += actual
        return reply

    def _expect(self, request: ModelRequest) -> Usage:
        characters = sum(len(turn.content) for turn in request.messages)
        read = -(-characters // _CHARACTERS_PER_TOKEN)
        return Usage(
            calls=1,
            input_tokens=read,
            output_tokens=request.max_tokens,
            usd=(read + request.max_tokens) * self._usd_per_token,
        )

    def _check(self, after: Usage) -> None:
        budget = self._budget
        tokens = after.input_tokens + after.output_tokens
        if after.calls > budget.calls:
            raise _exceeded("calls", f"{budget.calls:,} questions", f"question {after.calls:,}")
        if tokens > budget.tokens:
            raise _exceeded("tokens", f"{budget.tokens:,} tokens", f"about {tokens:,} tokens")
        if after.usd > budget.usd:
            raise _exceeded("usd", f"${budget.usd:,.2f}", f"about ${after.usd:,.2f}")


def _exceeded(key: str, cap: str, after: str) -> BudgetExceeded:
    return BudgetExceeded(
        f"The budget of this project is {cap} for one command; the next question would make it {after}, "
        "so it was not asked.",
        hint=f"Raise {key} under [budget] in redraft.toml, or ask for less: fewer briefs, takes or samples.",
    )


def _less(usage: Usage, part: Usage) -> Usage:
    return Usage(
        calls=usage.calls - part.calls,
        input_tokens=usage.input_tokens - part.input_tokens,
        output_tokens=usage.output_tokens - part.output_tokens,
        usd=usage.usd - part.usd,
    )
