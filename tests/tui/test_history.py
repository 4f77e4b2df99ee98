"""History: what happened, what it changed, and every way back, as a writer sees it."""

from __future__ import annotations

import subprocess
from pathlib import Path

from syrupy.assertion import SnapshotAssertion

from loop.adapters.git_log import message
from loop.model import Entry, LogEntry
from tests.cli.conftest import Redraft, git
from tests.cli.served import play, play_texts
from tests.loopback import Loopback
from tests.tui.looking_back import go, guide, head, measured, past, presses
from tests.tui.sitting import LARGE, SMALL, at_desk, desk_of, lines, picture, sees, types
from tests.wire import Says
from tui.places.history import Here
from tui.widgets.entries import SIGNS, sign_of

__all__ = ["past"]


def test_every_sign_of_the_list_is_its_own_and_is_explained() -> None:
    rejected = LogEntry(
        sha="1", parent="", when="", author="", subject="", verb="decide", trailers={"Decision": "reject"}
    )
    signs = [*SIGNS.values(), sign_of(rejected)]
    assert len(set(signs)) == len(signs)
    assert [sign for sign in signs if f"`{sign}`" not in Here.HELP] == []


# -- the list, and what an entry did ---------------------------------------------------------------


async def test_everything_that_was_kept_stands_in_the_list_newest_first(
    past: Path, screen: SnapshotAssertion
) -> None:
    async with at_desk(past, SMALL) as pilot:
        await go(pilot)
        await sees(pilot, "- - Say it once. <!-- r3 -->")
        assert await picture(pilot) == screen


async def test_a_large_window_shows_entry_and_both_curves_beside_the_list(
    past: Path, screen: SnapshotAssertion
) -> None:
    for version, fired in (("11aa11aa11aa", (True, True, False)), ("22bb22bb22bb", (False, True, False))):
        measured(past, version, fired)
    async with at_desk(past, LARGE) as pilot:
        await go(pilot)
        await sees(pilot, "(2 measurements)")
        await sees(pilot, "(2 pieces)")
        await presses(pilot, "j j", "+ - Say it once.")
        assert await picture(pilot) == screen


async def test_a_correction_shows_the_words_that_were_changed(past: Path) -> None:
    async with at_desk(past, SMALL) as pilot:
        await go(pilot)
        await presses(pilot, "end", "finals/tea.md")
        await presses(pilot, "end", "[-utilize-]{+use+}")


async def test_y_copies_the_entry_and_in_a_window_the_text_of_a_version(past: Path) -> None:
    async with at_desk(past, LARGE) as pilot:
        await go(pilot)
        await sees(pilot, "CLAUDE.md +")
        await pilot.press("y")
        assert "took back" in pilot.app.clipboard
        assert "- Say it once." in pilot.app.clipboard
        await presses(pilot, "enter", "1 change")
        await pilot.press("y")
        assert pilot.app.clipboard == guide(past)
        await pilot.press("tab", "y")
        assert pilot.app.clipboard == guide(past) + "- Say it once. <!-- r3 -->\n"


async def test_text_in_brackets_and_other_scripts_is_shown_as_it_is(past: Path) -> None:
    said = "critique: tea: \x1b[2Jred [bold]x[/nothing]\n\nRedraft-Verb: critique"
    git(past, "commit", "-q", "--allow-empty", "-m", said)
    async with at_desk(past, LARGE) as pilot:
        await go(pilot)
        await sees(pilot, "red [bold]x[/nothing]")
        await sees(pilot, "said of tea: Too [b]stiff[/b]. 温")
        assert "\x1b" not in lines(pilot)


async def test_enter_shows_an_entry_in_full_size(past: Path, screen: SnapshotAssertion) -> None:
    async with at_desk(past, SMALL) as pilot:
        await go(pilot)
        await pilot.press("end", "enter")
        await sees(pilot, "your final")
        await sees(pilot, "2 changes")
        assert await picture(pilot) == screen
        await presses(pilot, "escape", "everything redraft kept")


async def test_a_long_history_is_read_page_by_page_and_searched_as_a_whole(project: Path) -> None:
    import_critiques(project, 900)
    async with at_desk(project, LARGE) as pilot:
        await go(pilot)
        await sees(pilot, "200 entries and more")
        await pilot.press(*["pagedown"] * 12)
        await sees(pilot, "400 entries and more")
        await presses(pilot, "end", "900 entries, everything")
        await sees(pilot, "› ” 2023-11-14 23:13")
        await presses(pilot, "slash", "words, brief, rule")
        await types(pilot, "tea 517.")
        await sees(pilot, "1 entry, found for “tea 517.”")
        await presses(pilot, "escape", "200 entries and more")


async def test_what_is_not_in_the_history_is_said(past: Path) -> None:
    async with at_desk(past, SMALL) as pilot:
        await go(pilot)
        await pilot.press("slash")
        await types(pilot, "zebra")
        await sees(pilot, "Nothing in the history has “zebra”.")
        await presses(pilot, "escape", "7 entries, everything")


async def test_an_empty_history_says_what_will_stand_there(project: Path) -> None:
    async with at_desk(project, SMALL) as pilot:
        await pilot.press("5")
        await sees(pilot, "Nothing happened yet.")
        await presses(pilot, "u", "There is nothing to undo.")
        await presses(pilot, "a", "start")


