"""Look at what is installed, and say what to type next."""

from __future__ import annotations

from loop.events import Tell
from loop.model import Record
from loop.project import World

EXAMPLE = "redraft doctor"


class Request(Record):
    """Nothing to say."""


class Finding(Record):
    """One thing that was looked at."""

    what: str
    """What it is."""
    fine: bool | None
    """None: optional, and not there."""
    says: str
    """What was found, and what to type if something is missing."""


class Result(Record):
    """All findings."""

    findings: tuple[Finding, ...]
    """In the order of importance."""
    ready: bool
    """True when nothing that is needed is missing."""


async def do(world: World, request: Request, tell: Tell) -> Result:
    """Collect the findings; keys are named, never printed."""
    findings = tuple(Finding(what=what, fine=fine, says=says) for what, fine, says in world.findings())
    return Result(findings=findings, ready=all(finding.fine is not False for finding in findings))
