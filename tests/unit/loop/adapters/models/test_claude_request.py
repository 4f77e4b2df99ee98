"""What is sent to Claude: every message word by word, with marks where the provider may keep it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loop.adapters.models.claude.request import parameters
from loop.model import Message, ModelRequest

texts = st.text(st.sampled_from("ab \n\tö👩‍"), max_size=12)
messages = st.builds(
    Message,
    role=st.sampled_from(["system", "user", "assistant"]),
    content=texts,
    stable=st.integers(min_value=-1, max_value=14),
)


def sent(*turns: Message, **more: Any) -> dict[str, Any]:
    return parameters(ModelRequest(messages=turns, **more), model="claude-test", effort=None)


def blocks(request: dict[str, Any]) -> list[dict[str, Any]]:
    return [*request.get("system", []), *(block for turn in request["messages"] for block in turn["content"])]


def marked(request: dict[str, Any]) -> list[str]:
    return [block["text"] for block in blocks(request) if "cache_control" in block]


@given(st.lists(messages, max_size=8))
def test_the_blocks_make_up_the_messages_exactly(turns: list[Message]) -> None:
    request = sent(*turns)
    spoken = [turn for turn in turns if turn.role != "system"]
    system = "".join(turn.content for turn in turns if turn.role == "system")
    assert "".join(block["text"] for block in request.get("system", [])) == system
    assert [turn["role"] for turn in request["messages"]] == [turn.role for turn in spoken]
    for turn, message in zip(request["messages"], spoken, strict=True):
        assert "".join(block["text"] for block in turn["content"]) == message.content


@given(st.lists(messages, max_size=8))
def test_no_message_is_split_into_a_part_of_nothing_but_blanks(turns: list[Message]) -> None:
    request = sent(*turns)
    for content in [turn["content"] for turn in request["messages"]]:
        assert len(content) == 1 or all(block["text"].strip() for block in content)
    assert len(marked(request)) <= 4


def test_the_stable_beginning_is_marked() -> None:
    request = sent(Message(role="user", content="The rules.Write.", stable=10))
    assert request["messages"][0]["content"] == [
        {"type": "text", "text": "The rules.", "cache_control": {"type": "ephemeral"}},
        {"type": "text", "text": "Write."},
    ]


@pytest.mark.parametrize(("stable", "kept"), [(0, []), (4, ["All "]), (5, ["All b"]), (99, ["All blue"])])
def test_a_mark_stands_where_the_stable_part_ends(stable: int, kept: list[str]) -> None:
    assert marked(sent(Message(role="system", content="All blue", stable=stable))) == kept


def test_of_many_marks_the_last_four_are_kept() -> None:
    turns = [Message(role="user", content=f"{number} and more", stable=1) for number in range(7)]
    assert marked(sent(*turns)) == ["3", "4", "5", "6"]


def test_a_form_that_the_package_does_not_know_is_sent_as_it_is() -> None:
    schema = {"type": ["string", "null"]}
    request = sent(Message(role="user", content="Write."), answer=json.dumps(schema))
    assert request["output_config"] == {"format": {"type": "json_schema", "schema": schema}}