async def test_what_is_typed_elsewhere_stands_there_too(past: Path, redraft: Redraft) -> None:
    async with at_desk(past, SMALL) as pilot:
        await go(pilot)
        assert redraft("-C", past, "critique", "rain", "Drier, please.").code == 0
        await sees(pilot, "said of rain: Drier, please.")


async def test_no_window_is_too_small(past: Path) -> None:
    async with at_desk(past, SMALL) as pilot:
        await go(pilot)
        await pilot.resize_terminal(20, 5)
        await pilot.press("j", "c", "c", "c")
        await pilot.resize_terminal(80, 24)
        await sees(pilot, "7 entries")


# -- two versions ----------------------------------------------------------------------------------


async def test_the_newest_entry_has_nothing_behind_it_to_compare_with(past: Path) -> None:
    async with at_desk(past, SMALL) as pilot:
        await go(pilot)
        await presses(pilot, "v", "Nothing has changed since this entry.")
        assert not pilot.app.screen.is_modal


async def test_two_versions_stand_side_by_side_the_older_one_at_the_left(
    past: Path, screen: SnapshotAssertion
) -> None:
    past.joinpath("prompts/draft.md").write_text(
        "{{guidance}}\n\nTwo sentences: {{brief}}\n", encoding="utf-8"
    )
    async with at_desk(past, SMALL) as pilot:
        await go(pilot)
        await presses(pilot, "m", "Marked: took back")
        await presses(pilot, "j j enter", "Two versions")
        await sees(pilot, "1 change")
        assert await picture(pilot) == screen
        await presses(pilot, "escape escape", "Nothing is marked.")
        await presses(pilot, "v", "now, as it is on disk")
        await sees(pilot, "CLAUDE.md prompts/draft.md 1 of 2")
        await presses(pilot, "right_square_bracket", "Two sentences:")


async def test_a_brief_is_written_by_both_when_the_cost_was_said(claude: Loopback, past: Path) -> None:
    async with at_desk(past, LARGE) as pilot:
        await go(pilot)
        desk_of(pilot).brief = "tea"
        await presses(pilot, "j j v", "Two versions")
        await presses(pilot, "o", "Which brief shall both write?")
        await presses(pilot, "enter", "Write both drafts?")
        await sees(pilot, "claude-sonnet-5-5 about 2 questions, 114 tokens, $0.0006")
        assert not claude.requests
        play_texts(claude, "A slow kettle.", "A quick kettle.")
        await presses(pilot, "enter", "draft of tea")
        await sees(pilot, "A quick kettle.")
        assert len(claude.requests) == 2


async def test_writing_by_both_is_stopped_with_esc(claude: Loopback, past: Path) -> None:
    play(claude, *[Says(pieces=("Slow ", "words ") * 50, pause=0.1)] * 2)
    async with at_desk(past, LARGE) as pilot:
        await go(pilot)
        await presses(pilot, "j j v", "Two versions")
        await presses(pilot, "o", "Which brief")
        await presses(pilot, "enter", "Write both drafts?")
        await presses(pilot, "enter", "words so far")
        await presses(pilot, "escape", "Stopped.")
        await presses(pilot, "escape", "everything redraft kept")


async def test_a_model_that_fails_is_said_and_the_comparison_stays(claude: Loopback, past: Path) -> None:
    play(claude, *[Says(cut_after=1)] * 20)
    async with at_desk(past, LARGE) as pilot:
        await go(pilot)
        await presses(pilot, "j j v", "Two versions")
        await presses(pilot, "o", "Which brief")
        await presses(pilot, "enter", "Write both drafts?")
        await presses(pilot, "enter", "could not be drafted")
        assert "CLAUDE.md" in lines(pilot)


# -- curves ----------------------------------------------------------------------------------------


async def test_the_curves_are_behind_a_key_where_the_window_is_small(
    past: Path, screen: SnapshotAssertion
) -> None:
    async with at_desk(past, SMALL) as pilot:
        await go(pilot)
        await presses(pilot, "c", "2. rain: you changed")
        assert await picture(pilot) == screen
        await presses(pilot, "left", "1. tea: you changed")
        await presses(pilot, "c", "No version was measured yet.")
        await presses(pilot, "c", "7 entries")
        await presses(pilot, "c", "How much you changed")
        await presses(pilot, "escape", "7 entries")


async def test_a_damaged_measurement_costs_the_curve_and_not_the_list(past: Path) -> None:
    measured(past, "11aa11aa11aa", (True, True, False))
    past.joinpath("measures/11aa11aa11aa/test.json").write_text("{", encoding="utf-8")
    async with at_desk(past, SMALL) as pilot:
        await go(pilot)
        await presses(pilot, "c", "test.json is damaged.")
        await presses(pilot, "escape", "7 entries")


def import_critiques(project: Path, number: int) -> None:
    """So many entries, in one go."""
    branch = git(project, "symbolic-ref", "HEAD").strip()
    parts = []
    for one in range(number):
        said = message(Entry(verb="critique", subject=f"tea {one}.", trailers={"Brief": "tea"}))
        parts.append(f"commit {branch}\ncommitter Ann <a@b.org> {1_700_000_000 + one * 60} +0100\n")
        parts.append(f"data {len(said.encode())}\n{said}\n" + (f"from {head(project)}" if not one else ""))
    script = "".join(parts).encode()
    subprocess.run(["git", "fast-import", "--quiet", "--force"], cwd=project, check=True, input=script)
