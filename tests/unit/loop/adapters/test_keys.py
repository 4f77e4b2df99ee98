"""Keys are found where the user put them, kept where only they can read them, and never shown."""

from __future__ import annotations

import stat
import threading
from pathlib import Path
from typing import Any

import pytest

from loop.adapters import keys as keys_module
from loop.adapters.keys import Keys, variable_of
from loop.errors import ConfigError, ModelUnavailable, UsageError

SECRET = "sk-ant-very-secret-0123456789"


class Ring:
    """A keyring in a dictionary; `shut` asks a question that nobody answers."""

    def __init__(self, *, shut: bool = False) -> None:
        self.held: dict[tuple[str, str], str] = {}
        self.shut = shut

    def get_password(self, service: str, name: str) -> str | None:
        self._wait()
        return self.held.get((service, name))

    def set_password(self, service: str, name: str, secret: str) -> None:
        self._wait()
        self.held[service, name] = secret

    def delete_password(self, service: str, name: str) -> None:
        del self.held[service, name]

    def _wait(self) -> None:
        if self.shut:
            threading.Event().wait(3)


def keys(tmp_path: Path, ring: Any = None, **environ: str) -> Keys:
    return Keys(tmp_path / "config" / "keys.json", environ, lambda: ring)


def test_the_environment_comes_first(tmp_path: Path) -> None:
    keys(tmp_path).set("anthropic", "stored-key")
    found = keys(tmp_path, ANTHROPIC_API_KEY=f" {SECRET}\n").find("anthropic")
    assert found is not None
    assert (found.secret, found.where) == (SECRET, "ANTHROPIC_API_KEY")


def test_without_a_keyring_a_key_lies_in_a_file_that_only_its_owner_can_read(tmp_path: Path) -> None:
    where = keys(tmp_path).set("anthropic", SECRET)
    place = tmp_path / "config" / "keys.json"
    assert where == str(place)
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert stat.S_IMODE(place.parent.stat().st_mode) == 0o700
    found = keys(tmp_path).find("anthropic")
    assert found is not None
    assert found.secret == SECRET
    assert SECRET not in repr(found)


def test_a_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    held = keys(tmp_path)
    held.set("anthropic", SECRET)
    (tmp_path / "config" / "keys.json").chmod(0o644)
    with pytest.raises(ConfigError, match="others") as caught:
        held.find("anthropic")
    assert "chmod 600" in caught.value.hint
    assert SECRET not in caught.value.message


def test_a_keyring_holds_the_key_and_the_file_only_says_so(tmp_path: Path) -> None:
    ring = Ring()
    assert keys(tmp_path, ring).set("openai", SECRET) == "the system's keyring"
    assert SECRET not in (tmp_path / "config" / "keys.json").read_text(encoding="utf-8")
    found = keys(tmp_path, ring).find("openai")
    assert found is not None
    assert found.secret == SECRET
    keys(tmp_path, ring).remove("openai")
    assert ring.held == {}
    assert keys(tmp_path, ring).find("openai") is None


def test_whether_there_is_a_key_is_said_without_opening_the_keyring(tmp_path: Path) -> None:
    keys(tmp_path, Ring()).set("openai", SECRET)
    assert keys(tmp_path, Ring(shut=True)).has("openai") == "the system's keyring"
    assert keys(tmp_path).has("gemini") == ""


def test_a_keyring_that_answers_nothing_falls_back_to_the_file_and_is_said_when_it_holds_the_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys_module, "_SECONDS", 0.05)
    shut = Ring(shut=True)
    assert keys(tmp_path, shut).set("openai", SECRET) == str(tmp_path / "config" / "keys.json")
    keys(tmp_path, Ring()).set("groq", SECRET)
    with pytest.raises(ModelUnavailable, match="keyring") as caught:
        keys(tmp_path, shut).find("groq")
    assert "GROQ_API_KEY" in caught.value.hint


@pytest.mark.parametrize("typed", ["sk-ké", "", "  \n", "two words", "a\x00b"])
def test_what_is_no_key_is_refused(tmp_path: Path, typed: str) -> None:
    with pytest.raises(UsageError, match="no key"):
        keys(tmp_path).set("anthropic", typed)


def test_a_damaged_file_says_what_to_do(tmp_path: Path) -> None:
    place = tmp_path / "config" / "keys.json"
    place.parent.mkdir()
    place.write_text("[]", encoding="utf-8")
    place.chmod(0o600)
    with pytest.raises(ConfigError, match="not what redraft writes"):
        keys(tmp_path).names()


def test_a_key_that_the_keyring_does_not_let_go_is_not_said_to_be_gone(tmp_path: Path) -> None:
    class Firm(Ring):
        def delete_password(self, service: str, name: str) -> None:
            raise PermissionError

    ring = Firm()
    held = keys(tmp_path, ring)
    held.set("anthropic", SECRET)
    with pytest.raises(ModelUnavailable, match="still there"):
        held.remove("anthropic")
    assert held.has("anthropic")
    ring.held.clear()  # the user removed it by hand
    held.remove("anthropic")
    assert held.has("anthropic") == ""


def test_what_was_never_stored_cannot_be_removed(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="No key for mistral"):
        keys(tmp_path).remove("mistral")


@pytest.mark.parametrize(
    "text",
    [
        '{"keys": {"anthropic": "sk-1"}}',
        '{"keys": {"anthropic": []}}',
        '{"keys": {"anthropic": null}}',
        '{"keys": {"anthropic": {"in": "x"}}}',
        '{"keys": {"anthropic": {"key": 5}}}',
        '{"keys": []}',
        "null",
    ],
)
def test_a_file_of_another_shape_is_no_bug(tmp_path: Path, text: str) -> None:
    place = tmp_path / "config" / "keys.json"
    place.parent.mkdir()
    place.write_text(text, encoding="utf-8")
    place.chmod(0o600)
    with pytest.raises(ConfigError, match="not what redraft writes"):
        keys(tmp_path).has("anthropic")


def test_a_variable_with_nothing_but_blanks_holds_no_key(tmp_path: Path) -> None:
    keys = Keys(tmp_path / "keys.json", {"ANTHROPIC_API_KEY": " \n"}, keyring=lambda: None)
    assert keys.has("anthropic") == ""
    assert keys.find("anthropic") is None


@pytest.mark.parametrize(
    ("name", "variable"),
    [
        ("anthropic", "ANTHROPIC_API_KEY"),
        ("desk", "REDRAFT_DESK_KEY"),
        ("lm-studio", "REDRAFT_LM_STUDIO_KEY"),
        ("llama.cpp", "REDRAFT_LLAMA_CPP_KEY"),
    ],
)
def test_every_key_has_a_variable_that_a_shell_can_set(name: str, variable: str) -> None:
    assert variable_of(name) == variable
