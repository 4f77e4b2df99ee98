"""A model's name says who is asked, and whether words leave this computer."""

from __future__ import annotations

from pathlib import Path

import pytest

from loop.adapters.keys import Keys
from loop.adapters.models.naming import CLAUDE, require_private, resolved, understand
from loop.errors import ConfigError
from loop.settings import Settings, parse_settings

STEPS = '[[steps]]\nkind = "prompt"\nname = "draft"\n'
DESK = {"desk": "http://192.168.1.9:8000/v1", "ollama": "http://127.0.0.1:9999/v1"}


def settings(text: str = "") -> Settings:
    return parse_settings(f"{text}\n{STEPS}")


@pytest.mark.parametrize(
    ("name", "kind", "provider", "model", "private"),
    [
        ("embedded", "embedded", "", "", True),
        ("replay:calls.jsonl", "replay", "", "calls.jsonl", True),
        ("claude-sonnet-5-5", "claude", "anthropic", "claude-sonnet-5-5", False),
        ("anthropic/claude-opus-5", "claude", "anthropic", "claude-opus-5", False),
        ("claude-code", "claude-code", "claude-code", "", False),
        ("claude-code/claude-haiku-5-5", "claude-code", "claude-code", "claude-haiku-5-5", False),
        ("openai/gpt-5", "provider", "openai", "gpt-5", False),
        ("openrouter/meta/llama-4", "provider", "openrouter", "meta/llama-4", False),
        ("llama.cpp/qwen3", "server", "llama.cpp", "qwen3", True),
        ("ollama/llama3.2:3b", "server", "ollama", "llama3.2:3b", True),
        ("desk/mine", "server", "desk", "mine", False),
    ],
)
def test_names(name: str, kind: str, provider: str, model: str, private: bool) -> None:  # noqa: FBT001
    named = understand(name, DESK, {})
    assert (named.kind, named.provider, named.model, named.private) == (kind, provider, model, private)


def test_the_settings_say_where_a_server_listens() -> None:
    assert understand("ollama/x", DESK, {}).address == "http://127.0.0.1:9999/v1"
    assert understand("ollama/x", {}, {}).address == "http://127.0.0.1:11434/v1"


def test_a_server_whose_name_begins_like_claude_is_asked_and_anthropic_is_not() -> None:
    servers = {"claude-desk": "http://127.0.0.1:4000/v1"}
    named = understand("claude-desk/mine", servers, {})
    assert (named.kind, named.model, named.address) == ("server", "mine", servers["claude-desk"])
    with pytest.raises(ConfigError) as caught:
        understand("claude-desl/mine", servers, {})
    assert "claude-desk/mine" in caught.value.hint


@pytest.mark.parametrize("name", ["", "gpt-5", "openai/", "/x", "embeded"])
def test_what_is_no_name_says_what_is_one(name: str) -> None:
    with pytest.raises(ConfigError, match="no model that redraft knows") as caught:
        understand(name, {}, {})
    assert "embedded" in caught.value.hint


@pytest.mark.parametrize(
    ("name", "variable"),
    [
        ("openai/gpt-5", "OPENAI_BASE_URL"),
        ("openai/gpt-5", "OPENAI_API_BASE"),
        ("groq/llama", "GROQ_API_BASE"),
        ("mistral/large", "MISTRAL_AZURE_API_BASE"),
        ("mistral/large", "MISTRAL_API_BASE"),
        ("fireworks_ai/llama", "FIREWORKS_API_BASE"),
        ("fireworks_ai/llama", "FIREWORKS_AI_API_BASE"),
        ("together_ai/llama", "TOGETHER_AI_API_BASE"),
    ],
)
def test_a_providers_gateway_is_where_its_variable_says(name: str, variable: str) -> None:
    gateway = {variable: "http://127.0.0.1:4000/v1", "OTHER_API_BASE": "http://192.0.2.1"}
    named = understand(name, {}, gateway)
    assert named.address == "http://127.0.0.1:4000/v1"
    assert named.place == "127.0.0.1:4000"
    assert not named.private
    assert understand(name, {}, {variable: ""}).address == ""
    assert understand("deepseek/chat", {}, gateway).address == ""


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("claude-sonet-5", "claude-sonnet-5"),
        ("anthropic/claude-opsu-5", "anthropic/claude-opus-5"),
        ("claude-code/sonet", "claude-code/sonnet"),
        ("claud-sonnet-5-5", "claude-sonnet-5-5"),
        ("olama/llama3", "ollama/llama3"),
        ("OpenAI/gpt-5", "openai/gpt-5"),
        ("desc/mine", "desk/mine"),
        ("embeded", "embedded"),
    ],
)
def test_a_slip_is_answered_with_what_was_meant(typed: str, meant: str) -> None:
    with pytest.raises(ConfigError, match="no model that redraft knows") as caught:
        understand(typed, DESK, {})
    assert f"Did you mean “{meant}”?" in caught.value.hint


