"""What is on this computer is told as it is; keys are named and never printed."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from loop.adapters import doctor
from loop.adapters.models.catalogue import NOT_YET, LocalServer, keys_found, models, servers_found
from loop.adapters.models.modelfiles import SMOLLM2, Places

SECRET = "sk-very-secret-0123456789"


def test_a_key_is_named_and_never_printed() -> None:
    environ = {"ANTHROPIC_API_KEY": SECRET, "OPENAI_API_KEY": ""}
    found = keys_found(environ)
    assert [(info.name, info.ready) for info in found] == [("anthropic", False)]
    assert "ANTHROPIC_API_KEY" in found[0].says
    assert NOT_YET in found[0].says
    everything = repr(found) + repr(doctor.findings(Places(None, Path("/nowhere/x"), None), environ))
    assert SECRET not in everything


def test_a_local_server_is_found_by_its_port() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening, socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        there, gone = listening.getsockname()[1], silent.getsockname()[1]
        found = servers_found([LocalServer("LM Studio", there), LocalServer("Ollama", gone)])
    assert [(info.name, info.ready) for info in found] == [("lm-studio", False)]
    assert str(there) in found[0].says


def test_a_missing_choice_is_listed_as_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDRAFT_MODEL", "/nowhere/x.gguf")
    embedded = models()[0]
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
