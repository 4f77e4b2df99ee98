"""Show how much the writer had to change, brief after brief, and what recurs per version."""

from __future__ import annotations

from loop.curve import CurvePoint, RecurrencePoint, live_effort, recurrence_by_version
from loop.events import Tell
from loop.model import Record
from loop.project import Project
from loop.store import read_measurements, read_pairs

EXAMPLE = "redraft curve"


class Request(Record):
    """Nothing to say."""


class Result(Record):
    """Two curves."""

    live: tuple[CurvePoint, ...]
    """Your real edits in time order."""
    recurrence: tuple[RecurrencePoint, ...]
    """Per measured version: the share of your corrections that fresh drafts would need again."""


async def do(project: Project, request: Request, tell: Tell) -> Result:
    """Read pairs and measurements; change nothing."""
    return Result(
        live=live_effort(read_pairs(project)[0]),
        recurrence=recurrence_by_version(read_measurements(project)),
    )
