"""Any provider through LiteLLM's real client, against a server on this computer."""

from __future__ import annotations

import asyncio
import json
import socket

import pytest

from loop.adapters.models.hosted.passing import Passing
from loop.adapters.models.litellm.model import LiteLLMModel
from loop.errors import ModelRefused, ModelUnavailable, RedraftError, UsageError
from loop.model import Message, ModelRequest, Usage
from tests.loopback import Loopback, serving
from tests.unit.loop.adapters.asking import request
from tests.wire import (
    BAD,
    BROKEN,
    BUSY,
    FORBIDDEN,
    NO_CREDIT,
    NO_QUOTA,
    OVERLOADED,
    REJECTED,
    TOO_LONG,
    UNKNOWN,
    Fault,
    HangUp,
    Item,
    Plain,
    Says,
    Silence,
)

KEY = "sk-proj-a-very-secret-key"
ASKED = request("Describe the smell of fresh bread.")
SHORT = 0.3
"""Seconds of silence that are too many, in these tests."""
WIRES = ["openai/test", "mistral/test"]
"""LiteLLM asks the first through OpenAI's package, and the second by itself."""
GEMINI = "gemini/test"
"""LiteLLM reads its stream in a third way."""


def model(
    server: Loopback, name: str = "openai/test", *, key: str | None = KEY, silence: float = 20
) -> LiteLLMModel:
    return LiteLLMModel(name, name="desk/test", key=key, base_url=f"{server.address}/v1", silence=silence)


@pytest.mark.parametrize("name", WIRES)
async def test_text_arrives_piece_by_piece_and_is_whole_in_the_reply(name: str) -> None:
    heard: list[str] = []
    async with Loopback(Says(("Malt ", "and ", "crust."), thinks="What smells?")) as server:
        reply = await model(server, name).ask(ASKED, heard.append)
    assert heard == ["Malt ", "and ", "crust."]
    assert reply.text == "Malt and crust."
    assert reply.complete
    assert reply.model == "desk/test"


@pytest.mark.parametrize("name", WIRES)
async def test_what_the_provider_kept_counts_as_read(name: str) -> None:
    async with Loopback(Says(read=10, cache_read=1000, written=7)) as server:
        reply = await model(server, name).ask(ASKED)
    assert reply.usage == Usage(calls=1, input_tokens=1010, output_tokens=7, cache_read_tokens=1000)


@pytest.mark.parametrize("name", WIRES)
async def test_tokens_that_nobody_counted_are_guessed(name: str) -> None:
    async with Loopback(Says(counts=False)) as server:
        usage = (await model(server, name).ask(ASKED)).usage
    assert usage.calls == 1
    assert 5 <= usage.input_tokens <= 40
    assert 3 <= usage.output_tokens <= 15


@pytest.mark.parametrize("name", WIRES)
async def test_a_reply_cut_at_its_longest_says_so_and_an_empty_one_is_a_reply(name: str) -> None:
    async with Loopback(Says(stop="length"), Says(())) as server:
        assert not (await model(server, name).ask(ASKED)).complete
        empty = await model(server, name).ask(ASKED)
    assert (empty.text, empty.complete) == ("", True)


async def test_the_request_holds_everything_that_shapes_the_reply() -> None:
    schema = {"type": "object", "properties": {"rule": {"type": "string"}}}
    asked = ModelRequest(
        messages=(Message(role="system", content="Be kind."), Message(role="user", content="Write.")),
        max_tokens=300,
        temperature=0.2,
        top_p=0.9,
        seed=9,
        stop=("END",),
        answer=json.dumps(schema),
    )
    async with Loopback(Says()) as server:
        await model(server).ask(asked)
        (sent,) = server.bodies
        headers = server.requests[0].headers
    assert sent == {
        "model": "test",
        "messages": [{"role": "system", "content": "Be kind."}, {"role": "user", "content": "Write."}],
        "max_tokens": 300,
        "temperature": 0.2,
        "top_p": 0.9,
        "seed": 9,
        "stop": ["END"],
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "answer", "schema": schema, "strict": False},
        },
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    assert headers["authorization"] == f"Bearer {KEY}"


async def test_what_a_model_does_not_take_is_left_out() -> None:
    async with Loopback(Says()) as server:
        await model(server, "openai/gpt-5").ask(ASKED)
        (sent,) = server.bodies
    assert "temperature" not in sent
    assert sent["max_completion_tokens"] == ASKED.max_tokens


