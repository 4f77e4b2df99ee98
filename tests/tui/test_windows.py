"""Windows keep their manners: their own end closes them and nothing else, wherever the writer is then."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from threading import Event

import pytest
from textual.pilot import Pilot

from loop.events import Tell
from loop.wiring import World
from tests.tui.sitting import SMALL, desk_of, sees, until
from tui.app import Desk
from tui.dialogs.help import Help
from tui.dialogs.work import Work


class Slow(World):
    """The embedded model comes when a test says so."""

    here = Event()

    async def fetch(self, name: str, tell: Tell) -> None:
        await asyncio.to_thread(self.here.wait, 20)


@asynccontextmanager
async def fetching(project: Path) -> AsyncIterator[Pilot[None]]:
    """The writer waits for the embedded model, in a window over Models."""
    Slow.here.clear()
    desk = Desk(Slow(folder=str(project)), str(project))
    try:
        async with desk.run_test(size=SMALL) as pilot:
            await sees(pilot, "1 Write")
            await pilot.press("6")
            await sees(pilot, "Who does what")
            await pilot.press("f")
            await sees(pilot, "Fetching the embedded model")
            yield pilot
    finally:
        Slow.here.set()


async def ends(pilot: Pilot[None]) -> None:
    """What the window waits for ends."""
    Slow.here.set()
    await until(pilot, lambda: not desk_of(pilot).at_work())
    await pilot.pause(0.3)


@pytest.mark.parametrize("key", ["alt+1", "alt+4"])
async def test_work_that_ends_while_one_is_elsewhere_closes_its_own_window(project: Path, key: str) -> None:
    async with fetching(project) as pilot:
        await pilot.press(key)
        await until(pilot, lambda: pilot.app.current_mode != "models")
        await ends(pilot)
        assert len(pilot.app.screen_stack) == 1
        await pilot.press("6")
        await sees(pilot, "The embedded model is here.")
        assert not pilot.app.screen.is_modal


@pytest.mark.parametrize("key", ["f1", "question_mark"])
async def test_work_that_ends_below_the_help_leaves_the_help_open(project: Path, key: str) -> None:
    async with fetching(project) as pilot:
        await pilot.press(key)
        await until(pilot, lambda: isinstance(pilot.app.screen, Help))
        await ends(pilot)
        assert isinstance(pilot.app.screen, Help)
        assert any(isinstance(screen, Work) for screen in pilot.app.screen_stack)
        await pilot.press("escape")
        await sees(pilot, "The embedded model is here.")
        assert not pilot.app.screen.is_modal
