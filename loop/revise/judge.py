"""A yes/no question about a text, put to a model."""

from __future__ import annotations

import re

from loop.model import Message, ModelRequest
from loop.ports import LanguageModel
from loop.revise.shipped import prompt
from pipelines.template import render, stable_part

MOST_TOKENS = 2_000
"""One word is wanted; what a model thinks before it counts too."""
_WORD = re.compile(r"\W*(yes|no)\b", re.IGNORECASE)


def judge_request(question: str, text: str, name: str = "") -> ModelRequest:
    """The request that asks one question about one text.

    The text comes first, so that a provider reads it once for all the questions about it.
    """
    template, source = prompt("judge"), "loop/revise/judge.md"
    values = {"text": text, "question": question}
    content = render(template, values, source).strip()
    stable = min(stable_part(template, values, ("question",), source), len(content))
    message = Message(role="user", content=content, stable=stable)
    return ModelRequest(messages=(message,), model=name, max_tokens=MOST_TOKENS, temperature=0.0)


async def holds(question: str, text: str, model: LanguageModel, name: str = "") -> bool | None:
    """True for yes, False for no; None when the model says neither. `name`: which model is asked.

    Raises ModelError as the model does.
    """
    reply = await model.ask(judge_request(question, text, name))
    word = _WORD.match(reply.text)
    return None if word is None else word.group(1).lower() == "yes"
