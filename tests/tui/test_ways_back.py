"""Undo, redo, an earlier version, a rule less: each shown before it is done."""

from __future__ import annotations

from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.cli.conftest import git
from tests.tui.looking_back import go, guide, head, past, presses
from tests.tui.sitting import SMALL, Slow, at_desk, lines, picture, sees

__all__ = ["past"]


async def test_undo_is_shown_first_and_esc_leaves_everything(past: Path, screen: SnapshotAssertion) -> None:
    before = head(past), guide(past)
    async with at_desk(past, SMALL) as pilot:
        await go(pilot)
        await presses(pilot, "u", "This will take back “you changed CLAUDE.md”.")
        await sees(pilot, "1 change")
        assert await picture(pilot) == screen
        await presses(pilot, "escape", "Nothing was changed.")
    assert (head(past), guide(past)) == before


async def test_undo_and_redo_are_each_one_key_and_a_yes(past: Path) -> None:
    async with at_desk(past, SMALL) as pilot:
        await go(pilot)
        await presses(pilot, "u", "This will take back")
        await presses(pilot, "enter", "Taken back: “you changed CLAUDE.md”.")
        await sees(pilot, "8 entries")
        assert "Name the kettle." not in guide(past)
        await presses(pilot, "U", "This will bring back")
        await presses(pilot, "enter", "Brought back: “you changed CLAUDE.md”.")
        assert "Name the kettle." in guide(past)
        await presses(pilot, "U", "This will bring back")
        await presses(pilot, "enter", "10 entries")
        await presses(pilot, "U", "There is nothing to redo.")
        assert "shows what happened" not in lines(pilot)  # it is what the writer looks at


async def test_edits_that_are_no_entry_yet_are_named_and_not_touched_by_a_look(past: Path) -> None:
    past.joinpath("CLAUDE.md").write_text(f"{guide(past)}- Mine.\n", encoding="utf-8")
    before = head(past), guide(past)
    async with at_desk(past, SMALL) as pilot:
        await go(pilot)
        await presses(pilot, "u", "Your own edits of CLAUDE.md are kept as an entry first.")
        await sees(pilot, "- Mine. <!-- r3 -->")
        await presses(pilot, "escape", "Nothing was changed.")
    assert (head(past), guide(past)) == before


async def test_what_changed_since_it_was_shown_is_not_done(past: Path) -> None:
    async with at_desk(past, SMALL) as pilot:
        await go(pilot)
        await presses(pilot, "u", "This will take back")
        past.joinpath("CLAUDE.md").write_text(f"{guide(past)}- Mine.\n", encoding="utf-8")
        await presses(pilot, "enter", "The guidance changed meanwhile")
    assert guide(past).endswith("- Mine.\n")


async def test_back_to_the_version_of_an_entry(past: Path) -> None:
    async with at_desk(past, SMALL) as pilot:
        await go(pilot)
        await presses(pilot, "end b", "This will go back to version")
        await presses(pilot, "enter", "You are back at version")
        await sees(pilot, "« ")
    assert "Name the kettle." not in guide(past)


async def test_one_rule_is_chosen_and_goes(past: Path) -> None:
    async with at_desk(past, SMALL) as pilot:
        await go(pilot)
        await presses(pilot, "r", "r2 Name the kettle.")
        await presses(pilot, "j enter", "This will leave the guide without “Name the kettle.”.")
        await presses(pilot, "enter", "Your guide goes on without “Name the kettle.”")
    assert "Name the kettle." not in guide(past)
    assert "Be brief." in guide(past)


async def test_the_rules_of_an_entry_say_where_they_come_from(past: Path) -> None:
    git(
        past,
        "commit",
        "-q",
        "--allow-empty",
        "-m",
        "decide: accept it\n\nRedraft-Verb: decide\nRedraft-Rules: +r1 ~r2",
    )
    async with at_desk(past, SMALL) as pilot:
        await go(pilot)
        await presses(pilot, "w", "Which rule?")
        await presses(pilot, "j enter", "r2 Name the kettle.")
        await presses(pilot, "escape j w", "This entry is about no rule.")


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (("checkout", "-q", "--detach"), "detached HEAD"),
        (("merge", "-q", "--no-ff", "--no-commit", "side"), "A merge is under way in this repository."),
    ],
)
async def test_where_git_would_refuse_it_is_said_before(
    past: Path, command: tuple[str, ...], says: str
) -> None:
    git(past, "branch", "side", "HEAD~1")
    git(past, "checkout", "-q", "side")
    git(past, "commit", "-q", "--allow-empty", "-m", "elsewhere")
    git(past, "checkout", "-q", "-")
    git(past, *command)
    async with at_desk(past, SMALL) as pilot:
        await go(pilot)
        await presses(pilot, "u", says)
        await presses(pilot, "j b", says)


async def test_a_way_back_says_that_it_is_at_work_and_no_key_disturbs_it(past: Path) -> None:
    Slow.free.set()
    async with at_desk(past, world=Slow) as pilot:
        await go(pilot)
        await presses(pilot, "u", "Undo?")
        Slow.free.clear()
        try:
            await presses(pilot, "enter", "At work …")
            await pilot.press("u", "U", "r")
            assert "At work …" in lines(pilot)
        finally:
            Slow.free.set()
        await sees(pilot, "Taken back")
