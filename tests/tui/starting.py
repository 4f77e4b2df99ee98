"""A person at the desk where there is no project yet."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot

from loop.wiring import World
from tests.tui.sitting import SMALL, picture, sees
from tui.app import Desk


@asynccontextmanager
async def outside(
    folder: Path, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int] = SMALL
) -> AsyncIterator[Pilot[None]]:
    """The desk as `redraft` opens it in a folder that is no project."""
    monkeypatch.chdir(folder)
    desk = Desk(World(folder="."), ".")
    desk.animation_level = "none"
    async with desk.run_test(size=size) as pilot:
        await sees(pilot, "A look first")
        yield pilot


async def chooses(pilot: Pilot[None], line: str) -> None:
    """Go to a line of the list, and press Enter."""
    from tui.widgets.choices import Choices

    listed = pilot.app.screen.query_one(Choices)
    ids = [option.id or "" for option in listed.options]
    listed.highlighted = ids.index(line)
    await pilot.press("enter")


async def fills(pilot: Pilot[None], field: str, text: str) -> None:
    """Replace what stands in a field of the window."""
    from textual.widgets import Input

    line = pilot.app.screen.query_one(field, Input)
    line.focus()
    line.value = ""
    await pilot.press(*("space" if char == " " else char for char in text))


async def window(pilot: Pilot[None]) -> str:
    """The window that lies over the place, without what shows through beside it."""
    rows = (await picture(pilot)).splitlines()
    top = next(number for number, row in enumerate(rows) if "╭───" in row)
    left, right = rows[top].index("╭"), rows[top].rindex("╮")
    end = next(number for number, row in enumerate(rows) if "╰───" in row[left : left + 4] and number > top)
    return "\n".join(row[left : right + 1] for row in rows[top : end + 1]) + "\n"
