"""Saying what is wrong with a draft, beside the passage it is about."""

from __future__ import annotations

from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.cli.conftest import Redraft, git, written
from tests.tui.saying import TEA, critiques, margin_says, reads, said, tea
from tests.tui.sitting import LARGE, SMALL, at_desk, lines, picture, sees, still, types, until

__all__ = ["tea"]


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "160x48"])
async def test_critiques_and_notes_stand_beside_their_passages(
    tea: Path, redraft: Redraft, screen: SnapshotAssertion, size: tuple[int, int]
) -> None:
    said(tea, redraft, "tea", "Say 'use' instead of 'utilize'.")
    said(tea, redraft, "tea", "Say what it sounds like.", "--quote", "wait for the steam to rise")
    async with at_desk(tea, size) as pilot:
        await reads(pilot, "tea", "Say what it sounds like.")
        await pilot.press("n", "n", "n")
        await margin_says(pilot, "no check can tell")
        assert await picture(pilot) == screen


async def test_a_sentence_is_selected_and_spoken_of(tea: Path, redraft: Redraft) -> None:
    async with at_desk(tea) as pilot:
        await reads(pilot, "tea", "We utilize a very")
        await pilot.press("down", "down", "v", "enter")
        await sees(pilot, "About “We utilize a very small kettle.”")
        await types(pilot, "Say 'use' instead of 'utilize'.")
        await pilot.press("enter")
        says = 'will be mended by itself: Use "use" instead of "utilize". a check puts it right where it'
        await margin_says(pilot, says)
        await sees(pilot, "Kept. Will be mended by itself: a check puts it right")
        assert "▌ Say 'use'" in lines(pilot)
    (kept,) = critiques(tea, redraft)
    assert kept["critique"]["quote"] == "We utilize a very small kettle."
    assert git(tea, "log", "-1", "--format=%s").startswith("critique: tea: Say 'use'")


async def test_without_a_selection_it_is_about_the_whole_draft(tea: Path, redraft: Redraft) -> None:
    async with at_desk(tea) as pilot:
        await reads(pilot, "tea", "We utilize")
        await pilot.press("v", "escape", "enter")
        await sees(pilot, "About the whole draft:")
        await types(pilot, "Warmer.")
        await pilot.press("enter")
        await sees(pilot, "● the whole draft")
    assert critiques(tea, redraft)[0]["critique"]["quote"] == ""


async def test_the_second_of_two_same_passages_is_meant_where_it_was_selected(
    tea: Path, redraft: Redraft
) -> None:
    async with at_desk(tea) as pilot:
        await reads(pilot, "tea", "Then we utilize")
        await pilot.press("down", "down", "down", "down", "down", "home", "ctrl+right", "ctrl+right", "right")
        await pilot.press("ctrl+shift+right", "enter")
        await sees(pilot, "About “utilize” (number 2 of 2 such places):")
        await types(pilot, "Plainer.")
        await pilot.press("enter")
        await sees(pilot, "● “utilize”")
    assert critiques(tea, redraft)[0]["passage"][0] == TEA.rindex("utilize")


async def test_a_passage_may_reach_over_paragraphs(tea: Path, redraft: Redraft) -> None:
    async with at_desk(tea) as pilot:
        await reads(pilot, "tea", "We utilize")
        await pilot.press("down", "down", *["shift+down"] * 3, "shift+end", "enter")
        await types(pilot, "Too slow a start.")
        await pilot.press("enter")
        await sees(pilot, "Too slow a start.")
    quote = critiques(tea, redraft)[0]["critique"]["quote"]
    assert quote.startswith("We utilize a very")
    assert "\n\nThen we" in quote


async def test_y_copies_what_is_selected_or_the_draft(tea: Path) -> None:
    async with at_desk(tea) as pilot:
        await reads(pilot, "tea", "We utilize")
        await pilot.press("y")
        assert pilot.app.clipboard == TEA.rstrip()
        await pilot.press("down", "down", "v", "y")
        assert pilot.app.clipboard == "We utilize a very small kettle."


