"""One door to many models: each question goes to the model that it names."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

from loop.model import ModelRequest, Reply
from loop.ports import LanguageModel, no_text


class RoutedModel:
    """Passes a question to the model it names, or to the project's own.

    `steps` are the names of all models that write drafts: together they are the name of this one, because
    a draft is as much the work of one as of the other. `open_` makes a model on its first question.
    """

    def __init__(
        self, own: str, steps: Mapping[str, LanguageModel], open_: Callable[[str], LanguageModel]
    ) -> None:
        self._own = own
        self._steps = steps
        self._models = dict(steps)
        self._open = open_

    @property
    def name(self) -> str:
        """The names of the models that write drafts, such as `claude-sonnet-5-5`, joined by `+`."""
        return "+".join(dict.fromkeys(model.name for model in self._steps.values()))

    async def ask(self, request: ModelRequest, on_text: Callable[[str], None] = no_text) -> Reply:
        """The reply of the model that is named. Raises what it raises, and what opening it raises."""
        name = request.model or self._own
        if name not in self._models:
            self._models[name] = self._open(name)
        return await self._models[name].ask(request.model_copy(update={"model": ""}), on_text)


class LimitedModel:
    """Lets so many questions to one provider be under way at once; the others wait their turn."""

    def __init__(self, model: LanguageModel, turns: asyncio.Semaphore) -> None:
        self._model = model
        self._turns = turns

    @property
    def name(self) -> str:
        """The name of the model behind it."""
        return self._model.name

    async def ask(self, request: ModelRequest, on_text: Callable[[str], None] = no_text) -> Reply:
        """The model's reply. Raises what the model raises."""
        async with self._turns:
            return await self._model.ask(request, on_text)
