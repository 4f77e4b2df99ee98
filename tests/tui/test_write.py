"""Write: the briefs, drafts that appear, takes, and the notes of the checks."""

from __future__ import annotations

from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion
from textual.events import Key
from textual.pilot import Pilot

from tests.cli.conftest import git, written
from tests.cli.served import SETTINGS, play, play_texts
from tests.loopback import Loopback
from tests.tui.sitting import LARGE, at_desk, lines, picture, sees, until
from tests.tui.writing import at_tea, saved
from tests.wire import Fault, Says

CHECKS = """\
[[check]]
id = "c1"
rule = "r1"
kind = "limit"
measure = "sentence_words"
high = 8

[[check]]
id = "c2"
rule = "r1"
kind = "require"
text = "kettle"
place = "anywhere"
"""
TEXT = """\
# Tea outdoors

Short words first.

There is a very *long* sentence here, which no check can mend by itself at all.

- One item of a list.
- Another item of a list. It also goes on for far too many words.
"""
HALF = Says(pieces=("# Tea\n\n", "We ", "utilize ", "a ", "kettle."), silent_after=4)


async def at_rest(pilot: Pilot[None]) -> None:
    """Wait until everything says that the draft of tea is there."""
    await sees(pilot, "1 Write 2 Say")  # nothing is at work there any more
    await sees(pilot, "tea · note · drafted")
    await sees(pilot, "tea drafted")


# -- writing a draft -------------------------------------------------------------------------------


async def test_enter_writes_the_draft_which_appears_as_it_reads(
    project: Path, claude: Loopback, screen: SnapshotAssertion
) -> None:
    play_texts(claude, TEXT)
    async with at_desk(project) as pilot:
        await sees(pilot, "It has no draft yet: Enter writes it.")
        assert await picture(pilot) == screen(name="briefs")
        await at_tea(pilot)
        await pilot.press("enter")
        await sees(pilot, "“tea” is written.")
        await sees(pilot, "There is a very long sentence here")
        await at_rest(pilot)
        assert await picture(pilot) == screen(name="drafted")
    assert saved(project) == TEXT


async def test_what_the_checks_could_not_mend_stands_beside_its_passage_or_below_it(
    project: Path, claude: Loopback, screen: SnapshotAssertion
) -> None:
    project.joinpath("checks.toml").write_text(CHECKS)
    play_texts(claude, TEXT)
    async with at_desk(project, LARGE) as pilot:
        await at_tea(pilot)
        await pilot.press("enter")
        await sees(pilot, "3 notes of the checks (m)")
        await sees(pilot, "‹3")
        assert " ".join(underlined(pilot)) == (
            "There is a very long sentence here, which no check can mend by itself at all."
            " It also goes on for far too many words."
        )
        await at_rest(pilot)
        await until(pilot, lambda: "‹2 A sentence of 16 words" in row_of(pilot, "There is a very long"))
        await until(pilot, lambda: "‹3 A sentence of 9 words" in row_of(pilot, "Another item of a list."))
        assert await picture(pilot) == screen(name="beside")
        await pilot.resize_terminal(80, 24)
        await sees(pilot, "at all. ‹2 A sentence of 16 words; at most 8. • One item of a list.")
        for _ in range(3):
            await pilot.press("m")
        await sees(pilot, "‹3 A sentence of 9 words")
        assert await picture(pilot) == screen(name="below")


def row_of(pilot: Pilot[None], words: str) -> str:
    """The line of the screen with these words."""
    return next((line for line in lines(pilot).splitlines() if words in line), "")


def underlined(pilot: Pilot[None]) -> list[str]:
    """What is underlined on the screen, line by line, left of the margin."""
    rows = pilot.app.screen._compositor.render_strips()
    found = [
        "".join(part.text for part in strip if part.style and part.style.underline).strip() for strip in rows
    ]
    return [" ".join(text.split()) for text in found if text]


