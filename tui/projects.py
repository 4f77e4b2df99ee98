"""Which project the desk is on: is there one, going to another, and what to do first in it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from loop.adapters.roots import find_root
from loop.errors import ProjectError
from tui.calls import in_words
from tui.places import PLACES, opener
from tui.shown import content

if TYPE_CHECKING:
    from loop.verbs.starting.building import Built
    from loop.verbs.status import Result as Status
    from tui.app import Desk

START = "start"
"""The mode in which there is no project yet, or another one is looked for."""


def why_outside(folder: str) -> str:
    """Why a folder lies in no project; empty when it does."""
    try:
        find_root(folder)
    except ProjectError as error:
        return error.message
    return ""


def where_new(folder: str) -> str:
    """The folder in which a new project is made: where the writer stands, or beside their project."""
    try:
        return str(find_root(folder).parent)
    except ProjectError:
        return str(Path(folder).absolute())


async def go_to(desk: Desk, folder: str, built: Built | None = None) -> None:
    """Put the desk on another project, with fresh places. Raises ProjectError when there is none.

    Where that would end something, the writer is asked first.
    `built`: it was built from a description just now.
    """
    root = str(await asyncio.to_thread(find_root, folder))
    if not await _may_leave(desk):
        desk.say(f"“{Path(root).name}” is not opened. Esc goes back.", level="info")
        return
    desk.put_away()
    await desk.switch_mode(START)
    desk.world = desk.world.seen_from(root, desk.person)
    desk.calls.move(desk.world, root)
    desk.afar.forget()
    desk.status, desk.brief, desk.sub_title = None, "", Path(root).name
    for place in PLACES:
        await desk.remove_mode(place.id)
        desk.add_mode(place.id, opener(place.id))
    desk.in_project, desk.greets, desk.built = True, True, built
    await desk.switch_mode(PLACES[0].id)
    desk.refresh_status()
    desk.look_after()


async def _may_leave(desk: Desk) -> bool:
    """Ask before verbs at work are ended, or a text is lost that could not be put away."""
    ends = [desk.unkept()]
    if names := in_words(desk.at_work()):
        ends.append(f"Still at work in “{desk.sub_title}”: {names}. It would be stopped.")
    if not any(ends):
        return True
    from tui.dialogs.confirm import Confirm

    question = Confirm("Open the other project all the same?", content("\n".join(filter(None, ends))))
    said: bool | None = await desk.push_screen_wait(question)
    return said is True


async def greet(desk: Desk, status: Status) -> None:
    """A project was opened: what to do first, and whether it waits for a yes."""
    await asyncio.to_thread(desk.world.remember, status.root)
    if status.unkept:
        from tui.dialogs.review import review

        painted = asyncio.Event()
        desk.screen.call_after_refresh(painted.set)
        await painted.wait()
        await review(desk, status, desk.built)
    elif desk.greets:
        desk.say(first_step(status), level="info")
    desk.greets, desk.built = False, None


def first_step(status: Status) -> str:
    """What a writer does first in a project that was just opened."""
    if status.waiting:
        return "A proposal waits for your decision: press 4."
    drafted = [one.brief for one in status.briefs if one.drafted and not one.final and one.split == "train"]
    if drafted:
        return f"“{drafted[0]}” has a draft. Read it here, and press 3 to correct it."
    if not status.briefs:
        return "Write a first brief: a few lines about what you want written."
    if any(not one.drafted for one in status.briefs):
        return "Choose a brief and press Enter: redraft writes its first draft."
    return f"What comes next: {status.next}"
