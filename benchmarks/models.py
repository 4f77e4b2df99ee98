"""Asking a hosted model through redraft against its package alone: the first word, sixteen drafts at once."""

from __future__ import annotations

import asyncio
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import anthropic
import httpx2

from loop.adapters.models.claude.model import ClaudeModel
from loop.adapters.models.layers.retrying import RetryingModel
from loop.adapters.models.litellm.loading import litellm
from loop.adapters.models.litellm.model import LiteLLMModel
from loop.model import Message, ModelRequest

ROUNDS = 200
MOST = 1.1
"""How many times as long the first word may take."""
DRAFTS = 16
DRAFT_ROUNDS = 9
LEAST = 0.9
"""How many times as fast sixteen drafts must be."""
KEY = "sk-no-key"
SHORT = "Says(('Malt ', 'and ', 'crust.'))"
DRAFT = "Says(('word ',) * 60, pause=0.005)"
SERVE = "from tests.loopback import main; from tests.wire import Says; main({})"
PROMPT = "Describe the smell of fresh bread. " * 40
REQUEST = ModelRequest(messages=(Message(role="user", content=PROMPT),), max_tokens=100)

First = Callable[[], Awaitable[float]]
"""Asks once, and gives the seconds until the first word."""


def main() -> None:
    asyncio.run(_compare())


async def _compare() -> None:
    with _server(SHORT) as address:
        print(f"seconds to the first word, median of {ROUNDS} alternating rounds, a server on this computer")
        own, bare = await _alternately([_own(_claude(address)), _anthropic(address)])
        _print_first("Claude", own, "anthropic", bare)
        provider = _provider(address)
        own, bare = await _alternately([_own(provider), await _litellm(address)])
        _print_first("LiteLLM", own, "litellm", bare)
    with _server(DRAFT) as address:
        print(f"{DRAFTS} drafts at once, median of {DRAFT_ROUNDS} alternating rounds")
        claude, other = RetryingModel(_claude(address)), RetryingModel(_provider(address))
        own, bare = await _drafts([lambda: claude.ask(REQUEST), _whole(address)])
        _print_speed("Claude", own, "anthropic", bare)
        own, bare = await _drafts([lambda: other.ask(REQUEST), await _litellm(address)])
        _print_speed("LiteLLM", own, "litellm", bare)


@contextmanager
def _server(says: str) -> Iterator[str]:
    """A provider's server in a process of its own."""
    command = [sys.executable, "-c", SERVE.format(says)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.communicate()


def _claude(address: str) -> ClaudeModel:
    return ClaudeModel("claude-test", key=KEY, base_url=address)


def _provider(address: str) -> LiteLLMModel:
    return LiteLLMModel("openai/test", name="desk/test", key=KEY, base_url=f"{address}/v1")


def _own(model: ClaudeModel | LiteLLMModel) -> First:
    async def first() -> float:
        heard: list[float] = []
        start = time.perf_counter()
        await model.ask(REQUEST, lambda _: heard.append(time.perf_counter()))
        return heard[0] - start

    return first


def _client(address: str) -> anthropic.AsyncAnthropic:
    return anthropic.AsyncAnthropic(
        api_key=KEY, base_url=address, max_retries=0, http_client=httpx2.AsyncClient(trust_env=False)
    )


def _events(client: anthropic.AsyncAnthropic) -> Any:
    return client.messages.create(
        model="claude-test", max_tokens=100, messages=[{"role": "user", "content": PROMPT}], stream=True
    )


def _anthropic(address: str) -> First:
    client = _client(address)

    async def first() -> float:
        start = time.perf_counter()
        heard = [
            time.perf_counter()
            async for event in await _events(client)
            if event.type == "content_block_delta"
        ]
        return heard[0] - start

    return first


async def _litellm(address: str) -> First:
    package = await litellm()

    async def first() -> float:
        start = time.perf_counter()
        stream = await package.acompletion(
            model="openai/test",
            api_key=KEY,
            api_base=f"{address}/v1",
            messages=[{"role": "user", "content": PROMPT}],
            max_tokens=100,
            stream=True,
            stream_options={"include_usage": True},
        )
        heard = [
            time.perf_counter() async for chunk in stream if chunk.choices and chunk.choices[0].delta.content
        ]
        return heard[0] - start

    return first


def _whole(address: str) -> Callable[[], Awaitable[object]]:
    client = _client(address)

    async def ask() -> str:
        pieces = [
            event.delta.text async for event in await _events(client) if event.type == "content_block_delta"
        ]
        return "".join(pieces)

    return ask


async def _alternately(asks: Sequence[First]) -> list[float]:
    """Each one's median, round by round, after a few rounds that open connections."""
    times: list[list[float]] = [[] for _ in asks]
    for number in range(-5, ROUNDS):
        for ask, found in zip(asks, times, strict=True):
            seconds = await ask()
            if number >= 0:
                found.append(seconds)
    return [statistics.median(found) for found in times]


async def _drafts(asks: Sequence[Callable[[], Awaitable[object]]]) -> list[float]:
    """Each one's median seconds for all drafts together."""
    times: list[list[float]] = [[] for _ in asks]
    for number in range(-1, DRAFT_ROUNDS):
        for ask, found in zip(asks, times, strict=True):
            start = time.perf_counter()
            await asyncio.gather(*(ask() for _ in range(DRAFTS)))
            if number >= 0:
                found.append(time.perf_counter() - start)
    return [statistics.median(found) for found in times]


def _print_first(name: str, own: float, package: str, bare: float) -> None:
    ratio = own / bare
    verdict = "met" if ratio <= MOST else "MISSED"
    print(
        f"{name:8} {own * 1000:6.2f} ms   {package} alone {bare * 1000:6.2f} ms   "
        f"ratio {ratio:.2f}, target at most {MOST}: {verdict}"
    )


def _print_speed(name: str, own: float, package: str, bare: float) -> None:
    ratio = bare / own
    verdict = "met" if ratio >= LEAST else "MISSED"
    print(
        f"{name:8} {own * 1000:6.0f} ms   {package} alone {bare * 1000:6.0f} ms   "
        f"{ratio:.2f} times as fast, target at least {LEAST}: {verdict}"
    )


if __name__ == "__main__":
    main()
