"""Why is this sentence here? From any draft to the step, the rule and the edits it came from."""

from __future__ import annotations

from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion
from textual.geometry import Offset
from textual.pilot import Pilot
from textual.selection import Selection
from textual.widgets import Static

from tests.cli.conftest import Redraft, written
from tests.cli.served import play_texts
from tests.loopback import Loopback
from tests.tui.correcting import correcting, edits, here
from tests.tui.sitting import LARGE, SMALL, at_desk, desk_of, lines, picture, sees, until
from tui.dialogs.why import Why
from tui.widgets.draftpage import DraftPage

DRAFT = "We utilize a kettle. The garden is quiet.\n\nNothing else has to be done."


@pytest.fixture
def learned(project: Path, redraft: Redraft, claude: Loopback) -> Path:
    """A critique and an edit became rules, and the draft was written anew by them."""
    assert redraft("-C", project, "run", "tea").code == 0
    for words in ("Say 'use' instead of 'utilize'.", "Never say 'lawn'."):
        assert redraft("-C", project, "critique", "tea", words).code == 0
    assert redraft("-C", project, "learn", "--reviser", "mine").code == 0
    assert redraft("-C", project, "decide", "1", "--force").code == 0
    assert redraft("-C", project, "run", "tea").code == 0
    return project


@pytest.fixture
def corrected(project: Path, redraft: Redraft, claude: Loopback) -> Path:
    """Two edits became rule r2."""
    play_texts(claude, DRAFT, DRAFT)
    for brief in ("tea", "rain"):
        assert redraft("-C", project, "run", brief).code == 0
        final = project / "final.txt"
        final.write_text(DRAFT.replace("utilize", "use"), encoding="utf-8")
        assert redraft("-C", project, "correct", brief, "--file", final).code == 0
        final.unlink()
    assert redraft("-C", project, "learn", "--reviser", "mine").code == 0
    assert redraft("-C", project, "decide", "1", "--force").code == 0
    return project


async def _ask(pilot: Pilot[None], *keys: str) -> None:
    desk_of(pilot).brief = "tea"
    await pilot.press("2")
    await sees(pilot, "a kettle")
    await pilot.press(*keys, "w")


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "160x48"])
async def test_from_a_sentence_to_what_its_rule_rests_on(
    learned: Path, screen: SnapshotAssertion, size: tuple[int, int]
) -> None:
    async with at_desk(learned, size) as pilot:
        await _ask(pilot)
        await sees(pilot, "“We use a kettle outdoors.”")
        await sees(pilot, "The step “draft” of the pipeline wrote it.")
        await sees(pilot, "- We utilize a kettle outdoors.")
        assert await picture(pilot) == screen
        await pilot.press("enter")
        await sees(pilot, "It rests on:")
        await sees(pilot, "“Say 'use' instead of 'utilize'.”")
        assert await picture(pilot) == screen
        await pilot.press("backspace")
        await sees(pilot, "The step “draft”")
        await pilot.press("escape")
        await until(pilot, lambda: "Why is this here?" not in lines(pilot))


async def test_a_rule_that_the_writer_wrote_says_so(learned: Path) -> None:
    async with at_desk(learned) as pilot:
        await pilot.app.push_screen(Why("tea", "r1"))
        await sees(pilot, "You wrote it yourself, or it came with the template.")


async def test_a_rule_that_was_recalled_says_that_it_is_gone(learned: Path, redraft: Redraft) -> None:
    assert redraft("-C", learned, "recall", "r2").code == 0
    async with at_desk(learned) as pilot:
        await pilot.app.push_screen(Why("tea", "r2"))
        await sees(pilot, "It is not in the guide any more.")


async def test_between_two_paragraphs_there_is_no_sentence_to_ask_about(corrected: Path) -> None:
    async with at_desk(corrected) as pilot:
        await _ask(pilot, "down")
        await sees(pilot, "There is no sentence here. → Put the cursor into one")


async def test_a_sentence_that_the_draft_does_not_have_is_no_crash(learned: Path) -> None:
    async with at_desk(learned) as pilot:
        await pilot.app.push_screen(Why("tea", "[red]Cows[/] fly \x1b[2J over [the] moon tonight, they say."))
        await sees(pilot, "has no sentence like “[red]Cows[/] fly ␛[2J over [the] moon")


