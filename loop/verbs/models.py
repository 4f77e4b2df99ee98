"""List the models, or fetch the embedded one."""

from __future__ import annotations

from typing import Annotated, Literal

from loop.events import Tell
from loop.model import Record
from loop.project import World
from loop.verbs.parts.fields import Argument

EXAMPLE = "redraft models fetch"


class Request(Record):
    """What to do with the models."""

    action: Annotated[Literal["list", "fetch"], Argument()] = "list"
    """`list` says which are there, `fetch` brings the embedded model's file."""


class Model(Record):
    """One model."""

    name: str
    """What redraft.toml names."""
    ready: bool
    """True when it can answer now."""
    says: str
    """What it is, and what is missing."""
    path: str = ""
    """Its file, for a local model."""
    context: int | None = None
    """How many tokens it can hold."""
    price: str = ""
    """What it costs."""
    missing: Literal["", "key", "fetch", "trust"] = ""
    """What redraft can do about it, if it is not ready; empty: `says` tells what you can do."""
    provider: str = ""
    """Whose key it is asked with; empty when it needs none, or any provider's will do."""


class Result(Record):
    """The models that are known."""

    models: tuple[Model, ...]
    """Ready or not."""


async def do(world: World, request: Request, tell: Tell) -> Result:
    """Fetch if asked, then list."""
    if request.action == "fetch":
        await world.fetch("embedded", tell)
    return Result(
        models=tuple(
            Model(
                name=info.name,
                ready=info.ready,
                says=info.says,
                path=info.path,
                context=info.context,
                price=info.price,
                missing=info.missing,
                provider=info.provider,
            )
            for info in world.models()
        )
    )
