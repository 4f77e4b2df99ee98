"""Answers kept on disk by the content of the question, so that nothing is paid for twice."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from weakref import WeakValueDictionary

from pydantic import ValidationError

from loop.adapters.files import LocalFiles, unreadable
from loop.errors import ProjectError
from loop.model import ModelRequest, Reply, Usage, content_id
from loop.ports import LanguageModel, no_text


class CachedModel:
    """Answers from `folder` what was asked before, and asks `model` the rest.

    An entry is `<first two digits>/<key>.json`; the key is made of the model's name (with its digest) and the
    whole request. The folder is safe to delete at any time. The same question asked twice at once is
    passed on once. `also` is what shapes an answer besides: where the model is, how long it thinks.
    """

    def __init__(self, model: LanguageModel, folder: Path, *, also: str = "") -> None:
        self._model = model
        self._also = also
        self._folder = folder
        self._files = LocalFiles(str(folder))
        self._asking: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @property
    def name(self) -> str:
        """The name of the model behind it."""
        return self._model.name

    async def ask(self, request: ModelRequest, on_text: Callable[[str], None] = no_text) -> Reply:
        """The kept reply (whole, at no cost), or a fresh one.

        Raises what the model raises, and ProjectError when a reply cannot be kept.
        """
        key = content_id(f"{self.name}{self._also}", canonical(request), length=32)
        path = f"{key[:2]}/{key}.json"
        async with self._asking.setdefault(key, asyncio.Lock()):
            kept = self._read(path)
            if kept is not None:
                on_text(kept.text)
                return kept
            self._prepare()
            reply = await self._model.ask(request, on_text)
            reply = reply.model_copy(update={"text": _whole(reply.text)})
            if reply.text.strip():  # nothing is no answer: it may be asked again
                self._files.write(path, reply.model_dump_json(indent=1) + "\n")
            return reply

    def _prepare(self) -> None:
        """Find out that nothing can be kept before an answer is paid for. Raises ProjectError."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise unreadable(error, str(self._folder), "written") from error

    def _read(self, path: str) -> Reply | None:
        """The entry, or None when there is none or it is damaged (it is then written anew)."""
        try:
            reply = Reply.model_validate_json(self._files.read(path))
        except (ProjectError, ValidationError):
            return None
        return reply.model_copy(update={"cached": True, "usage": Usage()})


def canonical(request: ModelRequest) -> str:
    """A request as one line of JSON: equal requests give equal lines."""
    return json.dumps(request.model_dump(mode="json"), sort_keys=True, ensure_ascii=True)


def _whole(text: str) -> str:
    """The text with halves of characters put together; one without its other half can't be written down."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
