"""Let this project run the programs its steps name, and ask the servers that it names."""

from __future__ import annotations

from collections.abc import Mapping

from loop.events import Tell
from loop.model import Record
from loop.project import Project
from loop.settings import CommandStep

EXAMPLE = "redraft trust"


class Request(Record):
    """Whether to look first."""

    dry_run: bool = False
    """Only say what it would allow, and whether that is allowed already."""


class Result(Record):
    """What is trusted now; with --dry-run, what would be."""

    programs: tuple[tuple[str, ...], ...]
    """The programs with their arguments."""
    servers: Mapping[str, str] = {}
    """The servers of redraft.toml: name -> address."""
    keys: Mapping[str, str] = {}
    """Which of them are sent a key: name -> the variable, the keyring or the file that holds it."""
    trusted: bool = True
    """False: it is not allowed yet, and this was only a look."""


async def do(project: Project, request: Request, tell: Tell) -> Result:
    """Remember, outside the project, that its programs may run and its servers be asked, as they are now."""
    programs = tuple(step.argv for step in project.settings.steps if isinstance(step, CommandStep))
    servers = project.settings.servers
    if (programs or servers) and not request.dry_run:
        project.commands.trust()
    found = {server: project.key_place(server) for server in servers}
    return Result(
        programs=programs,
        servers=servers,
        keys={name: at for name, at in found.items() if at},
        trusted=project.commands.trusted(),
    )
