"""Correct: an editor that is made for prose."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion
from textual.pilot import Pilot

from tests.adapters.test_spelling import PLAYED
from tests.cli.conftest import written
from tests.tui.correcting import DRAFT, FINAL, correcting, edits, here, text
from tests.tui.sitting import SMALL, lines, picture, sees, types, until

# -- an editor for prose ---------------------------------------------------------------------------


async def test_words_are_looked_for_from_the_list_too(drafted: Path) -> None:
    async with correcting(drafted) as pilot:
        assert not here(pilot).final.has_focus
        await pilot.press("ctrl+r")
        await types(pilot, "THE")
        await sees(pilot, "4 found")


async def test_found_and_replaced(drafted: Path) -> None:
    async with correcting(drafted) as pilot:
        await pilot.press("enter", "ctrl+home", "ctrl+r")
        await types(pilot, "THE")
        await sees(pilot, "4 found")
        await pilot.press("enter")
        await sees(pilot, "1 of 4")
        await pilot.press("up")
        await sees(pilot, "4 of 4")
        here(pilot).query_one("#whole").value = True  # type: ignore[attr-defined]
        await sees(pilot, "3 of 3")
        here(pilot).query_one("#case").value = True  # type: ignore[attr-defined]
        await sees(pilot, "not found")
        here(pilot).query_one("#case").value = False  # type: ignore[attr-defined]
        await pilot.click("#instead")
        await types(pilot, "a")
        await pilot.press("enter")
        await sees(pilot, "of 2")
        await pilot.click("#all")
        await sees(pilot, "2 places replaced")
        assert " the " not in text(pilot)
        await pilot.press("escape")
        assert here(pilot).final.has_focus
        await pilot.press("ctrl+z")
        assert text(pilot).count("the ") >= 2


async def test_tab_leads_from_what_is_found_to_what_takes_its_place(drafted: Path) -> None:
    async with correcting(drafted) as pilot:
        await pilot.press("enter", "ctrl+home", "ctrl+r")
        await types(pilot, "tea")
        await pilot.press("tab")
        await types(pilot, "cocoa")
        await pilot.press("enter", "enter")
        await until(pilot, lambda: "cocoa" in text(pilot).lower())


async def test_what_was_looked_for_is_found_again_when_the_line_is_closed(drafted: Path) -> None:
    async with correcting(drafted) as pilot:
        await pilot.press("enter", "ctrl+home", "ctrl+f")
        await types(pilot, "e")
        await sees(pilot, "found")
        await pilot.press("enter", "escape", "f3", "f3")
        editor = here(pilot).final
        third = [place for place, char in enumerate(text(pilot)) if char == "e"][2]
        await until(pilot, lambda: editor.selected == (third, third + 1))
        await types(pilot, "o")
        assert text(pilot)[third] == "o"
        editor.put("All is long.")
        await pilot.press("f3")
        await sees(pilot, "“e” is not in your text.")


async def test_all_places_are_replaced_however_many(project: Path, state: Path) -> None:
    written(project, "tea", "Tea, tea and tea again.\n\n" * 4000)
    async with correcting(project) as pilot:
        await pilot.press("enter", "ctrl+r")
        await types(pilot, "tea")
        await sees(pilot, "10000+ found")
        await pilot.click("#instead")
        await types(pilot, "rain")
        await pilot.click("#all")
        await sees(pilot, "12,000 places replaced")
        assert "tea" not in text(pilot).lower()
        await pilot.press("escape", "ctrl+z")
        assert text(pilot).lower().count("tea") == 12_000


async def test_only_the_paragraph_at_the_cursor(drafted: Path, screen: SnapshotAssertion) -> None:
    async with correcting(drafted) as pilot:
        await edits(pilot)
        await pilot.press("f5")
        await pilot.pause()
        assert "Draft" not in lines(pilot)
        assert await picture(pilot) == screen
        await pilot.press("f5")
        await sees(pilot, "Draft")


async def test_one_side_or_both(drafted: Path) -> None:
    async with correcting(drafted) as pilot:
        await pilot.press("f6")
        await pilot.pause()
        assert lines(pilot).count("# Tea outdoors") == 1
        assert "Your text" in lines(pilot)
        await pilot.press("f6")
        await pilot.pause()
        assert lines(pilot).count("# Tea outdoors") == 1
        assert "Your text" not in lines(pilot)
        await pilot.press("f6")
        await until(pilot, lambda: lines(pilot).count("# Tea outdoors") == 2)


async def test_who_writes_goes_on_writing_when_the_text_is_there_again(drafted: Path) -> None:
    async with correcting(drafted) as pilot:
        await pilot.press("enter", "f6", "f6")
        await until(pilot, lambda: here(pilot).sides.draft.has_focus)
        await pilot.press("f6")
        await until(pilot, lambda: here(pilot).final.has_focus)
        await pilot.press("f6", "X")
        await until(pilot, lambda: text(pilot).startswith("X"))


async def test_finding_leads_back_to_where_it_was_begun(drafted: Path) -> None:
    async with correcting(drafted) as pilot:
        await pilot.press("slash", *"rain", "enter", "escape")
        await until(pilot, lambda: here(pilot).list.has_focus)
        await pilot.press("enter", "ctrl+f", "enter", "escape")
        await until(pilot, lambda: here(pilot).final.has_focus)


async def test_what_was_said_of_a_text_goes_with_it(drafted: Path) -> None:
    async with correcting(drafted) as pilot:
        await edits(pilot)
        await pilot.press("f8", "ctrl+t")
        await sees(pilot, "Taken back: the draft's words are here again.")
        await pilot.press("ctrl+z")
        await until(pilot, lambda: "Taken back" not in lines(pilot))


@pytest.fixture
def played(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A checker is installed that a test plays."""
    program = tmp_path / "bin/hunspell"
    program.parent.mkdir()
    program.write_text(PLAYED, encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")


@pytest.mark.usefixtures("played")
async def test_misspelt_words(drafted: Path) -> None:
    async with correcting(drafted) as pilot:
        await edits(pilot, f"teh xqzw\n\n{DRAFT}")
        await pilot.press("f7")
        await sees(pilot, "Spelling by en_US (hunspell).")
        await pilot.press("f7")
        await sees(pilot, "“teh” is in no dictionary")
        await pilot.press("enter")
        await pilot.press("f7")
        await sees(pilot, "“xqzw” is in no dictionary")
        await pilot.press("enter")
        await sees(pilot, "“xqzw” is one of your words now.")
        await pilot.press("f7")
        await sees(pilot, "No misspelt word")
        assert text(pilot).startswith("the xqzw\n")


@pytest.mark.usefixtures("played")
async def test_spelling_begins_at_the_cursor_and_goes_round(drafted: Path) -> None:
    many = "The kettle is on the stove. " * 40
    async with correcting(drafted) as pilot:
        await edits(pilot, f"teh {many}\n\n{DRAFT}\n\n{many}xqzw\n")
        here(pilot).final.select(4, 4)
        await pilot.press("f7")
        await sees(pilot, "Spelling by en_US (hunspell).")
        for word in ("xqzw", "teh", "xqzw"):
            await pilot.press("f7")
            await sees(pilot, f"“{word}” is in no dictionary")
            await pilot.press("escape")
            await until(pilot, partial(_selected, pilot, word))


def _selected(pilot: Pilot[None], word: str) -> bool:
    return here(pilot).final.selected_text == word


@pytest.mark.usefixtures("played")
async def test_a_checker_that_ends_is_a_sentence_and_the_desk_stays(drafted: Path) -> None:
    async with correcting(drafted) as pilot:
        await edits(pilot)
        await pilot.press("f7")
        await sees(pilot, "Spelling by")
        await types(pilot, "die ")
        await sees(pilot, "The spelling checker ended.")
        await pilot.press("backspace", "backspace", "backspace", "backspace", "f7")
        await sees(pilot, "Spelling by")
        assert text(pilot) == FINAL


@pytest.mark.usefixtures("played")
async def test_a_word_that_cannot_be_remembered_is_a_sentence_and_stays_misspelt(
    drafted: Path, tmp_path: Path
) -> None:
    async with correcting(drafted) as pilot:
        await edits(pilot, f"xqzw\n\n{DRAFT}")
        await pilot.press("f7")
        await sees(pilot, "Spelling by")
        words = tmp_path / "data/redraft/words.txt"
        words.parent.mkdir(parents=True)
        words.write_bytes(b"Gr\xf6\xdfe\n")
        await pilot.press("f7")
        await sees(pilot, "“xqzw” is in no dictionary")
        await pilot.press("enter")
        await sees(pilot, "is not UTF-8")
        assert words.read_bytes() == b"Gr\xf6\xdfe\n"
        await pilot.press("f7")
        await sees(pilot, "“xqzw” is in no dictionary")


async def test_without_a_dictionary_spelling_is_off_and_says_why(
    drafted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with correcting(drafted) as pilot:
        monkeypatch.setenv("PATH", str(tmp_path))
        await pilot.press("f7")
        await sees(pilot, "There is no spelling checker on this computer.")


async def test_where_the_screen_cannot_be_left_no_editor_opens(
    drafted: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EDITOR", "true")
    async with correcting(drafted) as pilot:
        await pilot.press("f4")
        await sees(pilot, "No editor can be opened from in here.")
        assert text(pilot) == DRAFT


@pytest.mark.parametrize("size", [(20, 5), (40, 10)])
async def test_a_tiny_window_and_back(drafted: Path, size: tuple[int, int]) -> None:
    async with correcting(drafted) as pilot:
        await edits(pilot)
        await pilot.resize_terminal(*size)
        await pilot.press("X")
        await pilot.resize_terminal(*SMALL)
        await sees(pilot, "Draft")
        assert text(pilot) == f"X{FINAL}"
