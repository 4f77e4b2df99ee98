"""What there is of a brief, read for the page on which it is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tui.notes import Notes

if TYPE_CHECKING:
    from loop.model import Record
    from tui.app import Desk


class Read(NamedTuple):
    """What was read about a brief; another may be chosen by now."""

    brief: str
    result: Record
    warning: str
    """What the verb told the writer to look at."""


async def read_page(desk: Desk, brief: str, take: int) -> Read:
    """The draft of a brief, or one of its takes, counting from 1."""
    from loop.verbs import show

    return await _read(desk, "show", show.Request(brief=brief, take=take if take > 0 else None), brief)


async def read_brief(desk: Desk, brief: str) -> Read:
    """What a brief asks for."""
    from loop.verbs import brief as brief_verb

    return await _read(desk, "brief", brief_verb.Request(brief=brief), brief)


async def _read(desk: Desk, verb: str, request: Record, brief: str) -> Read:
    warnings = Notes()
    return Read(brief, await desk.perform(verb, request, warnings.hear_warning), " ".join(warnings))