async def test_esc_stops_it_and_keeps_what_came(
    project: Path, claude: Loopback, screen: SnapshotAssertion
) -> None:
    play(claude, HALF)
    async with at_desk(project) as pilot:
        await at_tea(pilot)
        await pilot.press("enter")
        await sees(pilot, "We utilize a")
        await sees(pilot, "tea writing")
        await sees(pilot, "step 1 of 2: draft · 4 words")
        await pilot.press("escape")
        await sees(pilot, "“tea” breaks off after 4 words. What came is the draft now: drafts/tea.md")
        await sees(pilot, "4 words · it breaks off here")
        await sees(pilot, "We utilize a")
        await at_rest(pilot)
        assert await picture(pilot) == screen
    assert saved(project) == "# Tea\n\nWe utilize a\n"


async def test_a_draft_that_is_there_stays_and_what_came_is_a_take_beside_it(
    project: Path, claude: Loopback
) -> None:
    written(project, "tea", "Tea tastes best outdoors.\n")
    play(claude, HALF)
    async with at_desk(project) as pilot:
        await at_tea(pilot)
        await sees(pilot, "Tea tastes best outdoors.")
        await pilot.press("enter")
        await sees(pilot, "We utilize a")
        await pilot.press("escape")
        await sees(pilot, "The draft stays as it was")
        await sees(pilot, "take 1✓ take 2")
        await sees(pilot, "We utilize a")  # what came stays on the page
        await pilot.press("left_square_bracket")
        await sees(pilot, "Tea tastes best outdoors.")
        await pilot.press("right_square_bracket", "p")
        await sees(
            pilot, "Take 2 is the draft of “tea” now. It breaks off, so nothing is learned from this choice."
        )
        await sees(pilot, "take 1 take 2✓")
    assert saved(project) == "# Tea\n\nWe utilize a\n"
    assert "pick: take 2 of tea" in git(project, "log", "-1", "--format=%s")


async def test_a_model_that_fails_in_the_middle_leaves_what_came_and_says_why(
    project: Path, claude: Loopback
) -> None:
    play(claude, Says(pieces=("We ", "utilize ", "a ", "kettle."), cut_after=3))
    async with at_desk(project) as pilot:
        await at_tea(pilot)
        await pilot.press("enter")
        await sees(pilot, "the text was cut after 3 words")
        await sees(pilot, "→ Do it again")
        await sees(pilot, "it breaks off here")
        await sees(pilot, "We utilize a")
    assert saved(project) == "We utilize a\n"


async def test_a_refusal_is_a_sentence_and_the_next_brief_is_not_asked_for_in_vain(
    project: Path, claude: Loopback
) -> None:
    play(claude, Says(stepped=True), Fault(401, "authentication_error", "invalid x-api-key"))
    async with at_desk(project) as pilot:
        await at_tea(pilot)
        await pilot.press("enter", "k", "enter", "j", "j", "enter")
        await sees(pilot, "waits 2")
        claude.go_on(5)
        await sees(pilot, "refused the key: invalid x-api-key.")
        await sees(pilot, "1 brief that waited was not begun.")
        await sees(pilot, "bread held out")
    assert saved(project)
    assert not project.joinpath("drafts/rain.md").exists()
    assert len(claude.requests) == 2


async def test_it_goes_on_while_the_writer_is_elsewhere_and_one_brief_after_the_other(
    project: Path, claude: Loopback
) -> None:
    play(claude, Says(pieces=("Tea ", "is ", "good."), stepped=True), Says(pieces=("Rain ", "is ", "loud.")))
    async with at_desk(project) as pilot:
        await at_tea(pilot)
        await pilot.press("enter")
        await sees(pilot, "tea writing")
        await pilot.press("k", "enter")
        await sees(pilot, "“rain” waits until “tea” is written.")
        await sees(pilot, "rain waits 1")
        await pilot.press("5")
        claude.go_on(3)
        await until(pilot, lambda: project.joinpath("drafts/rain.md").exists())
        await sees(pilot, "“rain” is written.")  # wherever one is
        await pilot.press("1")
        await sees(pilot, "Rain is loud.")
        await pilot.press("j")
        await sees(pilot, "Tea is good.")
    assert (saved(project), saved(project, "rain")) == ("Tea is good.\n", "Rain is loud.\n")


