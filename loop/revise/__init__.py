"""Evidence to operations with a language model; nothing of its answer is repaired."""

from __future__ import annotations

from collections.abc import Sequence

from feedback.evidence import Evidence
from loop.errors import ReplyInvalid
from loop.events import Note, Tell, ignore
from loop.model import MOST_OPERATIONS, Guidance, Message, ModelRequest, Operation
from loop.ports import LanguageModel
from loop.revise.answer import read_reply
from loop.revise.question import Shown, question
from loop.revise.schema import operations_schema

__all__ = ["operations_schema", "read_reply", "revise"]


async def revise(
    evidence: Evidence,
    guidance: Guidance,
    model: LanguageModel,
    *,
    refused: Sequence[Operation] = (),
    limit: int = MOST_OPERATIONS,
    room: int = 3_000,
    max_tokens: int = 600,
    tell: Tell = ignore,
) -> tuple[Operation, ...]:
    """Ask a model which few operations would have spared the writer the changes in `evidence`.

    At most `limit` operations are asked for. At most `room` characters of evidence are shown,
    critiques first, then changes from the newest pair back; what does not fit is told. Operations
    that rest on critiques alone are marked as the writer's wish. The defaults fit the embedded model's
    4096 tokens; a larger model can be shown more.

    Raises ReplyInvalid, which keeps the raw reply, when the answer is not the JSON that was asked for,
    names a rule, check, file or evidence that is not there, has more operations than asked for, or
    rewrites a file; ModelError and UsageError as the model raises them.
    """
    shown = Shown.of(evidence, room)
    if shown.left_out:
        tell(Note(message=f"{shown.left_out} changes and critiques did not fit into the question."))
    request = ModelRequest(
        messages=(Message(role="user", content=question(shown, guidance, refused, limit)),),
        max_tokens=max_tokens,
        temperature=0.0,
    )
    reply = await model.ask(request)
    if not reply.complete:
        raise ReplyInvalid(
            f"The reviser's answer was cut off after {max_tokens} tokens.",
            hint="Ask again with less feedback at once, or use a model that answers more briefly.",
            reply=reply.text,
        )
    return read_reply(reply.text, evidence, guidance, shown.ids, limit=limit)
