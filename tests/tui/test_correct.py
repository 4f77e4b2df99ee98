"""Correct: a writer makes a draft theirs, change by change."""

from __future__ import annotations

import asyncio
import json
import shutil
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion
from textual.pilot import Pilot

from tests.cli.conftest import git, written
from tests.tui.correcting import DRAFT, FINAL, correcting, edits, here, text
from tests.tui.sitting import LARGE, SMALL, at_desk, desk_of, lines, picture, sees, types, until


def final(project: Path) -> str:
    return project.joinpath("finals/tea.md").read_bytes().decode()


def excluded(project: Path) -> list[str]:
    """What is not to be learned from the one pair."""
    (pair,) = project.joinpath("pairs").glob("*.json")
    ids: list[str] = json.loads(pair.read_text(encoding="utf-8"))["excluded"]
    return ids


# -- what is seen ----------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "160x48"])
async def test_the_draft_stands_beside_the_text(
    drafted: Path, screen: SnapshotAssertion, size: tuple[int, int]
) -> None:
    async with correcting(drafted, size) as pilot:
        await edits(pilot)
        await pilot.press("f8")
        await sees(pilot, "Change 1 of 3")
        assert await picture(pilot) == screen


async def test_the_list_of_changes(drafted: Path, screen: SnapshotAssertion) -> None:
    async with correcting(drafted) as pilot:
        await edits(pilot)
        await pilot.press("escape", "k", "x")
        await sees(pilot, "kept out of learning")
        assert await picture(pilot) == screen


async def test_another_draft_is_chosen_here(drafted: Path) -> None:
    async with correcting(drafted) as pilot:
        await pilot.press("b")
        await sees(pilot, "Which draft?")
        await pilot.press("up", "enter")
        await sees(pilot, "Rain falls.")


async def test_without_a_brief_it_is_said_what_to_do(drafted: Path) -> None:
    shutil.rmtree(drafted / "briefs")
    async with at_desk(drafted) as pilot:
        await pilot.press("3")
        await sees(pilot, "1 leads to Write")
        await pilot.press("b")
        await sees(pilot, "There is no draft yet.")


async def test_a_brief_without_a_draft_says_where_one_is_written(drafted: Path) -> None:
    async with at_desk(drafted) as pilot:
        desk_of(pilot).brief = "bread"
        await pilot.press("3")
        await sees(pilot, "“bread” has no draft yet. 1 leads to Write")
        desk_of(pilot).brief = "tea"
        await sees(pilot, "Tea outdoors")


async def test_what_is_typed_is_marked_soon(drafted: Path) -> None:
    async with correcting(drafted) as pilot:
        await pilot.press("enter", "ctrl+home")
        await types(pilot, "My tea ")
        await sees(pilot, "→ My tea #")
        await pilot.press(*["backspace"] * 7)
        await sees(pilot, "No changes yet")
        await sees(pilot, "as it was drafted")


async def test_words_are_counted_and_those_selected(drafted: Path) -> None:
    async with correcting(drafted) as pilot:
        await sees(pilot, "35 words")
        await pilot.press("enter", "ctrl+home", "shift+down", "shift+down", "shift+down")
        await sees(pilot, "8 of 35 words")


async def test_both_sides_show_the_same_passage(project: Path) -> None:
    draft = "\n\n".join(f"Paragraph {number} says little." for number in range(60)) + "\n"
    written(project, "tea", draft)
    async with correcting(project) as pilot:
        await edits(pilot, "A new beginning.\n\n" * 20 + draft)
        await until(pilot, lambda: len(here(pilot).sides.now.changes) >= 1)
        here(pilot).final.scroll_to(y=120, animate=False, immediate=True)
        await pilot.pause()

        def level() -> bool:
            rows = [line.split("│") for line in lines(pilot).splitlines()[2:16]]
            both = [(row[0].strip(), row[1].strip(" ▁▂▃▄▅▆▇█")) for row in rows if len(row) > 1]
            said = [(left, right) for left, right in both if left.startswith("Paragraph")]
            return len(said) > 2 and all(left[:13] == right[:13] for left, right in said)

        await until(pilot, level)
        here(pilot).sides.draft.scroll_to(y=30, animate=False, immediate=True)
        await until(pilot, level)


