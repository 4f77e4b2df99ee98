"""Which addresses are on this computer."""

from __future__ import annotations

import pytest

from loop.adapters.models.hosted.addresses import host_of, is_loopback, past_proxies


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


def test_a_host_on_this_computer_is_reached_past_any_proxy() -> None:
    environ = {"NO_PROXY": "example.org", "no_proxy": "*"}
    passed = past_proxies("http://127.0.0.1:8000/v1", environ)
    assert passed == {"NO_PROXY": "example.org,127.0.0.1", "no_proxy": "*"}
    assert past_proxies("http://127.0.0.1:8000/v1", passed) == passed
    assert past_proxies("https://example.org/v1", environ) == {}
