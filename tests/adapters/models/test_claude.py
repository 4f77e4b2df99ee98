"""Claude through its real client, against a server on this computer."""

from __future__ import annotations

import asyncio
import json
import socket
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from loop.adapters.models.claude.model import ClaudeModel
from loop.adapters.models.hosted.passing import Passing
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

KEY = "sk-ant-api03-a-very-secret-key"
ASKED = request("Describe the smell of fresh bread.")
SHORT = 0.3
"""Seconds of silence that are too many, in these tests."""


def model(
    server: Loopback, *, key: str | None = KEY, silence: float = 20, effort: str | None = None
) -> ClaudeModel:
    return ClaudeModel("claude-test", key=key, base_url=server.address, silence=silence, effort=effort)


async def test_text_arrives_piece_by_piece_and_is_whole_in_the_reply() -> None:
    heard: list[str] = []
    async with Loopback(Says(("Malt ", "and ", "crust."))) as server:
        reply = await model(server).ask(ASKED, heard.append)
    assert heard == ["Malt ", "and ", "crust."]
    assert reply.text == "Malt and crust."
    assert reply.complete
    assert reply.model == "claude-test"


async def test_the_first_piece_is_heard_before_the_last_is_written() -> None:
    first = asyncio.Event()
    async with Loopback(Says(("a", "b"), silent_after=1)) as server:
        asking = asyncio.ensure_future(model(server).ask(ASKED, lambda _: first.set()))
        async with asyncio.timeout(10):
            await first.wait()
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking


async def test_thoughts_are_not_heard() -> None:
    heard: list[str] = []
    async with Loopback(Says(("Malt.",), thinks="What smells?")) as server:
        reply = await model(server).ask(ASKED, heard.append)
    assert heard == ["Malt."]
    assert reply.text == "Malt."


async def test_what_the_provider_kept_counts_as_read() -> None:
    async with Loopback(Says(read=10, cache_read=1000, cache_written=200, written=7)) as server:
        reply = await model(server).ask(ASKED)
    assert reply.usage == Usage(
        calls=1, input_tokens=1210, output_tokens=7, cache_read_tokens=1000, cache_write_tokens=200
    )


async def test_a_whole_reply_without_its_first_event_is_a_reply_and_what_was_read_is_guessed() -> None:
    async with Loopback(Says(("Malt.",), opens=False, written=3)) as server:
        reply = await model(server).ask(ASKED)
    assert reply.text == "Malt."
    assert reply.usage.output_tokens == 3
    assert reply.usage.input_tokens > 0


async def test_a_reply_cut_at_its_longest_says_so_and_an_empty_one_is_a_reply() -> None:
    async with Loopback(Says(stop="length"), Says((), stop="stop")) as server:
        assert not (await model(server).ask(ASKED)).complete
        empty = await model(server).ask(ASKED)
    assert (empty.text, empty.complete) == ("", True)


async def test_the_request_holds_what_the_protocol_knows_and_nothing_else() -> None:
    asked = ModelRequest(
        messages=(Message(role="system", content="Be kind."), Message(role="user", content="Write.")),
        max_tokens=300,
        temperature=0.2,
        seed=9,
        stop=("END",),
    )
    async with Loopback(Says()) as server:
        await model(server, effort="low").ask(asked)
        (sent,) = server.bodies
        headers = server.requests[0].headers
    assert sent == {
        "model": "claude-test",
        "max_tokens": 300,
        "messages": [{"role": "user", "content": [{"type": "text", "text": "Write."}]}],
        "system": [{"type": "text", "text": "Be kind."}],
        "stop_sequences": ["END"],
        "output_config": {"effort": "low"},
        "stream": True,
    }
    assert headers["authorization"] == f"Bearer {KEY}"


async def test_a_form_for_the_answer_is_sent_as_the_provider_takes_it() -> None:
    schema = {
        "type": "object",
        "properties": {
            "rules": {"type": "array", "maxItems": 2, "items": {"type": "string", "maxLength": 40}},
            "kind": {"enum": ["add", "delete"]},
        },
        "required": ["rules"],
    }
    async with Loopback(Says()) as server:
        await model(server).ask(ASKED.model_copy(update={"answer": json.dumps(schema)}))
        form = server.bodies[0]["output_config"]["format"]
    assert form["type"] == "json_schema"
    assert form["schema"]["additionalProperties"] is False
    rules = form["schema"]["properties"]["rules"]
    assert "maxItems" not in rules
    assert "maxItems: 2" in rules["description"]


