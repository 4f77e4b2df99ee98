"""A project with a history, and the way to it."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot

from loop.model import BriefScore, Measurement
from tests.cli.conftest import Redraft, git, written
from tests.tui.sitting import desk_of, sees, until

TEA = "In order to enjoy tea outdoors, you need patience. We utilize a small stove."
RAIN = "In order to sleep in a tent, listen to the rain. You can utilize a towel."


@pytest.fixture
def past(project: Path, redraft: Redraft) -> Path:
    """Two corrections, one of them in odd words; two edits of the guide; an undo."""
    for brief, text in (("tea", TEA), ("rain", RAIN)):
        written(project, brief, text)
        final = project.parent / "final.txt"
        final.write_text(text.replace("In order to", "To").replace("utilize", "use"), encoding="utf-8")
        assert redraft("-C", project, "correct", brief, "--file", final).code == 0
    for rule, said in (("Name the kettle.", "Too [b]stiff[/b]. 温かい 🙂"), ("Say it once.", "Too long.")):
        guide = project / "CLAUDE.md"
        guide.write_text(f"{guide.read_text(encoding='utf-8')}- {rule}\n", encoding="utf-8")
        assert redraft("-C", project, "critique", "tea", said).code == 0
    assert redraft("-C", project, "undo").code == 0
    return project


def guide(project: Path) -> str:
    return project.joinpath("CLAUDE.md").read_text(encoding="utf-8")


def head(project: Path) -> str:
    return git(project, "rev-parse", "HEAD")


async def go(pilot: Pilot[None]) -> None:
    """To History, with its first entry in full."""
    await pilot.press("5")
    await sees(pilot, "everything redraft kept")
    await until(pilot, lambda: desk_of(pilot).status is not None)


async def presses(pilot: Pilot[None], keys: str, words: str) -> None:
    """Press the keys, and wait for the words."""
    await pilot.press(*keys.split())
    await sees(pilot, words)


def measured(project: Path, version: str, fired: tuple[bool, ...]) -> None:
    scores = tuple(
        BriefScore(brief=brief, split=split, sample=0, fired={"d1": hit, "d2": fired[0]})
        for brief, split, hit in (
            ("tea", "train", fired[0]),
            ("rain", "train", fired[1]),
            ("bread", "held_out", fired[2]),
        )
    )
    path = project / "measures" / version / "test.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    measurement = Measurement(
        version=version, model="test", scores=scores, created=f"2026-01-01T{version[:2]}"
    )
    path.write_text(measurement.model_dump_json(), encoding="utf-8")
