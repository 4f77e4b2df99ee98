"""Models of any provider, asked through LiteLLM."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from functools import partial
from typing import TYPE_CHECKING, Any

from loop.adapters.models.hosted.addresses import host_of, is_loopback
from loop.adapters.models.hosted.counting import estimated
from loop.adapters.models.hosted.faults import Provider, in_words
from loop.adapters.models.hosted.per_loop import PerLoop
from loop.adapters.models.litellm.faults import explained
from loop.adapters.models.litellm.lines import Lines
from loop.adapters.models.litellm.loading import litellm
from loop.adapters.models.plain_text import check_text
from loop.errors import RedraftError
from loop.model import ModelRequest, Reply, Usage
from loop.ports import no_text

if TYPE_CHECKING:
    import openai

_CONNECT = 10.0
"""Seconds in which a connection must stand."""
_FINISHED = {"stop": True, "eos": True, "length": False}
"""Why a reply ended, in LiteLLM's words -> whether it is whole."""
_GUESSED = "stop"
"""LiteLLM says so by itself at the end of whatever came, be it no reply at all."""
_NO_KEY = "none"
"""Sent to a server that asks for no key: left out, LiteLLM would send what the environment holds."""


class LiteLLMModel:
    """Answers with `model`, LiteLLM's own name for it, such as `openai/gpt-5` or `ollama/llama3.2`.

    `name` is what redraft.toml says. `silence` is how many seconds may pass without a piece of the reply.
    Nothing is asked twice here.
    """

    def __init__(
        self, model: str, *, name: str, key: str | None, base_url: str | None = None, silence: float = 120
    ) -> None:
        self._model = model
        self._name = name
        self._key = key
        self._base_url = base_url
        self._silence = silence
        provider = model.partition("/")[0]
        served = base_url if provider == "openai" else None
        self._clients = PerLoop(partial(_client, served, key)) if served else None
        secret = None if key == _NO_KEY else key  # that word is not to be taken out of sentences
        who = f"the server {host_of(base_url)}" if base_url else in_words(provider)
        self._provider = Provider(name.partition("/")[0] if base_url else provider, who, name, secret)

    @property
    def name(self) -> str:
        """Such as `openai/gpt-5`, or `desk/llama3.2` for a server of one's own."""
        return self._name

    async def ask(self, request: ModelRequest, on_text: Callable[[str], None] = no_text) -> Reply:
        """The whole reply; `on_text` gets it piece by piece. Cancelling closes the connection.

        Raises MissingExtra without LiteLLM; Passing for what may be gone in a moment; ModelUnavailable for
        key, credit and name; ModelRefused when the model or the provider declines; UsageError when the
        prompt is too long.
        """
        check_text(request)
        if self._key and not (self._key.isascii() and self._key.isprintable()):
            raise self._provider.odd_key()
        answer = _Answer(request, self._provider)
        try:
            async with aclosing(self._pieces(request, answer)) as pieces:
                async for piece in pieces:  # what the listener raises is its own: no provider's fault
                    on_text(piece)
            return answer.reply(self._name)
        except RedraftError as error:
            error.usage = error.usage or answer.cost()
            raise

    async def _pieces(self, request: ModelRequest, answer: _Answer) -> AsyncGenerator[str, None]:
        """The visible text as it arrives; the rest goes to `answer`."""
        package = await litellm()
        stream = await self._begun(package, request)
        lines = Lines(stream)
        try:
            while (chunk := await self._next(stream)) is not None:
                if piece := answer.take(chunk):
                    yield piece
            answer.end(stream, lines)
        finally:
            await stream.aclose()

    async def _begun(self, package: Any, request: ModelRequest) -> Any:
        try:
            async with asyncio.timeout(_CONNECT + self._silence):
                client = None if self._clients is None else await self._clients.get()
                return await package.acompletion(**self._parameters(request), client=client)
        except Exception as error:  # LiteLLM raises bare exceptions, and those of a hundred packages
            raise explained(error, self._provider, silence=self._silence) from error

    async def _next(self, stream: Any) -> Any:
        """The next chunk; None at the end. LiteLLM leaves the time limit to each provider's package."""
        try:
            async with asyncio.timeout(self._silence):
                return await anext(stream, None)
        except Exception as error:
            raise explained(error, self._provider, silence=self._silence) from error

    def _parameters(self, request: ModelRequest) -> dict[str, Any]:
        import httpx

        sent: dict[str, Any] = {
            "model": self._model,
            "messages": [{"role": turn.role, "content": turn.content} for turn in request.messages],
            "api_key": self._key or (_NO_KEY if self._base_url else None),
            "api_base": self._base_url,
            "max_tokens": request.max_tokens,
            "temperature": request.temperature,
            "top_p": request.top_p,
            "seed": request.seed,
            "stream": True,
            "stream_options": {"include_usage": True},
            "drop_params": True,
            "num_retries": 0,
            "max_retries": 0,
            "timeout": httpx.Timeout(self._silence, connect=_CONNECT),
        }
        if request.stop:
            sent["stop"] = list(request.stop)
        if request.answer:
            schema = {"name": "answer", "schema": json.loads(request.answer), "strict": False}
            sent["response_format"] = {"type": "json_schema", "json_schema": schema}
        return sent