async def test_a_critique_is_said_in_other_words(tea: Path, redraft: Redraft) -> None:
    said(tea, redraft, "tea", "Too lnog.", "--quote", "the steam to rise")
    async with at_desk(tea) as pilot:
        await reads(pilot, "tea", "Too lnog.")
        await pilot.press("n", "n", "e")
        await sees(pilot, "In other words:")
        await pilot.press(*["backspace"] * 5)
        await types(pilot, "long.")
        await pilot.press("enter")
        await sees(pilot, "Too long.")
        assert "lnog" not in lines(pilot)
    assert [kept["critique"]["text"] for kept in critiques(tea, redraft)] == ["Too long."]


async def test_a_critique_is_deleted_after_a_question(tea: Path, redraft: Redraft) -> None:
    said(tea, redraft, "tea", "Too stiff.")
    async with at_desk(tea) as pilot:
        await reads(pilot, "tea", "Too stiff.")
        await pilot.press("n", "d")
        await sees(pilot, "Delete this critique?")
        await pilot.press("escape")
        await pilot.pause()
        assert "Too stiff." in lines(pilot)
        await pilot.press("d")
        await sees(pilot, "Delete this critique?")
        await pilot.press("enter")
        await sees(pilot, "Deleted: nothing is learned from it.")
        await until(pilot, lambda: "Too stiff." not in lines(pilot))
    assert critiques(tea, redraft) == []


async def test_what_was_learned_from_says_so_and_stays(tea: Path, redraft: Redraft, learned: None) -> None:
    async with at_desk(tea) as pilot:
        await reads(pilot, "tea", "✓ Learned from: it became r2.")
        await pilot.press("n", "e")
        await sees(pilot, "This was learned from: it became r2. It stays as it is.")
        await pilot.press("d")
        await pilot.pause()
        assert "Delete this" not in lines(pilot)
        await pilot.press("tab", "w")
        await sees(pilot, "you said")
        await sees(pilot, "“Never say 'garden'.”")


@pytest.fixture
def learned(tea: Path, redraft: Redraft) -> None:
    """A critique that became rule r2."""
    said(tea, redraft, "tea", "Never say 'garden'.")
    assert redraft("-C", tea, "learn", "--reviser", "mine").code == 0
    assert redraft("-C", tea, "decide", "1", "--force").code == 0


async def test_words_that_are_in_no_draft_any_more_are_about_an_earlier_one(
    tea: Path, redraft: Redraft
) -> None:
    said(tea, redraft, "tea", "Cut this.", "--quote", "Nothing else has to be done.")
    written(tea, "tea", "A cup, a stone, the sun.\n\n" * 30)  # longer than the window
    async with at_desk(tea) as pilot:
        await reads(pilot, "tea", "about an earlier draft: “Nothing else has to be done.” Cut this.")


async def test_a_note_of_a_check_is_answered_with_enter(tea: Path, redraft: Redraft) -> None:
    async with at_desk(tea) as pilot:
        await reads(pilot, "tea", "very")
        await pilot.press("tab", "down", "enter")
        await sees(pilot, "About “very”")
        await types(pilot, "Here it may stay.")
        await pilot.press("enter")
        await sees(pilot, "● “very”")
    assert critiques(tea, redraft)[0]["passage"] == [TEA.index("very"), TEA.index("very") + 4]


async def test_a_long_critique_has_lines_of_its_own(tea: Path, redraft: Redraft) -> None:
    async with at_desk(tea) as pilot:
        await reads(pilot, "tea", "We utilize")
        await pilot.press("enter")
        await types(pilot, "One.")
        await pilot.press("ctrl+j")
        await types(pilot, "Two. " + "It goes on and on. " * 12)
        await sees(pilot, "One. Two. It goes on")
        await pilot.press("enter")
        await sees(pilot, "Kept.")
    assert critiques(tea, redraft)[0]["critique"]["text"].startswith("One.\nTwo. It goes")