FAULTS: list[tuple[Item, type[RedraftError], str, str]] = [
    (BUSY, Passing, "is busy", "again"),
    (OVERLOADED, Passing, "is busy", "again"),
    (BROKEN, Passing, r"fault of its own \(500\)", "again"),
    (Fault(502), Passing, r"fault of its own \(502\)", "again"),
    (Fault(503), Passing, r"fault of its own \(503\)", "again"),
    (Fault(504), Passing, r"fault of its own \(504\)", "again"),
    (Fault(408), Passing, r"fault of its own \(408\)", "again"),
    (Fault(409), Passing, "is busy", "again"),
    (REJECTED, ModelUnavailable, "refused the key: invalid x-api-key", "redraft key set desk"),
    (FORBIDDEN, ModelUnavailable, "refused the key for desk/test", "redraft key set desk"),
    (UNKNOWN, ModelUnavailable, "has no model “desk/test”", "redraft models"),
    (NO_CREDIT, ModelUnavailable, "credit at .* is used up", "redraft models"),
    (NO_QUOTA, ModelUnavailable, "credit at .*: You exceeded your current quota", "Add credit"),
    (Fault(402, "billing_error", "Pay first."), ModelUnavailable, "credit .*: Pay first", "Add credit"),
    (TOO_LONG, UsageError, "too long for desk/test: 208310 tokens > 200000", "Shorten"),
    (BAD, ModelRefused, "did not take the request: messages: roles must alternate", "redraft models"),
    (HangUp(), Passing, "broke off", "again"),
    (Plain("<html>Log in</html>"), Passing, "cannot be read", "again"),
    (Plain('{"a": 1}', "application/json"), Passing, "cannot be read", "again"),
    (Silence(5), Passing, "said nothing for 0.3 seconds", "silence under"),
    (Says(cut_after=0), Passing, "broke off", "again"),
    (Says(cut_after=2), Passing, "broke off", "again"),
    (Says(ends_after=2), Passing, "broke off", "again"),
    (Says(silent_after=2), Passing, "said nothing for 0.3 seconds", "silence under"),
    (Says(error_after=2), Passing, "fault of its own", "again"),
    (Says(error_after=0, error="rate_limit_error"), Passing, "fault of its own", "again"),
    (Says(stop="refused"), ModelRefused, "desk/test declined to write this.", "Say it differently"),
    (Says(stop="tool_calls"), ModelRefused, "the reason it gave is “tool_calls”", "again"),
]


@pytest.mark.parametrize("name", WIRES)
@pytest.mark.parametrize(("item", "kind", "message", "hint"), FAULTS)
async def test_every_fault_is_told_in_a_writers_words(
    item: Item, kind: type[RedraftError], message: str, hint: str, name: str
) -> None:
    async with Loopback(item) as server:
        with pytest.raises(kind, match=message) as caught:
            await model(server, name, silence=SHORT).ask(ASKED)
    assert type(caught.value) is kind
    assert hint in caught.value.hint
    assert len(server.requests) == 1


@pytest.mark.parametrize("name", [*WIRES, "groq/test", GEMINI])
async def test_a_stream_that_is_no_json_is_a_passing_fault(name: str) -> None:
    async with Loopback(Says(garbled_after=2)) as server:
        with pytest.raises(Passing, match="cannot be read"):
            await model(server, name).ask(ASKED)


async def test_gemini_is_whole_only_when_it_says_so() -> None:
    async with Loopback(Says(), Says(stop="length"), Says(ends_after=2), Says(stop="refused")) as server:
        asked = model(server, GEMINI)
        assert (await asked.ask(ASKED)).text == "Fresh bread smells of malt."
        assert not (await asked.ask(ASKED)).complete
        with pytest.raises(Passing, match="broke off"):
            await asked.ask(ASKED)
        with pytest.raises(ModelRefused, match="declined to write this"):
            await asked.ask(ASKED)


@pytest.mark.parametrize("name", WIRES)
async def test_the_wait_that_the_provider_asks_for_is_kept(name: str) -> None:
    told = Fault(429, "requests", "Rate limit reached. Please try again in 1.5s.")
    async with Loopback(BUSY, told, OVERLOADED) as server:
        asked, waits = model(server, name), []
        for _ in range(3):
            with pytest.raises(Passing) as caught:
                await asked.ask(ASKED)
            waits.append(caught.value.after)
    assert waits == [7, 1.5, None]


@pytest.mark.parametrize("name", WIRES)
async def test_no_error_shows_a_key_or_a_program(name: str) -> None:
    shown = Fault(400, "invalid_request_error", f"Bearer {KEY} and sk-proj-abcdefg are wrong.")
    async with Loopback(shown) as server:
        with pytest.raises(ModelRefused, match=r"request: Bearer \[key\] and \[key\] are wrong\.$") as caught:
            await model(server, name).ask(ASKED)
    assert KEY not in f"{caught.value!r} {caught.value.hint}"


async def test_a_listener_that_fails_ends_the_question_with_its_own_error() -> None:
    def broken(piece: str) -> None:
        raise ValueError(piece)

    async with Loopback(Says(), Says()) as server:
        asked = model(server)
        with pytest.raises(ValueError, match="Fresh"):
            await asked.ask(ASKED, broken)
        assert (await asked.ask(ASKED)).text


