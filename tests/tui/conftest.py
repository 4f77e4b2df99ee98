"""A writer at the desk: real project, real git, real verbs; Claude is played on this computer."""

from __future__ import annotations

from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

# The command line's fixtures: `redraft` types a command, `project` is a small project, `claude` writes it.
from tests.cli.conftest import Redraft, anthropic, claude, project, redraft, written
from tests.loopback import Loopback
from tests.tui.correcting import DRAFT
from tests.tui.training import PlayedTrainer, words_for_tokens

__all__ = ["anthropic", "claude", "project", "redraft"]

_FINALS = {
    "tea": "We use a kettle outdoors, and the tea tastes of smoke.",
    "rain": "Rain on a tent is a drum that nobody plays. You lie there and count.",
    "bread": "The bread smells before you see it. We open the oven and wait.",
}
"""What the writer made of the drafts of these briefs."""


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


@pytest.fixture
def pairs(project: Path, redraft: Redraft, claude: Loopback, state: Path) -> Path:
    """Two corrected drafts to learn from, and a held-out one; models lie in a folder of the test's."""
    for brief, text in _FINALS.items():
        assert redraft("-C", project, "run", brief).code == 0
        final = project / f"{brief}.txt"
        final.write_text(text, encoding="utf-8")
        assert redraft("-C", project, "correct", brief, "--file", final).code == 0
        final.unlink()
    return project


@pytest.fixture
def trainer(monkeypatch: pytest.MonkeyPatch) -> PlayedTrainer:
    """A trainer that the test plays; every word is a token."""
    monkeypatch.setattr("loop.adapters.training.programs.ask", words_for_tokens)
    return PlayedTrainer()
