"""Words of a critique that were not sent."""

from __future__ import annotations

import shutil
from pathlib import Path

from loop.adapters.lock import project_lock
from loop.adapters.unsaved import UnsavedText
from tests.cli.conftest import Redraft, written
from tests.tui.saying import TEA, critiques, margin_says, reads, said, tea
from tests.tui.sitting import at_desk, desk_of, lines, sees, types, until

__all__ = ["tea"]


async def test_words_that_were_not_sent_are_there_when_one_comes_back(tea: Path) -> None:
    async with at_desk(tea) as pilot:
        await reads(pilot, "tea", "We utilize")
        await pilot.press("down", "down", "v", "enter")
        await types(pilot, "Too sti")
        await pilot.press("escape")
        await sees(pilot, "words not sent yet")
        await pilot.press("7", "2")
        await pilot.press("enter")
        await sees(pilot, "Too sti")
        await sees(pilot, "About “We utilize a very small kettle.”")
        desk_of(pilot).brief = "rain"
        await sees(pilot, "“rain” has no draft yet.")
        desk_of(pilot).brief = "tea"
        await sees(pilot, "words not sent yet")
        await pilot.press("enter")
        await sees(pilot, "Too sti")


async def test_a_draft_that_changes_while_one_types_costs_neither_passage_nor_words(
    tea: Path, redraft: Redraft
) -> None:
    async with at_desk(tea) as pilot:
        await reads(pilot, "tea", "We utilize")
        await pilot.press("down", "down", "v", "enter")
        await types(pilot, "Plainer.")
        written(tea, "tea", f"A new beginning.\n\n{TEA}")
        desk_of(pilot).changed()
        await sees(pilot, "A new beginning.")
        await pilot.press("enter")
        await margin_says(pilot, "Plainer.")
    assert critiques(tea, redraft)[0]["critique"]["quote"] == "We utilize a very small kettle."


async def test_a_passage_that_is_gone_when_it_is_sent_is_said_and_the_words_stay(tea: Path) -> None:
    async with at_desk(tea) as pilot:
        await reads(pilot, "tea", "We utilize")
        await pilot.press("down", "down", "v", "enter")
        await types(pilot, "Plainer.")
        written(tea, "tea", "Water, leaves, a cup, and the whole long afternoon in front of us.")
        await pilot.press("enter")
        await sees(pilot, "is another one now, so your words were not kept.")
        await sees(pilot, "Water, leaves, a cup")
        await pilot.press("enter")
        await sees(pilot, "does not say “We utilize a very small kettle.”")
        assert "Plainer." in lines(pilot)


async def test_words_that_were_not_sent_outlive_the_desk_with_their_passage(
    tea: Path, redraft: Redraft
) -> None:
    async with at_desk(tea) as pilot:
        await reads(pilot, "tea", "Then we utilize")
        await pilot.press("down", "down", "v", "enter")
        await types(pilot, "Too stiff.")
    async with at_desk(tea) as pilot:
        await reads(pilot, "tea", "Then we utilize")
        await sees(pilot, "Words that you typed here and did not send are back. → Enter goes on with them")
        await sees(pilot, "words not sent yet")
        await pilot.press("enter")
        await sees(pilot, "About “We utilize a very small kettle.”")
        await sees(pilot, "Too stiff.")
        await types(pilot, " Plainer.")
        await pilot.press("enter")
        await margin_says(pilot, "Too stiff. Plainer.")
    (kept,) = critiques(tea, redraft)
    assert kept["critique"]["text"] == "Too stiff. Plainer."
    assert kept["critique"]["quote"] == "We utilize a very small kettle."
    async with at_desk(tea) as pilot:
        await reads(pilot, "tea", "Then we utilize")
        await margin_says(pilot, "Too stiff. Plainer.")
        assert "not sen" not in lines(pilot)