async def test_an_edit_that_became_a_rule_is_shown_before_and_after(corrected: Path) -> None:
    async with at_desk(corrected) as pilot:
        await pilot.app.push_screen(Why("", "r2"))
        await sees(pilot, "tea: you changed - utilize + use")
        await sees(pilot, "rain: you changed")


async def test_in_write_it_begins_with_the_first_sentence_in_sight_and_goes_from_one_to_the_next(
    corrected: Path, screen: SnapshotAssertion
) -> None:
    corrected.joinpath("briefs/soup.md").write_text("Soup.\n", encoding="utf-8")
    async with at_desk(corrected) as pilot:
        desk_of(pilot).brief = "soup"
        await sees(pilot, "It has no draft yet")
        await pilot.press("w")
        await sees(pilot, "There is no draft here yet.")
        desk_of(pilot).brief = "tea"
        await sees(pilot, "We utilize a kettle.")
        await pilot.press("w")
        await sees(pilot, "“We utilize a kettle.”")
        await sees(pilot, "The step “draft” of the pipeline wrote it.")
        assert await picture(pilot) == screen
        await pilot.press("enter")
        await sees(pilot, "It rests on:")
        await pilot.press("n")
        await sees(pilot, "“The garden is quiet.”")
        await pilot.press("n", "n")
        await sees(pilot, "This is the last sentence.")
        await pilot.press("p", "p")
        await sees(pilot, "“We utilize a kettle.”")
        assert "This is the last sentence." not in lines(pilot)


async def test_in_write_the_selected_sentence_or_what_was_scrolled_to_is_asked_about(project: Path) -> None:
    paragraphs = "\n\n".join(
        f"Here begins *paragraph* {number}. It goes on.\n\n- A point." for number in range(40)
    )
    written(project, "tea", f"# Tea\n\n{paragraphs}\n")
    async with at_desk(project) as pilot:
        desk_of(pilot).brief = "tea"
        await sees(pilot, "Here begins paragraph 0. It goes on.")
        block = next(
            one
            for one in pilot.app.screen.query("MarkdownParagraph").results(Static)
            if "paragraph 1." in str(one.content)
        )
        pilot.app.screen.selections = {block: Selection(Offset(28, 0), Offset(30, 0))}
        await pilot.press("w")
        await sees(pilot, "“It goes on.”")
        await pilot.press("p")
        await sees(pilot, "“Here begins *paragraph* 1.”")
        await pilot.press("escape")
        pilot.app.screen.clear_selection()
        pilot.app.screen.query_one(DraftPage).scroll_to_widget(block, top=True, animate=False)
        await pilot.pause()
        await pilot.press("w")
        await sees(pilot, "“Here begins *paragraph* 1.”")


@pytest.fixture
def takes(project: Path, redraft: Redraft, claude: Loopback) -> Path:
    """Two takes, the first of which is the draft."""
    play_texts(claude, "One take.", "Another take.")
    assert redraft("-C", project, "run", "tea", "--takes", "2").code == 0
    return project


async def test_of_another_take_it_says_that_only_the_draft_can_be_asked_about(takes: Path) -> None:
    async with at_desk(takes) as pilot:
        desk_of(pilot).brief = "tea"
        await sees(pilot, "take 1✓ take 2")
        await pilot.press("right_square_bracket")
        await sees(pilot, "Another take.")
        await pilot.press("w")
        await sees(pilot, "Only the draft itself tells where it comes from. → p makes this take the draft")


async def test_in_correct_it_is_asked_of_the_chosen_change_and_in_the_draft(corrected: Path) -> None:
    async with correcting(corrected) as pilot:
        await edits(pilot, DRAFT.replace(" The garden is quiet.", ""))
        await pilot.press("escape", "w")
        await sees(pilot, "“The garden is quiet.”")
        await sees(pilot, "The step “draft” of the pipeline wrote it. It stands in the draft of tea.")
        await pilot.press("escape")
        here(pilot).sides.draft.focus()
        await pilot.press("ctrl+home", "w")
        await sees(pilot, "“We utilize a kettle.”")
        await pilot.press("escape", "ctrl+end", "w")
        await sees(pilot, "“Nothing else has to be done.”")


async def test_in_correct_without_a_change_it_begins_with_the_draft(corrected: Path) -> None:
    async with correcting(corrected) as pilot:
        await edits(pilot, DRAFT)
        await pilot.press("escape", "w")
        await sees(pilot, "“We utilize a kettle.”")
        await pilot.press("n")
        await sees(pilot, "“The garden is quiet.”")
