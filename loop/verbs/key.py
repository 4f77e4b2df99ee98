"""Store, list or remove the keys of providers; they lie outside every project and are never shown."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import Field

from loop.errors import UsageError
from loop.events import Tell
from loop.model import Record
from loop.project import World
from loop.verbs.parts.fields import Argument, Hidden, TextSource

EXAMPLE = "redraft key set anthropic"
_MEANT = {"claude": "anthropic", "chatgpt": "openai", "google": "gemini"}
"""What somebody may type -> whose key it is."""
_PROVIDER = re.compile(r"(?!sk-)[a-z][a-z0-9_.-]{0,23}")
"""A key that is typed in a name's place is longer, or begins so: it must not be listed as a name."""


class Request(Record):
    """What to do with which key."""

    action: Annotated[Literal["list", "set", "remove"], Argument()] = "list"
    """`set` asks for a key without showing it, `remove` forgets it, `list` says where each lies."""
    provider: Annotated[str, Argument()] = ""
    """Whose key: anthropic, openai, gemini, mistral, groq, openrouter, or the name of a server."""
    secret: Annotated[str | None, TextSource("--file", "--stdin"), Hidden()] = Field(default=None, repr=False)
    """The key."""


class Held(Record):
    """One key, unseen."""

    provider: str
    """Whose it is."""
    where: str
    """Where it lies: an environment variable, the system's keyring, or a file only you can read."""


class Result(Record):
    """The keys there are now."""

    keys: tuple[Held, ...]
    """By provider."""
    stored: Held | None = None
    """The key that was stored now."""
    removed: Held | None = None
    """The key that was removed now, and where it lay."""
    variable: str = ""
    """The environment variable that holds a key for the same provider: that one counts."""


async def do(world: World, request: Request, tell: Tell) -> Result:
    """Change what was asked for, then list."""
    keys = world.keys()
    stored = removed = None
    counts = ""
    if request.action == "set":
        provider = _whose(request)
        stored = Held(provider=provider, where=keys.set(provider, _secret(world, request, provider)))
        counts = keys.has(provider)
    elif request.action == "remove":
        provider = _whose(request)
        removed = Held(provider=provider, where=keys.remove(provider))
        counts = keys.has(provider)
    held = (Held(provider=name, where=keys.has(name)) for name in keys.names())
    there = tuple(one for one in held if one.where)
    variable = "" if stored is not None and counts == stored.where else counts
    return Result(keys=there, stored=stored, removed=removed, variable=variable)


def _whose(request: Request) -> str:
    """The provider's or server's name; it is asked for first, and never repeated when it may be a key."""
    provider = request.provider.strip().lower()
    hint = f"redraft key {request.action} anthropic   (or openai, gemini, …, or the name of a server)"
    if not provider:
        raise UsageError("Whose key?", hint=hint)
    if not _PROVIDER.fullmatch(provider):
        raise UsageError(
            "Whose key? What you typed is no provider's name. If it was a key: your shell remembers it.",
            hint=hint,
        )
    if provider in _MEANT:
        name = _MEANT[provider]
        raise UsageError(
            f"The key for {provider} is called {name}.", hint=f"redraft key {request.action} {name}"
        )
    return provider


def _secret(world: World, request: Request, provider: str) -> str:
    secret = request.secret
    if secret is None:
        secret = world.person().ask_hidden(f"Key for {provider} (it is not shown)")
    if secret is None:
        raise UsageError(
            "No key was given, and there is no terminal to ask for it.",
            hint=f"redraft key set {provider} --stdin < my-key.txt",
        )
    return secret
