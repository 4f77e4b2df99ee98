"""An adapter on the embedded model: trained once, and converted once, for all tests."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from loop.adapters.lock import file_lock
from loop.adapters.training import programs
from loop.adapters.training.shelf import Shelf
from loop.events import ignore
from loop.model.adapters import Converted, Runtime
from loop.model.runs import Card
from loop.model.training import Job
from tests.cli.conftest import project, redraft
from tests.rules.sources import ROOT

__all__ = ["project", "redraft"]


@pytest.fixture(scope="session")
def trained(whole_run: Path, bases: Path) -> Path:
    """The folder of a trained adapter, below the folder that redraft keeps for a user."""
    root = bases.parent
    folder = root / "adapters" / "brief"
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
    with file_lock(whole_run / "trained.lock", wait_seconds=600):
        if not folder.joinpath("adapter").exists():
            done = subprocess.run(
                [sys.executable, "-P", "-m", "tests.tuned.maker", str(root)],
                env={**programs.surroundings(), "PYTHONPATH": path},
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="session")
def converted(whole_run: Path, trained: Path) -> Converted:
    """The same with its GGUF files, made once."""
    with file_lock(whole_run / "trained.lock", wait_seconds=600):
        return asyncio.run(Shelf(trained.parent, tuple).convert("brief", ignore))


@pytest.fixture(scope="session")
def settled(whole_run: Path, trained: Path, converted: Converted) -> Runtime:
    """How it writes here, settled once; `own` takes it over."""
    with file_lock(whole_run / "trained.lock", wait_seconds=600):
        return asyncio.run(Shelf(trained.parent, tuple).settle("brief", ignore))


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that redraft keeps for this test's user."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return tmp_path / "data" / "redraft"


@pytest.fixture
def shelf(data: Path) -> Shelf:
    """This test's adapters; nobody uses them."""
    return Shelf(data / "adapters", tuple)


@pytest.fixture
def own(whole_run: Path, trained: Path, data: Path) -> Callable[..., Path]:
    """Puts the trained adapter on this test's shelf, with other words on its card and in its job."""

    def put(name: str = "brief", *, distilled: bool = False, ready: bool = True, **changes: Any) -> Path:
        folder = data / "adapters" / name
        with file_lock(whole_run / "trained.lock", wait_seconds=600):
            unlocked = shutil.ignore_patterns("lock")  # a link to a lock that is held would be held, too
            shutil.copytree(trained, folder, copy_function=_linked, ignore=unlocked)
        if not ready:
            folder.joinpath("runtime.json").unlink(missing_ok=True)
        for file, kind in (("job.json", Job), ("card.json", Card)):
            kept = kind.model_validate_json(folder.joinpath(file).read_bytes())
            origin = kept.origin.model_copy(update={"distilled": distilled})
            known = {key: value for key, value in changes.items() if key in kind.model_fields}
            kept = kept.model_copy(update={"name": name, "origin": origin, **known})
            folder.joinpath(file).unlink()
            folder.joinpath(file).write_text(kept.model_dump_json(), encoding="utf-8")
        return folder

    return put


def _linked(source: str, target: str) -> None:
    """No copy of what is large; what a test writes anew takes the link's place."""
    os.link(source, target)
