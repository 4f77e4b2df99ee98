"""Write: whatever is done means the brief that the writer is at, also while another one is written."""

from __future__ import annotations

import re
from pathlib import Path

from textual.events import Key

from loop.errors import ModelUnavailable
from loop.events import DraftReady, Event, Note, TextChunk
from loop.model import Draft, StepTrace
from loop.verbs import run
from tests.cli.conftest import git
from tests.cli.served import play
from tests.loopback import Loopback
from tests.tui.sitting import LARGE, at_desk, desk_of, lines, sees, until
from tests.tui.writing import at_tea, saved, with_takes
from tests.wire import Says
from tui import hints
from tui.widgets.growing import Growing
from tui.writing import Ending, Writing, told


async def test_keys_typed_in_one_go_never_take_the_draft_of_the_brief_before(project: Path) -> None:
    with_takes(project, "tea", "Tea, first.\n", "Tea, second.\n")
    with_takes(project, "rain", "Rain, first.\n", "Rain, second.\n")
    async with at_desk(project) as pilot:
        await at_tea(pilot)
        await sees(pilot, "Tea, first.")
        await pilot.press("right_square_bracket")
        await sees(pilot, "Tea, second.")
        for first, then in (("k", "p"), ("j", "y")):
            pilot.app.post_message(Key(first, first))
            pilot.app.post_message(Key(then, then))
            await sees(pilot, "There is no draft here yet.")
            await sees(pilot, "Rain, first." if first == "k" else "Tea, first.")
            desk_of(pilot).say("")
        assert pilot.app.clipboard == ""
    assert saved(project, "rain") == "Rain, first.\n"
    assert git(project, "log", "--format=%s").splitlines() == ["start"]


async def test_what_a_draft_takes_is_said_before_its_first_word_and_steps_and_cost_behind_it(
    project: Path, claude: Loopback
) -> None:
    play(claude, Says(pieces=("Tea is ", "good."), stepped=True))
    async with at_desk(project) as pilot:
        await at_tea(pilot)
        await pilot.press("enter")
        await sees(pilot, "This takes at most 1 question to claude-sonnet-5-5")
        await sees(pilot, "Esc stops it and keeps what came")
        claude.go_on()
        await sees(pilot, "step 1 of 2: draft · 2 words")
        claude.go_on()
        await sees(pilot, "3 words · draft → checks · $0.00")
        await pilot.press("k", "j")  # it stays known
        await sees(pilot, "3 words · draft → checks · $0.00")


async def test_esc_at_another_brief_stops_nothing(project: Path, claude: Loopback) -> None:
    play(claude, Says(pieces=("Tea ", "is ", "good."), stepped=True))
    async with at_desk(project) as pilot:
        await at_tea(pilot)
        await pilot.press("enter")
        await sees(pilot, "tea writing")
        await pilot.press("j", "enter", "k", "k", "escape")
        await sees(pilot, "“tea” is being written: go to it in the list, and Esc stops it.")
        await sees(pilot, "bread waits 1")
        claude.go_on(3)
        await sees(pilot, "“bread” is written.")
    assert saved(project) == "Tea is good.\n"
    assert saved(project, "bread")


async def test_two_checks_may_find_fault_with_the_same_passage(project: Path, claude: Loopback) -> None:
    limit = '[[check]]\nid = "c{0}"\nrule = "r1"\nkind = "limit"\nmeasure = "sentence_words"\nhigh = {0}\n'
    project.joinpath("checks.toml").write_text(limit.format(8) + limit.format(6), encoding="utf-8")
    sentence = "There is a long sentence here that no check can mend."
    play(claude, Says(pieces=(f"{sentence}\n\nShort words.\n\n{sentence}\n",)))
    async with at_desk(project, LARGE) as pilot:
        await at_tea(pilot)
        await pilot.press("enter")
        await sees(pilot, "‹4")
        assert re.findall(r"most (\d)\.", lines(pilot)) == ["8", "6", "8", "6"]


