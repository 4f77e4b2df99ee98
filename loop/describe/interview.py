"""The conversation that takes the place of a description: a few questions, one after another."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import NamedTuple

from loop.describe.answer import invalid, json_of
from loop.describe.asking import LONGEST_DESCRIPTION
from loop.describe.samples import Sample, cut, quoted, shown, tag_for
from loop.describe.schema import question_schema
from loop.describe.shipped import filled
from loop.errors import ReplyInvalid
from loop.events import Note, Tell, ignore
from loop.model import Message, ModelRequest
from loop.ports import LanguageModel
from loop.usable import Unusable, ask_usable

FIRST_QUESTION = "What do you write, and for whom?"
MOST_QUESTIONS = 5
"""The first one among them."""
LONGEST_QUESTION = 400
_ROOM = 12_000
"""Characters of samples: enough to hear the voice."""
_MOST_TOKENS = 2_000
"""Of a question; what a model thinks counts too."""


class Turn(NamedTuple):
    """A question and its answer."""

    question: str
    answer: str
    """May be empty: the writer has nothing to say to it."""


def transcript(turns: Sequence[Turn]) -> str:
    """The conversation as a text that can stand for a description."""
    return "\n\n".join(f"{turn.question}\n{turn.answer or '(no answer)'}" for turn in turns)


async def next_question(
    said: str,
    samples: Sequence[Sample],
    model: LanguageModel,
    name: str,
    left: int,
    tell: Tell = ignore,
    unusable: Unusable | None = None,
) -> str | None:
    """What else the model wants to know, given what was `said`; None when it knows enough.

    `left` is how many questions it may still ask, this one among them. An answer that breaks the form is
    asked for once more; after the second, which goes to `unusable`, nothing more is asked, and it is told.
    Raises ModelError as the model does.
    """
    pieces, _ = shown(samples, _ROOM)
    description, _ = cut(said, LONGEST_DESCRIPTION)
    texts = [description, *(piece.text for piece in pieces)]
    sample, about = tag_for("sample", texts), tag_for("conversation", texts)
    values = {"samples": quoted(pieces, sample), "sample": sample, "about": about}
    content = filled("ask", {**values, "said": description, "left": str(left)})
    question = ModelRequest(
        messages=(Message(role="user", content=content),),
        model=name,
        answer=json.dumps(question_schema(), sort_keys=True),
        max_tokens=_MOST_TOKENS,
        temperature=0.0,
    )
    try:
        asked, _ = await ask_usable(
            model,
            question,
            lambda reply: _read(reply.text),
            lambda why: filled("again", {"why": why}),
            unusable=unusable,
            tell=tell,
        )
    except ReplyInvalid as error:
        tell(Note(message=f"{error.message} No further question is asked.", level="warning"))
        return None
    return asked


def _read(reply: str) -> str | None:
    answer = json_of(reply)
    if answer.get("enough") is True and not answer.get("question"):
        return None
    asked = answer.get("question")
    if set(answer) - {"question", "enough"} or not isinstance(asked, str) or not asked.strip():
        raise invalid(['It is neither {"question": "..."} nor {"enough": true}.'], reply)
    line = " ".join(asked.split())
    if len(line) > LONGEST_QUESTION or not line.isprintable():
        raise invalid([f"A question is one line of at most {LONGEST_QUESTION} characters."], reply)
    return line
