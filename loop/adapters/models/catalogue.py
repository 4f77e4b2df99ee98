"""Which language models there are on this computer, ready or not."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from loop.adapters import doctor
from loop.adapters.models import fetching
from loop.adapters.models.modelfiles import check_whole, find, on_this_computer
from loop.errors import ModelUnavailable
from loop.events import Tell
from loop.project import ModelInfo

NOT_YET = "redraft cannot use it yet in this release"
_SECONDS_TO_CONNECT = 0.05


class LocalServer(NamedTuple):
    """A program that serves models on this computer."""

    name: str
    """What it is called."""
    port: int
    """Where it listens, unless its user chose another port."""


LOCAL_SERVERS = (LocalServer("Ollama", 11434), LocalServer("LM Studio", 1234), LocalServer("llama.cpp", 8080))


def find_embedded() -> Path:
    """The embedded model's file. Raises ModelUnavailable when there is none."""
    return find(on_this_computer())


def models() -> Sequence[ModelInfo]:
    """The embedded model, then the keys (by name) and the local servers that are found."""
    return [embedded_info(), *keys_found(os.environ), *servers_found(LOCAL_SERVERS)]


async def fetch(name: str, tell: Tell) -> None:
    """Bring the embedded model's file to this computer, with progress. Raises UsageError, ModelError."""
    where = on_this_computer()
    others = () if where.packaged is None else (where.packaged,)
    await fetching.fetch(name, where.own, tell, others=others)


def findings() -> Sequence[tuple[str, bool | None, str]]:
    """What `doctor` looked at: what it is, fine or not (None: optional, absent), what to type next."""
    return doctor.findings(on_this_computer(), os.environ)


def embedded_info() -> ModelInfo:
    """The line about the embedded model."""
    try:
        path = find_embedded()
        check_whole(path)
    except ModelUnavailable as error:
        return ModelInfo("embedded", ready=False, says=f"{error.message} Type: {error.hint}")
    says = f"{path.name}, on this computer: no key, no network; small, it shows how the loop turns"
    return ModelInfo("embedded", ready=True, says=says, path=str(path))


def keys_found(environ: Mapping[str, str]) -> list[ModelInfo]:
    """Providers whose key is set; the key itself is never read further than its length."""
    return [
        ModelInfo(provider, ready=False, says=f"{variable} is set; {NOT_YET}")
        for variable, provider in doctor.KEYS.items()
        if environ.get(variable)
    ]


def servers_found(servers: Sequence[LocalServer]) -> list[ModelInfo]:
    """Local servers at whose usual port something answers."""
    with ThreadPoolExecutor(max_workers=max(1, len(servers))) as side_by_side:
        answers = list(side_by_side.map(_answers, servers))
    return [
        ModelInfo(
            server.name.lower().replace(" ", "-"),
            ready=False,
            says=f"something answers at port {server.port}, where {server.name} listens; {NOT_YET}",
        )
        for server, there in zip(servers, answers, strict=True)
        if there
    ]


def _answers(server: LocalServer) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", server.port), timeout=_SECONDS_TO_CONNECT):
            return True
    except OSError:
        return False