# -- each change -----------------------------------------------------------------------------------


async def test_a_change_is_taken_back_and_comes_again(drafted: Path) -> None:
    async with correcting(drafted) as pilot:
        await edits(pilot)
        await pilot.press("f8", "f8")
        await sees(pilot, "Change 2 of 3 style: begins → starts")
        await pilot.press("ctrl+t")
        await sees(pilot, "Taken back")
        assert text(pilot) == FINAL.replace("starts", "begins")
        await pilot.press("ctrl+z")
        await sees(pilot, "of 3")
        assert text(pilot) == FINAL


async def test_from_change_to_change_and_back_round_the_ends(drafted: Path) -> None:
    async with correcting(drafted) as pilot:
        await edits(pilot)
        await pilot.press("shift+f8")
        await sees(pilot, "Change 3 of 3")
        await pilot.press("alt+down")
        await sees(pilot, "Change 1 of 3")
        await pilot.press("escape", "n")
        await sees(pilot, "Change 2 of 3")
        await pilot.press("p")
        await sees(pilot, "Change 1 of 3")
        await pilot.press("enter")
        assert here(pilot).final.has_focus
        row, column = here(pilot).final.cursor_location
        assert here(pilot).final.document.get_line(row)[column:].startswith("use a kettle")


async def test_a_change_is_taken_back_where_it_stands_though_one_types_on(project: Path, state: Path) -> None:
    words = "\n\n".join(f"Paragraph {number} says little." for number in range(800)) + "\n"
    written(project, "tea", words)
    async with correcting(project) as pilot:
        await edits(pilot, words.replace("little", "much"))
        await pilot.press("f8", "f8")
        await sees(pilot, "Change 2 of 800")
        here(pilot).final.insert("A beginning. ", (0, 0))  # the long texts are compared anew
        pilot.app.simulate_key("ctrl+t")
        await asyncio.sleep(0.1)
        here(pilot).final.insert("At the very ", (0, 0))  # before they are
        await sees(pilot, "Taken back")
        back = text(pilot)
        assert back.startswith("At the very A beginning. Paragraph 0 says ")
        assert back.count("says little.\n") == 1
        assert back.count("says much.\n") == 799


async def test_all_are_taken_back_as_one_step(drafted: Path) -> None:
    async with correcting(drafted) as pilot:
        await edits(pilot)
        await pilot.press("escape", "T")
        await sees(pilot, "Taken back: 3 changes")
        assert text(pilot) == DRAFT
        await pilot.press("ctrl+z")
        assert text(pilot) == FINAL


async def test_many_are_taken_back_after_a_question(project: Path, state: Path) -> None:
    words = "\n\n".join(f"Paragraph {number} says little." for number in range(6)) + "\n"
    written(project, "tea", words)
    async with correcting(project) as pilot:
        await edits(pilot, words.replace("little", "much"))
        await pilot.press("escape", "T")
        await sees(pilot, "The draft's words come back in 6 places.")
        await pilot.press("escape")
        await pilot.pause()
        assert "much" in text(pilot)
        await pilot.press("T", "enter")
        await sees(pilot, "Taken back: 6 changes.")
        assert text(pilot) == words


async def test_looked_at_one_by_one(drafted: Path) -> None:
    async with correcting(drafted) as pilot:
        await edits(pilot)
        await pilot.press("f8", "f9")
        await sees(pilot, "1 of 3 looked at")
        await sees(pilot, "Change 2 of 3")
        await pilot.press("escape", "k", "k")
        await sees(pilot, "All 3 changes looked at. → Ctrl+S")


