"""What is on this computer is told as it is; keys are named and never printed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from loop.adapters import doctor
from loop.adapters.keys import Keys
from loop.adapters.models.catalogue import (
    claude_code_info,
    claude_infos,
    models,
    provider_infos,
    served_infos,
)
from loop.adapters.models.embedded.modelfiles import SMOLLM2, Places
from loop.adapters.models.naming import Named
from tests.loopback import serving

SECRET = "sk-very-secret-0123456789"


def keys(tmp_path: Path, environ: Mapping[str, str]) -> Keys:
    return Keys(tmp_path / "keys.json", environ, lambda: None)


def test_a_key_is_named_and_never_printed(tmp_path: Path) -> None:
    environ = {"ANTHROPIC_API_KEY": "", "OPENAI_API_KEY": SECRET}
    found = provider_infos(keys(tmp_path, environ))
    assert (found[0].name, found[0].ready) == ("openai/…", True)
    assert "OPENAI_API_KEY" in found[0].says
    everything = repr(found) + repr(doctor.findings(Places(None, Path("/nowhere/x"), None), environ))
    assert SECRET not in everything


def test_claude_is_listed_as_the_provider_lists_it_with_price_and_context(tmp_path: Path) -> None:
    with serving(models=("claude-sonnet-5-5", "claude-unheard-of"), key=SECRET) as server:
        environ = {"ANTHROPIC_API_KEY": SECRET, "ANTHROPIC_BASE_URL": server.address}
        known, unknown = claude_infos(keys(tmp_path, environ), environ)
    assert known.ready
    assert known.context == 1_000_000
    assert "$2.00 read" in known.price
    assert (unknown.ready, unknown.context, unknown.price) == (True, None, "")


def test_a_key_that_is_refused_and_a_provider_out_of_reach_are_told_apart(tmp_path: Path) -> None:
    with serving(key="another") as server:
        environ = {"ANTHROPIC_API_KEY": SECRET, "ANTHROPIC_BASE_URL": server.address}
        refused = claude_infos(keys(tmp_path, environ), environ)
    gone = claude_infos(keys(tmp_path, environ), environ)
    assert not any(info.ready for info in (*refused, *gone))
    assert "is refused" in refused[0].says
    assert "cannot be reached" in gone[0].says
    assert SECRET not in repr((refused, gone))


def test_without_a_key_it_says_how_to_set_one(tmp_path: Path) -> None:
    infos = claude_infos(keys(tmp_path, {}), {})
    assert all("redraft key set anthropic" in info.says for info in infos)


def test_a_server_is_asked_which_models_it_has(tmp_path: Path) -> None:
    with serving(models=("llama3.2", "qwen3")) as server:
        ollama = Named("ollama/…", "server", "ollama", "…", f"{server.address}/v1")
        found = served_infos(ollama, keys(tmp_path, {}))
    assert [(info.name, info.ready, info.price) for info in found] == [
        ("ollama/llama3.2", True, "free"),
        ("ollama/qwen3", True, "free"),
    ]
    (gone,) = served_infos(ollama, keys(tmp_path, {}))
    assert not gone.ready
    assert "nothing answers" in gone.says


def test_claude_code_that_is_not_signed_in_is_not_ready_and_says_the_line_to_type(tmp_path: Path) -> None:
    pytest.importorskip("claude_agent_sdk")
    nobody = claude_code_info({"PATH": "", "HOME": str(tmp_path)})
    somebody = claude_code_info({"PATH": "", "HOME": str(tmp_path), "ANTHROPIC_API_KEY": SECRET})
    assert not nobody.ready
    assert "not signed in; type: " in nobody.says
    assert "_bundled/claude auth login" in nobody.says
    assert somebody.ready
    assert "signed in" in somebody.says


def test_a_server_that_wants_a_key_gets_its_own(tmp_path: Path) -> None:
    with serving(key="desk-key-0123456789") as server:
        desk = Named("desk/…", "server", "desk", "…", f"{server.address}/v1")
        (locked,) = served_infos(desk, keys(tmp_path, {}))
        (wrong,) = served_infos(desk, keys(tmp_path, {"REDRAFT_DESK_KEY": SECRET}))
        (found,) = served_infos(desk, keys(tmp_path, {"REDRAFT_DESK_KEY": "desk-key-0123456789"}))
    assert "wants a key" in locked.says
    assert "refused the key from REDRAFT_DESK_KEY; type: redraft key set desk" in wrong.says
    assert SECRET not in wrong.says
    assert "redraft key set desk" in locked.says
    assert found.name == "desk/test-model"


def test_nobody_elsewhere_is_asked_for_a_list_without_trust_or_in_private(tmp_path: Path) -> None:
    far = Named("far/…", "server", "far", "…", "http://192.0.2.1:9/v1")
    (unknown,) = served_infos(far, keys(tmp_path, {}), trusted=lambda: False)
    (private,) = served_infos(far, keys(tmp_path, {}), private=True, trusted=lambda: True)
    assert "192.0.2.1:9" in unknown.says
    assert "redraft trust" in unknown.says
    environ = {"ANTHROPIC_API_KEY": SECRET, "OPENAI_API_KEY": SECRET}
    elsewhere = claude_infos(keys(tmp_path, environ), environ, private=True)
    elsewhere += provider_infos(keys(tmp_path, environ), private=True)
    assert {info.says for info in (private, *elsewhere)} == {"not asked: this project is private"}


def test_a_server_that_points_elsewhere_is_not_followed(tmp_path: Path) -> None:
    with serving() as elsewhere, serving(models=()) as near:
        near.moved = elsewhere.address
        desk = Named("desk/…", "server", "desk", "…", f"{near.address}/v1")
        (info,) = served_infos(desk, keys(tmp_path, {}))
        assert elsewhere.requests == []
    assert "does not list models" in info.says


def test_a_server_without_models_is_there_and_odd_names_are_not_shown(tmp_path: Path) -> None:
    with serving(models=()) as server:
        desk = Named("desk/…", "server", "desk", "…", f"{server.address}/v1")
        (empty,) = served_infos(desk, keys(tmp_path, {}))
        server.listing = b'{"data": [{"id": "\\u001b[2Jred"}, {"id": "plain"}, {"id": null}]}'
        shown = served_infos(desk, keys(tmp_path, {}))
        environ = {"ANTHROPIC_API_KEY": SECRET, "ANTHROPIC_BASE_URL": server.address}
        claudes = claude_infos(keys(tmp_path, environ), environ)
    assert not empty.ready
    assert "has no models yet" in empty.says
    assert [info.name for info in (*shown, *claudes)] == ["desk/plain", "plain"]


@pytest.mark.parametrize("body", ["<html>Log in</html>", '{"data": null}', "[1]"])
def test_what_lists_no_models_is_told_in_words(tmp_path: Path, body: str) -> None:
    with serving(models=()) as server:
        server.listing = body.encode()
        environ = {"ANTHROPIC_API_KEY": SECRET, "ANTHROPIC_BASE_URL": server.address}
        infos = claude_infos(keys(tmp_path, environ), environ)
        desk = Named("desk/…", "server", "desk", "…", f"{server.address}/v1")
        (served,) = served_infos(desk, keys(tmp_path, {}))
    assert not any(info.ready for info in infos)
    assert "cannot be read" in infos[0].says
    assert "does not list models" in served.says


def test_a_key_reaches_a_server_on_this_computer_past_any_proxy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(variable, "http://127.0.0.1:9")
    with serving(key=SECRET) as server:
        environ = {"ANTHROPIC_API_KEY": SECRET, "ANTHROPIC_BASE_URL": server.address}
        (info,) = claude_infos(keys(tmp_path, environ), environ)
    assert info.name == "test-model"


def test_a_key_that_cannot_be_sent_is_named(tmp_path: Path) -> None:
    environ = {"ANTHROPIC_API_KEY": "sk-schlüssel"}
    assert "characters that no key has" in claude_infos(keys(tmp_path, environ), environ)[0].says


def test_a_missing_choice_is_listed_as_not_ready(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDRAFT_MODEL", "/nowhere/x.gguf")
    embedded = next(info for info in models(keys(tmp_path, {}), {}, {}) if info.name == "embedded")
    assert not embedded.ready
    assert "unset REDRAFT_MODEL" in embedded.says


@pytest.mark.parametrize(
    ("said", "fine"),
    [
        ("git version 2.39.5", True),
        ("git version 3.0.1.windows.2", True),
        ("git version 2.24.4", False),
        ("nonsense", False),
    ],
)
def test_an_old_git_is_not_enough(tmp_path: Path, said: str, fine: bool) -> None:  # noqa: FBT001
    program = tmp_path / "git"
    program.write_text(f"#!/bin/sh\necho '{said}'\n", encoding="utf-8")
    program.chmod(0o755)
    assert doctor.git(str(program)).fine is fine


def test_a_missing_git_says_what_to_install() -> None:
    found = doctor.git(None)
    assert found.fine is False
    assert "install git" in found.says


def test_an_old_python_is_not_enough() -> None:
    assert doctor.python((3, 10, 9)).fine is False
    assert doctor.python((3, 11, 0)).fine is True


def test_an_editor_must_be_there_to_be_fine() -> None:
    assert doctor.editor({}).fine is None
    assert doctor.editor({"EDITOR": "no-such-editor --wait", "PATH": "/bin"}).fine is False
    assert doctor.editor({"EDITOR": "sh -c 'true'", "PATH": "/bin"}).fine is True
    assert doctor.editor({"EDITOR": "sh 'open"}).fine is False


def test_a_full_disk_is_noticed(tmp_path: Path) -> None:
    assert doctor.space(tmp_path, free=lambda _: 10_000).fine is False
    assert doctor.space(tmp_path / "not" / "there", free=lambda _: 10**12).fine is True


def test_a_model_with_wrong_bytes_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / SMOLLM2.file
    with path.open("wb") as file:
        file.write(b"GGUF")
        file.truncate(SMOLLM2.size)
    found = doctor.model(Places(None, path, None))
    assert found.fine is False
    assert "redraft models fetch" in found.says


def test_a_user_folder_that_is_in_the_way_is_noticed(tmp_path: Path) -> None:
    assert doctor.writable(tmp_path / "not" / "there").fine is True
    assert list(tmp_path.iterdir()) == []


def test_an_extra_that_is_absent_is_optional() -> None:
    found = doctor.optional_part("train", ("no_such_package_here",))
    assert found.fine is None
    assert "redraft[train]" in found.says
