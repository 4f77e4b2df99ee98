"""The conversation with a reviser: a question, a few trials, several candidates."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from feedback.evidence import Evidence
from loop.errors import BudgetExceeded, ModelRefused, ReplyInvalid, UsageError
from loop.events import Note, Tell, ignore
from loop.model import MOST_OPERATIONS, Guidance, Message, ModelRequest, Operation, Reply
from loop.ports import LanguageModel
from loop.revise.answer import read_reply
from loop.revise.question import Shown, listed, question
from loop.revise.schema import operations_schema
from loop.revise.shipped import prompt
from loop.revise.trying import Trial, Worth, told, worth
from loop.usable import Unusable, ask_usable, said
from pipelines.template import render

ROOM = 60_000
"""Characters of evidence that a large model is shown."""
MOST_TOKENS = 16_000
"""Of an answer; what a model thinks counts too."""
_TRIED_ROOM = 6_000
_ENDS = (BudgetExceeded, ModelRefused, ReplyInvalid, UsageError)
"""What ends the search for something better, once there is an answer; a UsageError is a talk too long."""
_VARIED = 0.7
"""The temperature of every candidate but the first, where a model has one."""


class Asked(NamedTuple):
    """Everything a reviser is told, and how it is asked."""

    evidence: Evidence
    guidance: Guidance
    refused: Sequence[Operation] = ()
    """Rejected and undone before."""
    hints: Sequence[Operation] = ()
    """What was mined."""
    origins: Mapping[str, str] = {}
    """Change id -> the step that wrote the passage."""
    own: Collection[str] = ()
    """Ids of the rules that the writer wrote."""
    limit: int = MOST_OPERATIONS
    """At most so many operations."""
    room: int = ROOM
    """Characters of evidence."""
    max_tokens: int = MOST_TOKENS
    """Of an answer."""
    name: str = ""
    """Which model is asked, as redraft.toml names it; empty: the project's own."""
    unusable: Unusable | None = None
    """Where answers go that cannot be used even when they were asked for once more."""

    @property
    def shown(self) -> Shown:
        """The evidence as the reviser reads it."""
        return Shown.of(self.evidence, self.room, self.origins, self.guidance.version)


class Revision(NamedTuple):
    """One candidate."""

    operations: tuple[Operation, ...]
    worth: Worth | None
    """How it did when it was tried; None when it was not."""
    rounds: int
    """How often it was tried."""


async def revise(
    asked: Asked,
    model: LanguageModel,
    *,
    trial: Trial | None = None,
    candidates: int = 1,
    rounds: int = 0,
    tell: Tell = ignore,
) -> tuple[Revision, ...]:
    """Ask a model which few operations would have spared the writer the changes.

    Critiques are shown first, then changes from the newest pair back, up to `room` characters; what does
    not fit is told. An answer that breaks the form is asked for once more, and so is one that the static
    gate objects to. With a `trial`, operations are tried on past briefs up to `rounds` times, and the
    model may think again. Candidates that follow the first are told to differ from it.
    The candidates come back, the best first. Operations that rest on critiques alone are marked as the
    writer's wish.

    Raises ReplyInvalid, which keeps the raw reply, when the first candidate's answer breaks the form
    twice; ModelError as the model does. A budget that ends after the first candidate only ends the search,
    and so does a later answer that breaks the form; each such answer goes to `asked.unusable`.
    """
    shown = asked.shown
    if shown.left_out:
        tell(Note(message=f"{shown.left_out} changes and critiques did not fit into the question."))
    found: list[Revision] = []
    for number in range(max(1, candidates)):
        others = [operation for revision in found for operation in revision.operations]
        talk = _Talk(asked, shown, model, number, others, tell)
        try:
            revision = await _candidate(talk, trial, rounds, tell)
        except _ENDS as error:
            if not found:
                raise
            tell(Note(message=f"No further candidate: {error.message}", level="warning"))
            break
        if revision.operations and revision.operations not in [one.operations for one in found]:
            found.append(revision)
        if not found:
            break
    return tuple(sorted(found, key=lambda one: one.worth or Worth(1.0, 1.0)))


