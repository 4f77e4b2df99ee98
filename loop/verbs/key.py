"""Store, list or remove the keys of providers; they lie outside every project and are never shown."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from loop.errors import UsageError
from loop.events import Tell
from loop.model import Record
from loop.project import World
from loop.verbs.parts.fields import Argument, Hidden, TextSource

EXAMPLE = "redraft key set anthropic"
_KNOWN = ("anthropic", "openai", "gemini", "mistral", "groq", "openrouter", "deepseek", "xai")
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
    secret: Annotated[str | None, TextSource("--file", "--stdin"), Hidden("Key", "set")] = None
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


async def do(world: World, request: Request, tell: Tell) -> Result:
    """Change what was asked for, then list."""
    keys = world.keys()
    provider = request.provider.strip().lower()
    if request.action != "list":
        if not _PROVIDER.fullmatch(provider):
            raise UsageError("Whose key?", hint=f"redraft key {request.action} anthropic")
        if request.action == "remove":
            keys.remove(provider)
        elif provider in _MEANT:
            name = _MEANT[provider]
            raise UsageError(f"The key for {provider} is called {name}.", hint=f"redraft key set {name}")
        elif request.secret is None:
            raise UsageError(
                "No key was given, and there is no terminal to ask for it.",
                hint=f"redraft key set {provider} --stdin < my-key.txt",
            )
        else:
            keys.set(provider, request.secret)
    names = dict.fromkeys([*_KNOWN, *keys.stored()])
    held = (Held(provider=name, where=keys.has(name)) for name in names)
    return Result(keys=tuple(one for one in held if one.where))
