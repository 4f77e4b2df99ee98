"""What can go wrong around the desk: each is a sentence a writer understands, and nothing is lost."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

import pytest
from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets import TextArea

from loop.verbs import correct, run
from tests.cli.conftest import git, written
from tests.cli.served import DRAFT, play
from tests.cli.sitting import Sitting
from tests.loopback import Loopback
from tests.tui.sitting import LARGE, SMALL, at_desk, desk_of, goes, lines, sees, until
from tests.wire import Fault, HangUp, Item, Says
from tui.place import Place
from tui.places import PLACES

_STILL = 12
"""Tenths of a second in which nothing changes: a place may still be read for."""


# -- the window ------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.id)
@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["small", "large"])
async def test_a_window_made_tiny_and_large_again_shows_what_it_showed(
    project: Path, place: Any, size: tuple[int, int]
) -> None:
    written(project, "tea", "Tea is **good**.\n\nSo is rain.\n" * 20)
    async with at_desk(project, size) as pilot:
        desk_of(pilot).brief = "tea"
        await goes(pilot, place.id)
        before = await _quiet(pilot)
        for tiny in ((20, 5), (3, 2), (1, 1), (200, 3)):
            await pilot.resize_terminal(*tiny)
            await pilot.pause()
        await pilot.resize_terminal(20, 5)
        await until(pilot, lambda: "Window too small" in lines(pilot))
        await pilot.resize_terminal(*size)
        await until(pilot, lambda: lines(pilot) == before)


@pytest.mark.parametrize("key", ["question_mark", "ctrl+p"], ids=["help", "palette"])
async def test_a_window_over_a_place_made_tiny_and_large_again_shows_what_it_showed(
    project: Path, key: str
) -> None:
    async with at_desk(project) as pilot:
        await pilot.press(key)
        await until(pilot, lambda: pilot.app.screen.is_modal)
        before = await _quiet(pilot)
        for tiny in ((20, 5), (3, 2), (1, 1), (200, 3)):
            await pilot.resize_terminal(*tiny)
            await pilot.pause()
        await pilot.resize_terminal(*SMALL)
        await until(pilot, lambda: lines(pilot) == before)


async def _quiet(pilot: Pilot[None]) -> str:
    """The screen, once nothing happens on it any more."""
    seen = [""]
    while len(seen) < _STILL or len(set(seen[-_STILL:])) > 1:
        await pilot.pause(0.1)
        seen.append(lines(pilot))
    return seen[-1]


# -- the end, asked for or not ---------------------------------------------------------------------


class Page(Place):
    """A place with a text that lies nowhere yet."""

    NAME: ClassVar[str] = "write"
    kept: ClassVar[list[str]] = []

    def body(self) -> Iterable[Widget]:
        yield TextArea("unsaved words")

    def put_away(self) -> None:
        self.kept.append(self.query_one(TextArea).text)


class Clumsy(Page):
    """A place that fails when it should put its text away."""

    def put_away(self) -> None:
        raise ZeroDivisionError


async def test_places_put_away_their_texts_however_the_desk_ends_and_a_fault_is_told(project: Path) -> None:
    Page.kept.clear()

    async def sits() -> None:
        async with at_desk(project) as pilot:
            await pilot.app.push_screen(Page())
            await pilot.app.push_screen(Clumsy())
            await pilot.app.push_screen(Page())
            await pilot.pause()
            desk_of(pilot).hang_up()

    with pytest.raises(ZeroDivisionError):  # whoever opened the desk makes a report of it
        await sits()
    assert Page.kept == ["unsaved words"] * 2


async def test_a_verb_at_work_keeps_what_came_when_the_desk_ends(project: Path, claude: Loopback) -> None:
    play(claude, DRAFT, Says(silent_after=2))
    async with at_desk(project) as pilot:
        desk = desk_of(pilot)
        desk.run_worker(desk.perform("run", run.Request(briefs=("tea", "rain"))))
        await until(pilot, lambda: list(project.glob(".redraft/cache/*/*.json")))
    assert len(claude.requests) == 2
    async with at_desk(project) as pilot:
        await desk_of(pilot).perform("run", run.Request(briefs=("tea", "rain")))
    assert len(claude.requests) == 3, "the answer that had come was asked for again"


@pytest.fixture
def sitting(project: Path) -> Sitting:
    """Somebody at a terminal, with the desk before them."""
    written(project, "tea", "Tea is very good.")
    return Sitting(project).until("Train").until("Help")


@pytest.mark.parametrize(
    ("end", "code"),
    [
        (lambda person: person.killed(signal.SIGTERM), 143),
        (lambda person: person.killed(signal.SIGHUP), 129),
        (lambda person: person.types("\x11"), 0),
    ],
    ids=["SIGTERM", "SIGHUP", "quit"],
)
def test_the_desk_leaves_the_terminal_as_it_found_it(
    sitting: Sitting, end: Callable[[Sitting], object], code: int
) -> None:
    with sitting as person:
        end(person.looks(0.5))
        ended, seen = person.ends()
    assert (ended, "Traceback" in seen) == (code, False)
    for sequence in ("\x1b[?1049l", "\x1b[?25h", "\x1b[?1003l", "\x1b[?2004l", "\x1b[<u"):
        assert sequence in seen


@pytest.mark.parametrize("hung_up", [True, False], ids=["told", "not told"])
def test_a_desk_whose_terminal_is_gone_ends(project: Path, hung_up: bool) -> None:  # noqa: FBT001
    heard = "" if hung_up else "import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN)"
    with Sitting(project, begins=heard) as person:
        person.until("Train").until("Help").looks(0.5).hangs_up()
        assert person.dies() == 129


# -- models ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer",
    [Says(cut_after=2), Says(garbled_after=2), Says(error_after=2)],
    ids=["cut", "garbled", "an error event"],
)
async def test_of_a_model_that_fails_midway_what_came_is_kept(
    project: Path, claude: Loopback, answer: Item
) -> None:
    play(claude, *[answer] * 8)
    async with at_desk(project) as pilot:
        done = await desk_of(pilot).perform("run", run.Request(briefs=("tea",)))
    assert isinstance(done, run.Result)
    assert [failed.brief for failed in done.failed] == ["tea"]
    assert project.joinpath("drafts/tea.md").read_text(encoding="utf-8").strip() == "Fresh bread"


@pytest.mark.parametrize(
    "answer", [Fault(400, "invalid_request_error"), HangUp()], ids=["refused", "hung up"]
)
async def test_a_model_that_says_nothing_is_a_sentence(project: Path, claude: Loopback, answer: Item) -> None:
    play(claude, *[answer] * 8)
    async with at_desk(project) as pilot:
        place = pilot.app.screen
        assert isinstance(place, Place)
        place.attempt(partial(desk_of(pilot).perform, "run", run.Request(briefs=("tea",))))
        await until(pilot, lambda: "✗" in lines(pilot))
        await goes(pilot, "history")


# -- git -------------------------------------------------------------------------------------------


def merging(root: Path) -> None:
    git(root, "checkout", "-qb", "other")
    root.joinpath("CLAUDE.md").write_text("Other words.\n", encoding="utf-8")
    git(root, "commit", "-qam", "other")
    git(root, "checkout", "-q", "-")
    root.joinpath("CLAUDE.md").write_text("My words.\n", encoding="utf-8")
    git(root, "commit", "-qam", "mine")
    subprocess.run(["git", "merge", "other"], cwd=root, capture_output=True, check=False)


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (merging, "merge"),
        (lambda root: git(root, "checkout", "-q", "--detach"), "branch"),
        (lambda root: root.joinpath(".git/index.lock").touch(), "Another git program is at work"),
        (lambda root: root.joinpath(".git").rename(root / "git"), "is not in a git repository"),
    ],
    ids=["merging", "detached", "locked", "no repository"],
)
async def test_what_git_refuses_is_a_sentence(
    project: Path, spoil: Callable[[Path], object], says: str
) -> None:
    written(project, "tea", "Tea is very good.")
    async with at_desk(project) as pilot:
        spoil(project)
        place = pilot.app.screen
        assert isinstance(place, Place)
        correction = correct.Request(brief="tea", text="Tea is good.")
        place.attempt(partial(desk_of(pilot).perform, "correct", correction))
        await sees(pilot, says)
    assert not project.joinpath("finals/tea.md").exists()


# -- texts -----------------------------------------------------------------------------------------


SENTENCE = "We drink tea outdoors, and it is good. "


@pytest.mark.slow
async def test_every_place_opens_on_a_draft_of_ten_megabytes_in_one_line(project: Path) -> None:
    written(project, "tea", SENTENCE * 250_000 + "\n")
    shown = {"write": "its beginning is shown", "say": "Nothing is said yet.", "correct": "0% of the draft"}
    async with at_desk(project) as pilot:
        desk_of(pilot).brief = "tea"
        for place in PLACES:
            await pilot.press("escape")
            await goes(pilot, place.id)
            if place.id in shown:
                await sees(pilot, shown[place.id])
                await sees(pilot, SENTENCE.strip())


@pytest.mark.slow
async def test_a_draft_of_ten_megabytes_is_corrected(project: Path) -> None:
    draft = (SENTENCE * 10 + "\n\n") * 25_000
    written(project, "tea", draft)
    async with at_desk(project) as pilot:
        desk_of(pilot).brief = "tea"
        await goes(pilot, "correct")
        await sees(pilot, "0% of the draft")
        await pilot.press("enter", "A", "h", "space", "ctrl+s")
        await sees(pilot, "The final is kept: 1 change", patience=120)
    assert project.joinpath("finals/tea.md").read_text(encoding="utf-8") == "Ah " + draft
    assert "final" in git(project, "log", "-1", "--format=%b", "--name-only")
