"""A turn at the project for a verb that asks a model: it waits without holding up the others on its loop."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager

from loop.errors import ProjectBusy
from loop.project import Project

PATIENCE = 10.0
"""Seconds to wait for another redraft."""
STOPPED = 2.0
"""Seconds to wait for it where the writer has stopped the verb: an app that ends waits hardly longer."""
_LOOK_AGAIN = 0.05
"""Seconds between two looks."""


@asynccontextmanager
async def turn(
    project: Project, patience: float = PATIENCE, *, steadfast: bool = False
) -> AsyncIterator[None]:
    """Hold the project's lock. Raises ProjectBusy when another redraft has it for longer.

    `steadfast`: what is to be written has been paid for. A stop does not end the waiting then, but makes it
    short; it is heard when the lock is let go of.
    """
    until = time.monotonic() + patience
    stopped = False
    try:
        with ExitStack() as held:
            while not _entered(held, project, last=time.monotonic() >= until):
                try:
                    await asyncio.sleep(_LOOK_AGAIN)
                except asyncio.CancelledError:
                    if not steadfast:
                        raise
                    stopped, until = True, min(until, time.monotonic() + STOPPED)
            yield
    finally:
        if stopped and (task := asyncio.current_task()) is not None:
            task.cancel()


def _entered(held: ExitStack, project: Project, *, last: bool) -> bool:
    """Take the lock, if nobody has it. Raises ProjectBusy when this was the last look."""
    try:
        held.enter_context(project.lock(0))
    except ProjectBusy:
        if last:
            raise
        return False
    return True
