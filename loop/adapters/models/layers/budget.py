"""A model that is asked only when the account allows it."""

from __future__ import annotations

from collections.abc import Callable

from loop.adapters.models.hosted.passing import Passing
from loop.adapters.models.layers.account import Account
from loop.adapters.models.prices import FREE, Price
from loop.errors import RedraftError
from loop.model import ModelRequest, Reply, Usage
from loop.ports import LanguageModel, no_text
from loop.tokens import BYTES_PER_TOKEN, CHARACTERS_PER_TOKEN, at_most


class BudgetedModel:
    """Passes questions on within an account, and says in every reply what it cost.

    `price` is the model's; None: nobody knows it, and money is counted only where the model tells it.
    """

    def __init__(self, model: LanguageModel, account: Account, price: Price | None = FREE) -> None:
        self._model = model
        self._account = account
        self._price = price

    @property
    def name(self) -> str:
        """The name of the model behind it."""
        return self._model.name

    async def ask(self, request: ModelRequest, on_text: Callable[[str], None] = no_text) -> Reply:
        """The model's reply. Raises what the model raises, and before anything is spent BudgetExceeded."""
        expected, paid = self._expect(request), self._price is not FREE
        await self._account.reserve(expected, paid=paid)
        heard = 0

        def hear(piece: str) -> None:
            nonlocal heard
            heard += len(piece)
            on_text(piece)

        actual = None
        try:
            reply = await self._model.ask(request, hear)
            actual = self._priced(reply.usage)
        except RedraftError as error:  # what came, or was thought, is paid for; what was turned away is not
            if isinstance(error.usage, Usage):
                cost = error.usage
            elif isinstance(error, Passing) and not heard:  # nobody answered, and it may be asked again
                cost = Usage()
            else:
                cost = _interrupted(expected, heard, begun=bool(heard))
            actual = self._priced(cost)
            error.usage = actual if actual.calls else None
            raise
        finally:
            if actual is None:  # it was stopped while it read, thought or wrote
                actual = self._priced(_interrupted(expected, heard, begun=True))
            self._account.settle(expected, actual, self.name, paid=paid)
        return reply.model_copy(update={"usage": actual})

    def _expect(self, request: ModelRequest) -> Usage:
        read = sum(at_most(turn.content) for turn in request.messages) + at_most(request.answer)
        usage = Usage(calls=1, input_tokens=read, output_tokens=request.max_tokens)
        if self._price is None or self._price is FREE:
            return usage
        return usage.model_copy(update={"usd": self._price.most(read, request.max_tokens)})

    def _priced(self, usage: Usage) -> Usage:
        if usage.usd or self._price is None or self._price is FREE:
            return usage
        return usage.model_copy(update={"usd": self._price.of(usage)})


def _interrupted(expected: Usage, heard: int, *, begun: bool) -> Usage:
    """What a question cost of which only so many characters came; nothing, if nobody began to answer."""
    if not begun:
        return Usage(calls=1)
    read = expected.input_tokens * BYTES_PER_TOKEN // CHARACTERS_PER_TOKEN
    return Usage(calls=1, input_tokens=read, output_tokens=-(-heard // CHARACTERS_PER_TOKEN))