async def test_esc_on_a_brief_that_waits_takes_only_that_one_back(project: Path, claude: Loopback) -> None:
    play(claude, Says(pieces=("Tea ", "is ", "good."), stepped=True))
    async with at_desk(project) as pilot:
        await at_tea(pilot)
        await pilot.press("enter", "k", "enter")
        await sees(pilot, "rain waits 1")
        await pilot.press("escape")
        await sees(pilot, "“rain” waits no more.")
        claude.go_on(3)
        await sees(pilot, "“tea” is written.")
        await sees(pilot, "rain no draft")
    assert len(claude.requests) == 1


async def test_a_click_where_a_draft_appears_breaks_nothing(project: Path, claude: Loopback) -> None:
    pieces = tuple(f"{number}. A list item that grows, and grows.\n" for number in range(60))
    play(claude, Says(pieces=pieces, pause=0.02))
    async with at_desk(project) as pilot:
        await at_tea(pilot)
        await pilot.press("enter")
        await sees(pilot, "A list item that grows")
        while "“tea” is written." not in lines(pilot):
            for row in (4, 8, 12, 16):
                await pilot.mouse_down(offset=(40, row))
                await pilot.hover(offset=(44, row - 1))
                await pilot.mouse_up(offset=(44, row - 1))
    assert saved(project).count("A list item") == 60


async def test_a_step_that_writes_anew_takes_the_place_of_the_one_before(
    project: Path, claude: Loopback
) -> None:
    polish = '\n[[steps]]\nkind = "prompt"\nname = "polish"\n\n[model]'
    project.joinpath("redraft.toml").write_text(SETTINGS.replace("\n[model]", polish))
    project.joinpath("prompts/polish.md").write_text("Polish this: {{input}}")
    play(claude, Says(pieces=("Rough words.",)), Says(pieces=("Fine ", "words", "."), silent_after=2))
    async with at_desk(project) as pilot:
        await at_tea(pilot)
        await pilot.press("enter")
        await sees(pilot, "Fine words")
        await sees(pilot, "step 3 of 3: polish · 2 words · $")
        assert "Rough" not in lines(pilot)
        await pilot.press("escape")
        await sees(pilot, "it breaks off here")


async def test_lists_appear_whole_however_they_come(project: Path, claude: Loopback) -> None:
    pieces = ("Some points:\n\n- One ", "thing.\n", "- Another ", "thing.\n- A ", "third", " thing.\n")
    play(claude, Says(pieces=pieces, stepped=True))
    async with at_desk(project) as pilot:
        await at_tea(pilot)
        await pilot.press("enter")
        claude.go_on(3)
        await sees(pilot, "• One thing. • Another")
        claude.go_on(2)
        await sees(pilot, "• One thing. • Another thing. • A third")
        claude.go_on()
        await at_rest(pilot)
        await sees(pilot, "• One thing. • Another thing. • A third thing.")


async def test_several_takes_are_written_and_one_is_kept(
    project: Path, claude: Loopback, screen: SnapshotAssertion
) -> None:
    play_texts(claude, "The first take.", "The second take.")
    settings = SETTINGS.replace('type = "note"', 'type = "note"\nparallel = 1')
    project.joinpath("redraft.toml").write_text(settings)
    async with at_desk(project) as pilot:
        await at_tea(pilot)
        await pilot.press("t")
        await sees(pilot, "Each take is a draft of its own")
        assert await picture(pilot) == screen(name="how many")
        await pilot.press("2")
        await sees(pilot, "“tea”: 2 takes to choose from.")
        await sees(pilot, "The first take.")
        await pilot.press("right_square_bracket")
        await sees(pilot, "The second take.")
        await at_rest(pilot)
        assert await picture(pilot) == screen(name="second take")
        await pilot.press("p")
        await sees(pilot, "Take 2 is the draft of “tea” now, and kept as a preference.")
        await pilot.press("t")
        await sees(pilot, "Each take is")
        await pilot.press("escape")
    assert saved(project) == "The second take.\n"


