"""Every provider asked for real, for a fraction of a cent, where its key is in the environment."""

from __future__ import annotations

import json
import os

import pytest

from loop.adapters.keys import variable_of
from loop.adapters.models.claude.model import ClaudeModel
from loop.adapters.models.litellm.model import LiteLLMModel
from loop.model import Message, ModelRequest
from loop.ports import LanguageModel

pytestmark = pytest.mark.slow

KEYS = {name: value for name, value in os.environ.items() if name.endswith("_API_KEY") and value}
"""As they were before any test tidied the environment."""
MODELS = {
    "anthropic": "claude-haiku-5-5",
    "openai": "openai/gpt-5.4-nano",
    "gemini": "gemini/gemini-2.5-flash",
    "mistral": "mistral/mistral-small-latest",
    "groq": "groq/openai/gpt-oss-20b",
    "openrouter": "openrouter/openai/gpt-5.4-nano",
}


@pytest.fixture(params=sorted(MODELS))
def model(request: pytest.FixtureRequest) -> LanguageModel:
    provider = str(request.param)
    key = KEYS.get(variable_of(provider))
    if key is None:
        pytest.skip(f"{variable_of(provider)} is not set")
    name = MODELS[provider]
    if provider == "anthropic":
        return ClaudeModel(name, key=key, effort="low")
    return LiteLLMModel(name, name=name, key=key)


async def test_a_provider_streams_counts_and_keeps_the_form(model: LanguageModel) -> None:
    heard: list[str] = []
    asked = ModelRequest(
        messages=(
            Message(role="system", content="You answer in few words."),
            Message(role="user", content="Name a kind of bread."),
        ),
        max_tokens=2000,  # some think before they write
    )
    reply = await model.ask(asked, heard.append)
    assert reply.complete
    assert "".join(heard) == reply.text != ""
    assert reply.usage.input_tokens > 5
    assert reply.usage.output_tokens > 0
    schema = {
        "type": "object",
        "properties": {"kind": {"type": "string", "maxLength": 40}},
        "required": ["kind"],
        "additionalProperties": False,
    }
    formed = await model.ask(asked.model_copy(update={"answer": json.dumps(schema)}))
    assert set(json.loads(formed.text)) == {"kind"}
