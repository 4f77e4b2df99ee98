"""A writer at the desk: real project, real git, real verbs; Claude is played on this computer."""

from __future__ import annotations

from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

# The command line's fixtures: `redraft` types a command, `project` is a small project, `claude` writes it.
from tests.cli.conftest import anthropic, claude, project, redraft, written
from tests.tui.correcting import DRAFT

__all__ = ["anthropic", "claude", "project", "redraft"]


class ScreenText(SingleFileSnapshotExtension):
    """A screen as a text file that a reviewer can read."""

    file_extension = "txt"
    _write_mode = WriteMode.TEXT


@pytest.fixture
def screen(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """What a screen looked like: `assert picture(pilot) == screen`; --snapshot-update keeps what is new."""
    return snapshot.use_extension(ScreenText)


@pytest.fixture(autouse=True)
def calm(monkeypatch: pytest.MonkeyPatch) -> None:
    """No animation, colours whatever the developer's terminal says."""
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")
    monkeypatch.delenv("NO_COLOR", raising=False)


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user's folders of their own, for texts that are not kept."""
    for name in ("STATE", "DATA", "CONFIG"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    return tmp_path / "state"


@pytest.fixture
def drafted(project: Path, state: Path) -> Path:
    written(project, "tea", DRAFT)
    written(project, "rain", "Rain falls.\n")
    return project
