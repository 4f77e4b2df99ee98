"""Turn feedback into a small, measured proposal: evidence, operations, gate, verdict."""

from __future__ import annotations

from typing import Literal, NamedTuple

from feedback.evidence import Evidence
from loop.caps import cap_of
from loop.errors import BudgetExceeded
from loop.events import Note, Tell
from loop.model import Operation, Proposal, Record, Verdict
from loop.project import Project
from loop.settings import BudgetSettings
from loop.store import read_briefs, work_guidance
from loop.text.short import one_line
from loop.verbs import decide
from loop.verbs.learning.evidence import gather_evidence
from loop.verbs.learning.proposing import Candidates, apart, mined, proposed
from loop.verbs.learning.sending import Sent, remarks, what_is_sent
from loop.verbs.learning.staging import keep, same_waiting, stage
from loop.verbs.learning.study import Study
from loop.verbs.learning.studying import open_study
from loop.verbs.learning.trial import Candidate, best, sound_part
from loop.verbs.parts.committing import keep_edits, name_rules
from loop.verbs.parts.drafting import planned_writers, writers
from loop.verbs.parts.roles import MINE, reviser_name
from loop.verbs.parts.turns import turn

EXAMPLE = "redraft learn --accept"


_NOTHING = "There is nothing to learn from: no draft was changed, and no critique given."
_NOTHING_NEW = "There is nothing new to learn: a habit needs two briefs that show it, or one critique."
_WHAT_TO_DO = "Next:  redraft correct NAME   or   redraft critique NAME '...'"
_UNTESTED = "What is wished can only be told to the model, and no draft can test it."


class Request(Record):
    """How to learn."""

    accept: bool = False
    """Accept at once what the gate accepts."""
    reviser: str | None = None
    """Who writes the operations: mine (asks no model), model (the project's), claude-code, or a name."""
    dry_run: bool = False
    """Send nothing and change nothing: show what would be sent, to whom, and what it would cost."""
    budget: str | None = None
    """Stop before it costs more: 0.50 (US dollars), 200calls or 50000tokens."""


class Result(Record):
    """The proposal with its verdict."""

    number: int | None
    """The proposal's number; None when there is nothing to propose."""
    decision: Literal["accept", "reject", "inconclusive", ""]
    """The gate's decision."""
    verdict: Verdict | None
    """Every test with its numbers."""
    operations: tuple[Operation, ...]
    """What is proposed."""
    left_out: tuple[str, ...] = ()
    """Operations that the gate threw out, each with the reason."""
    later: tuple[str, ...] = ()
    """What there is to learn besides, for the next time: a proposal is small."""
    staged: int | None = None
    """A second proposal: wishes that no test of a draft can confirm, kept apart for you to decide."""
    facts: tuple[str, ...] = ()
    """Factual corrections: notes for a brief, never rules."""
    accepted: bool = False
    """True when it is part of the guidance now."""
    learned: tuple[str, ...] = ()
    """The rules that were accepted."""
    version: str
    """The guidance version now."""
    says: str
    """The outcome in a sentence."""
    before: bool = False
    """True when it was tested before, so that nobody had to be asked now."""
    author: str = ""
    """Who writes the operations: mine (no model), or a model's name."""
    sends: tuple[Sent, ...] = ()
    """With --dry-run: every text that would be sent, and what that costs."""
    budget: BudgetSettings | None = None
    """With --dry-run: what ends it."""
    remarks: tuple[str, ...] = ()
    """With --dry-run: what the figures rest on, and what they leave out."""
    found: int = 0
    """With --dry-run, where redraft itself proposes: how many changes there are to propose, of any age."""


async def do(project: Project, request: Request, tell: Tell) -> Result:
    """Propose, test, store the proposal; with `accept`, commit it when the gate accepts."""
    if request.dry_run:
        head = project.history.head()
    else:
        async with turn(project):
            head = name_rules(project, keep_edits(project, tell), tell)
    briefs = read_briefs(project)
    evidence = gather_evidence(project, briefs)
    author = reviser_name(project.settings, request.reviser)
    by = (planned_writers if request.dry_run else writers)(project, "learn", tell, request.budget)
    study = open_study(
        project, head, briefs, evidence, by=by, author=author, budget=request.budget, tell=tell
    )
    facts = _facts(evidence)
    if request.dry_run:
        return _dry_run(study, facts)
    candidates, later = await proposed(study)
    operations, told = apart(candidates[0]) if candidates else ((), ())
    waiting = same_waiting(study, operations)
    if not candidates or (waiting is not None and not told):
        return _nothing_new(study, waiting, facts, later)
    if waiting is not None and waiting.verdict is not None:
        given, verdict, number = waiting.operations, waiting.verdict, waiting.number
        left_out: tuple[str, ...] = ()
    else:
        chosen = await _best_of(study, candidates)
        given, verdict = chosen.candidate.applied.operations, chosen.candidate.verdict
        told, left_out = chosen.told, chosen.left_out
        number = await keep(study, chosen.candidate, chosen.considered)
    staged, unsound = await stage(study, told, given)
    result = Result(
        number=number,
        decision=verdict.decision,
        verdict=verdict,
        operations=given,
        left_out=(*left_out, *unsound),
        later=later,
        staged=staged,
        facts=facts,
        version=study.guidance.version,
        says=verdict.reason,
        before=waiting is not None,
        author=study.author,
    )
    if not request.accept or verdict.decision != "accept":
        return result
    if work_guidance(project).version != study.guidance.version:
        tell(Note(message="You changed the guidance meanwhile: the proposal waits.", level="warning"))
        return result
    async with turn(project):
        accepted = await decide.do(project, decide.Request(number=number, accept=True), tell)
    return result.model_copy(
        update={
            "accepted": True,
            "version": accepted.version,
            "operations": accepted.operations,
            "learned": _learned(accepted.operations),
        }
    )


