"""The question that asks for a shorter, better ordered guide."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence

from feedback.evidence import Evidence
from loop.errors import ReplyInvalid
from loop.events import Tell, ignore
from loop.model import MOST_OPERATIONS, Guidance, Message, ModelRequest, Operation, Reply
from loop.ports import LanguageModel
from loop.revise.answer import read_reply
from loop.revise.asking import MOST_TOKENS
from loop.revise.question import listed, rules_listed
from loop.revise.schema import operations_schema
from loop.revise.shipped import prompt
from loop.usable import Unusable, ask_usable
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
    unusable: Unusable | None = None,
    tell: Tell = ignore,
) -> tuple[Operation, ...]:
    """Operations that merge, shorten, order or drop rules; none when there is nothing to tidy.

    An answer that breaks the form, or adds something, is asked for once more. Raises ReplyInvalid, which
    keeps the raw reply, after the second, which goes to `unusable`; ModelError as the model does.
    """
    operations, _ = await ask_usable(
        model,
        tidy_request(guidance, name, refused=refused, own=own),
        lambda reply: _read(reply, guidance),
        lambda why: render(prompt("again"), {"why": why}, "loop/revise/again.md").strip(),
        unusable=unusable,
        tell=tell,
    )
    return operations


def tidy_request(
    guidance: Guidance,
    name: str,
    *,
    refused: Sequence[Operation] = (),
    own: Collection[str] = (),
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
    )


def _read(reply: Reply, guidance: Guidance) -> tuple[Operation, ...]:
    if not reply.complete:
        raise ReplyInvalid(
            "The answer was cut off.", hint="Use a model that answers more briefly.", reply=reply.text
        )
    operations = read_reply(reply.text, Evidence(), guidance, ())
    wrong = next((one for one in operations if one.target != "rule" or one.action in {"add", "insert"}), None)
    if wrong is not None:
        raise ReplyInvalid(
            f"The answer would {wrong.action} a {wrong.target}; tidying replaces, deletes and moves rules.",
            hint="redraft learn   adds rules",
            reply=reply.text,
        )
    tested = next((one for one in operations if one.check is not None or one.question), None)
    if tested is not None:
        raise ReplyInvalid(
            f"The answer would change how rule {tested.id} is tested; tidying changes words alone.",
            hint="redraft learn   adds checks",
            reply=reply.text,
        )
    return operations
