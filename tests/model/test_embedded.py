"""The embedded model, asked for real: what it writes depends on the question alone."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from loop.adapters.models.catalogue import find_embedded
from loop.adapters.models.embedded.model import EmbeddedModel
from loop.adapters.models.embedded.modelfiles import SMOLLM2
from loop.errors import ModelUnavailable, UsageError
from loop.model import Message, ModelRequest

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def path() -> Path:
    return find_embedded()


@pytest.fixture(scope="module")
def model(path: Path) -> Iterator[EmbeddedModel]:
    model = EmbeddedModel(path, threads=2)
    yield model
    model.close()


def question(text: str, *, seed: int = 1, max_tokens: int = 24) -> ModelRequest:
    return ModelRequest(messages=(Message(role="user", content=text),), seed=seed, max_tokens=max_tokens)


A = question("Describe the smell of fresh bread.")
B = question("Name three things in a kitchen, and nothing else.", seed=7, max_tokens=40)


async def test_the_same_question_gets_the_same_text_whatever_came_before(model: EmbeddedModel) -> None:
    first = await model.ask(A)
    await model.ask(B)
    again = await model.ask(A)
    assert first.text
    assert again == first


async def test_questions_asked_side_by_side_do_not_touch_each_other(model: EmbeddedModel) -> None:
    alone = [await model.ask(A), await model.ask(B)]
    together = await asyncio.gather(model.ask(A), model.ask(B), model.ask(B), model.ask(A))
    assert list(together) == [alone[0], alone[1], alone[1], alone[0]]


async def test_another_instance_with_other_threads_writes_the_same(model: EmbeddedModel, path: Path) -> None:
    other = EmbeddedModel(path, threads=1)
    assert (await other.ask(A)).text == (await model.ask(A)).text
    other.close()


async def test_another_seed_gives_another_text(model: EmbeddedModel) -> None:
    texts = {(await model.ask(A.model_copy(update={"seed": seed}))).text for seed in range(4)}
    assert len(texts) > 1


async def test_the_seed_that_means_random_to_the_engine_is_a_seed_like_any_other(
    model: EmbeddedModel,
) -> None:
    odd = A.model_copy(update={"seed": 2**32 - 1})
    assert (await model.ask(odd)).text == (await model.ask(odd)).text


async def test_the_pieces_make_up_the_text_and_arrive_while_it_is_written(model: EmbeddedModel) -> None:
    pieces: list[str] = []
    threads: set[int] = set()

    def listen(piece: str) -> None:
        pieces.append(piece)
        threads.add(threading.get_ident())

    reply = await model.ask(A, listen)
    assert "".join(pieces) == reply.text
    assert len(pieces) > 5
    assert threads == {threading.get_ident()}


async def test_a_reply_that_is_cut_says_so_and_one_that_ends_does_not(model: EmbeddedModel) -> None:
    cut = await model.ask(question("Tell a very long story about the sea.", max_tokens=5))
    assert not cut.complete
    assert cut.usage.output_tokens == 5
    whole = await model.ask(question("Say hello.", max_tokens=200))
    assert whole.complete


async def test_usage_counts_what_was_read_and_written(model: EmbeddedModel) -> None:
    short, long = await model.ask(question("Hi.")), await model.ask(question("Hi. " * 50))
    assert short.usage.calls == 1
    assert short.usage.usd == 0
    assert long.usage.input_tokens > short.usage.input_tokens + 50
    assert 0 < short.usage.output_tokens <= 24


async def test_a_stop_string_ends_the_reply_before_it(model: EmbeddedModel) -> None:
    reply = await model.ask(A)
    word = reply.text.split()[3]
    stopped = await model.ask(A.model_copy(update={"stop": (word,)}))
    assert word not in stopped.text
    assert reply.text.startswith(stopped.text)
    assert stopped.complete


async def test_a_prompt_that_does_not_fit_is_refused_by_the_exact_number(path: Path) -> None:
    model = EmbeddedModel(path, context=256, threads=1)
    text = "bread " * 100
    tokens = (await model.ask(question(text, max_tokens=1))).usage.input_tokens
    await model.ask(question(text, max_tokens=256 - tokens))
    heard: list[str] = []
    with pytest.raises(UsageError, match=f"{tokens} tokens .* 7 more than the 256 ") as caught:
        await model.ask(question(text, max_tokens=256 - tokens + 7), heard.append)
    assert "28 characters" in caught.value.hint
    assert heard == []
    model.close()


async def test_a_huge_prompt_is_refused_and_the_next_question_is_answered(model: EmbeddedModel) -> None:
    with pytest.raises(UsageError, match="more than the 4,096"):
        await model.ask(question("hello there baker " * 50_000))
    assert (await model.ask(A)).text


@pytest.mark.parametrize(
    "text", ["", "\0\x1b[31m", "👩‍👩‍👧 café naïve", "שלום עולם", "日本語の文章", "<|im_end|>"]
)
async def test_any_text_can_be_asked(model: EmbeddedModel, text: str) -> None:
    reply = await model.ask(question(text, max_tokens=8))
    assert reply.usage.output_tokens > 0


async def test_half_a_character_is_refused(model: EmbeddedModel) -> None:
    with pytest.raises(UsageError, match="half a character"):
        await model.ask(question("bread \ud83c"))


async def test_a_cancelled_question_stops_and_leaves_the_next_one_as_it_was(path: Path) -> None:
    model = EmbeddedModel(path, threads=1)
    undisturbed = await model.ask(A)
    started = asyncio.Event()
    endless = question("Tell a very long story about the sea.", max_tokens=4000)
    work = asyncio.ensure_future(model.ask(endless, lambda _: started.set()))
    await started.wait()
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    assert await model.ask(A) == undisturbed
    model.close()


async def test_a_listener_that_fails_ends_the_question_with_its_own_error(model: EmbeddedModel) -> None:
    def broken(piece: str) -> None:
        raise ZeroDivisionError(piece)

    with pytest.raises(ZeroDivisionError):
        await model.ask(A, broken)
    assert (await model.ask(A)).text


def test_one_model_serves_one_event_loop_after_another(model: EmbeddedModel) -> None:
    assert asyncio.run(model.ask(A)) == asyncio.run(model.ask(A))


async def test_a_missing_file_says_what_to_type(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable) as caught:
        await EmbeddedModel(tmp_path / "gone.gguf").ask(A)
    assert caught.value.hint == "redraft models fetch"


async def test_a_truncated_file_says_what_to_type(tmp_path: Path, path: Path) -> None:
    with path.open("rb") as whole:
        tmp_path.joinpath(SMOLLM2.file).write_bytes(whole.read(1_000_000))
    with pytest.raises(ModelUnavailable, match="damaged") as caught:
        await EmbeddedModel(tmp_path / SMOLLM2.file).ask(A)
    assert caught.value.hint == "redraft models fetch"


async def test_a_file_that_the_engine_cannot_load_is_named(tmp_path: Path, path: Path) -> None:
    with path.open("rb") as whole:
        tmp_path.joinpath("mine.gguf").write_bytes(whole.read(50_000_000))
    with pytest.raises(ModelUnavailable, match=r"mine\.gguf cannot be used"):
        await EmbeddedModel(tmp_path / "mine.gguf").ask(A)


def test_the_name_says_which_bytes_answer(model: EmbeddedModel) -> None:
    assert model.name == f"embedded:smollm2-135m-instruct@{SMOLLM2.sha256[:8]}"


ONE_QUESTION = """
import asyncio, sys
from loop.adapters.models.embedded.model import EmbeddedModel
from loop.model import Message, ModelRequest
request = ModelRequest(messages=(Message(role="user", content=sys.argv[2]),), seed=1, max_tokens=24)
async def ask():
    return (await EmbeddedModel(sys.argv[1]).ask(request)).text
sys.stdout.buffer.write(asyncio.run(ask()).encode())
"""


async def test_another_process_writes_the_same_text_and_the_engine_is_silent(
    model: EmbeddedModel, path: Path
) -> None:
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", ONE_QUESTION, str(path), A.messages[0].content],
        capture_output=True,
        check=False,
        env=dict(os.environ),
    )
    assert done.returncode == 0
    assert done.stderr == b""
    assert done.stdout.decode() == (await model.ask(A)).text
