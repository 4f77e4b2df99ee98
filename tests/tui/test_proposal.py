"""A proposal at the desk: seen from all sides, said in other words, decided."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.cli.conftest import git
from tests.cli.served import play
from tests.loopback import Loopback
from tests.tui.learning import at_proposal, guide, pair, replaces, two, undecided, waiting
from tests.tui.sitting import LARGE, SMALL, Slow, at_desk, lines, picture, sees, until
from tests.wire import Silence
from tui.widgets.prose import Prose

__all__ = ["pair", "two", "undecided", "waiting"]


@pytest.mark.parametrize("view", ["w", "t", "g"])
async def test_a_wide_window_is_used(
    project: Path, waiting: int, screen: SnapshotAssertion, view: str
) -> None:
    async with at_desk(project, LARGE) as pilot:
        await pilot.press("4")
        await sees(pilot, "Where it comes from")
        await pilot.press(view)
        await sees(pilot, {"w": "How it is held", "t": "held-out briefs", "g": "Plain words."}[view])
        assert await picture(pilot) == screen


async def test_a_part_is_accepted_in_one_step(project: Path, waiting: int) -> None:
    before = git(project, "rev-parse", "HEAD").strip()
    async with at_desk(project) as pilot:
        await pilot.press("4")
        await sees(pilot, "2 changes, all taken")
        await pilot.press("j", "space")
        await sees(pilot, "2 changes, 1 taken")
        await sees(pilot, "· left out")
        await pilot.press("a")
        await sees(pilot, "Your guide learned 1 change. 1 change not taken may come again.")
        await sees(pilot, "Your guide has 2 rules now.")
    assert "Use the short everyday word." in guide(project)
    assert "25 words" not in guide(project)
    assert git(project, "rev-parse", "HEAD^").strip() == before


async def test_one_change_is_rejected_while_the_other_is_accepted(project: Path, waiting: int) -> None:
    async with at_desk(project) as pilot:
        await pilot.press("4")
        await sees(pilot, "2 changes, all taken")
        await pilot.press("j", "x")
        await sees(pilot, "✗ never")
        await sees(pilot, "2 changes, 1 taken, 1 never")
        await pilot.press("x")
        await sees(pilot, "2 changes, all taken")
        await pilot.press("x", "a")
        await sees(pilot, "Your guide learned 1 change. 1 change will not be proposed again.")
    assert "25 words" not in guide(project)
    entry = git(project, "log", "-1", "--format=%B")
    assert "Redraft-Rejected: " in entry
    assert "1 change rejected" in entry


async def test_nothing_taken_is_nothing_accepted(project: Path, waiting: int) -> None:
    before = git(project, "rev-parse", "HEAD")
    async with at_proposal(project) as pilot:
        await pilot.press("space", "j", "space", "a")
        await sees(pilot, "Nothing is taken.")
    assert git(project, "rev-parse", "HEAD") == before


async def test_a_change_is_accepted_in_the_writers_words_and_its_check_with_it(
    project: Path, waiting: int, screen: SnapshotAssertion
) -> None:
    async with at_proposal(project) as pilot:
        await pilot.press("j", "e")
        await sees(pilot, "Change 2 in your words")
        await replaces(pilot, "Keep sentences to at most 20 words.")
        await pilot.press("enter")
        await sees(pilot, "✎ your words")
        await sees(pilot, "2 is checked as “Keep sentences to at most 20 words.” now.")
        await sees(pilot, "The test was of other words for 2: its numbers speak of those.")
        assert await picture(pilot) == screen
        await pilot.press("a")
        await sees(pilot, "Your guide learned 2 changes.")
    assert "- Keep sentences to at most 20 words. <!-- r3 -->" in guide(project)
    assert "high = 20" in project.joinpath("checks.toml").read_text(encoding="utf-8")


async def test_own_words_are_asked_for_in_a_window_that_says_its_keys(
    project: Path, waiting: int, screen: SnapshotAssertion
) -> None:
    async with at_proposal(project) as pilot:
        await pilot.press("j", "e")
        await sees(pilot, "Change 2 in your words")
        assert await picture(pilot) == screen


async def test_the_guide_is_shown_as_it_would_be_accepted(project: Path, waiting: int) -> None:
    async with at_desk(project, LARGE) as pilot:
        await pilot.press("4")
        await sees(pilot, "all taken")
        await pilot.press("j", "e")
        await sees(pilot, "Change 2 in your words")
        await replaces(pilot, "Keep sentences to at most 20 words.")
        await pilot.press("enter")
        await sees(pilot, "✎ your words")
        await pilot.press("g")
        await sees(pilot, "As you would accept it")
        after = pilot.app.screen.query_one("#after-text", Prose)
        assert "- Keep sentences to at most 20 words.\n" in after.text
        assert "high = 20" in after.text
        await pilot.press("w", "k", "space")
        await until(pilot, lambda: "short everyday word" not in after.text)
        assert "- Keep sentences to at most 20 words.\n" in after.text
        text = after.text
        await pilot.press("a")
        await sees(pilot, "Your guide learned 1 change.")
    read = re.sub(" <!-- r. -->", "", guide(project))
    checks = project.joinpath("checks.toml").read_text(encoding="utf-8")
    headings = "── Your style guide (CLAUDE.md) ──", "── What is checked in every draft (checks.toml) ──"
    assert text == f"{headings[0]}\n\n{read}\n{headings[1]}\n\n{checks}"


async def test_a_guide_without_what_is_left_out(project: Path, waiting: int) -> None:
    async with at_desk(project, LARGE) as pilot:
        await pilot.press("4")
        await sees(pilot, "all taken")
        await pilot.press("space", "j", "space", "g")
        await sees(pilot, "Nothing is taken")
        after = pilot.app.screen.query_one("#after-text", Prose)
        await until(pilot, lambda: "- Be brief." in after.text)
        assert "25 words" not in after.text


async def test_words_that_the_guide_says_already_are_told_before_they_count(
    project: Path, waiting: int
) -> None:
    async with at_proposal(project) as pilot:
        await pilot.press("e")
        await replaces(pilot, "Be brief.")
        await pilot.press("enter")
        await sees(pilot, "Your words would not pass: Said twice")
        await pilot.press("a")
        await sees(pilot, "Take it all the same? Your words do not pass")
        assert guide(project).count("Be brief.") == 1
        await pilot.press("enter")
        await sees(pilot, "Your guide learned")
    assert guide(project).count("Be brief.") == 2


async def test_esc_leaves_the_words_as_they_were(project: Path, waiting: int) -> None:
    async with at_proposal(project) as pilot:
        await pilot.press("e")
        await replaces(pilot, "Other.")
        await pilot.press("escape")
        await sees(pilot, "Esc once more throws it away")
        await pilot.press("escape")
        await until(pilot, lambda: "in your words" not in lines(pilot))
        assert "✎" not in lines(pilot)


async def test_what_the_gate_did_not_accept_is_taken_after_a_yes_and_that_is_written_down(
    project: Path, undecided: int
) -> None:
    async with at_proposal(project, "The test cannot decide it.") as pilot:
        await sees(pilot, "Told to the model only")
        await pilot.press("a")
        await sees(pilot, "Take it all the same? The test did not confirm proposal 1")
        await pilot.press("escape")
        await sees(pilot, "Nothing is accepted yet.")
        assert "Be kind." not in guide(project)
        await pilot.press("f", "escape")
        assert "Be kind." not in guide(project)
        await pilot.press("f", "y")
        await sees(pilot, "Your guide learned 1 change.")
    assert "Be kind." in guide(project)
    assert "Redraft-Forced-By: user" in git(project, "log", "-1", "--format=%B")


async def test_a_yes_to_what_accept_asks_takes_what_the_gate_did_not_accept(
    project: Path, undecided: int
) -> None:
    async with at_proposal(project, "The test cannot decide it.") as pilot:
        await pilot.press("a")
        await sees(pilot, "Take it all the same?")
        await pilot.press("enter")
        await sees(pilot, "Your guide learned 1 change.")
    assert "Redraft-Forced-By: user" in git(project, "log", "-1", "--format=%B")


async def test_a_proposal_is_rejected_after_a_yes(project: Path, waiting: int) -> None:
    async with at_proposal(project) as pilot:
        await pilot.press("r")
        await sees(pilot, "Reject proposal 1?")
        await pilot.press("escape", "r", "enter")
        await sees(pilot, "it will not be proposed again")
        await sees(pilot, "What is new since you decided last")
    assert "Use the short everyday word." not in guide(project)
    assert "Redraft-Decision: reject" in git(project, "log", "-1", "--format=%B")


@pytest.mark.parametrize("view", ["w", "t", "g"])
async def test_a_proposal_that_is_read_is_never_left_for_a_new_start_by_mistake(
    project: Path, waiting: int, claude: Loopback, view: str
) -> None:
    asked = len(claude.requests)
    async with at_proposal(project) as pilot:
        await pilot.press(view, "tab", "enter", "escape")
        await pilot.press("l")
        await sees(pilot, "Learn again?")
        await pilot.press("escape")
        await sees(pilot, "2 changes, all taken")
        assert len(claude.requests) == asked
        await pilot.press("l", "enter")
        await sees(pilot, "Proposal 1 is here")


async def test_a_decision_says_that_it_is_at_work_and_no_key_disturbs_it(project: Path, two: None) -> None:
    Slow.free.set()
    async with at_desk(project, world=Slow) as pilot:
        await pilot.press("4")
        await sees(pilot, "Proposal 1 (1 of 2")
        Slow.free.clear()
        try:
            await pilot.press("a")
            await sees(pilot, "Accepting proposal 1 …")
            await pilot.press("a", "r", "right_square_bracket", "a", "f")
            assert not pilot.app.screen.is_modal
        finally:
            Slow.free.set()
        await sees(pilot, "Your guide learned 1 change.")
        await sees(pilot, "Proposal 2")
        await pilot.press("r", "enter")
        await sees(pilot, "Proposal 2 is rejected")
    assert "Be kind." not in guide(project)


async def test_keys_go_between_the_proposals_that_wait(
    project: Path, two: None, screen: SnapshotAssertion
) -> None:
    async with at_desk(project) as pilot:
        await pilot.press("4")
        await sees(pilot, "Proposal 1 (1 of 2, see [ and ])")
        await pilot.press("right_square_bracket")
        await sees(pilot, "Proposal 2 (2 of 2")
        await sees(pilot, "Be kind.")
        assert await picture(pilot) == screen
        await pilot.press("right_square_bracket")
        await sees(pilot, "Proposal 1 (1 of 2")
        await pilot.press("a")
        await sees(pilot, "Your guide learned 1 change.")
        await sees(pilot, "Your guide changed since this was proposed. f takes it; g shows")
        assert "! Your guide" not in lines(pilot)
        await pilot.press("r", "y")
        await sees(pilot, "What is new since you decided last")


async def test_a_guide_that_changed_since_is_said_and_it_can_be_taken_all_the_same(
    project: Path, waiting: int
) -> None:
    project.joinpath("CLAUDE.md").write_text(guide(project) + "\nMore of my own.\n", encoding="utf-8")
    async with at_desk(project) as pilot:
        await pilot.press("4")
        await sees(pilot, "! Your guide changed since this was tested, as it does when you accept another")
        await sees(pilot, "l tests it anew, f takes it as it is.")
        await pilot.press("a")
        await sees(pilot, "so its numbers do not hold")
        await pilot.press("escape", "f", "enter")
        await sees(pilot, "Your guide learned 2 changes.")
    assert "More of my own." in guide(project)
    assert "Use the short everyday word." in guide(project)


async def test_git_that_refuses_leaves_the_proposal_waiting(project: Path, waiting: int) -> None:
    git(project, "checkout", "-q", "--detach")
    async with at_proposal(project) as pilot:
        await pilot.press("a")
        await sees(pilot, "✗")
        await sees(pilot, "2 changes, all taken")
    assert "Use the short everyday word." not in guide(project)
    assert git(project, "for-each-ref", "refs/redraft/proposals")


async def test_the_drafts_before_and_after_stand_against_the_final_and_cost_a_yes(
    project: Path, waiting: int, claude: Loopback, screen: SnapshotAssertion
) -> None:
    asked = len(claude.requests)
    async with at_proposal(project) as pilot:
        await pilot.press("d")
        await sees(pilot, "Whose drafts, before and after?")
        await sees(pilot, "rain with your final")
        await pilot.press("enter")
        await sees(pilot, "about 2 questions")
        assert len(claude.requests) == asked
        await pilot.press("enter")
        await sees(pilot, "before: your final changes 17%")
        await sees(pilot, "after: your final changes 0%")
        await sees(pilot, "It grew from one draft, and any other is further from it")
        await sees(pilot, "We utilize a kettle outdoors. We use a kettle outdoors.")
        assert await picture(pilot) == screen
        await pilot.press("d", "down", "down", "enter")
        await sees(pilot, "Write bread twice")
        await pilot.press("enter")
        await sees(pilot, "bread, both drafts under the same conditions; no final: what differs.")
        await pilot.press("escape")
        await sees(pilot, "Where it comes from")


async def test_drafts_that_are_being_written_can_be_stopped(
    project: Path, waiting: int, claude: Loopback
) -> None:
    play(claude, Silence(), Silence())
    project.joinpath("briefs/new.md").write_text("A new brief.\n", encoding="utf-8")
    async with at_proposal(project) as pilot:
        await pilot.press("d")
        await sees(pilot, "new no final")
        await pilot.press("end", "up", "down", "enter")
        await sees(pilot, "Write new twice")
        await pilot.press("enter")
        await sees(pilot, "Writing new before and after… Esc stops.")
        await pilot.press("escape")
        await sees(pilot, "Whose drafts")


async def test_a_tiny_window_breaks_nothing(project: Path, two: None) -> None:
    async with at_desk(project) as pilot:
        await pilot.press("4")
        await sees(pilot, "Where it comes from")
        before = await picture(pilot)
        await pilot.resize_terminal(20, 5)
        await pilot.press("t", "g", "d", "escape", "space", "space")
        await pilot.resize_terminal(*SMALL)
        await sees(pilot, "Where it comes from")
        assert await picture(pilot) == before


async def test_a_click_looks_at_a_change_and_chooses_a_view(project: Path, waiting: int) -> None:
    async with at_proposal(project) as pilot:
        row = next(row for row, line in enumerate(lines(pilot).splitlines()) if "2 + rule r3" in line)
        await pilot.click(offset=(3, row))
        await sees(pilot, "A check looks at every draft for just that.")
        assert "in your words" not in lines(pilot)
        row, line = next(
            (row, line) for row, line in enumerate(lines(pilot).splitlines()) if "t Test" in line
        )
        await pilot.click(offset=(line.index("t Test") + 2, row))
        await sees(pilot, "held-out briefs")
