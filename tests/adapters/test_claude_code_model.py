"""Claude Code as a model, offline: a server on this computer plays Claude's part."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any, Literal

import pytest

from loop.adapters.claude_code import ClaudeCodeModel, found, signed_in
from loop.adapters.models.hosted.passing import Passing
from loop.errors import ModelRefused, ModelUnavailable, RedraftError, UsageError
from loop.model import Message, ModelRequest
from tests.claude_code import KEY, error_of, left_behind, processes, surroundings
from tests.claude_code_server import Cut, Fault, Hang, Server, Stop, Text, Use

pytest.importorskip("claude_agent_sdk")

SCHEMA = json.dumps(
    {"type": "object", "properties": {"rules": {"type": "array", "items": {"type": "string"}}}}
    | {"required": ["rules"], "additionalProperties": False}
)
REJECTED = Fault(401, "authentication_error", f"invalid x-api-key {KEY}")


def request(prompt: str, **fields: Any) -> ModelRequest:
    return ModelRequest(messages=(Message(role="user", content=prompt),), **fields)


async def test_a_model_answers_in_one_go_without_tools(home: Path) -> None:
    heard: list[str] = []
    text = "Fresh bread smells of malt, and of more."
    with Server((Text(text),)) as server:
        model = ClaudeCodeModel(environment=surroundings(server, home))
        system = Message(role="system", content="Write like Ann. " + "Very much so. " * 20_000)
        asked = ModelRequest(messages=(system, Message(role="user", content="/help me with @/etc/passwd")))
        reply = await model.ask(asked, heard.append)
        (seen,) = server.requests
    assert reply.text == text
    assert "".join(heard) == text
    assert len(heard) > 3
    assert reply.complete
    assert reply.model.startswith("claude-code/claude-")
    assert (reply.usage.calls, reply.usage.input_tokens, reply.usage.output_tokens) == (1, 130, 50)
    assert reply.usage.usd > 0
    assert seen.tools == set()
    assert seen.body["messages"][0]["content"] == "/help me with @/etc/passwd"
    assert "Write like Ann." in seen.body["system"][-1]["text"]
    assert processes(server) == []
    assert left_behind(home) == []


def test_a_model_is_called_by_the_name_in_the_settings() -> None:
    assert ClaudeCodeModel().name == "claude-code"
    assert ClaudeCodeModel("sonnet").name == "claude-code/sonnet"


async def test_the_model_and_the_effort_are_passed_on_and_earlier_turns_are_told(home: Path) -> None:
    turns = (
        Message(role="user", content="One?"),
        Message(role="assistant", content="Two."),
        Message(role="user", content="Three?"),
    )
    with Server((Text("Four."),)) as server:
        model = ClaudeCodeModel("claude-sonnet-5", effort="low", environment=surroundings(server, home))
        reply = await model.ask(ModelRequest(messages=turns))
        (seen,) = server.requests
    assert reply.model == "claude-code/claude-sonnet-5"
    assert seen.body["model"] == "claude-sonnet-5"
    assert seen.body["output_config"]["effort"] == "low"
    told = seen.body["messages"][0]["content"]
    assert [told.index(word) for word in ("One?", "Two.", "Three?")] == sorted(
        told.index(word) for word in ("One?", "Two.", "Three?")
    )


async def test_an_answer_that_must_follow_a_schema_is_data(home: Path) -> None:
    heard: list[str] = []
    data = {"rules": ["Say use — always."]}
    with Server((Text("Let me think."),), (Use("StructuredOutput", data),)) as server:
        model = ClaudeCodeModel(environment=surroundings(server, home))
        reply = await model.ask(request("Rules, please.", answer=SCHEMA), heard.append)
    assert json.loads(reply.text) == data
    assert json.loads("".join(heard)) == data
    assert reply.usage.calls == 2


async def test_a_reply_that_was_cut_and_continued_is_whole(home: Path) -> None:
    with Server((Text("Once upon a "), Stop("max_tokens")), (Text("time."),)) as server:
        reply = await ClaudeCodeModel(environment=surroundings(server, home)).ask(request("A tale."))
    assert reply.text == "Once upon a time."


@pytest.mark.parametrize(
    ("answer", "kind", "says"),
    [
        (REJECTED, ModelUnavailable, "not logged in, or its key was rejected"),
        (Fault(403, "permission_error", "no"), ModelUnavailable, "its key was rejected"),
        (Fault(404, "not_found_error", "model: x"), ModelUnavailable, "no such model"),
        (Fault(400, "invalid_request_error", "Your credit balance is too low"), ModelUnavailable, "pay"),
        (Fault(400, "invalid_request_error", f"bad {KEY}"), ModelRefused, "did not accept"),
        (
            Fault(400, "invalid_request_error", "prompt is too long: 300000 tokens > 200000 maximum"),
            UsageError,
            "longer than Claude can read",
        ),
        (Fault(429, "rate_limit_error", "slow down"), Passing, "asks for a pause"),
        (Fault(529, "overloaded_error", "Overloaded"), Passing, "could not reach its model"),
        (Fault(500, "api_error", "Internal"), Passing, "could not reach its model"),
        ((Text("I"), Stop("refusal")), ModelRefused, "declined"),
        ((Text("Once"), Cut()), Passing, "could not reach its model"),
    ],
)
async def test_what_goes_wrong_is_said_in_words(
    home: Path, answer: Any, kind: type[RedraftError], says: str
) -> None:
    with Server(always=answer) as server:
        model = ClaudeCodeModel(environment=surroundings(server, home, CLAUDE_CODE_MAX_RETRIES="0"))
        error = await error_of(model.ask(request("A tale.")))
        assert processes(server) == []
    assert isinstance(error, kind)
    assert says in error.message


async def test_a_key_that_is_rejected_is_not_tried_ten_times(home: Path) -> None:
    with Server(always=REJECTED) as server:
        error = await error_of(
            ClaudeCodeModel(environment=surroundings(server, home)).ask(request("A tale."))
        )
        assert len(server.requests) <= 3
    assert isinstance(error, ModelUnavailable)
    assert "redraft models   says how to sign in" in error.hint


def test_whether_it_is_signed_in_is_what_it_says_itself(home: Path) -> None:
    bundled = found({"PATH": ""})
    assert bundled is not None
    with Server() as server:
        nobody = {**surroundings(server, home), "ANTHROPIC_API_KEY": ""}
        assert signed_in(bundled.path, nobody) is False
        assert signed_in(bundled.path, surroundings(server, home)) is True
        assert server.requests == []


async def test_whoever_is_not_logged_in_is_told_how(home: Path) -> None:
    with Server() as server:
        model = ClaudeCodeModel(environment=surroundings(server, home, ANTHROPIC_API_KEY=""))
        error = await error_of(model.ask(request("A tale.")))
        assert server.requests == []
    assert isinstance(error, ModelUnavailable)
    assert "redraft models   says how to sign in" in error.hint


@pytest.mark.slow
async def test_a_program_that_says_nothing_is_ended(home: Path) -> None:
    with Server((Text("Once"), Hang())) as server:
        model = ClaudeCodeModel(silence=2, environment=surroundings(server, home))
        error = await error_of(model.ask(request("A tale.")))
        assert processes(server) == []
    assert isinstance(error, Passing)
    assert "said nothing for 2 seconds" in error.message
    assert model.spent.calls == 1


async def test_no_proxy_stands_before_a_server_on_this_computer(home: Path) -> None:
    proxies = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy"), "http://127.0.0.1:9")
    with Server((Text("Fresh bread."),)) as server:
        model = ClaudeCodeModel(environment=surroundings(server, home, **proxies))
        assert (await model.ask(request("Write."))).text == "Fresh bread."


@pytest.mark.parametrize("role", ["system", "user"])
async def test_half_a_character_is_refused_wherever_it_stands(
    role: Literal["system", "user"], home: Path
) -> None:
    turns = (Message(role=role, content="bread \ud83c"), Message(role="user", content="Write."))
    with Server(()) as server:
        model = ClaudeCodeModel(environment=surroundings(server, home))
        with pytest.raises(UsageError, match="half a character at position 6"):
            await model.ask(ModelRequest(messages=turns))
        assert server.requests == []


async def test_an_empty_prompt_is_not_asked(home: Path) -> None:
    with Server() as server:
        error = await error_of(ClaudeCodeModel(environment=surroundings(server, home)).ask(request(" \n")))
        assert server.requests == []
    assert isinstance(error, UsageError)


@pytest.mark.slow
async def test_several_questions_at_once_keep_apart(home: Path) -> None:
    with Server(*[(Text(f"Answer {number}."),) for number in range(4)]) as server:
        model = ClaudeCodeModel(environment=surroundings(server, home))
        replies = await asyncio.gather(*[model.ask(request("A tale.")) for _ in range(4)])
        assert processes(server) == []
    assert sorted(reply.text for reply in replies) == [f"Answer {number}." for number in range(4)]
    assert model.spent.calls == 4


async def test_a_refusal_says_what_it_cost(home: Path) -> None:
    with Server((Text("I"), Stop("refusal"))) as server:
        model = ClaudeCodeModel(environment=surroundings(server, home))
        with pytest.raises(ModelRefused) as caught:
            await model.ask(request("A tale."))
    assert caught.value.usage == model.spent
    assert model.spent.input_tokens
