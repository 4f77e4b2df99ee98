"""A question that was answered once is answered from the disk, and only that question."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loop.adapters.models.layers.cache import CachedModel, canonical
from loop.errors import ModelRefused, ProjectError
from loop.model import Message, ModelRequest, Usage
from tests.fakes_model import ScriptedModel
from tests.unit.loop.adapters.asking import request


async def test_the_same_question_is_asked_once_and_costs_nothing_again(tmp_path: Path) -> None:
    model = ScriptedModel(["Fresh bread smells good."])
    cached = CachedModel(model, tmp_path / "cache")
    first = await cached.ask(request("bread"))
    heard: list[str] = []
    again = await CachedModel(model, tmp_path / "cache").ask(request("bread"), heard.append)
    assert not first.cached
    assert first.usage.calls == 1
    assert again.cached
    assert again.usage == Usage()
    assert again.text == first.text == "".join(heard)
    assert len(model.requests) == 1


@pytest.mark.parametrize(
    "other",
    [
        request("Bread"),
        request("bread", seed=1),
        request("bread", max_tokens=21),
        request("bread").model_copy(update={"temperature": 0.1}),
        request("bread").model_copy(update={"top_p": 0.5}),
        request("bread").model_copy(update={"stop": ("\n",)}),
        ModelRequest(messages=(Message(role="system", content="bread"),), max_tokens=20),
    ],
)
async def test_whatever_shapes_the_answer_is_part_of_the_question(
    tmp_path: Path, other: ModelRequest
) -> None:
    model = ScriptedModel(["one", "two"])
    cached = CachedModel(model, tmp_path)
    assert (await cached.ask(request("bread"))).text == "one"
    assert (await cached.ask(other)).text == "two"


async def test_another_model_has_answers_of_its_own(tmp_path: Path) -> None:
    await CachedModel(ScriptedModel(["one"], name="a@1"), tmp_path).ask(request("bread"))
    other = await CachedModel(ScriptedModel(["two"], name="a@2"), tmp_path).ask(request("bread"))
    assert other.text == "two"


@pytest.mark.parametrize("damage", [b"", b'{"text": "half', b"\xff\x00", b'{"text": "no model named"}'])
async def test_a_damaged_entry_is_asked_anew_and_mended(tmp_path: Path, damage: bytes) -> None:
    model = ScriptedModel(["one", "two"])
    cached = CachedModel(model, tmp_path)
    await cached.ask(request("bread"))
    (entry,) = tmp_path.glob("*/*.json")
    entry.write_bytes(damage)
    assert (await cached.ask(request("bread"))).text == "two"
    assert (await cached.ask(request("bread"))).cached


async def test_the_same_question_twice_at_once_is_asked_once(tmp_path: Path) -> None:
    model = ScriptedModel(["one"])
    cached = CachedModel(model, tmp_path)
    replies = await asyncio.gather(cached.ask(request("bread")), cached.ask(request("bread")))
    assert [reply.text for reply in replies] == ["one", "one"]
    assert sum(reply.usage.calls for reply in replies) == 1


async def test_a_failure_is_not_kept(tmp_path: Path) -> None:
    cached = CachedModel(ScriptedModel([ModelRefused("No."), "yes"]), tmp_path)
    with pytest.raises(ModelRefused):
        await cached.ask(request("bread"))
    assert (await cached.ask(request("bread"))).text == "yes"


async def test_a_folder_that_cannot_be_made_is_noticed_before_anything_is_paid(tmp_path: Path) -> None:
    tmp_path.joinpath("file").write_text("in the way", encoding="utf-8")
    model = ScriptedModel(["one"])
    with pytest.raises(ProjectError, match="cache"):
        await CachedModel(model, tmp_path / "file" / "cache").ask(request("bread"))
    assert model.requests == []


async def test_deleting_the_cache_only_costs_the_answers(tmp_path: Path) -> None:
    cached = CachedModel(ScriptedModel(["one", "two"]), tmp_path)
    await cached.ask(request("bread"))
    for entry in tmp_path.glob("*/*.json"):
        entry.unlink()
    assert (await cached.ask(request("bread"))).text == "two"


@given(st.text(), st.text(), st.integers(0, 3), st.integers(0, 3))
def test_two_requests_have_one_line_exactly_when_they_are_equal(a: str, b: str, one: int, two: int) -> None:
    first, second = request(a, seed=one), request(b, seed=two)
    assert (canonical(first) == canonical(second)) == (first == second)
    assert "\n" not in canonical(first)


async def test_half_a_character_in_an_answer_is_kept_as_what_it_is(tmp_path: Path) -> None:
    cached = CachedModel(ScriptedModel(["Tea \ud83d\ude00, then half of one: \ud83d."]), tmp_path)
    first = await cached.ask(request("bread"))
    assert first.text == "Tea \N{GRINNING FACE}, then half of one: \N{REPLACEMENT CHARACTER}."
    assert (await cached.ask(request("bread"))).text == first.text