async def test_a_cursor_in_no_change_takes_nothing_back(drafted: Path) -> None:
    async with correcting(drafted) as pilot:
        await edits(pilot)
        await pilot.press("ctrl+t")
        await sees(pilot, "The cursor stands in no change")
        assert text(pilot) == FINAL


async def test_kept_with_what_is_not_to_be_learned_and_why(drafted: Path) -> None:
    async with correcting(drafted, LARGE) as pilot:
        await notes_an_edit(pilot)
        await pilot.press("f8", "ctrl+l")
        await sees(pilot, "kept out of learning")
        await pilot.press("ctrl+s")
        await sees(pilot, "The final is kept: 3 changes")
        await sees(pilot, "1 note with it.")
        await sees(pilot, "1 change kept out of learning.")
        await sees(pilot, "Your final")
        assert final(drafted) == FINAL
        assert len(excluded(drafted)) == 1
        assert "> utilize\n\na long word" in drafted.joinpath("critiques/tea.md").read_text(encoding="utf-8")
        assert not list(drafted.parent.joinpath("state").rglob("*.json"))


async def test_a_kept_note_stands_with_its_change_until_it_is_deleted_in_say(drafted: Path) -> None:
    async with correcting(drafted, LARGE) as pilot:
        await notes_an_edit(pilot)
        await pilot.press("ctrl+s", "escape")
        await sees(pilot, "utilize → use “a long word”, kept in Say")
    async with correcting(drafted, LARGE) as pilot:
        await sees(pilot, "utilize → use “a long word”, kept in Say")
        await pilot.press("o")
        await sees(pilot, "Kept in Say: “a long word”")
        await pilot.press("escape", "2")
        await sees(pilot, "● “utilize”")
        await pilot.press("n", "d")
        await sees(pilot, "Delete this critique?")
        await pilot.press("enter")
        await sees(pilot, "Nothing is said yet")
        await pilot.press("3")
        await sees(pilot, "utilize → use")
        await until(pilot, lambda: "a long word" not in lines(pilot))


async def test_a_note_waits_until_another_draft_is_compared(drafted: Path) -> None:
    async with correcting(drafted, LARGE) as pilot:
        await notes_an_edit(pilot)
        await pilot.press("ctrl+s", "escape")
        await sees(pilot, "“a long word”, kept in Say")
        place = here(pilot)
        kept, place.critiques = place.critiques, ()
        place.sides.draft.load_text("Other words.\n")
        place.sides.again()
        place.hear(kept)
        assert not place.verdicts.said


async def test_a_note_on_words_at_the_beginning_stands_with_them(drafted: Path) -> None:
    async with correcting(drafted, LARGE) as pilot:
        await edits(pilot, DRAFT.replace("Why", "Dear reader! Why"))
        await pilot.press("escape", "o")
        await types(pilot, "greet first")
        await pilot.press("enter", "ctrl+s")
        await sees(pilot, "“greet first”, kept in Say")
    critiques = drafted.joinpath("critiques/tea.md").read_text(encoding="utf-8")
    assert "> Why does tea taste better outdoors?\n\ngreet first" in critiques


async def test_a_click_in_the_list_leads_into_the_text(drafted: Path) -> None:
    async with correcting(drafted) as pilot:
        await edits(pilot)
        await pilot.press("escape")
        await sees(pilot, "3 deletion")
        row = next(number for number, line in enumerate(lines(pilot).splitlines()) if "2  style" in line)
        await pilot.click(offset=(10, row))
        await sees(pilot, "Change 2 of 3")
        assert here(pilot).final.has_focus


# -- keeping ---------------------------------------------------------------------------------------


async def test_the_final_of_this_draft_is_gone_on_with(drafted: Path) -> None:
    async with correcting(drafted) as pilot:
        await edits(pilot)
        await pilot.press("ctrl+s")
        await sees(pilot, "The final is kept")
    async with correcting(drafted) as pilot:
        await sees(pilot, "Your final")
        assert text(pilot) == FINAL
        await sees(pilot, "· kept")