def _learned(operations: tuple[Operation, ...]) -> tuple[str, ...]:
    came = (operation for operation in operations if operation.action not in {"delete", "move"})
    return tuple(operation.text for operation in came if operation.text)


def _facts(evidence: Evidence) -> tuple[str, ...]:
    return tuple(
        f"{item.pair.brief.id}: “{one_line(change.before, 40)}” → “{one_line(change.after, 40)}”"
        for item in evidence.pairs
        for change in item.facts
    )


def _dry_run(study: Study, facts: tuple[str, ...]) -> Result:
    operations: tuple[Operation, ...] | None = None
    found = 0
    if study.author == MINE:
        candidates, later = mined(study)
        found = len(candidates[0]) + len(later) if candidates else 0
        operations, told = apart(candidates[0]) if candidates else ((), ())
        waiting = same_waiting(study, operations)
        if not candidates or (waiting is not None and not told):
            return _nothing_new(study, waiting, facts, later)
        operations = sound_part(study, operations)[0]
        if waiting is not None or not any(operation.enforced for operation in operations):
            nothing = _nothing(study, f"{_UNTESTED} Nothing would be sent.", facts)
            return nothing.model_copy(update={"found": found})
    if not study.shown:
        return _nothing_new(study, None, facts, ())
    sends = what_is_sent(study, operations)
    places = ", ".join(sorted({one.place for one in sends}))
    result = _nothing(study, f"Nothing was sent. It would go to: {places}.", facts)
    budget = cap_of(study.project.settings.budget, study.budget).budget
    more = {"sends": sends, "remarks": remarks(study), "budget": budget, "found": found}
    return result.model_copy(update=more)


def _nothing(study: Study, says: str, facts: tuple[str, ...], later: tuple[str, ...] = ()) -> Result:
    return Result(
        number=None,
        decision="",
        verdict=None,
        operations=(),
        later=later,
        facts=facts,
        version=study.guidance.version,
        says=says,
        author=study.author,
    )


class _Chosen(NamedTuple):
    """The candidate that did best in the gate."""

    candidate: Candidate
    left_out: tuple[str, ...]
    told: tuple[Operation, ...]
    """Its wishes that no test can confirm."""
    considered: tuple[Operation, ...]


async def _best_of(study: Study, candidates: Candidates) -> _Chosen:
    """The first candidate that the gate accepts; if it accepts none, the first that it does not reject."""
    found: list[_Chosen] = []
    for number, operations in enumerate(candidates, start=1):
        tested, told = apart(operations)
        if number > 1:
            study.tell(Note(message=f"Testing the reviser's answer {number} of {len(candidates)}."))
        try:
            candidate, left_out = await best(study, tested)
        except BudgetExceeded as error:
            if not found:
                raise
            study.tell(Note(message=f"{error.message} The other answers were not tested.", level="warning"))
            break
        found.append(_Chosen(candidate, left_out, told, tested))
        if candidate.verdict.decision == "accept":
            return found[-1]
    open_ = [one for one in found if one.candidate.verdict.decision != "reject"]
    return (open_ or found)[0]


def _nothing_new(
    study: Study, waiting: Proposal | None, facts: tuple[str, ...], later: tuple[str, ...]
) -> Result:
    if waiting is not None and waiting.verdict is not None:
        return Result(
            number=waiting.number,
            decision=waiting.verdict.decision,
            verdict=waiting.verdict,
            operations=waiting.operations,
            later=later,
            facts=facts,
            version=study.guidance.version,
            says=f"Proposal {waiting.number} says this already, and waits for you.",
            before=True,
            author=study.author,
        )
    nothing = _NOTHING_NEW if study.shown else _NOTHING
    return _nothing(study, f"{nothing}\n{_WHAT_TO_DO}", facts)