async def test_a_brief_without_a_draft_says_what_to_do(project: Path) -> None:
    async with at_desk(project) as pilot:
        await reads(pilot, "tea", "“tea” has no draft yet. Press 1 for Write, then Enter")
        await pilot.press("enter", "v", "e", "d", "w", "n")
        await pilot.pause()
        assert "no draft yet" in lines(pilot)


async def test_of_a_held_out_brief_it_says_that_nothing_is_learned(project: Path, redraft: Redraft) -> None:
    written(project, "bread", "It smells of bread.")
    async with at_desk(project) as pilot:
        await reads(pilot, "bread", "held out: what you say is kept, never learned from")
        await pilot.press("enter")
        await types(pilot, "Warmer.")
        await pilot.press("enter")
        await sees(pilot, "is held out: this critique is kept, never learned from.")


async def test_brackets_signs_and_other_scripts_are_shown_as_they_are(
    project: Path, redraft: Redraft
) -> None:
    written(project, "tea", "[b]茶[/b]在外面更好喝。🍵 We \x1b[31mutilize it.\r\n\r\n户外的水。")
    said(project, redraft, "tea", "[red]太长[/] 🍵 [/nothing]", "--quote", "户外的水")
    async with at_desk(project) as pilot:
        await reads(pilot, "tea", "[red]太长[/] 🍵 [/nothing]")
        assert "[b]茶[/b]在外面" in lines(pilot)
        assert "\x1b" not in lines(pilot)
        await pilot.press("n", "enter")
        await sees(pilot, "About the whole draft")
        await pilot.press("escape", "v", "enter")
        await types(pilot, "[/b] 好")
        await pilot.press("enter")
        await margin_says(pilot, "[/b] 好")


async def test_what_git_refuses_is_said_and_the_words_stay(tea: Path, redraft: Redraft) -> None:
    async with at_desk(tea) as pilot:
        await reads(pilot, "tea", "We utilize")
        await pilot.press("enter")
        await types(pilot, "Warmer.")
        tea.joinpath(".git/MERGE_HEAD").write_text(git(tea, "rev-parse", "HEAD"), encoding="utf-8")
        await pilot.press("enter")
        await sees(pilot, "✗")
        assert "Warmer." in lines(pilot)
        tea.joinpath(".git/MERGE_HEAD").unlink()
        await pilot.press("enter")
        await sees(pilot, "Kept.")


async def test_a_remark_is_chosen_by_a_click(tea: Path, redraft: Redraft) -> None:
    said(tea, redraft, "tea", "Too slow.", "--quote", "the steam to rise")
    async with at_desk(tea) as pilot:
        await reads(pilot, "tea", "Too slow.")
        row = next(number for number, line in enumerate(lines(pilot).split("\n")) if "Too slow." in line)
        await pilot.click(offset=(60, row))
        await until(pilot, lambda: "▌ Too slow." in lines(pilot))


async def test_in_the_margin_home_and_end_lead_to_the_first_remark_and_the_last(
    tea: Path, redraft: Redraft
) -> None:
    for words in ("First thing.", "Third thing."):
        said(tea, redraft, "tea", words)
    async with at_desk(tea) as pilot:
        await reads(pilot, "tea", "Third thing.")
        await pilot.press("tab", "home")
        await until(pilot, lambda: "▌ First thing." in lines(pilot))
        await pilot.press("up")
        last = await still(pilot)
        assert "▌ First thing." not in last
        await pilot.press("home")
        await until(pilot, lambda: "▌ First thing." in lines(pilot))
        await pilot.press("end")
        await until(pilot, lambda: lines(pilot) == last)


async def test_the_smallest_terminal_and_back_loses_nothing(tea: Path, redraft: Redraft) -> None:
    said(tea, redraft, "tea", "Too slow.", "--quote", "the steam to rise")
    async with at_desk(tea) as pilot:
        await reads(pilot, "tea", "Too slow.")
        await pilot.press("enter")
        await types(pilot, "And more")
        await pilot.resize_terminal(20, 5)
        await pilot.pause()
        await pilot.resize_terminal(*SMALL)
        await sees(pilot, "And more")
        await sees(pilot, "Too slow.")
