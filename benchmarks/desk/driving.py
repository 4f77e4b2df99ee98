"""The desk without a terminal, driven in this process."""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from textual.app import App
from textual.pilot import Pilot

from benchmarks.desk.texts import SOON

SIZE = (160, 48)


@asynccontextmanager
async def at(app: App[Any], size: tuple[int, int] = SIZE) -> AsyncIterator[Pilot[Any]]:
    """The app, drawn; garbage is looked for as when a terminal opens the desk."""
    app.animation_level = "none"
    gc.disable()
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        if not gc.isenabled():  # an app that leaves it to Python
            gc.collect()
            gc.freeze()
            gc.enable()
        yield pilot


async def until(holds: Callable[[], object], every: float = 0.01) -> None:
    """Wait until something holds."""
    end = time.monotonic() + SOON
    while not holds():
        assert time.monotonic() < end, "it did not come about"
        await asyncio.sleep(every)


async def quiet(seconds: float = 1.0) -> None:
    """Wait until nothing is done any more."""
    used = -1.0
    while (now := time.process_time()) - used > seconds * 0.05:
        used = now
        await asyncio.sleep(seconds)
