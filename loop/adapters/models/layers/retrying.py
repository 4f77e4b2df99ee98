"""Questions asked again when the fault may be gone in a moment."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable

from loop.adapters.models.hosted.passing import Passing
from loop.counts import count
from loop.errors import ModelUnavailable, RedraftError
from loop.events import Note, Tell, ignore
from loop.model import ModelRequest, Reply, Usage
from loop.ports import LanguageModel, no_text

_FIRST_WAIT = 0.5
_LONGEST_WAIT = 30.0
_PATIENCE = 120.0
"""A provider that asks for a longer wait than this is given up at once."""
_WORTH_SAYING = 2.0
_SLOW_ATTEMPTS = 2
"""A provider that said nothing for minutes is asked once more, and not for half an hour."""


class RetryingModel:
    """Asks `model` up to `attempts` times, and waits in between.

    The waits double from half a second, each shortened by chance so that questions which failed together
    are not asked together again; a provider that names a wait gets it. Text that was heard is never asked
    for again: the listener would hear it twice. Where nobody listens (`no_text`), a cut reply is.
    """

    def __init__(
        self,
        model: LanguageModel,
        *,
        tell: Tell = ignore,
        attempts: int = 5,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._model = model
        self._tell = tell
        self._attempts = attempts
        self._sleep = sleep
        self._chance = chance

    @property
    def name(self) -> str:
        """The name of the model behind it."""
        return self._model.name

    async def ask(self, request: ModelRequest, on_text: Callable[[str], None] = no_text) -> Reply:
        """The model's reply, with the cost of attempts that broke off.

        Raises what the model raises, with ModelUnavailable in place of Passing.
        """
        number, lost = 1, Usage()
        while True:
            heard = _Heard(on_text)
            try:
                reply = await self._model.ask(request, heard)
                return reply.model_copy(update={"usage": reply.usage + lost})
            except Passing as fault:
                if isinstance(fault.usage, Usage):
                    lost += fault.usage
                attempts = min(self._attempts, _SLOW_ATTEMPTS) if fault.slow else self._attempts
                given_up = _given_up(fault, heard, number, attempts)
                if given_up is not None:
                    given_up.usage = lost if lost.calls else None
                    raise given_up from fault
                wait = self._wait(fault, number)
                number += 1
                if fault.slow or wait >= _WORTH_SAYING:
                    self._tell(_note(fault, wait, number, attempts))
            except RedraftError as error:
                if lost.calls:  # the last attempt may not have been made at all: the budget stopped it
                    error.usage = lost + error.usage if isinstance(error.usage, Usage) else lost
                raise
            await self._sleep(wait)

    def _wait(self, fault: Passing, number: int) -> float:
        """Seconds to wait after the question has failed `number` times."""
        if fault.after is not None:
            return fault.after + self._chance() * _FIRST_WAIT
        longest = min(_LONGEST_WAIT, _FIRST_WAIT * 2.0 ** min(number - 1, 16))
        return longest * (1 + self._chance()) / 2


class _Heard:
    """Passes text on and remembers it."""

    def __init__(self, on_text: Callable[[str], None]) -> None:
        self._on_text = on_text
        self._pieces: list[str] = []

    def __call__(self, piece: str) -> None:
        """One more piece; an empty one tells nobody anything, and leaves the question open."""
        if piece and self._on_text is not no_text:
            self._pieces.append(piece)
            self._on_text(piece)

    @property
    def words(self) -> int | None:
        """How many words were heard; None when nothing was."""
        return len("".join(self._pieces).split()) if self._pieces else None


def _given_up(fault: Passing, heard: _Heard, number: int, attempts: int) -> ModelUnavailable | None:
    """The error that ends the asking; None when the question may be asked again."""
    what = fault.message.rstrip(".")
    if heard.words is not None:
        return ModelUnavailable(
            f"{what}: the text was cut after {count(heard.words, 'word')}.",
            hint="Type the command again; what is done is kept.",
        )
    if fault.after is not None and fault.after > _PATIENCE:
        return ModelUnavailable(
            f"{what}, and asks to be left alone for {_span(fault.after)}.", hint=fault.hint
        )
    if number >= attempts:
        return ModelUnavailable(f"{what}; asked {count(number, 'time')}.", hint=fault.hint)
    return None


def _note(fault: Passing, wait: float, number: int, attempts: int) -> Note:
    what = fault.message.rstrip(".")
    return Note(
        message=f"{what}; asked again in {count(max(1, round(wait)), 'second')} ({number} of {attempts}).",
        level="warning",
    )


def _span(seconds: float) -> str:
    minutes = -(-seconds // 60)
    return count(int(minutes), "minute") if minutes < 120 else count(int(-(-minutes // 60)), "hour")
