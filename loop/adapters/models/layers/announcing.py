"""Says who is asked before the first question goes out; what the cache answers asks nobody."""

from __future__ import annotations

from collections.abc import Callable

from loop.model import ModelRequest, Reply
from loop.ports import LanguageModel, no_text


class AnnouncedModel:
    """Calls `say` before each question that it passes on."""

    def __init__(self, model: LanguageModel, say: Callable[[], None]) -> None:
        self._model = model
        self._say = say

    @property
    def name(self) -> str:
        """The name of the model behind it."""
        return self._model.name

    async def ask(self, request: ModelRequest, on_text: Callable[[str], None] = no_text) -> Reply:
        """The model's reply. Raises what the model raises."""
        self._say()
        return await self._model.ask(request, on_text)
