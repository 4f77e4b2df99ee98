"""What is done with an adapter asks nobody, also where its base has a name of the model hub."""

from __future__ import annotations

import os
import socketserver
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from loop.adapters.models.tuned.model import TunedModel
from loop.adapters.training.programs import surroundings
from loop.adapters.training.shelf import Shelf
from loop.errors import ModelUnavailable, TrainingError
from loop.events import ignore
from loop.model import Message, ModelRequest
from tests.rules.sources import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.model]

Own = Callable[..., Path]
NAME = "ann/small"
REVISION = "0123456789abcdef0123456789abcdef01234567"
DIGEST = """
import sys
from loop.model.training import Job, Recipe
from loop.train.bases import base_digest
print(base_digest(Job(name="", folder="", base=sys.argv[1], bases="", recipe=Recipe(method="sft"))))
"""


@pytest.fixture
def callers(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Stands where the model hub would be; hears who calls, and hangs up."""
    heard: list[str] = []

    class Hub(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            heard.append(self.request.recv(4096).decode("latin-1"))

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Hub) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{server.server_address[1]}")
        monkeypatch.setenv("HF_TOKEN", "hf_mine")
        yield heard
        server.shutdown()


@pytest.fixture
def fetched(bases: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The digest of the embedded base, lying in the hub's cache as if it had been downloaded."""
    cache = tmp_path / "hub/hub" / f"models--{NAME.replace('/', '--')}"
    snapshot = cache / "snapshots" / REVISION
    snapshot.mkdir(parents=True)
    cache.joinpath("refs").mkdir()
    cache.joinpath("refs/main").write_text(REVISION, encoding="utf-8")
    for file in next(bases.glob("*-*")).iterdir():
        snapshot.joinpath(file.name).symlink_to(file)
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hub"))
    done = subprocess.run(
        [sys.executable, "-P", "-c", DIGEST, NAME],
        env={**surroundings(os.environ), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


async def test_a_base_of_the_hub_is_taken_from_where_it_lies(
    own: Own, shelf: Shelf, fetched: str, callers: list[str]
) -> None:
    own(base=NAME, base_digest=fetched, ready=False)
    made = await shelf.convert("brief", ignore)
    assert Path(made.adapter).is_file()
    assert made.merged_checked is not None
    assert callers == []


async def test_a_base_that_was_never_fetched_is_named_and_not_looked_for(
    own: Own, shelf: Shelf, callers: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hub"))
    folder = own(base="ann/other", ready=False)
    with pytest.raises(TrainingError, match="ann/other is not on this computer") as merging:
        await shelf.merge("brief", "fp16", ignore)
    assert merging.value.hint.endswith("hf download ann/other")
    model = TunedModel(folder, "brief", "adapter:brief@1", context=8192)
    with pytest.raises(ModelUnavailable, match="ann/other is not on this computer"):
        await model.ask(ModelRequest(messages=(Message(role="user", content="Tea."),), seed=1, max_tokens=3))
    model.close()
    assert callers == []


def test_only_who_looks_for_a_base_there_calls_and_no_key_is_told(
    callers: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hub"))
    done = subprocess.run(
        [sys.executable, "-P", "-c", DIGEST, "ann/gated"],
        env={**surroundings(os.environ, downloads=True), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode
    assert callers
    assert "Bearer hf_mine" in callers[0]
    assert "hf_mine" not in done.stdout + done.stderr
