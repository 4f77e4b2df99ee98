"""The hosted models' real clients asking a real model: the embedded engine speaks both protocols itself."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator

import pytest

from loop.adapters.models.catalogue import find_embedded
from loop.adapters.models.claude.model import ClaudeModel
from loop.adapters.models.layers.retrying import RetryingModel
from loop.adapters.models.litellm.model import LiteLLMModel
from loop.errors import ModelUnavailable, UsageError
from loop.model import Message, ModelRequest
from loop.ports import LanguageModel

pytestmark = pytest.mark.model

KEY = "sk-only-for-this-test"
SCHEMA = {
    "type": "object",
    "properties": {
        "action": {"enum": ["add", "delete"]},
        "text": {"type": "string", "maxLength": 60},
    },
    "required": ["action", "text"],
    "additionalProperties": False,
}
RULES = "The tea is good, and the bread is better. " * 60


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Where the engine listens."""
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = str(find_embedded())
    params.n_ctx = 8192
    params.n_parallel = 2
    params.cpuparams.n_threads = 1
    params.cpuparams_batch.n_threads = 1
    params.n_gpu_layers = 0
    params.warmup = False
    params.verbosity = -1
    params.ui = False
    params.api_keys = [KEY]
    server = xllamacpp.Server(params)
    yield server.listening_address
    del server


@pytest.fixture
def claude(address: str) -> LanguageModel:
    """As redraft opens it: the engine may close a kept connection just when the next question comes."""
    return RetryingModel(ClaudeModel("smollm2", key=KEY, base_url=address))


@pytest.fixture
def other(address: str) -> LanguageModel:
    return RetryingModel(
        LiteLLMModel("openai/smollm2", name="desk/smollm2", key=KEY, base_url=f"{address}/v1")
    )


@pytest.fixture(params=["claude", "other"])
def model(request: pytest.FixtureRequest) -> LanguageModel:
    chosen: LanguageModel = request.getfixturevalue(request.param)
    return chosen


def question(text: str, *, max_tokens: int = 24, stable: int = 0, answer: str = "") -> ModelRequest:
    return ModelRequest(
        messages=(Message(role="user", content=text, stable=stable),), max_tokens=max_tokens, answer=answer
    )


async def test_text_streams_and_is_counted(model: LanguageModel) -> None:
    heard: list[str] = []
    reply = await model.ask(question("Describe the smell of fresh bread."), heard.append)
    assert len(heard) > 5
    assert "".join(heard) == reply.text
    assert reply.usage.calls == 1
    assert reply.usage.input_tokens > 5
    assert 0 < reply.usage.output_tokens <= 24


async def test_a_reply_that_is_cut_says_so(model: LanguageModel) -> None:
    cut = await model.ask(question("Tell a very long story about the sea.", max_tokens=5))
    assert not cut.complete
    assert cut.usage.output_tokens == 5


async def test_questions_side_by_side_are_all_answered(model: LanguageModel) -> None:
    replies = await asyncio.gather(
        *(model.ask(question(f"Say {word}.")) for word in ("tea", "bread", "salt"))
    )
    assert all(reply.text for reply in replies)


async def test_a_stable_beginning_is_read_once(claude: LanguageModel) -> None:
    first = await claude.ask(question(f"{RULES}Write a sentence.", stable=len(RULES)))
    second = await claude.ask(question(f"{RULES}Name a kind of bread.", stable=len(RULES)))
    assert second.usage.cache_read_tokens > 200
    assert second.usage.cache_read_tokens <= second.usage.input_tokens
    assert abs(second.usage.input_tokens - first.usage.input_tokens) < 20


async def test_an_answer_keeps_its_form(other: LanguageModel) -> None:
    asked = question("Propose a rule for writers, as JSON.", max_tokens=200, answer=json.dumps(SCHEMA))
    answer = json.loads((await other.ask(asked)).text)
    assert answer["action"] in {"add", "delete"}
    assert set(answer) == {"action", "text"}


async def test_a_wrong_key_is_turned_away(address: str) -> None:
    for model in (
        ClaudeModel("smollm2", key="sk-wrong", base_url=address),
        LiteLLMModel("openai/smollm2", name="desk/smollm2", key="sk-wrong", base_url=f"{address}/v1"),
    ):
        with pytest.raises(ModelUnavailable, match="refused the key"):
            await model.ask(question("Hello."))


async def test_a_prompt_that_does_not_fit_is_told(model: LanguageModel) -> None:
    with pytest.raises(UsageError, match=r"too long for .*: request .* exceeds the available context"):
        await model.ask(question(RULES * 40))


async def test_a_cancelled_question_leaves_the_next_one_room(model: LanguageModel) -> None:
    started = asyncio.Event()
    endless = question("Tell a very long story about the sea.", max_tokens=4000)
    asking = asyncio.ensure_future(model.ask(endless, lambda _: started.set()))
    async with asyncio.timeout(60):
        await started.wait()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert (await model.ask(question("Say hello."))).text
