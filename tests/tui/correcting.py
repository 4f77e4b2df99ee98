"""A writer at Correct: a draft, what they make of it, and how they go about it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from textual.pilot import Pilot

from tests.tui.sitting import SMALL, at_desk, desk_of, sees, until
from tui.places.correct import Here

DRAFT = """\
# Tea outdoors

Why does tea taste better outdoors? We utilize a kettle, and the kettle begins to sing. It is a magical sound.

Then the rain comes. It falls on the tent, and nobody minds.
"""
FINAL = DRAFT.replace("utilize", "use").replace("begins", "starts").replace(" It is a magical sound.", "")


@asynccontextmanager
async def correcting(
    project: Path, size: tuple[int, int] = SMALL, brief: str = "tea"
) -> AsyncIterator[Pilot[None]]:
    """A writer who came to correct a draft."""
    async with at_desk(project, size) as pilot:
        desk_of(pilot).brief = brief
        await pilot.press("3")
        await sees(pilot, "of the draft ·")
        yield pilot


def here(pilot: Pilot[None]) -> Here:
    assert isinstance(pilot.app.screen, Here)
    return pilot.app.screen


def text(pilot: Pilot[None]) -> str:
    """What the writer's text says."""
    return here(pilot).final.taken()


async def edits(pilot: Pilot[None], to: str = FINAL) -> None:
    """The writer changes the draft; their cursor is at the top."""
    await pilot.press("enter")
    here(pilot).final.put(to)
    await pilot.press("ctrl+home")
    here(pilot).final.move_cursor((0, 0))
    await until(pilot, lambda: here(pilot).sides.fresh and here(pilot).sides.now.measured)
