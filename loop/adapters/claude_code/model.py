"""Claude Code as a language model: one question, one text, no tools."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path

from loop.adapters.claude_code.agent import NAME
from loop.adapters.claude_code.faults import Limits
from loop.adapters.claude_code.hearing import Hearing
from loop.adapters.claude_code.session import Task, held
from loop.adapters.claude_code.workplace import workplace
from loop.adapters.models.plain_text import check_text
from loop.errors import ModelError, UsageError
from loop.model import Message, ModelRequest, Reply, Usage
from loop.ports import no_text

_INSTRUCTIONS = Path(__file__).with_name("model.md")
_TURNS_FOR_DATA = 3
"""A model that answers in prose first is told to hand over data, which is another turn."""


class ClaudeCodeModel:
    """Answers with Claude Code, for writers who have a subscription and no key.

    `model` is what Claude Code calls a model (`sonnet`, `claude-opus-5-5`); empty: its own choice.
    `silence`: seconds it may say nothing before it is given up. `effort`: how long it thinks (`low` to
    `max`); None: as it is used to.

    Claude Code has no settings for `max_tokens`, `temperature`, `top_p`, `seed` and `stop`: they are
    ignored, and the same request gives another text each time. It adds some lines of its own to the
    prompt: today's date, the system it runs on, the name of an empty folder.
    """

    def __init__(
        self,
        model: str = "",
        *,
        silence: float = 120,
        effort: str | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self._model = model
        self._silence = silence
        self._effort = effort
        self._environment = environment
        self.spent = Usage()
        """What all questions cost so far, those that failed included."""

    @property
    def name(self) -> str:
        """`claude-code`, or `claude-code/<model>`."""
        return f"{NAME}/{self._model}" if self._model else NAME

    async def ask(self, request: ModelRequest, on_text: Callable[[str], None] = no_text) -> Reply:
        """The whole reply; `on_text` gets it piece by piece. Cancelling ends the program.

        Raises MissingExtra; ModelUnavailable (not installed, not logged in, no connection: Passing where
        another try may do); ModelRefused; UsageError when the prompt is too long, empty or no text.
        """
        check_text(request)
        task = Task(
            _prompt(request.messages),
            _instructions(request.messages),
            objection=None,
            model=self._model,
            effort=self._effort or "",
            schema=request.answer,
            limits=Limits(turns=_TURNS_FOR_DATA if request.answer else 1),
            silence=self._silence,
        )
        hearing = Hearing(on_text, structured=bool(request.answer))
        environment = os.environ if self._environment is None else self._environment
        with workplace({}) as place:
            try:
                await held(task, place, hearing, environment)
            except ModelError as error:  # what it thought or wrote is paid for
                if hearing.usage.input_tokens or hearing.usage.output_tokens:
                    error.usage = hearing.usage
                raise
            finally:
                self.spent += hearing.usage
        text = "".join(hearing.texts)
        if hearing.result is not None and hearing.result.structured_output is not None:
            text = json.dumps(hearing.result.structured_output, ensure_ascii=False)
        model = f"{NAME}/{hearing.model}" if hearing.model else self.name
        return Reply(text=text, model=model, usage=hearing.usage)


def _instructions(messages: tuple[Message, ...]) -> str:
    """The system prompt: a few words of ours, then the request's."""
    asked = [turn.content for turn in messages if turn.role == "system"]
    return "\n\n".join((_INSTRUCTIONS.read_text(encoding="utf-8").strip(), *asked))


def _prompt(messages: tuple[Message, ...]) -> str:
    """The question; with turns before it, all of them, each under the name of who speaks.

    Claude Code takes no answers that it did not give, so an earlier conversation is told as text.
    """
    turns = [turn for turn in messages if turn.role != "system"]
    if not turns or not turns[-1].content.strip():
        raise UsageError("There is nothing to ask: the prompt is empty.", hint="Fill the prompt's file.")
    if len(turns) == 1:
        return turns[0].content
    told = [f"<{turn.role}>\n{turn.content}\n</{turn.role}>" for turn in turns[:-1]]
    return "\n\n".join(("So far:", *told, "Now:", turns[-1].content))
