"""Verbs that ask a model wait for another redraft without holding up the others on their loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

from loop.adapters.lock import project_lock
from loop.errors import ProjectBusy
from loop.events import DraftReady, Event, Note, Tell, TextChunk
from loop.project import Project
from loop.verbs import learn, measure, run, tidy
from loop.verbs.parts.turns import turn
from loop.wiring import World
from tests.cli.conftest import Redraft
from tests.cli.served import corrected, play
from tests.loopback import Loopback
from tests.wire import Says

SLOW = Says(pieces=("Rain ", "is ", "loud."), pause=0.1)
HALF = Says(pieces=("Rain ", "is ", "loud."), silent_after=2)


@pytest.fixture
def opened(project: Path, redraft: Redraft, claude: Loopback) -> Project:
    corrected(project, redraft, "tea")
    return World().open(str(project))


@pytest.mark.parametrize(
    "waits",
    [
        lambda project, tell: learn.do(project, learn.Request(reviser="mine"), tell),
        lambda project, tell: tidy.do(project, tidy.Request(reviser="mine"), tell),
        lambda project, tell: measure.do(project, measure.Request(), tell),
    ],
    ids=["learn", "tidy", "measure"],
)
def test_a_draft_is_written_while_another_verb_waits_for_its_turn(
    opened: Project, claude: Loopback, waits: Callable[[Project, Tell], learn.Result]
) -> None:
    play(claude, SLOW)
    busy = ExitStack()
    busy.enter_context(project_lock(opened.root))

    def hears(event: Event) -> None:
        if isinstance(event, DraftReady):
            busy.close()

    async def both() -> run.Result:
        async with asyncio.TaskGroup() as group:
            group.create_task(waits(opened, lambda event: None))  # type: ignore[arg-type]
            return await run.do(opened, run.Request(briefs=("rain",)), hears)

    with busy:
        assert asyncio.run(both()).written


def stopped(opened: Project, *, busy: ExitStack, frees: bool) -> str:
    """Write the draft of rain, stop it twice while another redraft has the project: what was told."""
    told: list[str] = []
    begun = asyncio.Event()

    def hears(event: Event) -> None:
        if isinstance(event, TextChunk) and event.text == "is ":
            begun.set()
        elif isinstance(event, Note):
            told.append(event.message)

    async def stops() -> None:
        task = asyncio.create_task(run.do(opened, run.Request(briefs=("rain",)), hears))
        await begun.wait()
        busy.enter_context(project_lock(opened.root))
        task.cancel()
        await asyncio.sleep(0.2)
        task.cancel()
        if frees:
            await asyncio.sleep(0.2)
            busy.close()
        with pytest.raises(asyncio.CancelledError):
            await task

    with busy:
        asyncio.run(stops())
    return " ".join(told)


def test_a_second_stop_leaves_what_came_its_turn(opened: Project, claude: Loopback) -> None:
    play(claude, HALF)
    assert "breaks off after 2 words" in stopped(opened, busy=ExitStack(), frees=True)
    assert opened.files.read("drafts/rain.md") == "Rain is\n"


def test_what_came_of_a_stopped_draft_is_put_away_before_an_app_is_gone(
    opened: Project, claude: Loopback, home: Path
) -> None:
    play(claude, HALF)
    said = stopped(opened, busy=ExitStack(), frees=False)
    (place,) = home.rglob("unsaved/rain-*.md")
    assert f"What came is kept in {place}." in said
    assert place.read_text(encoding="utf-8") == "Rain is\n"


def test_what_is_paid_for_is_written_first_and_the_stop_heard_then(opened: Project) -> None:
    done: list[str] = []

    async def work() -> None:
        async with turn(opened, steadfast=True):
            done.append("written")
        await asyncio.sleep(0)
        done.append("went on")

    async def stops() -> None:
        with project_lock(opened.root):
            task = asyncio.create_task(work())
            await asyncio.sleep(0.1)
            task.cancel()
            await asyncio.sleep(0.1)
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(stops())
    assert done == ["written"]


def test_who_waited_long_enough_is_told_who_is_there(opened: Project) -> None:
    async def work() -> None:
        async with turn(opened, 0.1):
            pass

    with project_lock(opened.root), pytest.raises(ProjectBusy, match="Another redraft"):
        asyncio.run(work())
