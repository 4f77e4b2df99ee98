"""Which addresses are on this computer."""

from __future__ import annotations

import os

import pytest

from loop.adapters.models.hosted.addresses import bypass_proxy, host_of, is_loopback


@pytest.mark.parametrize(
    ("address", "here"),
    [
        ("http://127.0.0.1:8000/v1", True),
        ("http://127.8.9.10", True),
        ("http://localhost:11434", True),
        ("http://desk.localhost", True),
        ("http://[::1]:8000", True),
        ("http://192.168.1.5:8000", False),
        ("https://api.example.org", False),
        ("http://localhost.example.org", False),
        ("http://127.0.0.1.example.org", False),
        ("http://[::1", False),
        ("", False),
        ("nonsense", False),
    ],
)
def test_loopback_is_told_from_the_rest(address: str, here: bool) -> None:  # noqa: FBT001
    assert is_loopback(address) is here


def test_a_password_in_an_address_is_not_shown() -> None:
    assert host_of("http://ann:secret@desk.example.org:8000/v1") == "desk.example.org:8000"
    assert host_of("https://desk.example.org/v1") == "desk.example.org"


def test_a_host_is_reached_without_a_proxy_once_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "example.org")
    monkeypatch.setenv("no_proxy", "*")
    for _ in range(2):
        bypass_proxy("http://127.0.0.1:8000/v1")
    assert os.environ["NO_PROXY"] == "example.org,127.0.0.1"
    assert os.environ["no_proxy"] == "*"
