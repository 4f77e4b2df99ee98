"""Claude, asked through the anthropic package."""

from __future__ import annotations

import asyncio
import importlib
import sys
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from loop.adapters.models.claude.faults import explained, foreign, who_is
from loop.adapters.models.claude.request import parameters
from loop.adapters.models.hosted.addresses import is_loopback
from loop.adapters.models.hosted.counting import estimated
from loop.adapters.models.hosted.faults import Provider
from loop.adapters.models.hosted.per_loop import PerLoop
from loop.adapters.models.plain_text import check_text
from loop.errors import RedraftError
from loop.model import ModelRequest, Reply, Usage
from loop.ports import no_text

if TYPE_CHECKING:
    import anthropic

_PROVIDER = "anthropic"
_ADDRESS = "https://api.anthropic.com"
_CONNECT = 10.0
"""Seconds in which a connection must stand."""
_FINISHED = {"end_turn": True, "stop_sequence": True, "max_tokens": False}
"""Why a reply ended -> whether it is whole."""
_KNOWN = ("message_start", "content_block_start", "content_block_delta", "message_delta")
"""Any of them is a reply: llama.cpp leaves out `message_start` after a question that was broken off."""


class ClaudeModel:
    """Answers with one of Anthropic's models, or with a server that speaks its protocol at `base_url`.

    `silence` is how many seconds may pass without a byte; `effort` how long it thinks before it writes.
    Nothing is asked twice here. The connection is kept from question to question, one per event loop.
    """

    def __init__(
        self,
        model: str,
        *,
        key: str | None,
        base_url: str | None = None,
        silence: float = 120,
        effort: str | None = None,
    ) -> None:
        self._model = model
        self._key = key
        self._address = base_url or _ADDRESS
        self._silence = silence
        self._effort = effort
        self._provider = Provider(_PROVIDER, who_is(base_url or ""), model, key)
        self._clients = _clients(key or "", self._address, silence)

    @property
    def name(self) -> str:
        """Such as `claude-sonnet-5-5`."""
        return self._model

    async def ask(self, request: ModelRequest, on_text: Callable[[str], None] = no_text) -> Reply:
        """The whole reply; `on_text` gets it piece by piece. Cancelling closes the connection.

        Raises Passing for what may be gone in a moment; ModelUnavailable for key, credit and name;
        ModelRefused when the model or the provider declines; UsageError when the prompt is too long.
        """
        check_text(request)
        self._check_key()
        answer = _Answer(request, self._provider)
        try:
            async with aclosing(self._pieces(request, answer)) as pieces:
                async for piece in pieces:  # what the listener raises is its own: no provider's fault
                    on_text(piece)
            return answer.reply(self.name)
        except RedraftError as error:
            error.usage = error.usage or answer.cost()
            raise

    async def close(self) -> None:
        """Let go of the connections of this event loop; when it ends they are closed without this."""
        await self._clients.close()

    def _check_key(self) -> None:
        if not self._key:
            if not is_loopback(self._address):
                raise self._provider.no_key()
        elif not (self._key.isascii() and self._key.isprintable()):
            raise self._provider.odd_key()

    async def _pieces(self, request: ModelRequest, answer: _Answer) -> AsyncGenerator[str, None]:
        """The visible text as it arrives; the rest goes to `answer`."""
        if "anthropic" not in sys.modules:  # a second of work, in which the screen shall not stand still
            await asyncio.to_thread(importlib.import_module, "anthropic.resources.messages")
        import anthropic

        alone = None if self._key else {"Authorization": anthropic.Omit()}
        sent = parameters(request, model=self._model, effort=self._effort)
        try:
            client = await self._clients.get()
            async with await client.messages.create(**sent, stream=True, extra_headers=alone) as events:
                async for event in events:
                    if piece := answer.take(event):
                        yield piece
        except foreign() as error:
            raise explained(error, self._provider, silence=self._silence) from error


@cache
def _clients(key: str, address: str, silence: float) -> PerLoop[anthropic.AsyncAnthropic]:
    """The connections of all who ask alike: each verb opens its models anew, and goes on with them."""
    return PerLoop(partial(_client, key, address, silence))


