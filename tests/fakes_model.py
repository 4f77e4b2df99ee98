"""A language model for tests that says what it is told to say, and remembers every question."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

from loop.model import ModelRequest, Reply, Usage
from loop.ports import no_text

Answer = str | Reply | Exception


class ScriptedModel:
    """Answers from a list, one after another, or from a function; a list that runs out is a failure.

    A Reply is given as it is, an exception is raised, a text becomes a complete reply whose tokens are
    its words. `most_at_once` is the largest number of questions that were open at the same time.
    """

    def __init__(
        self, answers: Iterable[Answer] | Callable[[ModelRequest], Answer], name: str = "scripted@1"
    ) -> None:
        self.name = name
        self.requests: list[ModelRequest] = []
        self.most_at_once = 0
        self._open = 0
        self._answer = answers if callable(answers) else self._next_of(list(answers))

    @property
    def prompts(self) -> list[str]:
        """What the model was shown, question by question."""
        return ["\n".join(message.content for message in request.messages) for request in self.requests]

    async def ask(self, request: ModelRequest, on_text: Callable[[str], None] = no_text) -> Reply:
        """The next answer, streamed word by word."""
        self.requests.append(request)
        self._open += 1
        self.most_at_once = max(self.most_at_once, self._open)
        try:
            await asyncio.sleep(0)
            answer = self._answer(request)
            if isinstance(answer, Exception):
                raise answer
            reply = answer if isinstance(answer, Reply) else self._reply(request, answer)
            for piece in reply.text.split(" "):
                on_text(piece if piece == reply.text else piece + " ")
                await asyncio.sleep(0)
            return reply
        finally:
            self._open -= 1

    def _reply(self, request: ModelRequest, text: str) -> Reply:
        read = sum(len(message.content.split()) for message in request.messages)
        usage = Usage(calls=1, input_tokens=read, output_tokens=len(text.split()))
        return Reply(text=text, model=self.name, usage=usage)

    def _next_of(self, answers: list[Answer]) -> Callable[[ModelRequest], Answer]:
        rest = iter(answers)

        def following(request: ModelRequest) -> Answer:
            answer = next(rest, None)
            if answer is None:
                shown = request.messages[-1].content
                raise AssertionError(f"the script has only {len(answers)} answers; asked once more: {shown}")
            return answer

        return following