FAULTS: list[tuple[Item, type[RedraftError], str, str]] = [
    (BUSY, Passing, "is busy", "again"),
    (OVERLOADED, Passing, "is busy", "again"),
    (Fault(409, "conflict_error"), Passing, "is busy", "again"),
    (BROKEN, Passing, r"fault of its own \(500\)", "again"),
    (Fault(502), Passing, r"fault of its own \(502\)", "again"),
    (Fault(408, "timeout_error"), Passing, r"fault of its own \(408\)", "again"),
    (REJECTED, ModelUnavailable, "refused the key: invalid x-api-key", "redraft key set anthropic"),
    (FORBIDDEN, ModelUnavailable, "refused the key for claude-test", "redraft key set anthropic"),
    (UNKNOWN, ModelUnavailable, "has no model “claude-test”", "redraft models"),
    (NO_CREDIT, ModelUnavailable, "credit at .* is used up", "redraft models"),
    (Fault(402, "billing_error", "Pay first."), ModelUnavailable, "credit .*: Pay first", "Add credit"),
    (
        Fault(429, "rate_limit_error", "Stop.", code="enforced_spend_limit_reached"),
        ModelUnavailable,
        "spending limit is reached: Stop",
        "raise the limit",
    ),
    (TOO_LONG, UsageError, "too long for claude-test: 208310 tokens > 200000", "Shorten"),
    (Fault(413, "invalid_request_error", "Too large."), UsageError, "too long", "Shorten"),
    (BAD, ModelRefused, "did not take the request: messages: roles must alternate", "redraft models"),
    (Fault(418, "teapot"), ModelRefused, "did not take the request", "redraft models"),
    (HangUp(), Passing, "broke off", "again"),
    (Plain("<html>Log in</html>"), Passing, "cannot be read", "again"),
    (Plain('{"a": 1}', "application/json"), Passing, "cannot be read", "again"),
    (Silence(5), Passing, "said nothing for 0.3 seconds", "silence under"),
    (Says(cut_after=0), Passing, "broke off", "again"),
    (Says(cut_after=2), Passing, "broke off", "again"),
    (Says(ends_after=2), Passing, "broke off", "again"),
    (Says(garbled_after=2), Passing, "cannot be read", "again"),
    (Says(odd_after=2), Passing, "cannot be read", "again"),
    (Says(silent_after=2), Passing, "said nothing for 0.3 seconds", "silence under"),
    (Says(error_after=2), Passing, "is busy", "again"),
    (Says(error_after=2, error="api_error"), Passing, "fault of its own", "again"),
    (Says(error_after=0, error="rate_limit_error"), Passing, "is busy", "again"),
    (Says(error_after=0, error="invalid_request_error"), ModelRefused, "did not take the request", "models"),
    (Says(error_after=0, error="brand_new_error"), ModelUnavailable, "could not be asked", "doctor"),
    (Says(stop="refused"), ModelRefused, "claude-test declined to write this.", "Say it differently"),
    (Says(stop="refused", explanation="It is a secret."), ModelRefused, "this: It is a secret.", "brief"),
    (Says(stop="too_long"), UsageError, "together are longer than claude-test can hold", "max_tokens"),
    (Says(stop="pause_turn"), ModelRefused, "the reason it gave is “pause_turn”", "again"),
    (Says(stop="tool_use"), ModelRefused, "the reason it gave is “tool_use”", "again"),
]


@pytest.mark.parametrize(("item", "kind", "message", "hint"), FAULTS)
async def test_every_fault_is_told_in_a_writers_words(
    item: Item, kind: type[RedraftError], message: str, hint: str
) -> None:
    async with Loopback(item) as server:
        with pytest.raises(kind, match=message) as caught:
            await model(server, silence=SHORT).ask(ASKED)
    assert type(caught.value) is kind
    assert hint in caught.value.hint
    assert len(server.requests) == 1


async def test_the_wait_that_the_provider_asks_for_is_kept() -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)
    dated = Fault(529, "overloaded_error", headers={"retry-after": later})
    async with Loopback(BUSY, dated, OVERLOADED) as server:
        asked, waits = model(server), []
        for _ in range(3):
            with pytest.raises(Passing) as caught:
                await asked.ask(ASKED)
            waits.append(caught.value.after)
    assert waits[0] == 7
    assert waits[1] == pytest.approx(59, abs=3)
    assert waits[2] is None


