"""No key survives in what a foreign program said."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loop.adapters.models.hosted.faults import Provider
from loop.adapters.models.hosted.redaction import redacted

keys = st.text(string.ascii_letters + string.digits + "-_", min_size=8, max_size=60)


@given(keys, st.text(), st.text())
def test_the_key_itself_is_gone_wherever_it_stands(key: str, before: str, after: str) -> None:
    assert key not in redacted(f"{before}{key}{after}{key}", key)


@pytest.mark.parametrize(
    "shown",
    [
        "sk-ant-api03-AbCdEf123456",
        "sk-proj-abc***********xyz",
        "gsk_abcdefgh12345",
        "xai-abcdefgh12345",
        "AIzaSyA-1234567890abc",
    ],
)
def test_what_looks_like_a_key_is_gone_too(shown: str) -> None:
    assert redacted(f"Incorrect API key provided: {shown}.", None) in {
        "Incorrect API key provided: [key].",
        "Incorrect API key provided: [key]",
    }


def test_whatever_a_header_carries_is_gone() -> None:
    assert redacted('{"Authorization": "Bearer abcdef123"}', None) == '{"Authorization": "Bearer [key]"}'


def test_a_short_key_spoils_no_words() -> None:
    assert redacted("No one said none of it: none.", "none") == "No one said [key] of it: [key]."
    assert redacted("The task is risk-free, ask-me.", "x") == "The task is risk-free, ask-me."


def test_text_without_keys_stays_as_it_is() -> None:
    said = "prompt is too long: 208310 tokens > 200000 maximum"
    assert redacted(said, "sk-ant-api03-secret") == said


def test_a_provider_does_not_show_its_key_when_it_is_printed() -> None:
    provider = Provider("anthropic", "Anthropic", "claude-test", "sk-secret-secret")
    assert "secret" not in f"{provider!r} {provider}"


def test_a_long_complaint_is_cut_visibly() -> None:
    provider = Provider("anthropic", "Anthropic", "claude-test")
    assert provider.declined("so it is " * 100).message.endswith(" […].")
