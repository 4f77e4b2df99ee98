"""The refine pass: one question to the model that mends what no check can mend by itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from importlib import resources
from typing import NamedTuple

from loop.errors import ModelRefused, RedraftError, UsageError
from loop.model import Check, MarginNote, Message, ModelRequest, Reply, Usage
from loop.ports import LanguageModel
from loop.text.words import count_words
from loop.tokens import BYTES_PER_TOKEN
from pipelines.checks import Checked, apply_checks
from pipelines.mending.document import document
from pipelines.reply import tidy
from pipelines.template import render

FEWEST_WORDS, MOST_WORDS = 0.7, 1.3
"""A refined piece that is shorter or longer than this share of the piece was not mended but rewritten."""

_PROMPT = "prompts/refine.md"
_ROOM = 64


class Refined(NamedTuple):
    """What came of a refine pass."""

    checked: Checked
    """The mended piece with what is left to mend, or the piece as it was."""
    reply: Reply | None
    """What the model answered, used or not; None when it could not be asked."""
    refusal: str
    """Why the piece stayed as it was; empty when it was mended."""
    usage: Usage = Usage()
    """What asking cost."""


def most_tokens(text: str) -> int:
    """How long the answer for a piece may be."""
    return _ROOM + len(text.encode()) // BYTES_PER_TOKEN


async def refine(
    before: Checked,
    checks: Sequence[Check],
    model: LanguageModel,
    *,
    name: str = "",
    most: int | None = None,
    top_p: float,
    seed: int,
    on_text: Callable[[str], None],
) -> Refined:
    """Ask the model once to mend what the notes of `before` say, and run the checks on its answer.

    The answer is taken only when it leaves fewer notes and no new ones, keeps all code, tables, links'
    targets, addresses and images byte for byte, and is about as long as the piece. `name` is the model that
    is asked, `most` how many tokens its answer may have, if that is not to follow from the piece (thinking
    counts, too). A model that refuses, or a piece too long for it, leaves the piece as it was. Raises
    ModelError when the model cannot be reached or paid.
    """
    request = refine_request(before.text, before.notes).model_copy(
        update={
            "model": name,
            "top_p": top_p,
            "seed": seed,
            "max_tokens": most or most_tokens(before.text),
        }
    )
    try:
        reply = await model.ask(request, on_text)
    except (UsageError, ModelRefused) as error:
        return left_as_it_was(before, error)
    if not reply.complete:
        return Refined(before, reply, "The model did not come to the end of the piece.", reply.usage)
    again = apply_checks(tidy(reply.text), checks)
    refusal = _refusal(before, again, checks)
    if refusal:
        return Refined(before, reply, refusal, reply.usage)
    applied = tuple(dict.fromkeys((*before.applied, *again.applied)))
    return Refined(again._replace(applied=applied), reply, "", reply.usage)


def left_as_it_was(before: Checked, error: RedraftError) -> Refined:
    """The piece as it was, when the model gave no answer; what was begun is paid for."""
    return Refined(before, None, error.message, error.usage if isinstance(error.usage, Usage) else Usage())


def refine_request(text: str, notes: Sequence[MarginNote]) -> ModelRequest:
    """What the model is asked: the piece, and what is wrong with which passage."""
    prompt = render(_prompt(), {"input": text, "notes": "\n".join(map(_line, notes))}, f"pipelines/{_PROMPT}")
    return ModelRequest(
        messages=(Message(role="user", content=prompt),),
        max_tokens=most_tokens(text),
        temperature=0.0,  # mending is no place for new ideas
    )


def _refusal(before: Checked, after: Checked, checks: Sequence[Check]) -> str:
    if len(after.notes) >= len(before.notes):
        return "The model's attempt mended nothing."
    words, now = count_words(before.text), count_words(after.text)
    if not FEWEST_WORDS * words <= now <= MOST_WORDS * words:
        return f"The model's attempt has {now} words instead of {words}."
    if _fixed(after.text, checks) != _fixed(before.text, checks):
        return "The model's attempt changed code, a link, an image, a table or other text that must stay."
    if new := Counter(note.check for note in after.notes) - Counter(note.check for note in before.notes):
        broken = next(note for note in after.notes if note.check in new)
        return f"The model's attempt mended one thing and broke another: {_line(broken)[2:]}"
    return ""


def _fixed(text: str, checks: Sequence[Check]) -> list[str]:
    """What must stay as it is; what a check asks for by its own text may come in."""
    return [item for item in document(text).fixed if not any(item in check.text for check in checks)]


def _line(note: MarginNote) -> str:
    return f"- {note.message} “{note.quote}”" if note.quote else f"- {note.message}"


def _prompt() -> str:
    """The shipped prompt: package data, the one file that pipelines reads by itself."""
    return resources.files("pipelines").joinpath(_PROMPT).read_text(encoding="utf-8")
