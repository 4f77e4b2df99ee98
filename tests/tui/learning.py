"""Proposals that wait in a small project, for whoever looks at them at the desk."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import TextArea

from tests.cli.conftest import Redraft
from tests.cli.served import PLAIN, corrected, play, says
from tests.loopback import Loopback
from tests.tui.sitting import at_desk, sees

LONG = {
    **PLAIN,
    "text": "Keep sentences to at most 25 words.",
    "check": {"kind": "limit", "measure": "sentence_words", "high": 25},
}
TOLD = {**PLAIN, "text": "Be kind.", "check": None}
MARKED = {**TOLD, "text": "No [b]bold[/b] \x1b[31mred 中文 🙂 here.", "hypothesis": "You said [/so]."}


@pytest.fixture
def pair(project: Path, redraft: Redraft, claude: Loopback) -> str:
    """Two drafts were corrected; the id of an edit pair."""
    corrected(project, redraft, "tea", "rain")
    return min(path.stem for path in project.glob("pairs/*.json"))


@pytest.fixture
def waiting(project: Path, redraft: Redraft, claude: Loopback, pair: str) -> int:
    """A proposal of two changes that the gate accepts; its number."""
    play(claude, says({**PLAIN, "evidence": [pair]}, LONG))
    number = redraft("-C", project, "learn", "--json").json["number"]
    assert isinstance(number, int)
    return number


@pytest.fixture
def undecided(project: Path, redraft: Redraft, claude: Loopback, pair: str) -> int:
    """A proposal that no test can confirm; its number."""
    play(claude, says(TOLD))
    number = redraft("-C", project, "learn", "--json").json["number"]
    assert isinstance(number, int)
    return number


@asynccontextmanager
async def at_proposal(project: Path, told: str = "all taken") -> AsyncIterator[Pilot[None]]:
    """The desk in Learn, where a proposal waits; `told` is what is said of it."""
    async with at_desk(project) as pilot:
        await pilot.press("4")
        await sees(pilot, told)
        yield pilot


def guide(project: Path) -> str:
    return project.joinpath("CLAUDE.md").read_text(encoding="utf-8")


async def replaces(pilot: Pilot[None], text: str) -> None:
    """Write a text in the place of what stands in the editor."""
    focused = pilot.app.focused
    assert isinstance(focused, TextArea)
    focused.load_text("")
    focused.insert(text)
    await pilot.pause()


@pytest.fixture
def two(project: Path, redraft: Redraft, claude: Loopback, pair: str) -> None:
    """Two proposals of one learning step: what can be tested, and a wish that only the writer can take."""
    play(claude, says({**PLAIN, "evidence": [pair]}, TOLD))
    assert redraft("-C", project, "learn", "--json").json["staged"] == 2