@pytest.mark.parametrize(
    "name",
    ["claude-sonnet-7", "claude-fable-1", "zai/glm-5", "azure/gpt-5", "ollama_chat/qwen3", "meta/llama"],
)
def test_a_name_that_is_merely_new_is_taken(name: str) -> None:
    assert understand(name, DESK, {}).name == name


@pytest.mark.parametrize("name", ["huggingface/https://example.org/v1", "oobabooga/http://192.0.2.1:9"])
def test_a_models_name_is_no_way_round_the_trust_in_a_server(name: str) -> None:
    with pytest.raises(ConfigError, match="names an address") as caught:
        understand(name, {}, {"HUGGINGFACE_API_KEY": "sk"})
    assert "[servers]" in caught.value.hint


@pytest.mark.parametrize(
    "switch", ["CLAUDE_CODE_USE_BEDROCK", "CLAUDE_CODE_USE_ANTHROPIC_AWS", "CLAUDE_CODE_USE_VERTEX"]
)
def test_claude_code_from_a_cloud_is_not_on_this_computer(switch: str) -> None:
    gateway = {"ANTHROPIC_BASE_URL": "http://127.0.0.1:4000"}
    assert understand("claude-code", {}, gateway).private
    assert understand("claude-code", {}, {**gateway, switch: "0"}).private
    assert not understand("claude-code", {}, {**gateway, switch: "1"}).private


def test_a_private_project_asks_nobody_outside() -> None:
    private = settings("private = true")
    for name in ("embedded", "ollama/x", "replay:x"):
        require_private(private, understand(name, {}, {}))
    for name in ("claude-sonnet-5-5", "openai/gpt-5", "claude-code", "desk/mine"):
        with pytest.raises(ConfigError, match="private"):
            require_private(private, understand(name, DESK, {}))
    gateway = {"ANTHROPIC_BASE_URL": "http://127.0.0.1:4000"}
    require_private(private, understand("claude-sonnet-5-5", {}, gateway))


def test_auto_is_claude_where_there_is_a_key_and_the_project_is_not_private(tmp_path: Path) -> None:
    none = Keys(tmp_path / "keys.json", {}, lambda: None)
    one = Keys(tmp_path / "keys.json", {"ANTHROPIC_API_KEY": "sk"}, lambda: None)
    assert resolved(settings(), none).model.name == "embedded"
    assert resolved(settings(), one).model.name == CLAUDE
    assert resolved(settings("private = true"), one).model.name == "embedded"
    named = parse_settings(f'{STEPS}[model]\nname = "ollama/x"\n')
    assert resolved(named, one).model.name == "ollama/x"


def test_the_version_does_not_depend_on_the_model() -> None:
    one = parse_settings('[[steps]]\nkind = "prompt"\nname = "draft"\nmodel = "claude-opus-5"\n')
    assert one.steps_key == settings().steps_key


def test_a_key_in_the_settings_is_refused_before_it_reaches_git() -> None:
    with pytest.raises(ConfigError, match="no place for a key") as caught:
        parse_settings(f'{STEPS}[model]\napi_key = "sk-123"\n')
    assert "redraft key set" in caught.value.hint
    assert "sk-123" not in caught.value.message


def test_a_password_in_an_address_is_refused_before_it_reaches_git() -> None:
    with pytest.raises(ConfigError, match="no place for a password") as caught:
        parse_settings(f'{STEPS}[servers]\ndesk = "http://ann:sesame@192.168.1.9:8000/v1"\n')
    assert "redraft key set desk" in caught.value.hint
    assert "sesame" not in caught.value.message


def test_a_server_needs_an_address() -> None:
    with pytest.raises(ConfigError, match="desk"):
        parse_settings(f'{STEPS}[servers]\ndesk = "127.0.0.1:8000"\n')