async def test_the_same_draft_again_is_no_riddle(project: Path, claude: Loopback) -> None:
    async with at_desk(project) as pilot:
        await at_tea(pilot)
        await pilot.press("enter")
        await sees(pilot, "“tea” is written.")
        await sees(pilot, "5 words")
        await pilot.press("enter")
        await sees(pilot, "by this guide it was written before")
    assert len(claude.requests) == 1


async def test_a_budget_that_is_too_small_is_said_with_what_to_do(project: Path, claude: Loopback) -> None:
    project.joinpath("redraft.toml").write_text(f"{SETTINGS}\n[budget]\nusd = 0.000001\n")
    async with at_desk(project) as pilot:
        await at_tea(pilot)
        await pilot.press("enter")
        await sees(pilot, "✗ The budget is")
        await sees(pilot, "Allow more:")
        await sees(pilot, "tea no draft")


async def test_y_copies_the_draft(project: Path) -> None:
    written(project, "tea", "Tea tastes *best* outdoors.\n")
    async with at_desk(project) as pilot:
        await at_tea(pilot)
        await sees(pilot, "Tea tastes best outdoors.")
        await pilot.press("y")
        assert pilot.app.clipboard == "Tea tastes *best* outdoors.\n"


async def test_edits_in_the_file_of_a_draft_are_not_written_over(project: Path, claude: Loopback) -> None:
    written(project, "tea", "Tea tastes best outdoors.\n")
    project.joinpath("drafts/tea.md").write_text("My own words.\n")
    async with at_desk(project) as pilot:
        await at_tea(pilot)
        await sees(pilot, "drafts/tea.md has edits of yours; this is the draft as it was written.")
        await pilot.press("enter")
        await sees(pilot, "drafts/tea.md has edits of yours, so it was not written over.")
    assert saved(project) == "My own words.\n"


async def test_keys_typed_in_one_go_mean_the_brief_that_they_led_to(project: Path, claude: Loopback) -> None:
    async with at_desk(project) as pilot:
        await sees(pilot, "rain · note")
        for key in ("j", "j", "k", "enter"):  # as a terminal sends them that was slow
            pilot.app.post_message(Key(key, key if len(key) == 1 else "\r"))
        await sees(pilot, "“tea” is written.")
        await sees(pilot, "tea · note · drafted")
        await sees(pilot, "We utilize a kettle outdoors.")
    assert not project.joinpath("drafts/rain.md").exists()


# -- odd texts -------------------------------------------------------------------------------------


async def test_a_draft_full_of_markup_and_escape_sequences_is_only_text(project: Path) -> None:
    odd = "\x1b[31mred\x1b[0m [b]bold[/b] [@click=app.quit]x[/]\x07\n\n<b>html</b> <!-- said -->\n\n中文 🫖"
    written(project, "tea", odd)
    async with at_desk(project) as pilot:
        await at_tea(pilot)
        await sees(pilot, "␛[31mred␛[0m [b]bold[/b] [@click=app.quit]x[/]␇")
        await sees(pilot, "<b>html</b> <!-- said -->")
        await sees(pilot, "中文 🫖")
        assert "\x1b" not in lines(pilot)


@pytest.mark.parametrize("text", ["word " * 2_000_000, "- item\n" * 50_000], ids=["one line", "a list"])
async def test_of_a_very_long_draft_the_beginning_is_shown_and_that_is_said(project: Path, text: str) -> None:
    written(project, "tea", text)
    async with at_desk(project) as pilot:
        await at_tea(pilot)
        await sees(pilot, f"{len(text):,} characters · its beginning is shown;")
        await pilot.press("tab", "end")
        await sees(pilot, "Nothing is lost: Correct and your editor show all of it.")