def _client(address: str, key: str | None) -> openai.AsyncOpenAI:
    """Connections to a server: no proxy leads to this computer, and nobody it points to is asked."""
    import httpx
    import openai
    from httpx_aiohttp import HttpxAiohttpClient

    return openai.AsyncOpenAI(
        api_key=key or _NO_KEY,
        base_url=address,
        max_retries=0,
        http_client=HttpxAiohttpClient(  # quicker than httpx alone, as LiteLLM's own is
            trust_env=not is_loopback(address),
            follow_redirects=False,
            limits=httpx.Limits(max_connections=0),  # no limit: there is one for each provider already
        ),
    )


class _Answer:
    """Collects what the model says, chunk by chunk."""

    def __init__(self, request: ModelRequest, provider: Provider) -> None:
        self._request = request
        self._provider = provider
        self._pieces: list[str] = []
        self._thoughts: list[str] = []
        self._began = False
        self._reason: str | None = None
        self._usage: Any = None

    def take(self, chunk: Any) -> str:
        """The visible text of one chunk, often none: thoughts and counts are none."""
        self._usage = getattr(chunk, "usage", None) or self._usage
        piece = ""
        for choice in chunk.choices:
            self._reason = choice.finish_reason or self._reason
            text, thought = choice.delta.content or "", getattr(choice.delta, "reasoning_content", None) or ""
            if text or thought or choice.delta.role or choice.finish_reason not in {None, _GUESSED}:
                self._began = True
            self._thoughts.append(thought)
            piece += text
        if piece:
            self._pieces.append(piece)
        return piece

    def end(self, stream: Any, lines: Lines) -> None:
        """The stream is over. LiteLLM says `stop` of its own accord when the provider gave no reason."""
        if not lines.readable:
            raise self._provider.garbled()
        told = getattr(stream, "received_finish_reason", self._reason)
        guessed = told is None and getattr(stream, "intermittent_finish_reason", None) is None
        if guessed or not lines.whole:
            raise self._provider.cut() if self._pieces else self._provider.garbled()

    def reply(self, model: str) -> Reply:
        """The answer, whole. Raises what its end says."""
        reason = self._reason or ""
        text = "".join(self._pieces)
        if reason not in _FINISHED:
            raise self._provider.refused() if reason == "content_filter" else self._provider.stopped(reason)
        return Reply(text=text, model=model, usage=self._cost(text), complete=_FINISHED[reason])

    def cost(self) -> Usage | None:
        """What an answer that ended badly cost: what was read, thought and said; None when none began."""
        if not self._began:
            return None
        text = "".join(self._pieces)
        usage, guess = self._cost(text), estimated(self._request, "".join((*self._thoughts, text)))
        return usage.model_copy(update={"output_tokens": max(usage.output_tokens, guess.output_tokens)})

    def _cost(self, text: str) -> Usage:
        read, written = _count(self._usage, "prompt_tokens"), _count(self._usage, "completion_tokens")
        if not read and not written:
            return estimated(self._request, text)
        details = getattr(self._usage, "prompt_tokens_details", None)
        return Usage(
            calls=1,
            input_tokens=read,
            output_tokens=written,
            cache_read_tokens=_count(details, "cached_tokens"),
            cache_write_tokens=_count(details, "cache_creation_tokens"),
        )


def _count(usage: Any, name: str) -> int:
    """A number that may be missing, or None."""
    number = getattr(usage, name, None)
    return number if isinstance(number, int) else 0
