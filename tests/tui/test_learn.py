"""Learning at the desk: what there is to learn from, and the work."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from loop.verbs.learn import Result as Learned
from loop.verbs.status import Result as Status
from tests.cli.conftest import Redraft, git, written
from tests.cli.served import DRAFT, PLAIN, play, says
from tests.loopback import Loopback
from tests.tui.learning import LONG, MARKED, pair, undecided
from tests.tui.sitting import LARGE, SMALL, Slow, at_desk, desk_of, lines, picture, sees, until
from tests.wire import Fault, Silence
from tui.widgets.ready import _new

__all__ = ["pair", "undecided"]


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["small", "large"])
async def test_what_is_new_and_what_it_takes_are_there_at_once(
    project: Path, pair: str, claude: Loopback, screen: SnapshotAssertion, size: tuple[int, int]
) -> None:
    asked = len(claude.requests)
    async with at_desk(project, size) as pilot:
        await pilot.press("4")
        await sees(pilot, "at most what the budget allows")
        assert await picture(pilot) == screen
    assert len(claude.requests) == asked


async def test_what_costs_nothing_is_called_free_and_it_is_said_what_is_asked_for_what(
    project: Path, pair: str
) -> None:
    settings = project / "redraft.toml"
    text = settings.read_text(encoding="utf-8").replace("claude-sonnet-5-5", "embedded")
    settings.write_text(text, encoding="utf-8")
    async with at_desk(project) as pilot:
        await pilot.press("4", "m", *"mine", "enter")
        await sees(pilot, "embedded: free, on this computer for drafts to test the new rules")
        assert "token" not in lines(pilot)


async def test_where_nothing_is_new_it_is_said_what_is_missing(
    project: Path, screen: SnapshotAssertion
) -> None:
    async with at_desk(project) as pilot:
        await pilot.press("4")
        await sees(pilot, "two corrected drafts")
        assert await picture(pilot) == screen


async def test_a_proposal_comes_and_is_seen_from_all_sides(
    project: Path, pair: str, claude: Loopback, screen: SnapshotAssertion
) -> None:
    play(claude, says({**PLAIN, "evidence": [pair]}, LONG))
    async with at_desk(project) as pilot:
        await pilot.press("4")
        await sees(pilot, "What it takes")
        await pilot.press("enter")
        await sees(pilot, "Proposal 1 is here")
        await sees(pilot, "- We utilize a kettle outdoors. + We use a kettle outdoors.")
        assert await picture(pilot) == screen(name="why")
        await pilot.press("t")
        await sees(pilot, "difference -100%, between -100% and +43%,")
        await sees(pilot, "and 0% with these changes.")
        await pilot.press("g")
        await sees(pilot, "- Use the short everyday word.")
        assert await picture(pilot) == screen(name="guide")


async def test_y_copies_what_is_shown(project: Path, pair: str, claude: Loopback) -> None:
    play(claude, says({**PLAIN, "evidence": [pair]}, LONG))
    async with at_desk(project) as pilot:
        await pilot.press("4")
        await sees(pilot, "What it takes")
        await pilot.press("y")
        assert pilot.app.clipboard.startswith("What is new since you decided last\n")
        await pilot.press("enter")
        await sees(pilot, "Proposal 1 is here")
        await pilot.press("y")
        assert pilot.app.clipboard.startswith("Proposal 1: 2 changes\n")
        assert '+- Use "use" instead of' not in pilot.app.clipboard  # as it reads, not as it is stored
        await pilot.press("t", "y")
        assert "100% before, 0% after" in pilot.app.clipboard
        await pilot.press("g", "tab", "y")
        assert "at most 25 words" in pilot.app.clipboard
        await pilot.press("d", "y")
        await sees(pilot, "There is nothing here to copy.")


async def test_the_work_is_seen_goes_on_elsewhere_and_can_be_stopped(
    project: Path, pair: str, claude: Loopback, screen: SnapshotAssertion
) -> None:
    play(claude, Silence())
    async with at_desk(project) as pilot:
        await pilot.press("4")
        await sees(pilot, "at most what")
        await pilot.press("l")
        await sees(pilot, "A proposal takes about")
        await sees(pilot, "Esc stops.")
        shown = re.sub(r"\d+ s so far", "0 s so far", await picture(pilot))
        assert re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:00000", shown) == screen
        await pilot.press("1")
        await sees(pilot, "4 Learn…")
        await pilot.press("4")
        await sees(pilot, "Learning from your feedback")
        await pilot.press("escape")
        await sees(pilot, "Stopped. What came is kept")
        await sees(pilot, "What is new since you decided last")
        assert "4 Learn…" not in lines(pilot)
        await asyncio.to_thread(claude.hung_up.wait, 20)
    assert claude.hung_up.is_set()
    assert not git(project, "for-each-ref", "refs/redraft/proposals")


async def test_a_proposal_that_comes_while_one_is_elsewhere_is_told_there_and_the_bar_says_that_it_waits(
    project: Path, pair: str, claude: Loopback
) -> None:
    play(claude, says({**PLAIN, "evidence": [pair]}, LONG))
    Slow.free.set()
    async with at_desk(project, world=Slow) as pilot:
        await pilot.press("4")
        await sees(pilot, "at most what")
        assert "4 Learn•" not in lines(pilot)
        Slow.free.clear()
        await pilot.press("l", "5")
        Slow.free.set()
        await sees(pilot, "everything redraft kept")
        await sees(pilot, "Proposal 1 is here")
        await sees(pilot, "4 Learn•")
        assert pilot.app.current_mode == "history"


async def test_work_that_fails_while_one_is_elsewhere_is_told_there(
    project: Path, pair: str, claude: Loopback
) -> None:
    play(claude, Fault(400, "invalid_request_error", "no such thing"))
    Slow.free.set()
    async with at_desk(project, world=Slow) as pilot:
        await pilot.press("4")
        await sees(pilot, "at most what")
        Slow.free.clear()
        await pilot.press("l", "6")
        Slow.free.set()
        await sees(pilot, "no such thing")
        assert pilot.app.current_mode == "models"


async def test_what_was_learned_before_a_stop_is_not_paid_twice(
    project: Path, pair: str, claude: Loopback
) -> None:
    asked = len(claude.bodies)
    play(claude, says({**PLAIN, "evidence": [pair]}), Silence())
    async with at_desk(project) as pilot:
        await pilot.press("4")
        await sees(pilot, "at most what")
        await pilot.press("l")
        await sees(pilot, "The test takes")
        await pilot.press("escape")
        await sees(pilot, "Stopped.")
        await pilot.press("l")
        await sees(pilot, "Proposal 1 is here")
    assert claude.bodies.count(claude.bodies[asked]) == 1  # what the reviser was asked


async def test_a_budget_for_this_time_ends_it_with_a_sentence(
    project: Path, pair: str, claude: Loopback
) -> None:
    asked = len(claude.requests)
    async with at_desk(project) as pilot:
        await pilot.press("4")
        await sees(pilot, "at most what")
        await pilot.press("b")
        await pilot.press(*"0calls", "enter")
        await sees(pilot, "It stops before it passes 0calls.")
        await pilot.press("l")
        await sees(pilot, "It came to no proposal:")
        await sees(pilot, "✗")
    assert len(claude.requests) == asked
    assert git(project, "status", "--short", "--", "CLAUDE.md") == ""


@pytest.mark.parametrize(
    ("key", "typed", "says"),
    [("b", "0.50", "It stops before it passes 0.50."), ("m", "mine", "redraft itself")],
    ids=["budget", "reviser"],
)
async def test_what_was_set_for_this_time_outlives_an_esc_and_an_empty_line_takes_it_back(
    project: Path, pair: str, key: str, typed: str, says: str
) -> None:
    async with at_desk(project) as pilot:
        await pilot.press("4")
        await sees(pilot, "at most what")
        await pilot.press(key, *typed, "enter")
        await sees(pilot, says)
        await pilot.press(key, "escape")
        await pilot.pause(0.3)
        await sees(pilot, says)
        await pilot.press(key, "ctrl+u", "enter")
        await until(pilot, lambda: says not in lines(pilot) and "at most" in lines(pilot))


async def test_a_model_that_fails_on_the_way_leaves_all_as_it_is(
    project: Path, pair: str, claude: Loopback
) -> None:
    before = git(project, "rev-parse", "HEAD")
    play(claude, Fault(400, "invalid_request_error", "no [such] thing"))
    async with at_desk(project) as pilot:
        await pilot.press("4")
        await sees(pilot, "at most what")
        await pilot.press("l")
        await sees(pilot, "It came to no proposal:")
        await sees(pilot, "no [such] thing")
        await sees(pilot, "2 finals")
    assert git(project, "rev-parse", "HEAD") == before


async def test_words_of_a_model_are_text_and_nothing_else(project: Path, pair: str, claude: Loopback) -> None:
    play(claude, says(MARKED))
    async with at_desk(project) as pilot:
        await pilot.press("4")
        await sees(pilot, "at most what")
        await pilot.press("l")
        await sees(pilot, "No [b]bold[/b] ␛[31mred 中文 🙂 here.")
        await sees(pilot, "You said [/so].")


async def test_tidying_is_the_same_work(
    project: Path, redraft: Redraft, claude: Loopback, undecided: int
) -> None:
    async with at_desk(project) as pilot:
        await pilot.press("4")
        await sees(pilot, "The test cannot decide it.")
        play(claude, says({"action": "move", "target": "rule", "id": "r1", "hypothesis": "First."}), DRAFT)
        await pilot.press("T", "enter")
        await sees(pilot, "Nothing of it passes the tests of the words alone.")
        await sees(pilot, "Be kind.")


async def test_feedback_from_elsewhere_is_counted(project: Path, pair: str) -> None:
    async with at_desk(project) as pilot:
        await pilot.press("4")
        await sees(pilot, "2 finals: rain, tea")
        from loop.verbs import critique

        request = critique.Request(brief="tea", text="Warmer.")
        await desk_of(pilot).perform("critique", request)
        desk_of(pilot).changed()
        await sees(pilot, "1 critique: tea")


def test_what_earlier_feedback_still_has_to_propose_is_said(project: Path, redraft: Redraft) -> None:
    written(project, "tea", "Tea is good, and it is really good.\n")
    assert redraft("-C", project, "critique", "tea", "Too grand. Never say 'really'.").code == 0
    learned = redraft("-C", project, "learn", "--dry-run", "--json").json
    assert learned["found"] == 2
    status = Status.model_validate(redraft("-C", project, "status", "--json").json)
    ready = _new(status.fresh.model_copy(update={"critiques": ()}), Learned.model_validate(learned))
    assert "2 changes from what you said or corrected before can be proposed" in ready[0].plain
