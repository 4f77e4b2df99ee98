"""Answers shared by all methods on disk, and what each method would have paid for them alone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from weakref import WeakValueDictionary

from pydantic import ValidationError

from loop.adapters.models.layers.cache import canonical
from loop.model import ModelRequest, Reply, Usage, content_id
from loop.ports import LanguageModel, no_text


class Store:
    """Replies by the content of the question, with what they did cost when they were asked."""

    def __init__(self, model: LanguageModel, folder: Path) -> None:
        self._model = model
        self._folder = folder
        self._asking: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @property
    def name(self) -> str:
        """The name of the model behind it."""
        return self._model.name

    def key(self, request: ModelRequest) -> str:
        """Equal questions to equal models have equal keys."""
        return content_id(self.name, canonical(request), length=32)

    async def ask(self, request: ModelRequest, on_text: Callable[[str], None]) -> Reply:
        """The stored reply with its real cost, or a fresh one."""
        key = self.key(request)
        path = self._folder / key[:2] / f"{key}.json"
        async with self._asking.setdefault(key, asyncio.Lock()):
            try:
                return Reply.model_validate_json(path.read_text(encoding="utf-8"))
            except (OSError, ValidationError):
                pass  # not asked yet, or cut short while it was written
            reply = await self._model.ask(request, on_text)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(reply.model_dump_json(indent=1) + "\n", encoding="utf-8")
            return reply


class Metered:
    """One method's door to the store: what comes again costs nothing, the rest what it did cost once."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._asked: set[str] = set()
        self.spent = Usage()

    @property
    def name(self) -> str:
        """The name of the model behind it."""
        return self._store.name

    async def ask(self, request: ModelRequest, on_text: Callable[[str], None] = no_text) -> Reply:
        """The reply, as from a cache of the method's own. Raises what the model raises."""
        reply = await self._store.ask(request, on_text)
        key = self._store.key(request)
        if key in self._asked:
            return reply.model_copy(update={"cached": True, "usage": Usage()})
        self._asked.add(key)
        self.spent += reply.usage
        return reply.model_copy(update={"cached": False})
