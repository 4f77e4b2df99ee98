"""Train: what was collected, and the export."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.cli.conftest import Redraft, git
from tests.cli.served import corrected
from tests.loopback import Loopback
from tests.tui.sitting import LARGE, SMALL, at_desk, lines, picture, sees
from tests.tui.starting import fills


@pytest.fixture(autouse=True)
def untrained(monkeypatch: pytest.MonkeyPatch, state: Path) -> None:
    """Nothing was trained here, and the extra for it is not installed."""
    monkeypatch.setattr("loop.adapters.training.programs._NEEDS", ("not_installed_here",))


@pytest.fixture
def pairs(project: Path, redraft: Redraft, claude: Loopback) -> Path:
    """Three corrected drafts, one of them of a held-out brief."""
    corrected(project, redraft, "tea", "rain", "bread")
    return project


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "160x48"])
async def test_what_was_collected_stands_there_with_how_far_it_is(
    pairs: Path, screen: SnapshotAssertion, size: tuple[int, int]
) -> None:
    async with at_desk(pairs, size) as pilot:
        await pilot.press("7")
        await sees(pilot, "NOT READY")
        assert await picture(pilot) == screen


async def test_without_the_extra_it_says_what_to_type_and_all_else_works(pairs: Path) -> None:
    async with at_desk(pairs, LARGE) as pilot:
        await pilot.press("7")
        await sees(pilot, "! Tokens were not counted. Training is not installed here")
        await sees(pilot, "pip install 'redraft[train]'")
        await pilot.press("d")
        await sees(pilot, "Your training data")
        await sees(pilot, "[[")
        await pilot.press("escape", "enter")
        await sees(pilot, "✗ Training is not installed here")
        await sees(pilot, "Enter tries again.")


async def test_without_pairs_it_says_how_they_come_about(project: Path) -> None:
    async with at_desk(project) as pilot:
        await pilot.press("7")
        await sees(pilot, "Nothing yet. Each draft that you correct (3) becomes a pair.")
        await sees(pilot, "NOT READY")


async def test_pairs_are_exported_in_the_chosen_form(
    pairs: Path, tmp_path: Path, screen: SnapshotAssertion
) -> None:
    before = git(pairs, "status", "--porcelain")
    async with at_desk(pairs) as pilot:
        await pilot.press("7")
        await sees(pilot, "2 of 50 pairs")
        await pilot.press("e")
        await sees(pilot, "This gives 2 rows.")
        await sees(pilot, "bread: Its brief is held out.")
        assert await picture(pilot) == screen
        await pilot.press("j", "j")
        await sees(pilot, "This gives 4 rows.")
        await pilot.press("k", "enter")
        await fills(pilot, "#out", "mine 茶.jsonl")
        await pilot.press("enter")
        await sees(pilot, "Written: 2 rows for TRL, preferences")
    written = tmp_path / "mine 茶.jsonl"
    rows = [json.loads(line) for line in written.read_text(encoding="utf-8").splitlines()]
    assert {tuple(sorted(row)) for row in rows} == {("chosen", "prompt", "rejected")}
    assert git(pairs, "status", "--porcelain") == before


async def test_a_file_that_is_there_is_written_over_only_when_that_is_said_twice(
    pairs: Path, tmp_path: Path
) -> None:
    there = tmp_path / "pairs.jsonl"
    there.write_text("mine", encoding="utf-8")
    async with at_desk(pairs) as pilot:
        await pilot.press("7")
        await sees(pilot, "2 of 50 pairs")
        await pilot.press("e")
        await sees(pilot, "This gives 2 rows.")
        await pilot.press("ctrl+s")
        await sees(pilot, "is already there.")
        assert there.read_text(encoding="utf-8") == "mine"
        await pilot.press("ctrl+s")
        await sees(pilot, "Written: 2 rows")
        assert there.read_text(encoding="utf-8").count("\n") == 2


async def test_a_place_that_cannot_be_written_is_said_and_the_form_stays(pairs: Path) -> None:
    async with at_desk(pairs) as pilot:
        await pilot.press("7")
        await sees(pilot, "2 of 50 pairs")
        await pilot.press("e")
        await sees(pilot, "This gives 2 rows.")
        await fills(pilot, "#out", "/dev/null/x.jsonl")
        await pilot.press("enter")
        await sees(pilot, "✗")
        assert "Export your pairs" in lines(pilot)


async def test_pairs_that_are_damaged_are_said_and_counted_again_when_they_are_mended(pairs: Path) -> None:
    async with at_desk(pairs) as pilot:
        path = next(pairs.glob("pairs/*.json"))
        good = path.read_text(encoding="utf-8")
        path.write_text("[/red", encoding="utf-8")
        await pilot.press("7")
        await sees(pilot, "is not valid JSON")
        path.write_text(good, encoding="utf-8")
        await pilot.press("r")
        await sees(pilot, "2 of 50 pairs")