def _client(key: str, address: str, silence: float) -> anthropic.AsyncAnthropic:
    import anthropic
    import httpx2

    timeout = httpx2.Timeout(silence, connect=_CONNECT, pool=None)
    own = is_loopback(address)  # no proxy leads to this computer
    return anthropic.AsyncAnthropic(
        api_key=key,  # empty, not None: that would send whatever key the environment holds
        base_url=address,
        timeout=timeout,
        max_retries=0,
        open_telemetry=False,
        http_client=httpx2.AsyncClient(timeout=timeout, trust_env=False) if own else None,
    )


class _Answer:
    """Collects what the model says, event by event."""

    def __init__(self, request: ModelRequest, provider: Provider) -> None:
        self._request = request
        self._provider = provider
        self._pieces: list[str] = []
        self._counts: dict[str, int] = {}
        self._reason: str | None = None
        self._explanation = ""
        self._began = self._ended = False

    def take(self, event: Any) -> str:
        """The visible text of one event, mostly none. Raises ValueError for an event that makes no sense."""
        kind = getattr(event, "type", None)
        self._began = self._began or kind in _KNOWN
        if kind == "content_block_delta":
            return self._piece(event)
        if kind == "message_start":
            self._count(_at(event, "message", "usage"))
        elif kind == "message_delta":
            self._count(_at(event, "usage"))
            self._reason = _at(event, "delta", "stop_reason")
            self._explanation = _at(event, "delta", "stop_details", "explanation") or ""
        elif kind == "message_stop":
            self._ended = True
        return ""

    def _piece(self, event: Any) -> str:
        if _at(event, "delta", "type") != "text_delta":  # a thought, or its signature
            return ""
        piece = _at(event, "delta", "text")
        if not isinstance(piece, str):
            raise ValueError("a piece of text without text")  # noqa: TRY004 - foreign data, not our types
        self._pieces.append(piece)
        return piece

    def _count(self, usage: Any) -> None:
        """Later counts are totals, and stand in place of earlier ones; what is not told stays."""
        for name in (
            "input_tokens",
            "output_tokens",
            "cache_read_input_tokens",
            "cache_creation_input_tokens",
        ):
            number = _at(usage, name)
            if isinstance(number, int):
                self._counts[name] = number

    def reply(self, model: str) -> Reply:
        """The answer, whole. Raises what its end says."""
        if not self._began:  # some page for a browser, say
            raise self._provider.garbled()
        if not self._ended or self._reason is None:
            raise self._provider.cut()
        text = "".join(self._pieces)
        if self._reason not in _FINISHED:
            raise self._declined(self._reason)
        return Reply(text=text, model=model, usage=self._usage(text), complete=_FINISHED[self._reason])

    def cost(self) -> Usage | None:
        """What an answer that ended badly cost; None when nothing had been read yet."""
        if not self._counts and self._reason is None:
            return None
        text = "".join(self._pieces)
        usage, guess = self._usage(text), estimated(self._request, text)
        return usage.model_copy(update={"output_tokens": max(usage.output_tokens, guess.output_tokens)})

    def _declined(self, reason: str) -> RedraftError:
        """Why there is no text."""
        if reason == "model_context_window_exceeded":
            return self._provider.overran()
        if reason == "refusal":
            return self._provider.refused(self._explanation)
        return self._provider.stopped(reason)

    def _usage(self, text: str) -> Usage:
        guess = estimated(self._request, text)
        read = self._counts.get("cache_read_input_tokens", 0)
        written = self._counts.get("cache_creation_input_tokens", 0)
        return Usage(
            calls=1,
            input_tokens=(self._counts.get("input_tokens", 0) + read + written) or guess.input_tokens,
            output_tokens=self._counts.get("output_tokens", 0) or guess.output_tokens,
            cache_read_tokens=read,
            cache_write_tokens=written,
        )


def _at(value: Any, *names: str) -> Any:
    """An attribute of an attribute; None where one is missing: the package checks nothing that comes."""
    for name in names:
        value = getattr(value, name, None)
    return value
