"""The question that asks for a shorter, better ordered guide."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence

from feedback.evidence import Evidence
from loop.errors import ReplyInvalid
from loop.events import Note, Tell, ignore
from loop.model import MOST_OPERATIONS, Guidance, Message, ModelRequest, Operation
from loop.ports import LanguageModel
from loop.revise.answer import read_reply
from loop.revise.asking import MOST_TOKENS
from loop.revise.question import listed, rules_listed
from loop.revise.schema import operations_schema
from loop.revise.shipped import prompt
from pipelines.guidance import GUIDE_FILE
from pipelines.guide import guide_tokens
from pipelines.template import render


async def tidied(
    guidance: Guidance,
    model: LanguageModel,
    name: str,
    *,
    refused: Sequence[Operation] = (),
    own: Collection[str] = (),
    attempt: int = 0,
    tell: Tell = ignore,
) -> tuple[Operation, ...]:
    """Operations that merge, shorten, order or drop rules; none when there is nothing to tidy.

    An answer that breaks the form, or adds something, is asked for once more. Raises ReplyInvalid, which
    keeps the raw reply, after the second; ModelError as the model does. Another `attempt` asks anew what was
    answered before in a form that could not be used.
    """
    request = tidy_request(guidance, name, refused=refused, own=own, attempt=attempt)
    reply = await model.ask(request)
    try:
        return _read(reply.text, guidance, complete=reply.complete)
    except ReplyInvalid as error:
        if not reply.text.strip():  # no provider takes a turn of nothing
            raise
        tell(Note(message=f"{error.message} The reviser is asked once more."))
        again = render(prompt("again"), {"why": error.message}, "loop/revise/again.md").strip()
    said = Message(role="assistant", content=reply.text), Message(role="user", content=again)
    reply = await model.ask(request.model_copy(update={"messages": (*request.messages, *said)}))
    return _read(reply.text, guidance, complete=reply.complete)


def tidy_request(
    guidance: Guidance,
    name: str,
    *,
    refused: Sequence[Operation] = (),
    own: Collection[str] = (),
    attempt: int = 0,
) -> ModelRequest:
    """What is asked first."""
    values = {
        "tokens": str(guide_tokens(guidance.files.get(GUIDE_FILE, ""))),
        "most": str(MOST_OPERATIONS),
        "schema": json.dumps(operations_schema(), ensure_ascii=False, separators=(",", ":")),
        "rules": rules_listed(guidance, own),
        "refused": listed(refused),
    }
    first = render(prompt("tidy"), values, "loop/revise/tidy.md")
    return ModelRequest(
        messages=(Message(role="user", content=first, stable=len(first)),),
        model=name,
        answer=json.dumps(operations_schema(), sort_keys=True),
        max_tokens=MOST_TOKENS,
        temperature=0.0,
        seed=attempt,
    )


def _read(reply: str, guidance: Guidance, *, complete: bool) -> tuple[Operation, ...]:
    if not complete:
        raise ReplyInvalid(
            "The answer was cut off.", hint="Use a model that answers more briefly.", reply=reply
        )
    operations = read_reply(reply, Evidence(), guidance, ())
    wrong = next((one for one in operations if one.target != "rule" or one.action in {"add", "insert"}), None)
    if wrong is not None:
        raise ReplyInvalid(
            f"The answer would {wrong.action} a {wrong.target}; tidying replaces, deletes and moves rules.",
            hint="redraft learn   adds rules",
            reply=reply,
        )
    return operations
