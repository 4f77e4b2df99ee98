"""Which language models there are on this computer, ready or not."""

from __future__ import annotations

import importlib.util
import json
import os
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException, InvalidURL
from pathlib import Path
from urllib.error import HTTPError

from loop.adapters import doctor
from loop.adapters.keys import VARIABLES, Keys
from loop.adapters.models.embedded import fetching
from loop.adapters.models.embedded.modelfiles import check_whole, find, on_this_computer
from loop.adapters.models.hosted.addresses import host_of, is_loopback
from loop.adapters.models.naming import CLAUDE, CLAUDE_CODE, LOCAL, understand
from loop.adapters.models.prices import context_of, price_of
from loop.errors import ModelUnavailable, RedraftError
from loop.events import Tell
from loop.project import ModelInfo

_EMBEDDED_CONTEXT = 4096
_SECONDS = 2.0
"""A server that answers no sooner is not reachable now."""
_MOST_LISTED = 12
_LONGEST_LIST = 1 << 20
"""Bytes; what sends more than this lists no models."""
_LITELLM = "pip install 'redraft[litellm]'"
CLAUDES = ("claude-haiku-5-5", "claude-sonnet-5-5", "claude-opus-5-5")
"""Shown when Anthropic can't be asked which there are."""


def find_embedded() -> Path:
    """The embedded model's file. Raises ModelUnavailable when there is none."""
    return find(on_this_computer())


def models(
    keys: Keys, servers: Mapping[str, str], *, private: bool = False, trusted: Callable[[], bool] = bool
) -> Sequence[ModelInfo]:
    """Every model that can be asked now, then what is missing for the others; asks side by side.

    `servers` are those of redraft.toml; one that is not on this computer is asked only when it is
    `trusted`, and in a `private` project nobody is who is not. Keys are used to ask Anthropic alone.
    """
    addresses = {**LOCAL, **servers}
    foreign = {name: address for name, address in addresses.items() if not is_loopback(address)}
    unasked = foreign if foreign and (private or not trusted()) else {}
    asked = {name: address for name, address in addresses.items() if name not in unasked}
    with ThreadPoolExecutor(max_workers=len(asked) + 1) as side_by_side:
        hosted = side_by_side.submit(lambda: [*_hosted(keys, private=private)])
        served = list(side_by_side.map(lambda item: served_infos(*item), asked.items()))
        found = [embedded_info(), *hosted.result()]
    found += [info for infos in served for info in infos]
    if not private:
        found += [_untrusted(name, address) for name, address in unasked.items()]
    shown = [info for info in found if info.name.isprintable()]  # a server may say anything
    return [*(info for info in shown if info.ready), *(info for info in shown if not info.ready)]


def _hosted(keys: Keys, *, private: bool) -> Iterator[ModelInfo]:
    """Models of providers; in a private project those alone that are reached on this computer."""
    if not private or understand(CLAUDE, {}, os.environ).private:
        yield from claude_infos(keys, os.environ)
    if not private or understand(CLAUDE_CODE, {}, os.environ).private:
        yield claude_code_info()
    if private:
        says = "this project is private: only models on this computer are asked (redraft.toml: private)"
        yield ModelInfo("<all others>", ready=False, says=says)
    else:
        yield from provider_infos(keys)


def _untrusted(server: str, address: str) -> ModelInfo:
    says = f"not asked: {host_of(address)} is not on this computer; look at [servers] in redraft.toml, then"
    return ModelInfo(f"{server}/…", ready=False, says=f"{says} type: redraft trust")


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
    """The models that a server says it has; one line that it does not answer, or lists none."""
    at = host_of(address)
    names: list[str] = []
    missing = f"{at} answers, and lists no models"
    try:
        names = _served(address)
    except HTTPError as error:
        if error.code in {401, 403}:
            missing = f"{at} wants a key before it lists its models"
    except (OSError, InvalidURL):
        missing = f"nothing answers at {at}; start it there"
    except (HTTPException, ValueError, KeyError, TypeError, RecursionError):
        pass  # it is something else
    if not names:
        return [ModelInfo(f"{server}/…", ready=False, says=missing)]
    installed = importlib.util.find_spec("litellm") is not None
    says = f"served at {at}" if installed else f"served at {at}; type: {_LITELLM}"
    price = "free" if is_loopback(address) else ""
    return [
        ModelInfo(f"{server}/{name}", ready=installed, says=says, price=price)
        for name in names[:_MOST_LISTED]
    ]


def _served(address: str) -> list[str]:
    """Names of a server's models.

    Raises OSError when nobody answers; HTTPException, ValueError, KeyError or TypeError for another answer.
    """
    # A proxy has no business between two programs of one computer.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(f"{address.rstrip('/')}/models", timeout=_SECONDS) as reply:
        return [str(model["id"]) for model in json.loads(reply.read(_LONGEST_LIST))["data"]]


def _priced(name: str, *, ready: bool, says: str) -> ModelInfo:
    price = price_of(name)
    return ModelInfo(
        name, ready=ready, says=says, context=context_of(name), price="" if price is None else price.says
    )
