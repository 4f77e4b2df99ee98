"""What is on this computer is told as it is; keys are named and never printed."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from loop.adapters import doctor
from loop.adapters.keys import Keys
from loop.adapters.models.catalogue import claude_infos, models, provider_infos, served_infos
from loop.adapters.models.embedded.modelfiles import SMOLLM2, Places
from tests.loopback import serving

SECRET = "sk-very-secret-0123456789"


def keys(tmp_path: Path, environ: Mapping[str, str]) -> Keys:
    return Keys(tmp_path / "keys.json", environ, lambda: None)


@contextmanager
def answering(said: bytes) -> Iterator[str]:
    """The address of a program that says this to everybody, and hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            with suppress(OSError):  # the test is over
                while True:
                    with server.accept()[0] as one:
                        one.recv(4096)
                        one.sendall(said)

        threading.Thread(target=answer, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)


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


def test_a_server_is_asked_which_models_it_has() -> None:
    with serving(models=("llama3.2", "qwen3")) as server:
        address = f"{server.address}/v1"
        found = served_infos("ollama", address)
    assert [(info.name, info.ready, info.price) for info in found] == [
        ("ollama/llama3.2", True, "free"),
        ("ollama/qwen3", True, "free"),
    ]
    (gone,) = served_infos("ollama", address)
    assert not gone.ready
    assert "nothing answers" in gone.says


@pytest.mark.parametrize(
    "said",
    [
        b"SSH-2.0-OpenSSH_9\r\n",
        b'HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{"data":[]}',
        b"HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\n<html>",
        b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 3\r\n\r\n[1]",
    ],
)
def test_whatever_else_answers_at_an_address_lists_no_models(tmp_path: Path, said: bytes) -> None:
    with answering(said) as address:
        (served,) = served_infos("ollama", f"{address}/v1")
        environ = {"ANTHROPIC_API_KEY": SECRET, "ANTHROPIC_BASE_URL": address}
        claudes = claude_infos(keys(tmp_path, environ), environ)
    assert not any(info.ready for info in (served, *claudes))
    assert "lists no models" in served.says
    assert SECRET not in repr(claudes)


def test_a_key_that_cannot_be_sent_is_said(tmp_path: Path) -> None:
    environ = {"ANTHROPIC_API_KEY": "sk-ké"}
    infos = claude_infos(keys(tmp_path, environ), environ)
    assert all("characters that no key has" in info.says for info in infos)


def test_a_server_that_wants_a_key_first_is_there() -> None:
    with serving(key=SECRET) as server:
        (info,) = served_infos("desk", f"{server.address}/v1")
    assert "wants a key" in info.says


def test_a_foreign_server_is_asked_once_it_is_trusted(tmp_path: Path) -> None:
    with serving(models=("some-model",)) as server:
        servers = {"desk": f"{server.address.replace('127.0.0.1', '0.0.0.0')}/v1"}  # noqa: S104
        untrusted = models(keys(tmp_path, {}), servers)
        asked = len(server.requests)
        trusted = models(keys(tmp_path, {}), servers, trusted=lambda: True)
    assert asked == 0
    (desk,) = (info for info in untrusted if info.name.startswith("desk"))
    assert not desk.ready
    assert "redraft trust" in desk.says
    (desk,) = (info for info in trusted if info.name.startswith("desk"))
    assert (desk.name, desk.price) == ("desk/some-model", "")  # what it costs nobody knows


def test_a_private_project_asks_nobody_outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(models=("claude-sonnet-5-5",)) as server:
        outside = server.address.replace("127.0.0.1", "0.0.0.0")  # noqa: S104
        monkeypatch.setenv("ANTHROPIC_API_KEY", SECRET)
        monkeypatch.setenv("ANTHROPIC_BASE_URL", outside)
        environ = {"ANTHROPIC_API_KEY": SECRET, "OPENAI_API_KEY": SECRET}
        servers = {"desk": f"{outside}/v1"}
        infos = models(keys(tmp_path, environ), servers, private=True, trusted=lambda: True)
        assert server.requests == []
        monkeypatch.setenv("ANTHROPIC_BASE_URL", server.address)
        here = models(keys(tmp_path, environ), {}, private=True)
    assert not any(info.name.startswith(("claude", "openai", "desk")) for info in infos)
    assert any("this project is private" in info.says for info in infos)
    assert any(info.name == "claude-sonnet-5-5" and info.ready for info in here)


def test_a_missing_choice_is_listed_as_not_ready(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDRAFT_MODEL", "/nowhere/x.gguf")
    embedded = next(info for info in models(keys(tmp_path, {}), {}) if info.name == "embedded")
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
