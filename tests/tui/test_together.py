"""Somebody else is at work on the same project at the same moment: nothing of either is lost."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial
from pathlib import Path

from loop.adapters.git import GitHistory
from loop.project import Project
from loop.wiring import World
from tests.cli.conftest import git
from tests.tui.correcting import DRAFT, FINAL, correcting, edits, here, text
from tests.tui.sitting import at_desk, desk_of, goes, sees, types, until
from tui.calls import Calls

OTHER = DRAFT.replace("nobody minds", "everybody minds")


class Busy(World):
    """A world in which somebody commits at the moment in which redraft is about to."""

    def open(self, path: str) -> Project:
        """The project, with somebody else in it."""
        project = super().open(path)
        return replace(
            project, history=GitHistory(project.root, stage=partial(_overtake, Path(project.root)))
        )


def _overtake(root: Path, stage: str) -> None:
    if stage == "prepared":
        git(root, "commit", "--allow-empty", "-qm", "theirs")


async def test_a_final_that_meets_a_commit_of_somebody_else_is_not_kept_and_not_lost(drafted: Path) -> None:
    async with correcting(drafted) as pilot:
        await edits(pilot)
        calm, desk_of(pilot).calls = desk_of(pilot).calls, Calls(Busy(folder=str(drafted)), str(drafted))
        await pilot.press("ctrl+s")
        await sees(pilot, "The project moved on while redraft was working")
        assert text(pilot) == FINAL
        assert not drafted.joinpath("finals/tea.md").exists()
        assert git(drafted, "log", "-1", "--format=%s") == "theirs\n"
        await until(pilot, lambda: here(pilot).safe.failed is False)
        desk_of(pilot).calls.close()
        desk_of(pilot).calls = calm
        await pilot.press("ctrl+s")
        await sees(pilot, "The final is kept: 3 changes")
    assert drafted.joinpath("finals/tea.md").read_text(encoding="utf-8") == FINAL


async def test_a_critique_that_meets_a_commit_of_somebody_else_can_be_said_again(drafted: Path) -> None:
    async with at_desk(drafted) as pilot:
        desk_of(pilot).brief = "tea"
        await goes(pilot, "say")
        await sees(pilot, "Nothing is said yet.")
        calm, desk_of(pilot).calls = desk_of(pilot).calls, Calls(Busy(folder=str(drafted)), str(drafted))
        await pilot.press("enter")
        await types(pilot, "Warmer, please.")
        await pilot.press("enter")
        await sees(pilot, "The project moved on while redraft was working")
        assert not drafted.joinpath("critiques/tea.md").exists()
        desk_of(pilot).calls.close()
        desk_of(pilot).calls = calm
        await sees(pilot, "Warmer, please.")
        await pilot.press("enter")
        await until(pilot, lambda: drafted.joinpath("critiques/tea.md").exists())
    assert "Warmer, please." in drafted.joinpath("critiques/tea.md").read_text(encoding="utf-8")


async def test_two_desks_that_keep_a_final_at_once_both_keep_theirs(drafted: Path) -> None:
    async with correcting(drafted) as one, correcting(drafted) as other:
        await edits(one)
        await edits(other, OTHER)
        for pilot in (one, other):
            here(pilot).action_keep()
        for pilot in (one, other):
            await sees(pilot, "· kept")
        await until(one, lambda: git(drafted, "log", "--format=%s").count("correct: tea") == 2)
        await until(one, lambda: git(drafted, "status", "--porcelain", "finals", "pairs") == "")
        final = drafted.joinpath("finals/tea.md").read_text(encoding="utf-8")
        assert final in {FINAL, OTHER}
        for pilot in (one, other):  # what was kept last is what both see
            await until(pilot, lambda pilot=pilot: text(pilot) == final)  # type: ignore[misc]
    said = git(drafted, "log", "--format=%s").splitlines()
    assert len([line for line in said if line.startswith("correct: tea")]) == 2
    assert git(drafted, "status", "--porcelain", "finals", "pairs") == ""


async def test_two_desks_that_say_something_at_once_both_say_it(drafted: Path) -> None:
    async with at_desk(drafted) as one, at_desk(drafted) as other:
        for pilot, words in ((one, "Warmer, please."), (other, "Never say 'utilize'.")):
            desk_of(pilot).brief = "tea"
            await goes(pilot, "say")
            await sees(pilot, "Nothing is said yet.")
            await pilot.press("enter")
            await types(pilot, words)
        await asyncio.gather(one.press("enter"), other.press("enter"))
        for pilot in (one, other):
            await sees(pilot, "Warmer, please.")
            await sees(pilot, "Never say 'utilize'.")
    kept = drafted.joinpath("critiques/tea.md").read_text(encoding="utf-8")
    assert "Warmer, please." in kept
    assert "Never say 'utilize'." in kept
