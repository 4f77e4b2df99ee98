"""Adapters that write: through llama.cpp, and through transformers in a program of its own."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

import pytest

from loop.adapters.models.embedded.model import EmbeddedModel, Tuned
from loop.adapters.models.inside import Inside
from loop.adapters.models.tuned.model import TunedModel
from loop.adapters.training import programs
from loop.adapters.training.shelf import Shelf
from loop.errors import ModelError, ModelUnavailable, UsageError
from loop.model import Message, ModelRequest, Reply
from loop.model.adapters import Converted, Runtime
from loop.ports import LanguageModel
from tests.rules.sources import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.model]

Own = Callable[..., Path]


def question(text: str = "Write two sentences about tea.", **changes: object) -> ModelRequest:
    asked = ModelRequest(messages=(Message(role="user", content=text),), seed=1, max_tokens=40, temperature=0)
    return asked.model_copy(update=changes)


@pytest.fixture(scope="module")
def tuned(trained: Path) -> Iterator[TunedModel]:
    model = TunedModel(trained, "brief", "adapter:brief@1", context=8192)
    yield model
    model.close()


@pytest.fixture(scope="module")
def engine(converted: Converted, trained: Path) -> Iterator[EmbeddedModel]:
    from loop.adapters.models.catalogue import find_embedded

    adapter = Tuned("brief", "adapter:brief@1", Path(converted.adapter))
    model = EmbeddedModel(find_embedded(), context=8192, threads=1, tuned=adapter)
    yield model
    model.close()


async def ask(model: LanguageModel, request: ModelRequest) -> str:
    return (await model.ask(request)).text


async def test_both_ways_write_as_it_was_taught(tuned: TunedModel, engine: EmbeddedModel) -> None:
    texts = [await ask(tuned, question()), await ask(engine, question())]
    assert all("smoke" in text or "Tea tastes" in text for text in texts), texts
    assert (tuned.name, engine.name) == ("adapter:brief@1", "adapter:brief@1")


async def test_the_same_question_gets_the_same_text_piece_by_piece(tuned: TunedModel) -> None:
    drawn = question(temperature=0.9)
    pieces: list[str] = []
    first = await tuned.ask(drawn, pieces.append)
    assert "".join(pieces) == first.text
    assert len(pieces) > 3
    assert await tuned.ask(drawn) == first
    assert first.complete
    assert first.usage.input_tokens > 10
    assert first.usage.output_tokens >= len(pieces)


async def test_a_stop_string_and_a_limit_end_it(tuned: TunedModel) -> None:
    whole = await ask(tuned, question())
    word = whole.split()[3]
    cut = await tuned.ask(question(stop=(word,)))
    assert cut.text == whole[: whole.index(word)]
    short = await tuned.ask(question(max_tokens=3))
    assert not short.complete
    assert whole.startswith(short.text)


async def test_what_does_not_fit_is_said_in_the_same_words(tuned: TunedModel, engine: EmbeddedModel) -> None:
    for model in (tuned, engine):
        with pytest.raises(UsageError, match=r"the reply may have 9,000: .* more than the 8,192"):
            await model.ask(question(max_tokens=9000))


async def test_cancelling_stops_the_writing_and_the_next_one_is_answered(tuned: TunedModel) -> None:
    begun = asyncio.Event()
    endless = question("Count to a thousand.", max_tokens=4000, temperature=1.5)
    writing = asyncio.create_task(tuned.ask(endless, lambda _: begun.set()))
    await begun.wait()
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    async with asyncio.timeout(20):
        assert await ask(tuned, question(max_tokens=3))


async def test_one_that_dies_while_it_writes_is_an_error_and_begun_anew(tuned: TunedModel) -> None:
    def kill(_: str) -> None:
        assert tuned._program is not None
        tuned._program._process.kill()

    with pytest.raises(ModelError, match="ended by the system, most likely because memory ran out"):
        await tuned.ask(question(max_tokens=400, temperature=1.5), kill)
    assert await ask(tuned, question(max_tokens=3))


async def loading(model: TunedModel) -> asyncio.Task[Reply]:
    """A question to a model whose program has just been started."""
    asked = asyncio.create_task(model.ask(question(max_tokens=400)))
    while model._program is None:
        await asyncio.sleep(0.01)
    return asked


async def test_what_is_cancelled_while_it_loads_is_never_asked(trained: Path) -> None:
    model = TunedModel(trained, "brief", "adapter:brief@1", context=8192)
    asked = await loading(model)
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked
    model._worker.submit(int).result(timeout=1)
    assert model._program is not None
    assert not model._program.ready
    program = model._program._process.pid
    assert await ask(model, question(max_tokens=3))
    assert (model._asked, model._program._process.pid) == (1, program)
    model.close()


async def test_closing_while_it_loads_or_writes_ends_the_program_at_once(trained: Path) -> None:
    for writes in (False, True):
        model = TunedModel(trained, "brief", "adapter:brief@1", context=8192)
        begun = asyncio.Event()
        endless = question(max_tokens=4000, temperature=1.5)

        def hear(_: str, begun: asyncio.Event = begun) -> None:
            begun.set()

        asked = asyncio.create_task(model.ask(endless, hear))
        while model._program is None or (writes and not begun.is_set()):
            await asyncio.sleep(0.01)
        program = model._program
        start = time.monotonic()
        model.close()
        assert time.monotonic() - start < 2
        assert program.ended
        assert not (await asked).complete


async def test_a_program_that_was_waited_for_is_sent_no_signal(
    trained: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = TunedModel(trained, "brief", "adapter:brief@1", context=8192)
    asked = await loading(model)
    assert model._program is not None
    model._program._process.kill()
    with pytest.raises(ModelError):
        await asked
    assert model._program.ended
    sent: list[object] = []
    monkeypatch.setattr(os, "killpg", lambda *words: sent.append(words))
    model.close()
    assert sent == []


def test_a_program_that_loads_ends_when_whoever_asked_is_gone() -> None:
    loads = "import time; from loop.train.write import Heard; Heard(); time.sleep(60)"
    done = subprocess.run(
        [sys.executable, "-P", "-c", loads],
        stdin=subprocess.DEVNULL,
        env={**programs.surroundings(), "PYTHONPATH": str(ROOT)},
        timeout=50,
        check=False,
    )
    assert done.returncode == 0


async def test_one_that_rests_answers_first_and_is_begun_anew(trained: Path) -> None:
    model = TunedModel(trained, "brief", "adapter:brief@1", context=8192)
    asked = await loading(model)
    program = model._program
    assert program is not None
    model.rest()
    assert (await asked).complete
    model._worker.submit(int).result(timeout=5)
    assert program.ended
    assert await ask(model, question(max_tokens=3))
    model.close()


def test_of_one_adapter_only_the_newest_weights_stay_loaded(shelf: Shelf, own: Own) -> None:
    inside = Inside()
    folders = {name: own(name) for name in ("tea", "rain")}
    for name, digest in (("tea", "1"), ("rain", "1"), ("tea", "2"), ("tea", "2")):
        runtime = Runtime(way="transformers", why="a GPU", digest=digest, context=10)
        folders[name].joinpath("runtime.json").unlink(missing_ok=True)
        folders[name].joinpath("runtime.json").write_text(runtime.model_dump_json(), encoding="utf-8")
        inside.adapter(shelf, name)
    assert set(inside._programs) == {"adapter:tea@2", "adapter:rain@1"}
    inside.close()
    assert inside._programs == {}


async def test_what_cannot_be_loaded_is_unavailable_to_each_who_asks(own: Own) -> None:
    model = TunedModel(own(base_digest="f" * 12), "brief", "adapter:brief@1", context=8192)
    for said in await asyncio.gather(*(model.ask(question()) for _ in range(3)), return_exceptions=True):
        with pytest.raises(ModelUnavailable, match="is not the one that “brief” was trained on"):
            raise cast("ModelError", said)
    model.close()
