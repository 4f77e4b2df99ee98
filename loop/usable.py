"""A question whose answer must have a form: one that cannot be used is asked for once more."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from loop.errors import ReplyInvalid
from loop.events import Note, Tell, ignore
from loop.model import Message, ModelRequest, Reply
from loop.ports import LanguageModel, no_text

_T = TypeVar("_T")
_SEEDS_APART = 100
"""Candidates and samples number their seeds from 0."""


class Unusable(Protocol):
    """Where answers go that cannot be used."""

    def times(self, question: ModelRequest) -> int:
        """How many answers to this question lie there."""
        ...

    def keep(self, question: ModelRequest, error: ReplyInvalid) -> ReplyInvalid:
        """Keep the raw reply; returns the error, saying where it lies."""
        ...


async def ask_usable(
    model: LanguageModel,
    question: ModelRequest,
    read: Callable[[Reply], _T],
    again: Callable[[str], str],
    *,
    unusable: Unusable | None = None,
    times: int = 2,
    tell: Tell = ignore,
    on_text: Callable[[str], None] = no_text,
) -> tuple[_T, tuple[Message, ...]]:
    """What `read` makes of the answer, and the conversation up to it.

    `read` raises ReplyInvalid for an answer that cannot be used; the model is told why in the words of
    `again`, and asked `times` in all. The last such answer is kept in `unusable`, and that error is raised;
    whoever asks the same later asks anew, not from the cache. Raises ModelError as the model does.
    """
    before = unusable.times(question) if unusable is not None else 0
    asked = question.model_copy(update={"seed": question.seed + _SEEDS_APART * before})
    for left in reversed(range(times)):
        reply = await model.ask(asked, on_text)
        try:
            return read(reply), (*asked.messages, Message(role="assistant", content=reply.text))
        except ReplyInvalid as error:
            if not left:
                raise (error if unusable is None else unusable.keep(question, error)) from None
            tell(Note(message=f"{error.message} The model is asked once more."))
            messages = _followed(asked.messages, reply.text, again(error.message))
            asked = asked.model_copy(update={"messages": messages})
    raise AssertionError("the last answer was read or refused")


def said(messages: tuple[Message, ...], words: str) -> tuple[Message, ...]:
    """A conversation with one more turn of ours."""
    return (*messages, Message(role="user", content=words, stable=len(words)))


def _followed(messages: tuple[Message, ...], reply: str, words: str) -> tuple[Message, ...]:
    if reply.strip():
        return said((*messages, Message(role="assistant", content=reply)), words)
    last = messages[-1]  # no provider takes a turn of nothing: the words go behind the question
    return (*messages[:-1], last.model_copy(update={"content": f"{last.content}\n\n{words}"}))
