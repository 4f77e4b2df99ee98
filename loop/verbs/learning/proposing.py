"""Who proposes what: the miner, a language model or Claude Code."""

from __future__ import annotations

from loop.errors import BudgetExceeded
from loop.events import Note
from loop.mine.propose import propose
from loop.model import MOST_OPERATIONS, Operation
from loop.operations_log import proposal_of
from loop.settings import CLAUDE_CODE
from loop.verbs.learning.judging import with_sound_questions
from loop.verbs.learning.revising import revised, revised_by_agent
from loop.verbs.learning.sending import tell_cost, to_reviser
from loop.verbs.learning.study import Study
from loop.verbs.learning.trial import name_of
from loop.verbs.parts.roles import MINE

_NAMED_LATER = 8
"""So many things to learn later are named."""

Candidates = tuple[tuple[Operation, ...], ...]
"""Sets of operations, the most promising first."""


async def proposed(study: Study) -> tuple[Candidates, tuple[str, ...]]:
    """What to propose, and in words what has to wait for the next time.

    Raises ReplyInvalid, which keeps the raw reply, and ModelError.
    """
    if study.author == MINE:
        return mined(study)
    if not study.shown:
        return (), ()
    tell_cost(study, tuple(to_reviser(study)))
    if study.author == CLAUDE_CODE:
        found: Candidates = (await revised_by_agent(study),)
    else:
        found = tuple(revision.operations for revision in await revised(study, study.author))
    sound: list[tuple[Operation, ...]] = []
    for operations in filter(None, found):
        try:
            sound.append(await with_sound_questions(operations, study.evidence, study.cases, study.judge))
        except BudgetExceeded as error:
            if not sound:
                raise
            study.tell(Note(message=f"{error.message} The other answers are left out.", level="warning"))
            break
    if not sound:
        study.tell(Note(message="The reviser found no habit in this feedback."))
    return tuple(sound), ()


def mined(study: Study) -> tuple[Candidates, tuple[str, ...]]:
    """What habits and wishes the miner finds; it asks nobody."""
    staged = {
        operation.key
        for number, entry in study.project.history.proposals().items()
        for operation in proposal_of(number, entry).operations
        if not operation.enforced
    }
    proposed = propose(
        study.evidence,
        study.guidance,
        refused=study.refused_keys,
        limit=MOST_OPERATIONS + len(staged) + _NAMED_LATER + 1,
    )
    fresh = tuple(operation for operation in proposed if operation.key not in staged)
    wanted = fresh or proposed
    later = [name_of(operation) for operation in wanted[MOST_OPERATIONS:]]
    more = ("and more",) if len(later) > _NAMED_LATER else ()
    best = wanted[:MOST_OPERATIONS]
    return (best,) if best else (), (*later[:_NAMED_LATER], *more)


def apart(proposed: tuple[Operation, ...]) -> tuple[tuple[Operation, ...], tuple[Operation, ...]]:
    """What a draft can be tested for, and what can only be told to the model.

    A rule that nothing can confirm must not ride along with one that passes.
    """
    tested = tuple(operation for operation in proposed if operation.enforced or operation.question)
    told = tuple(operation for operation in proposed if operation not in tested)
    return (tested, told) if tested else (told, ())