def first_question(asked: Asked) -> ModelRequest:
    """What a reviser would be sent first: for whoever wants to see it before it leaves the computer."""
    return _Talk(asked, asked.shown, None, 0, (), ignore).request()


async def _candidate(talk: _Talk, trial: Trial | None, rounds: int, tell: Tell) -> Revision:
    operations = await talk.answer()
    if operations and trial is not None and (objections := trial.objections(operations)):
        operations = await talk.again(" ".join(objections), operations)
    if not operations or trial is None:
        return Revision(operations, None, 0)
    best: Revision | None = None
    for number in range(1, rounds + 1):
        try:
            tried = await trial.reproduce(operations)
            now = Revision(operations, worth(tried), number)
            if best is None or best.worth is None or (now.worth or best.worth) < best.worth:
                best = now
            refused = trial.objections(operations)
            if number == rounds or not (refused or any(one.fired or one.remaining for one in tried)):
                break
            operations = await talk.tried(told(tried, _TRIED_ROOM, refused))
        except _ENDS as error:
            tell(Note(message=f"The reviser stopped trying: {error.message}", level="warning"))
            break
        if not operations or operations == now.operations:
            break
    return best or Revision(operations, None, 0)


class _Talk:
    """One conversation; every answer is read, and asked for once more when it breaks the form."""

    def __init__(
        self,
        asked: Asked,
        shown: Shown,
        model: LanguageModel | None,
        number: int,
        others: Sequence[Operation],
        tell: Tell,
    ) -> None:
        self._asked = asked
        self._shown = shown
        self._model = model
        self._number = number
        self._tell = tell
        first = question(shown, asked.guidance, asked.refused, asked.hints, asked.limit, asked.own)
        if others:
            added = render(prompt("others"), {"others": listed(others)}, "loop/revise/others.md")
            content = f"{first.content}\n\n{added.strip()}"
            first = first.model_copy(update={"content": content, "stable": len(first.content)})
        self._messages: tuple[Message, ...] = (first,)

    def request(self) -> ModelRequest:
        """What is sent next."""
        return ModelRequest(
            messages=self._messages,
            model=self._asked.name,
            answer=json.dumps(operations_schema(self._asked.limit), sort_keys=True),
            max_tokens=self._asked.max_tokens,
            temperature=_VARIED if self._number else 0.0,
            seed=self._number,
        )

    async def answer(self, times: int = 2) -> tuple[Operation, ...]:
        """The operations of the next answer. Raises ReplyInvalid when none of so many can be used."""
        assert self._model is not None  # noqa: S101 - a question that is only looked at is never asked
        operations, self._messages = await ask_usable(
            self._model,
            self.request(),
            self._read,
            _again,
            unusable=self._asked.unusable,
            times=times,
            tell=self._tell,
        )
        return operations

    async def again(self, why: str, instead: tuple[Operation, ...]) -> tuple[Operation, ...]:
        """The next answer, after what is wrong with the last; `instead` when none can be had or used."""
        before = self._messages
        self._messages = said(before, _again(why))
        try:
            return await self.answer(times=1)
        except _ENDS as error:
            self._tell(Note(message=f"{error.message} The reviser's first answer is taken."))
            self._messages = before
            return instead

    async def tried(self, what: str) -> tuple[Operation, ...]:
        """The next answer, after what came of the last."""
        words = render(prompt("tried"), {"tried": what}, "loop/revise/tried.md").strip()
        self._messages = said(self._messages, words)
        return await self.answer()

    def _read(self, reply: Reply) -> tuple[Operation, ...]:
        asked = self._asked
        if not reply.complete:
            raise ReplyInvalid(
                f"The reviser's answer was cut off after {asked.max_tokens:,} tokens.",
                hint="Ask again with less feedback at once, or use a model that answers more briefly.",
                reply=reply.text,
            )
        ids = self._shown.ids.union(*(hint.evidence for hint in asked.hints))
        return read_reply(reply.text, asked.evidence, asked.guidance, ids, limit=asked.limit)


def _again(why: str) -> str:
    return render(prompt("again"), {"why": why}, "loop/revise/again.md").strip()