async def test_other_words_for_a_critique_outlive_the_desk_too(tea: Path, redraft: Redraft) -> None:
    async with at_desk(tea) as pilot:
        await reads(pilot, "tea", "Then we utilize")
        await pilot.press("enter")
        await types(pilot, "Warmer.")
        await pilot.press("enter")
        await margin_says(pilot, "Warmer.")
        await pilot.press("e")
        await types(pilot, " Much.")
    async with at_desk(tea) as pilot:
        await reads(pilot, "tea", "Warmer.")
        await sees(pilot, "did not send are back. → n goes to what you said, and e goes on with them")
        await pilot.press("n", "e")
        await sees(pilot, "Warmer. Much.")
        await pilot.press("enter")
        await margin_says(pilot, "Warmer. Much.")
    assert [kept["critique"]["text"] for kept in critiques(tea, redraft)] == ["Warmer. Much."]


async def test_words_are_written_down_while_they_are_typed(tea: Path) -> None:
    async with at_desk(tea) as pilot:
        await reads(pilot, "tea", "Then we utilize")
        await pilot.press("enter")
        await types(pilot, "Too sti")
        waiting = UnsavedText(tea, "say:tea")
        await until(pilot, lambda: [one.unsaved.text for one in waiting.found()] == ["Too sti"])
        await pilot.press(*["backspace"] * 7)
        await until(pilot, lambda: not waiting.found())


async def test_words_that_cannot_be_written_down_are_asked_about_before_one_leaves(
    tea: Path, home: Path
) -> None:
    async with at_desk(tea) as pilot:
        await reads(pilot, "tea", "Then we utilize")
        shutil.rmtree(home / ".local/state")
        home.joinpath(".local/state").write_text("no folder can be here", encoding="utf-8")
        await pilot.press("enter")
        await types(pilot, "Too sti")
        await sees(pilot, "Your words could not be written down for now")
        await pilot.press("ctrl+q")
        await sees(pilot, "Your words about “tea” are not sent, and could not be written down anywhere else.")
        await pilot.press("escape")
        home.joinpath(".local/state").unlink()
        await sees(pilot, "Your words are written down again.")


async def test_what_is_typed_while_words_are_kept_stays(tea: Path, redraft: Redraft) -> None:
    async with at_desk(tea) as pilot:
        await reads(pilot, "tea", "We utilize")
        await pilot.press("enter")
        await types(pilot, "Too stiff.")
        with project_lock(tea):  # another redraft is at work: the critique has to wait for its turn
            await pilot.press("enter")
            await sees(pilot, "Keeping it…")
            await types(pilot, " And long.")
        await until(pilot, lambda: len(critiques(tea, redraft)) == 1)
        await sees(pilot, "Kept.")
        await sees(pilot, "Too stiff. And long.")
        assert pilot.app.focused is not None
        assert pilot.app.focused.has_focus_within
        await pilot.press("escape")
        await sees(pilot, "words not sent yet")


async def test_words_that_are_sent_while_one_goes_to_another_draft_do_not_come_back(
    tea: Path, redraft: Redraft
) -> None:
    written(tea, "rain", "The rain.")
    async with at_desk(tea) as pilot:
        await reads(pilot, "tea", "We utilize")
        await pilot.press("enter")
        await types(pilot, "Too stiff.")
        await until(pilot, lambda: UnsavedText(tea, "say:tea").found())
        with project_lock(tea):
            await pilot.press("enter")
            await sees(pilot, "Keeping it…")
            desk_of(pilot).brief = "rain"
            await sees(pilot, "The rain.")
        await until(pilot, lambda: len(critiques(tea, redraft)) == 1)
        await until(pilot, lambda: not UnsavedText(tea, "say:tea").found())
        desk_of(pilot).brief = "tea"
        await sees(pilot, "We utilize")
        assert "are back" not in lines(pilot)


async def test_other_words_for_a_critique_that_is_deleted_go_with_it(tea: Path, redraft: Redraft) -> None:
    said(tea, redraft, "tea", "Too slow.")
    async with at_desk(tea) as pilot:
        await reads(pilot, "tea", "Too slow.")
        await pilot.press("n", "e")
        await sees(pilot, "In other words")
        await types(pilot, " By far.")
        await pilot.press("escape", "d")
        await sees(pilot, "Delete this critique?")
        await pilot.press("y")
        await sees(pilot, "Deleted")
    async with at_desk(tea) as pilot:
        await reads(pilot, "tea", "We utilize")
        assert "are back" not in lines(pilot)
