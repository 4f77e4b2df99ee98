"""Correct: what others do meanwhile, and what was not kept, is told; nothing is lost."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest

from loop.adapters.lock import project_lock
from loop.adapters.unsaved import Unsaved, UnsavedText, unsaved_folder
from loop.model import content_id
from tests.cli.conftest import Redraft, written
from tests.tui.correcting import DRAFT, FINAL, correcting, edits, here, text
from tests.tui.sitting import desk_of, goes, lines, sees, until


def left(project: Path, words: str, *, about: str) -> None:
    """Somebody typed it, did not keep it, and is gone."""
    dead = UnsavedText(project, "correct:tea")
    dead.write(Unsaved(text=words, at=time.time(), about=about), dead.turn())
    dead.leave()


# -- what others do meanwhile ----------------------------------------------------------------------


async def test_a_draft_that_was_written_meanwhile_is_said_and_the_text_stays(drafted: Path) -> None:
    async with correcting(drafted) as pilot:
        await edits(pilot)
        written(drafted, "tea", "A new draft.\n")
        desk_of(pilot).changed()
        await sees(pilot, "The draft of “tea” is another one now; yours stays as it is.")
        await pilot.press("ctrl+s")
        await sees(pilot, "your text was not kept")
        assert text(pilot) == FINAL
        await pilot.press("f2")
        await sees(pilot, "A new draft.")
        assert text(pilot) == "A new draft.\n"
        await pilot.press("ctrl+z")
        assert text(pilot) == FINAL


async def test_a_text_that_nobody_touched_follows_the_project(drafted: Path) -> None:
    async with correcting(drafted) as pilot:
        drafted.joinpath("drafts/tea.md").write_text("In the file.\n", encoding="utf-8")
        desk_of(pilot).changed()
        await sees(pilot, "was changed meanwhile: this is how it is now.")
        assert text(pilot) == "In the file.\n"
        written(drafted, "tea", "A new draft.\n")
        desk_of(pilot).changed()
        await sees(pilot, "“tea” has a new draft: this is it.")
        assert text(pilot) == "A new draft.\n"


async def test_a_new_draft_says_where_the_final_of_the_one_before_is(drafted: Path) -> None:
    async with correcting(drafted) as pilot:
        await edits(pilot)
        await pilot.press("ctrl+s")
        await sees(pilot, "The final is kept")
        written(drafted, "tea", "A new draft.\n")
        desk_of(pilot).changed()
        await sees(pilot, "your final of the one before is kept")


async def test_what_changes_while_the_writer_is_elsewhere_is_read_when_they_come_back(drafted: Path) -> None:
    async with correcting(drafted) as pilot:
        page = here(pilot).final
        await goes(pilot, "write")
        written(drafted, "tea", "A new draft.\n")
        desk_of(pilot).changed()
        await pilot.pause(1)
        assert page.taken() == DRAFT  # nobody sees it: nothing was read
        await pilot.press("3")
        await sees(pilot, "“tea” has a new draft: this is it.")
        assert text(pilot) == "A new draft.\n"


# -- another brief meanwhile -----------------------------------------------------------------------


LONG = "\n\n".join(f"Paragraph {number} says little of tea." for number in range(3000)) + "\n"
"""With a final of it, this draft takes a while to be read."""


@pytest.fixture
def once_long(drafted: Path, redraft: Redraft) -> Path:
    """A long draft of “tea” had a final; then a short one was written."""
    written(drafted, "tea", LONG)
    final = drafted.parent / "mine.md"
    final.write_text(LONG.replace("little", "much"), encoding="utf-8")
    assert redraft("-C", drafted, "correct", "tea", "--file", final).code == 0
    written(drafted, "tea", DRAFT)
    return drafted


async def test_what_was_asked_about_one_brief_is_not_shown_of_another(once_long: Path) -> None:
    async with correcting(once_long) as pilot:
        written(once_long, "tea", LONG)
        await pilot.press("f2")
        desk_of(pilot).brief = "rain"
        await sees(pilot, "Rain falls.")
        await pilot.pause(4)
        assert text(pilot) == "Rain falls.\n"


async def test_a_final_is_kept_of_its_own_brief_though_another_is_chosen(drafted: Path) -> None:
    async with correcting(drafted) as pilot:
        await edits(pilot)
        with project_lock(drafted):  # another redraft is at work: the final has to wait for its turn
            await pilot.press("ctrl+s")
            desk_of(pilot).brief = "rain"
            await pilot.pause(1)
        await sees(pilot, "Rain falls.")
        await sees(pilot, "as it was drafted")
        await until(pilot, drafted.joinpath("finals/tea.md").exists)
        await pilot.pause(1)
        assert "as it was drafted" in lines(pilot)
        assert text(pilot) == "Rain falls.\n"
    assert drafted.joinpath("finals/tea.md").read_text(encoding="utf-8") == FINAL
    assert not drafted.joinpath("finals/rain.md").exists()


# -- what is not kept ------------------------------------------------------------------------------


async def test_a_text_that_was_not_kept_comes_back(drafted: Path) -> None:
    async with correcting(drafted) as pilot:
        await edits(pilot)
        await pilot.press("f8", "ctrl+l")
        await sees(pilot, "kept out of learning")
    async with correcting(drafted) as pilot:
        await sees(pilot, "not kept yet, is back.")
        assert text(pilot) == FINAL
        await pilot.press("escape")
        await sees(pilot, "kept out of learning")
        await pilot.press("enter", "ctrl+z")
        assert text(pilot) == DRAFT
        await pilot.press("ctrl+y")
        assert text(pilot) == FINAL
        await pilot.press("escape", "u")
        await sees(pilot, "and with it what you said of learning from 1 change, for good.")
        await pilot.press("n", "u")
        await sees(pilot, "for good.")
        await pilot.press("enter")
        await sees(pilot, "Thrown away")
        assert text(pilot) == DRAFT
    async with correcting(drafted) as pilot:
        assert "is back" not in lines(pilot)


async def test_who_only_looks_at_what_was_there_before_loses_nothing(drafted: Path) -> None:
    for words in ("An older text.", "A newer text."):
        left(drafted, words, about=content_id(DRAFT))
    async with correcting(drafted) as pilot:
        await sees(pilot, "not kept yet, is back.")
        assert text(pilot) == "A newer text."
        await pilot.press("enter", "ctrl+z")
        assert text(pilot) == "An older text."
        await until(pilot, lambda: len(UnsavedText(drafted, "correct:tea").found()) == 3)  # resting a while
        await pilot.press("ctrl+z")
        assert text(pilot) == DRAFT
        await pilot.press("escape")
    async with correcting(drafted) as pilot:
        await sees(pilot, "not kept yet, is back.")
        assert text(pilot) == "A newer text."
        await pilot.press("enter", "ctrl+z")
        assert text(pilot) == "An older text."
        await pilot.press("ctrl+z", "escape", "u")
        await sees(pilot, "Thrown away")
    async with correcting(drafted) as pilot:
        assert "is back" not in lines(pilot)


async def test_a_text_that_was_kept_all_the_same_does_not_come_back(drafted: Path) -> None:
    left(drafted, DRAFT, about=content_id(DRAFT))
    async with correcting(drafted) as pilot:
        assert "is back" not in lines(pilot)
    assert not UnsavedText(drafted, "correct:tea").found()


async def test_a_text_that_cannot_be_made_out_is_told_and_stays(drafted: Path) -> None:
    left(drafted, "Old words.", about="x")
    (torn,) = unsaved_folder().glob("*.json")
    torn.write_text('{"text": "Old wo', encoding="utf-8")
    async with correcting(drafted) as pilot:
        await sees(pilot, "A text of yours that was not kept cannot be made out")
    assert torn.exists()


async def test_from_one_brief_to_another_and_back(drafted: Path) -> None:
    async with correcting(drafted) as pilot:
        await edits(pilot)
        desk_of(pilot).brief = "rain"
        await sees(pilot, "Rain falls.")
        desk_of(pilot).brief = "tea"
        await sees(pilot, "not kept yet, is back.")
        assert text(pilot) == FINAL


async def test_a_text_that_was_given_up_for_the_projects_is_offered_until_it_is_kept(drafted: Path) -> None:
    async with correcting(drafted) as pilot:
        await edits(pilot)
        await pilot.press("f2")
        await sees(pilot, "This is what is in the project now.")
    async with correcting(drafted) as pilot:
        await sees(pilot, "that was not kept was set aside for this one. → Ctrl+Y shows it")
        assert text(pilot) == DRAFT
        await pilot.press("enter", "ctrl+y")
        assert text(pilot) == FINAL
        await pilot.press("ctrl+s")
        await sees(pilot, "The final is kept")
    async with correcting(drafted) as pilot:
        assert text(pilot) == FINAL
        assert "set aside" not in lines(pilot)


async def test_another_redraft_on_the_same_text_is_said(drafted: Path) -> None:
    other = UnsavedText(drafted, "correct:tea")
    other.write(Unsaved(text="Theirs.", at=1, about="x"), other.turn())
    async with correcting(drafted) as pilot:
        await sees(pilot, "Another redraft is at work on this text")
        await edits(pilot)
    assert {found.unsaved.text for found in UnsavedText(drafted, "correct:tea").found()} == {"Theirs.", FINAL}


async def test_a_text_of_an_earlier_draft_does_not_take_this_ones_place(drafted: Path) -> None:
    left(drafted, "Old words.", about="x")
    async with correcting(drafted) as pilot:
        await sees(pilot, "is about an earlier draft")
        assert text(pilot) == DRAFT
        await pilot.press("enter", "ctrl+y")
        assert text(pilot) == "Old words."


async def test_a_text_of_an_earlier_draft_is_offered_until_it_is_thrown_away(drafted: Path) -> None:
    left(drafted, "Old words.", about="x")
    async with correcting(drafted) as pilot:
        await sees(pilot, "is about an earlier draft")
        await edits(pilot)
        await pilot.press("escape", "u")
        await sees(pilot, "this is what is in the project")
    async with correcting(drafted) as pilot:
        await sees(pilot, "is about an earlier draft")
        await pilot.press("u")
        await sees(pilot, "Thrown away: what was not kept before.")
    async with correcting(drafted) as pilot:
        assert "earlier draft" not in lines(pilot)


async def test_a_text_of_an_earlier_draft_that_is_kept_is_not_offered_again(drafted: Path) -> None:
    left(drafted, "Old words.\n", about="x")
    async with correcting(drafted) as pilot:
        await sees(pilot, "is about an earlier draft")
        await pilot.press("enter", "ctrl+y", "ctrl+s")
        await sees(pilot, "The final is kept")
    assert not UnsavedText(drafted, "correct:tea").found()


async def test_a_full_disk_is_said_and_typing_goes_on(drafted: Path, state: Path) -> None:
    async with correcting(drafted) as pilot:
        shutil.rmtree(state, ignore_errors=True)
        state.write_text("no folder can be here", encoding="utf-8")
        await pilot.press("enter", "ctrl+home", "X")
        await sees(pilot, "could not be written down for now")
        await pilot.press("Y", "ctrl+end", "ctrl+t")
        await sees(pilot, "The cursor stands in no change")
        await pilot.press("escape", "enter")
        await pilot.pause()
        assert "could not be written down" not in lines(pilot), "it is said once"
        assert text(pilot) == f"XY{DRAFT}"
        state.unlink()
        await sees(pilot, "is written down again")


async def test_a_text_that_lies_nowhere_is_not_left_for_another_brief(drafted: Path, state: Path) -> None:
    async with correcting(drafted) as pilot:
        shutil.rmtree(state, ignore_errors=True)
        state.write_text("no folder can be here", encoding="utf-8")
        await pilot.press("enter", "ctrl+home", "X")
        await sees(pilot, "could not be written down for now")
        await pilot.press("escape", "b")
        await sees(pilot, "Which draft?")
        await pilot.press("up", "enter")
        await sees(pilot, "could not be written down anywhere else. → So it stays here: Ctrl+S keeps it")
        assert text(pilot) == f"X{DRAFT}"
        state.unlink()
        await sees(pilot, "is written down again")
        await pilot.press("escape", "b")
        await sees(pilot, "Which draft?")
        await pilot.press("up", "enter")
        await sees(pilot, "Rain falls.")
