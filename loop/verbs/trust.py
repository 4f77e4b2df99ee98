"""Let this project run the programs its steps name."""

from __future__ import annotations

from loop.events import Tell
from loop.model import Record
from loop.project import Project
from loop.settings import CommandStep

EXAMPLE = "redraft trust"


class Request(Record):
    """Nothing to say."""


class Result(Record):
    """What is trusted now."""

    programs: tuple[tuple[str, ...], ...]
    """The programs with their arguments."""


async def do(project: Project, request: Request, tell: Tell) -> Result:
    """Remember, outside the project, that its programs as they are now may run."""
    programs = tuple(step.argv for step in project.settings.steps if isinstance(step, CommandStep))
    if programs:
        project.commands.trust()
    return Result(programs=programs)
