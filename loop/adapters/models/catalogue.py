"""Which language models there are on this computer, ready or not."""

from __future__ import annotations

import importlib.util
import json
import os
import urllib.request
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from loop.adapters import doctor
from loop.adapters.keys import VARIABLES, Keys
from loop.adapters.models.embedded import fetching
from loop.adapters.models.embedded.modelfiles import check_whole, find, on_this_computer
from loop.adapters.models.hosted.addresses import host_of
from loop.adapters.models.naming import LOCAL
from loop.adapters.models.prices import context_of, price_of
from loop.errors import ModelUnavailable, RedraftError
from loop.events import Tell
from loop.project import ModelInfo

_EMBEDDED_CONTEXT = 4096
_SECONDS = 2.0
"""A server that answers no sooner is not reachable now."""
_MOST_LISTED = 12
_LITELLM = "pip install 'redraft[litellm]'"
CLAUDES = ("claude-haiku-5-5", "claude-sonnet-5-5", "claude-opus-5-5")
"""Shown when Anthropic can't be asked which there are."""


def find_embedded() -> Path:
    """The embedded model's file. Raises ModelUnavailable when there is none."""
    return find(on_this_computer())


def models(keys: Keys, servers: Mapping[str, str]) -> Sequence[ModelInfo]:
    """Every model that can be asked now, then what is missing for the others; asks side by side.

    `servers` are those of redraft.toml. Keys are looked for by name, and used to ask Anthropic alone.
    """
    addresses = {**LOCAL, **servers}
    with ThreadPoolExecutor(max_workers=len(addresses) + 2) as side_by_side:
        claude = side_by_side.submit(claude_infos, keys, os.environ)
        code = side_by_side.submit(claude_code_info)
        served = list(side_by_side.map(lambda item: served_infos(*item), addresses.items()))
        found = [embedded_info(), *claude.result(), code.result(), *provider_infos(keys)]
    found += [info for infos in served for info in infos]
    return [*(info for info in found if info.ready), *(info for info in found if not info.ready)]


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
    return ModelInfo(
        "embedded", ready=True, says=says, path=str(path), context=_EMBEDDED_CONTEXT, price="free"
    )


def claude_infos(keys: Keys, environ: Mapping[str, str]) -> list[ModelInfo]:
    """Claude's models, as Anthropic lists them; the usual ones when it can't be asked."""
    try:
        key = keys.find("anthropic")
    except RedraftError as error:
        return [ModelInfo("claude-…", ready=False, says=f"{error.message} {error.hint}")]
    if key is None:
        says = "no key yet; type: redraft key set anthropic   (or set ANTHROPIC_API_KEY)"
        return [_priced(name, ready=False, says=says) for name in CLAUDES]
    from loop.adapters.models.claude.listing import listed

    try:
        names = listed(key, environ.get("ANTHROPIC_BASE_URL") or None)
    except ModelUnavailable as error:
        return [_priced(name, ready=False, says=error.message) for name in CLAUDES]
    return [_priced(name, ready=True, says=f"key from {key.where}") for name in names]


def claude_code_info() -> ModelInfo:
    """Claude Code, for whoever has a subscription; no session is started."""
    from loop.adapters.claude_code import found

    program = found()
    if program is None:
        says = "for a Claude subscription without a key; type: pip install 'redraft[claude-code]'"
        return ModelInfo("claude-code", ready=False, says=says)
    return ModelInfo(
        "claude-code",
        ready=True,
        says=f"{program.where}; signs in as Claude Code does (type: claude)",
        path=str(program.path),
        price="as your subscription says",
    )


def provider_infos(keys: Keys) -> list[ModelInfo]:
    """Other providers whose key is there, and in one line how to add one."""
    installed = importlib.util.find_spec("litellm") is not None
    infos = []
    for provider in VARIABLES:
        where = keys.has(provider) if provider != "anthropic" else ""
        if where:
            says = f"key from {where}, not tried" if installed else f"key from {where}; type: {_LITELLM}"
            infos.append(ModelInfo(f"{provider}/…", ready=installed, says=says))
    install = "" if installed else f"{_LITELLM}; "
    says = f"any other provider; type: {install}redraft key set openai   and name it, such as openai/gpt-5"
    return [*infos, ModelInfo("<provider>/<model>", ready=False, says=says)]


def served_infos(server: str, address: str) -> list[ModelInfo]:
    """The models that a server says it has; one line that it does not answer."""
    try:
        names = _served(address)
    except (OSError, ValueError, KeyError, TypeError):
        return [
            ModelInfo(
                f"{server}/…", ready=False, says=f"nothing answers at {host_of(address)}; start it there"
            )
        ]
    installed = importlib.util.find_spec("litellm") is not None
    at = host_of(address)
    says = f"served at {at}" if installed else f"served at {at}; type: {_LITELLM}"
    return [
        ModelInfo(f"{server}/{name}", ready=installed, says=says, price="free")
        for name in names[:_MOST_LISTED]
    ]


def _served(address: str) -> list[str]:
    """Names of a server's models. Raises OSError, ValueError, KeyError or TypeError when it is none."""
    # A proxy has no business between two programs of one computer.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(f"{address.rstrip('/')}/models", timeout=_SECONDS) as reply:
        return [str(model["id"]) for model in json.load(reply)["data"]]


def _priced(name: str, *, ready: bool, says: str) -> ModelInfo:
    price = price_of(name)
    return ModelInfo(
        name, ready=ready, says=says, context=context_of(name), price="" if price is None else price.says
    )