def test_what_an_agent_changed_in_the_guide_meanwhile_is_said() -> None:
    step = StepTrace(step="draft", kind="agent", output="Tea.")
    draft = Draft(brief="tea", text="Tea.", version="0" * 12, model="test", steps=(step,))
    written = run.Written(brief="tea", path="drafts/tea.md", drafts=(draft,))
    result = run.Result(version="0" * 12, written=(written,), proposals=(3,))
    said, hint, _ = told(Ending(Writing("tea", 1, 0.0), result, None, 0))
    assert said == "“tea” is written. Proposal 3 waits: what was changed in the guide meanwhile."
    assert hints.at_desk(hint) == "Learn (4) decides on it"


def stopped(*events: Event) -> tuple[str, str]:
    """What is said of a brief that told these events and was stopped, and its level."""
    writing = Writing("tea", 1, 0.0)
    for event in events:
        writing.hear(event)
    said, _, level = told(Ending(writing, None, None, 0))
    return said, level


CHUNK = TextChunk(brief="tea", take=0, step="draft", text="Tea")
LOST = Note(message="“tea” could not be written. What came is kept in /there/tea.md.", level="warning")


def test_what_could_not_be_kept_of_a_stopped_draft_is_said() -> None:
    assert stopped(CHUNK, LOST) == (LOST.message, "warning")


def test_a_draft_that_was_written_before_and_could_not_be_kept_is_said_too() -> None:
    assert stopped(DraftReady(brief="tea", take=0, words=3), LOST) == (LOST.message, "warning")


def test_a_warning_from_before_the_first_word_does_not_hide_that_nothing_came() -> None:
    warning = Note(message="There is no CLAUDE.md: the model is told no rules.", level="warning")
    assert stopped(warning) == ("“tea” is stopped; nothing had come.", "info")


def test_where_the_model_fails_and_what_came_cannot_be_kept_both_are_said() -> None:
    writing = Writing("tea", 1, 0.0)
    for event in (CHUNK, LOST):
        writing.hear(event)
    said, _, level = told(Ending(writing, None, ModelUnavailable("The line is dead."), 0))
    assert (said, level) == (f"The line is dead. {LOST.message}", "error")


async def test_enter_in_the_draft_writes_no_other_one_and_the_pane_shows_that_one_is_in_it(
    project: Path, claude: Loopback
) -> None:
    async with at_desk(project) as pilot:
        await at_tea(pilot)
        await pilot.press("enter")
        await sees(pilot, "“tea” is written.")
        head = pilot.app.screen.query_one("#head")
        assert not head.styles.text_style.reverse
        await pilot.press("tab")
        await until(pilot, lambda: head.styles.text_style.reverse)
        asked = len(claude.requests)
        await pilot.press("enter")
        await sees(pilot, "You are in the draft. Enter writes another one from the list. → Esc leads there")
        assert len(claude.requests) == asked
        await pilot.press("escape", "enter")
        await sees(pilot, "by this guide it was written before")


async def test_who_reads_while_it_grows_goes_on_reading_where_it_stands(
    project: Path, claude: Loopback
) -> None:
    lines_of = [f"Line {number}.\n\n" for number in range(40)]
    play(claude, Says(pieces=("".join(lines_of), "The end."), stepped=True))
    async with at_desk(project) as pilot:
        await at_tea(pilot)
        await pilot.press("enter")
        claude.go_on()
        await sees(pilot, "Line 39.")
        await pilot.press("tab", "home")
        await sees(pilot, "Line 0.")
        claude.go_on()
        await sees(pilot, "“tea” is written.")
        await until(pilot, lambda: not pilot.app.screen.query(Growing))
        await pilot.press("end")
        await sees(pilot, "The end.")
        await pilot.press("home")
        await sees(pilot, "Line 0.")
        await pilot.press("tab", "k")
        await sees(pilot, "rain · note")
