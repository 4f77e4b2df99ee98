"""Verbs at work away from the screen: however they end, whoever waits hears of it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import NoReturn

import pytest

from loop.errors import ProjectError, RedraftError
from loop.events import Note, Tell
from loop.project import ModelInfo, Project
from loop.verbs import models, run, status
from loop.wiring import World
from tests.tui.sitting import at_desk, desk_of, goes, sees
from tui.calls import Calls, Stopped

FETCH = models.Request(action="fetch")
Fetch = Callable[[Tell], Awaitable[None]]


class Slow(World):
    """A world whose one model is fetched as the test says; there is no project in it."""

    def __init__(self, fetch: Fetch, opens: Callable[[], NoReturn] | None = None) -> None:
        super().__init__()
        self._fetch = fetch
        self._opens = opens

    async def fetch(self, name: str, tell: Tell) -> None:
        await self._fetch(tell)

    def models(self) -> tuple[ModelInfo, ...]:
        return ()

    def open(self, path: str) -> Project:
        assert self._opens is not None
        self._opens()


def raises(error: BaseException) -> Callable[[], NoReturn]:
    def open_() -> NoReturn:
        raise error

    return open_


async def nothing(tell: Tell) -> None:
    pass


@pytest.fixture
def opened() -> Iterator[Callable[..., Calls]]:
    """Makes Calls; they are closed in the end."""
    made: list[Calls] = []

    def make(fetch: Fetch = nothing, opens: Callable[[], NoReturn] | None = None) -> Calls:
        made.append(Calls(Slow(fetch, opens), "."))
        return made[-1]

    yield make
    for calls in made:
        calls.close()


Opened = Callable[..., Calls]


def test_a_result_and_what_was_told_arrive(opened: Opened) -> None:
    async def fetch(tell: Tell) -> None:
        tell(Note(message="one"))
        await asyncio.sleep(0)
        tell(Note(message="two"))

    call = opened(fetch).start("models", FETCH)
    assert call.future.result(5) == models.Result(models=())
    assert [event.message for event in call.told() if isinstance(event, Note)] == ["one", "two"]
    assert call.told() == []


@pytest.mark.parametrize("verb", ["status", "run"], ids=["asks nobody", "asks a model"])
@pytest.mark.parametrize("error", [ProjectError("Gone."), ValueError("a bug")], ids=["error", "bug"])
def test_an_error_is_handed_over(opened: Opened, verb: str, error: Exception) -> None:
    request = status.Request() if verb == "status" else run.Request(briefs=("tea",))
    call = opened(opens=raises(error)).start(verb, request)
    assert call.future.exception(5) is error


@pytest.mark.parametrize("verb", ["status", "run"], ids=["asks nobody", "asks a model"])
@pytest.mark.parametrize("error", [SystemExit(3), KeyboardInterrupt()], ids=["exit", "interrupt"])
def test_what_would_end_a_program_is_an_error_like_others(
    opened: Opened, verb: str, error: BaseException
) -> None:
    request = status.Request() if verb == "status" else run.Request(briefs=("tea",))
    call = opened(opens=raises(error)).start(verb, request)
    assert isinstance(call.future.exception(5), RedraftError)


def test_when_the_thread_dies_every_call_on_it_ends_and_the_next_one_works(opened: Opened) -> None:
    waiting, dead = threading.Event(), threading.Event()

    async def fetch(tell: Tell) -> None:
        if dead.is_set():
            return
        if waiting.is_set():
            dead.set()
            raise SystemExit(1)
        waiting.set()
        await asyncio.sleep(60)

    calls = opened(fetch)
    first = calls.start("models", FETCH)
    assert waiting.wait(5)
    second = calls.start("models", FETCH)
    for call in (first, second):
        assert isinstance(call.future.exception(5), RedraftError)
    assert calls.start("models", FETCH).future.result(5) == models.Result(models=())


def test_a_verb_that_is_stopped_before_it_begins_does_nothing(opened: Opened) -> None:
    busy, free, begun = threading.Event(), threading.Event(), []

    async def fetch(tell: Tell) -> None:
        begun.append(1)
        if len(begun) == 1:
            busy.set()
            free.wait(10)  # the loop has no time for anybody else

    calls = opened(fetch)
    first = calls.start("models", FETCH)
    assert busy.wait(5)
    second = calls.start("models", FETCH)
    second.stop()
    free.set()
    assert isinstance(second.future.exception(5), Stopped)
    assert first.future.result(5)
    assert begun == [1]


def test_a_second_stop_does_not_disturb_what_is_put_away(opened: Opened) -> None:
    begun, putting, kept = threading.Event(), threading.Event(), []

    async def fetch(tell: Tell) -> None:
        begun.set()
        try:
            await asyncio.sleep(60)
        finally:
            putting.set()
            await asyncio.sleep(0.1)
            kept.append("what came")

    call = opened(fetch).start("models", FETCH)
    assert begun.wait(5)
    call.stop()
    assert putting.wait(5)
    call.stop()
    assert isinstance(call.future.exception(5), Stopped)
    assert kept == ["what came"]


def test_a_stop_that_comes_too_late_changes_nothing(opened: Opened) -> None:
    busy, free = threading.Event(), threading.Event()

    async def fetch(tell: Tell) -> None:
        busy.set()
        free.wait(10)  # it does not wait for anything any more, but is not done

    call = opened(fetch).start("models", FETCH)
    assert busy.wait(5)
    call.stop()
    free.set()
    assert call.future.result(5) == models.Result(models=())
    call.stop()


def test_closing_waits_for_what_is_put_away_and_not_for_what_never_ends(opened: Opened) -> None:
    begun, kept = [threading.Semaphore(0)], []
    stuck = threading.Event()

    async def fetch(tell: Tell) -> None:
        begun[0].release()
        try:
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(0.2)
            kept.append("what came")

    def opens() -> NoReturn:
        begun[0].release()
        stuck.wait(20)
        raise ProjectError("Late.")

    calls = opened(fetch, opens)
    asking = calls.start("models", FETCH)
    reading = [calls.start("status", status.Request()) for _ in range(6)]  # two of them wait for a thread
    for _ in range(5):
        assert begun[0].acquire(timeout=5)
    calls.close()
    assert not [call for call in reading[:4] if call.future.done()]  # they are at work still
    assert isinstance(asking.future.exception(0), Stopped)
    assert kept == ["what came"]
    assert [isinstance(call.future.exception(0), Stopped) for call in reading[4:]] == [True, True]
    assert isinstance(calls.start("models", FETCH).future.exception(0), Stopped)
    stuck.set()


async def test_a_bug_in_a_verb_is_a_sentence_with_a_report_and_the_desk_goes_on(
    project: Path, home: Path
) -> None:
    async with at_desk(project) as pilot:
        desk = desk_of(pilot)
        desk.calls = Calls(Slow(nothing, raises(ZeroDivisionError("secret words"))), ".")
        desk.changed()
        await sees(pilot, "failed by a bug in redraft")  # of status, or of what a place looks at then
        report, *_ = home.glob(".local/state/redraft/bugs/*.txt")
        await sees(pilot, f"~/{report.relative_to(home).parent}")
        assert "ZeroDivisionError" in report.read_text(encoding="utf-8")
        assert "secret words" not in report.read_text(encoding="utf-8")
        await goes(pilot, "history")


async def test_who_stops_waiting_stops_the_verb(project: Path) -> None:
    begun, kept = threading.Event(), threading.Event()

    async def fetch(tell: Tell) -> None:
        begun.set()
        try:
            await asyncio.sleep(60)
        finally:
            kept.set()

    async with at_desk(project) as pilot:
        desk = desk_of(pilot)
        desk.calls = Calls(Slow(fetch), ".")
        worker = desk.run_worker(desk.perform("models", FETCH))
        assert await asyncio.to_thread(begun.wait, 5)
        worker.cancel()
        assert await asyncio.to_thread(kept.wait, 5)


async def test_a_place_whose_project_is_left_while_it_reads_is_no_fault(project: Path) -> None:
    stuck = threading.Event()

    def opens() -> NoReturn:
        stuck.wait(10)
        raise ProjectError("Late.")

    async with at_desk(project) as pilot:
        desk = desk_of(pilot)
        desk.calls = Calls(Slow(nothing, opens), ".")
        for _ in range(4):  # all that may read at once
            desk.calls.start("status", status.Request())
        await pilot.press("7")
        await sees(pilot, "7 Train")
        desk.calls.move(Slow(nothing, opens), ".")  # what Train reads has not begun yet
        await pilot.press("question_mark")
        await sees(pilot, "Your corrections are training data")
        stuck.set()