async def test_no_error_shows_a_key() -> None:
    shown = Fault(400, "invalid_request_error", f"Bearer {KEY} and sk-ant-api03-abcdefg are wrong.")
    async with Loopback(shown) as server:
        with pytest.raises(ModelRefused, match=r"\[key\] and \[key\] are wrong") as caught:
            await model(server).ask(ASKED)
    assert KEY not in f"{caught.value!r} {caught.value.hint}"


async def test_a_page_for_a_browser_is_not_shown_to_a_writer() -> None:
    async with Loopback(Fault(403, "", "<html><body>Blocked by the office</body></html>")) as server:
        with pytest.raises(ModelUnavailable) as caught:
            await model(server).ask(ASKED)
    assert "<" not in caught.value.message


async def test_a_listener_that_fails_ends_the_question_with_its_own_error() -> None:
    def broken(piece: str) -> None:
        raise ValueError(piece)

    async with Loopback(Says(), Says()) as server:
        asked = model(server)
        with pytest.raises(ValueError, match="Fresh"):
            await asked.ask(ASKED, broken)
        assert (await asked.ask(ASKED)).text


async def test_cancelling_closes_the_connection_at_once() -> None:
    started = asyncio.Event()
    async with Loopback(Says(silent_after=1)) as server:
        asking = asyncio.ensure_future(model(server).ask(ASKED, lambda _: started.set()))
        async with asyncio.timeout(20):
            await started.wait()
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        assert await asyncio.to_thread(server.hung_up.wait, 5)


async def test_one_question_after_another_uses_one_connection() -> None:
    async with Loopback(always=Says()) as server:
        asked = model(server)
        for _ in range(5):
            await asked.ask(ASKED)
        assert server.connections == 1


async def test_many_questions_are_under_way_at_once() -> None:
    async with Loopback(always=Says(pause=0.05)) as server:
        asked = model(server)
        await asyncio.gather(*(asked.ask(ASKED) for _ in range(16)))
        assert server.most_at_once == 16


def test_one_model_serves_one_event_loop_after_another() -> None:
    with serving(always=Says()) as server:
        asked = model(server)
        for _ in range(2):
            assert asyncio.run(asked.ask(ASKED)).text


async def test_without_a_key_nothing_is_sent_to_the_provider() -> None:
    with pytest.raises(ModelUnavailable, match="no key for Anthropic") as caught:
        await ClaudeModel("claude-test", key=None).ask(ASKED)
    assert caught.value.hint == "redraft key set anthropic"


async def test_a_server_on_this_computer_gets_no_key_that_lies_around(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    monkeypatch.setenv("ANTHROPIC_AUTH_TOKEN", KEY)
    async with Loopback(Says()) as server:
        await model(server, key=None).ask(ASKED)
        headers = server.requests[0].headers
    assert KEY not in "".join(headers.values())
    assert not {"authorization", "x-api-key"} & set(headers)


async def test_no_proxy_stands_before_a_server_on_this_computer(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    async with Loopback(Says()) as server:
        assert (await model(server).ask(ASKED)).text


async def test_a_server_that_points_elsewhere_is_not_followed() -> None:
    async with Loopback(Says()) as elsewhere, Loopback() as server:
        server.moved = elsewhere.address
        with pytest.raises(ModelUnavailable, match="points to another address"):
            await model(server).ask(ASKED)
        assert elsewhere.requests == []


async def test_a_key_that_cannot_be_sent_is_named() -> None:
    with pytest.raises(ModelUnavailable, match="characters that no key has") as caught:
        await ClaudeModel("claude-test", key="sk-ant-…").ask(ASKED)
    assert "sk-ant" not in caught.value.message


async def test_a_server_that_does_not_run_cannot_be_reached() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(Passing, match=r"The server 127\.0\.0\.1:\d+ cannot be reached") as caught:
        await ClaudeModel("claude-test", key=None, base_url=address).ask(ASKED)
    assert "Start it" in caught.value.hint


@pytest.mark.parametrize("address", ["ftp://127.0.0.1:1", "http://127.0.0.1:port"])
async def test_an_address_that_is_none_is_named(address: str) -> None:
    with pytest.raises(ModelUnavailable, match="address that cannot be used") as caught:
        await ClaudeModel("claude-test", key=KEY, base_url=address).ask(ASKED)
    assert "redraft.toml" in caught.value.hint


async def test_half_a_character_is_refused() -> None:
    with pytest.raises(UsageError, match="half a character"):
        await ClaudeModel("claude-test", key=KEY).ask(request("bread \ud83c"))
