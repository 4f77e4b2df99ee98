"""List the adapters that were trained here, write with one, merge, convert or remove it."""

from __future__ import annotations

from typing import Annotated, Literal

import tomlkit
from tomlkit.exceptions import ParseError

from loop.errors import ConfigError, UsageError
from loop.events import Tell
from loop.model import Record
from loop.model.adapters import Converted, Merged, Precision, Runtime, Shelved
from loop.project import Project, World
from loop.settings import ADAPTER, SETTINGS_FILE
from loop.verbs.parts.fields import Argument
from loop.verbs.parts.roles import tell_own_models

EXAMPLE = "redraft adapters use tea"


class Request(Record):
    """What to do with which adapter."""

    action: Annotated[Literal["list", "show", "use", "merge", "gguf", "remove"], Argument()] = "list"
    """`use` it in this project, `merge` it into its base, make `gguf` files for Ollama, or `remove` it."""
    name: Annotated[str, Argument(completes="adapter")] = ""
    """Which adapter."""
    precision: Precision = "fp16"
    """merge: fp16 is half as large as fp32; bf16 holds weights that are too large for fp16."""
    yes: bool = False
    """remove: do it, without a question."""
    force: bool = False
    """remove: even where a project writes with it."""


class Held(Record):
    """An adapter, and who writes with it."""

    adapter: Shelved
    """The adapter."""
    users: tuple[str, ...] = ()
    """Folders of projects that were opened lately and name it in redraft.toml."""


class Result(Record):
    """What was done."""

    action: Literal["list", "show", "use", "merge", "gguf", "remove"]
    """As it was asked for."""
    adapters: tuple[Held, ...] = ()
    """list: all of them. Otherwise the one that was named."""
    runtime: Runtime | None = None
    """use: how it writes here."""
    project: str = ""
    """use: the project's folder."""
    before: str = ""
    """use: who wrote until now."""
    merged: Merged | None = None
    """merge: what came of it."""
    converted: Converted | None = None
    """gguf: what came of it."""
    removed: bool = False
    """remove: it is gone."""


async def do(world: World, request: Request, tell: Tell) -> Result:
    """Do what was asked for with one adapter, or list all."""
    shelf = world.adapters()
    if request.action == "list":
        if request.name:
            raise UsageError(
                f"Every adapter is listed; “{request.name}” alone is shown.",
                hint=f"redraft adapters show {request.name}",
            )
        return Result(action="list", adapters=tuple(_held(world, one) for one in shelf.every()))
    one = shelf.find(request.name)
    match request.action:
        case "use":
            return await _use(world, one, tell)
        case "merge":
            merged = await shelf.merge(one.name, request.precision, tell)
            return Result(action="merge", adapters=(_held(world, shelf.find(one.name)),), merged=merged)
        case "gguf":
            made = await shelf.convert(one.name, tell)
            return Result(action="gguf", adapters=(_held(world, shelf.find(one.name)),), converted=made)
        case "remove":
            return _remove(world, one, request)
    return Result(action="show", adapters=(_held(world, one),))


def further(request: Request, result: Result) -> tuple[str, Request] | None:
    """What a person is asked when they have seen what would go, and the request that a yes makes."""
    if result.action != "remove" or result.removed:
        return None
    return f"Remove “{request.name}”?", request.model_copy(update={"yes": True})


def _held(world: World, one: Shelved) -> Held:
    return Held(adapter=one, users=tuple(world.adapters().users(one.name)))


async def _use(world: World, one: Shelved, tell: Tell) -> Result:
    """Make it ready, then name it in redraft.toml, whose comments stay."""
    project = world.project()
    runtime = await world.adapters().settle(one.name, tell)
    with project.lock():
        before = _name_it(project, f"{ADAPTER}{one.name}")
    world.remember(project.root)
    tell_own_models(project.settings, tell)
    return Result(
        action="use",
        adapters=(_held(world, world.adapters().find(one.name)),),
        runtime=runtime,
        project=project.root,
        before=before,
    )


def _name_it(project: Project, name: str) -> str:
    """Put the name under [model]; gives the one that stood there. A recording is asked no more."""
    try:
        document = tomlkit.parse(project.files.read(SETTINGS_FILE))
    except ParseError as error:
        raise ConfigError(
            f"{SETTINGS_FILE} cannot be read: {error}.", hint=f"Mend {SETTINGS_FILE}."
        ) from error
    if "model" not in document:
        document["model"] = tomlkit.table()
    before = project.settings.model.writer
    document["model"]["name"] = name
    document["model"].pop("replay", None)
    project.files.write(SETTINGS_FILE, tomlkit.dumps(document))
    return before


def _remove(world: World, one: Shelved, request: Request) -> Result:
    held = _held(world, one)
    if held.users and not request.force:
        named = ", ".join(held.users)
        raise UsageError(
            f"“{one.name}” writes in {named}: there it would be missing.",
            hint=f"Name another model there (redraft models), or: redraft adapters remove {one.name} --force",
        )
    if request.yes:
        world.adapters().remove(one.name)
    return Result(action="remove", adapters=(held,), removed=request.yes)
