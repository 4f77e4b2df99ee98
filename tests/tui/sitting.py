"""A person at the desk, in this process: opens it, presses keys, reads the screen."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from threading import Event
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets import Static, TextArea

from loop.project import Project
from loop.wiring import World
from tui.app import Desk
from tui.place import Place
from tui.places import PLACES

PATIENCE = 20.0
"""Seconds until something must be there."""
STILL = 0.1
"""Seconds without a change after which a screen counts as drawn."""
SMALL, LARGE = (80, 24), (160, 48)
OWN_WORDS: Mapping[str, str] = {
    "write": "New brief",
    "say": "Say it",
    "correct": "Keep final",
    "learn": "Who turns it into rules",
    "history": "Go back",
    "models": "Who does what",
    "train": "What you collected",
}
"""What each place says, whatever there is of a project, and no other place does."""


@asynccontextmanager
async def at_desk(
    folder: Path, size: tuple[int, int] = SMALL, world: type[World] = World
) -> AsyncIterator[Pilot[None]]:
    """The desk on a project, drawn and with the project read."""
    desk = Desk(world(folder=str(folder)), str(folder))
    desk.animation_level = "none"
    async with desk.run_test(size=size) as pilot:
        await until(pilot, lambda: desk.status is not None)
        yield pilot


class Slow(World):
    """A project that opens only when a test says so."""

    free = Event()

    def open(self, path: str) -> Project:
        assert self.free.wait(20)
        return super().open(path)


class Nowhere(Place):
    """A place of the tests' own, so that a picture of a window over it stays the same."""

    NAME = "write"
    HELP = "Nothing is done here.\n\n- Not *even* this.\n"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("x", "leave", "Do nothing", id="nowhere.nothing")]

    def body(self) -> Iterable[Widget]:
        yield Static("Nowhere")


def desk_of(pilot: Pilot[None]) -> Desk:
    """The app."""
    assert isinstance(pilot.app, Desk)
    return pilot.app


async def until(pilot: Pilot[None], holds: Callable[[], object], patience: float = PATIENCE) -> None:
    """Wait until something holds."""
    end = time.monotonic() + patience
    while not holds():
        assert time.monotonic() < end, f"it did not come about:\n{lines(pilot)}"
        await pilot.pause()
        await asyncio.sleep(0.01)
    await pilot.pause()


async def sees(pilot: Pilot[None], words: str, patience: float = PATIENCE) -> None:
    """Wait until the words stand on the screen (line breaks and frames between them do not count)."""
    await until(pilot, lambda: words in " ".join(re.sub(r"[│┃▌▏▎]", " ", lines(pilot)).split()), patience)


async def goes(pilot: Pilot[None], place: str) -> None:
    """Go to a place by its key, and wait until it is the one that is shown."""
    await pilot.press(next(one.key for one in PLACES if one.id == place))
    await until(pilot, lambda: pilot.app.current_mode == place)
    await sees(pilot, OWN_WORDS[place])


async def types(pilot: Pilot[None], text: str) -> None:
    """Type a text where the focus is, key by key for one line; a longer one comes as a paste."""
    focused = pilot.app.focused
    if isinstance(focused, TextArea) and len(text) > 20:
        focused.insert(text)
        await pilot.pause()
        return
    await pilot.press(*("space" if char == " " else char for char in text))


def lines(pilot: Pilot[None]) -> str:
    """What stands on the screen, as text."""
    return "\n".join(
        "".join(segment.text for segment in strip).rstrip()
        for strip in pilot.app.screen._compositor.render_strips()
    )


_SHA = re.compile(r"\b[0-9a-f]{7,12}\b")
_WHEN = re.compile(r"\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d(?::\d\d)?)?")


async def picture(pilot: Pilot[None]) -> str:
    """The screen for a snapshot, once it is still: commits and times stand as signs of the same length."""
    return masked(await still(pilot))


async def still(pilot: Pilot[None]) -> str:
    """The screen, once it has stayed the same for a moment; or after a second, if a clock ticks on it."""
    end = time.monotonic() + 1
    seen, since = "", time.monotonic()
    while time.monotonic() < min(end, since + STILL):
        await pilot.pause()
        if (now := lines(pilot)) != seen:
            seen, since = now, time.monotonic()
        await asyncio.sleep(0.01)
    return seen


def masked(text: str) -> str:
    """A screen without what differs from run to run."""
    text = _SHA.sub(lambda match: "#" * len(match[0]), text)
    return _WHEN.sub(lambda match: re.sub(r"\d", "0", match[0]), text) + "\n"