@pytest.mark.parametrize("ends", ["\r\n", "\n"])
async def test_what_is_kept_is_what_was_shown_byte_for_byte(project: Path, ends: str) -> None:
    odd = (
        f"one{ends}\ttwo\x0c three\u2028four{ends}אבג d\u0301 \U0001f469\u200d\U0001f680 [b]x[/b] \x85{ends}"
    )
    written(project, "tea", odd)
    project.joinpath("drafts/tea.md").write_bytes(odd.encode())
    async with correcting(project) as pilot:
        await pilot.press("enter", "ctrl+end", "X", "enter", "Y")
        await pilot.press("ctrl+s")
        await sees(pilot, "The final is kept")
    assert final(project) == f"{odd}X{ends}Y"


async def notes_an_edit(pilot: Pilot[None]) -> None:
    await edits(pilot)
    await pilot.press("f8", "ctrl+o")
    await sees(pilot, "Why this change?")
    await types(pilot, "a long word")
    await pilot.press("enter")
    await sees(pilot, "“a long word”")


async def test_a_note_whose_change_is_written_on_is_kept_once(drafted: Path) -> None:
    async with correcting(drafted, LARGE) as pilot:
        await notes_an_edit(pilot)
        await pilot.press("X")
        await sees(pilot, "utilize → Xuse")
        await pilot.press("ctrl+s")
        await sees(pilot, "1 note with it.")
        await sees(pilot, "· kept")
        assert "not kept yet" not in lines(pilot)
    assert drafted.joinpath("critiques/tea.md").read_text(encoding="utf-8").count("a long word") == 1
    assert not list(drafted.parent.joinpath("state").rglob("*.json"))


async def test_a_note_on_a_change_that_was_taken_back_comes_again_with_it(drafted: Path) -> None:
    async with correcting(drafted, LARGE) as pilot:
        await notes_an_edit(pilot)
        await pilot.press("ctrl+t")
        await sees(pilot, "Taken back")
        await pilot.press("ctrl+s")
        await sees(pilot, "The final is kept: 2 changes")
        await sees(pilot, "· kept")
        await pilot.press("ctrl+z")
        await sees(pilot, "“a long word”")
        await sees(pilot, "not kept yet")


async def test_a_text_that_is_written_on_is_not_called_kept(drafted: Path) -> None:
    async with correcting(drafted) as pilot:
        await edits(pilot)
        await pilot.press("ctrl+s")
        await sees(pilot, "The final is kept")
        await types(pilot, "!")
        await sees(pilot, "not kept yet")
        assert "The final is kept" not in lines(pilot)


async def test_an_empty_text_is_not_kept(drafted: Path) -> None:
    async with correcting(drafted) as pilot:
        await edits(pilot, "")
        await pilot.press("ctrl+s")
        await sees(pilot, "The final is empty, so nothing was kept.")
        await pilot.press("ctrl+z")
        assert text(pilot) == DRAFT


async def test_what_git_refuses_is_said_and_the_text_is_there(drafted: Path) -> None:
    async with correcting(drafted) as pilot:
        await edits(pilot)
        git(drafted, "checkout", "--detach")
        await pilot.press("ctrl+s")
        await sees(pilot, "✗")
        await sees(pilot, "not kept yet")
        assert text(pilot) == FINAL
        git(drafted, "checkout", "-")
        await pilot.press("ctrl+s")
        await sees(pilot, "The final is kept")


async def test_marks_keep_their_colours_in_the_paragraph_at_the_cursor(drafted: Path) -> None:
    async with correcting(drafted) as pilot:
        await edits(pilot)
        await pilot.press("f8", "right", "right", "right", "right", "right")
        await pilot.pause()
        styles = {
            segment.text: segment.style.color
            for strip in pilot.app.screen._compositor.render_strips()
            for segment in strip
            if segment.style is not None and segment.text in {"use", "utilize", " begins"}
        }
        assert len(set(styles.values())) == len(styles) == 2
