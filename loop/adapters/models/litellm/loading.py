"""LiteLLM, loaded without a word on the screen and without a question to the network."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import logging
import os
import warnings
from functools import cache
from types import TracebackType
from typing import Any, Self

from loop.adapters.models.hosted.per_loop import PerLoop
from loop.errors import MissingExtra

_BEFORE = {
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",  # else it fetches its list of prices
    "LITELLM_MODE": "PRODUCTION",  # else it reads the .env file of the folder the writer is in
}
_WITH_IT = ("openai.resources.chat", "litellm.litellm_core_utils.default_encoding", "litellm.proxy._types")
"""What the first question would load, while the screen stands still; a release may lack any of them."""
_WARNINGS = (".*Accessing the.*attribute on the instance is deprecated.*", ".*`ReadOnly` qualifier.*")
_LOGGERS = ("LiteLLM", "LiteLLM Proxy", "LiteLLM Router")


async def litellm() -> Any:
    """The package. Loading takes seconds and happens in a thread, once. Raises MissingExtra."""
    package = _load() if _load.cache_info().currsize else await asyncio.to_thread(_load)
    _hush()
    await _CLIENTS.get()
    return package


@cache
def _load() -> Any:
    for name, value in _BEFORE.items():
        os.environ.setdefault(name, value)
    try:
        package: Any = importlib.import_module("litellm")
    except ImportError as error:
        raise MissingExtra(
            f"This model is asked through LiteLLM, and {error.name or 'a part of it'} is not installed.",
            hint="pip install 'redraft[litellm]'",
        ) from error
    for name in _WITH_IT:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    package.telemetry = False
    package.suppress_debug_info = True
    package.drop_params = True
    for name in _LOGGERS:
        logging.getLogger(name).disabled = True
    return package


def _hush() -> None:
    """Keep to itself what LiteLLM's own records make pydantic say; it does so too, where it is imported."""
    for words in _WARNINGS:
        if not any(known is not None and known.pattern == words for _, known, *_ in warnings.filters):
            warnings.filterwarnings("ignore", message=words)


class _Clients:
    """The connections that LiteLLM keeps for one event loop.

    It tells loops apart by their place in memory, and a later loop may get the place of one that
    ended; and connections that nobody closes complain on the screen.
    """

    def __init__(self) -> None:
        self._loop = id(asyncio.get_running_loop())

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        package = importlib.import_module("litellm")
        kept = package.in_memory_llm_clients_cache.cache_dict
        own = [kept.pop(key, None) for key in list(kept) if str(key).endswith(f"-{self._loop}")]
        shared = vars(package).pop("module_level_aclient", None)  # it makes another when one is wanted
        for client in (*own, shared):
            close = getattr(client, "aclose", None) or getattr(client, "close", None)
            closing = close() if close is not None else None
            if closing is not None:
                with contextlib.suppress(
                    Exception
                ):  # one that cannot be closed must not keep the others open
                    await closing


_CLIENTS = PerLoop(_Clients)