@pytest.mark.parametrize("name", [*WIRES, GEMINI])
async def test_cancelling_closes_the_connection_at_once(name: str) -> None:
    started = asyncio.Event()
    async with Loopback(Says(silent_after=1)) as server:
        asking = asyncio.ensure_future(model(server, name).ask(ASKED, lambda _: started.set()))
        async with asyncio.timeout(20):
            await started.wait()
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        assert await asyncio.to_thread(server.hung_up.wait, 5)


async def test_many_questions_are_under_way_at_once() -> None:
    async with Loopback(always=Says(pause=0.05)) as server:
        asked = model(server)
        await asyncio.gather(*(asked.ask(ASKED) for _ in range(16)))
        assert server.most_at_once == 16


@pytest.mark.parametrize("name", [*WIRES, GEMINI])
def test_one_model_serves_one_event_loop_after_another(name: str) -> None:
    with serving(always=Says()) as server:
        asked = model(server, name)
        for _ in range(4):
            assert asyncio.run(asked.ask(ASKED)).text


async def test_a_server_of_ones_own_gets_no_key_that_lies_around(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    async with Loopback(Says()) as server:
        await model(server, key=None).ask(ASKED)
        headers = server.requests[0].headers
    assert KEY not in "".join(headers.values())


async def test_no_proxy_stands_before_a_server_on_this_computer(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(variable, "http://127.0.0.1:9")
    async with Loopback(Says()) as server:
        assert (await model(server).ask(ASKED)).text


async def test_a_server_that_points_elsewhere_is_not_followed() -> None:
    async with Loopback(Says()) as elsewhere, Loopback() as server:
        server.moved = elsewhere.address
        with pytest.raises(ModelUnavailable, match="points to another address"):
            await model(server).ask(ASKED)
        assert elsewhere.requests == []


@pytest.mark.parametrize("name", WIRES)
async def test_a_server_that_does_not_run_cannot_be_reached(name: str) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}/v1"
    with pytest.raises(Passing, match=r"The server 127\.0\.0\.1:\d+ cannot be reached") as caught:
        await LiteLLMModel(name, name="desk/test", key=None, base_url=address).ask(ASKED)
    assert "Start it" in caught.value.hint


async def test_a_provider_that_litellm_does_not_know_is_named() -> None:
    with pytest.raises(ModelUnavailable, match="has no model “nobody/test”") as caught:
        await LiteLLMModel("nobody/test", name="nobody/test", key=KEY).ask(ASKED)
    assert caught.value.hint == "redraft models"


async def test_a_key_that_cannot_be_sent_is_named() -> None:
    with pytest.raises(ModelUnavailable, match="The key for OpenAI has characters that no key has"):
        await LiteLLMModel("openai/test", name="openai/test", key="sk-…").ask(ASKED)


async def test_half_a_character_is_refused() -> None:
    with pytest.raises(UsageError, match="half a character"):
        await LiteLLMModel("openai/test", name="openai/test", key=KEY).ask(request("bread \ud83c"))


async def test_a_refusal_says_what_it_cost() -> None:
    async with Loopback(Says(pieces=(), stop="refused")) as server:
        with pytest.raises(ModelRefused) as caught:
            await model(server, "openai/test").ask(ASKED)
    assert caught.value.usage == Usage(calls=1, input_tokens=100, output_tokens=5)


@pytest.mark.parametrize("name", WIRES)
@pytest.mark.parametrize(
    "says",
    [
        Says(cut_after=3),
        Says(ends_after=3),
        Says(garbled_after=3),
        Says(error_after=3),
        Says(silent_after=3),
        Says(thinks="What smells so? ", cut_after=0),
    ],
)
async def test_an_answer_that_broke_off_says_what_was_read_and_written(says: Says, name: str) -> None:
    async with Loopback(says) as server:
        with pytest.raises(Passing) as caught:
            await model(server, name, silence=SHORT).ask(request("bread " * 2000))
    usage = caught.value.usage
    assert isinstance(usage, Usage)
    assert usage.calls == 1
    assert 1500 < usage.input_tokens < 4000
    assert 3 <= usage.output_tokens < 10


@pytest.mark.parametrize("name", WIRES)
@pytest.mark.parametrize(
    "item", [BUSY, HangUp(), TOO_LONG, Plain("<html>Log in</html>"), Plain('{"a": 1}', "application/json")]
)
async def test_what_was_never_answered_costs_nothing(item: Item, name: str) -> None:
    async with Loopback(item) as server:
        with pytest.raises(RedraftError) as caught:
            await model(server, name).ask(request("bread " * 2000))
    assert caught.value.usage is None
