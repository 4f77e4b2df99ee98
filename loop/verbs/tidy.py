"""A shorter, better ordered guide: merged, reworded, moved or dropped rules, under the same gate."""

from __future__ import annotations

from typing import Literal

from loop.errors import UsageError
from loop.events import Tell
from loop.gate.clashes import rules_repeat, says_all
from loop.model import MOST_OPERATIONS, Guidance, Operation, Record, Verdict
from loop.project import Project
from loop.revise import tidied
from loop.settings import CLAUDE_CODE
from loop.store import read_briefs, work_guidance
from loop.verbs import decide
from loop.verbs.learning.evidence import gather_evidence
from loop.verbs.learning.sending import tell_cost, to_tidier
from loop.verbs.learning.staging import keep
from loop.verbs.learning.study import Study
from loop.verbs.learning.studying import open_study
from loop.verbs.learning.trial import sound_part, tidy_on_trial
from loop.verbs.parts.committing import keep_edits, name_rules
from loop.verbs.parts.drafting import writers
from loop.verbs.parts.replies import UnusableReplies
from loop.verbs.parts.roles import MINE, reviser_name
from loop.verbs.parts.turns import turn
from pipelines.guidance import GUIDE_FILE
from pipelines.guide import guide_tokens
from pipelines.operations import apply_operations

EXAMPLE = "redraft tidy"


class Request(Record):
    """How to tidy."""

    accept: bool = False
    """Accept at once what the gate accepts."""
    reviser: str | None = None
    """Who writes the operations: mine (asks no model), model (the project's), or a model's name."""
    budget: str | None = None
    """Stop before it costs more: 0.50 (US dollars), 200calls or 50000tokens."""


class Result(Record):
    """The proposal with its verdict."""

    number: int | None
    """The proposal's number; None when there is nothing to tidy."""
    decision: Literal["accept", "reject", "inconclusive", ""]
    """The gate's decision."""
    verdict: Verdict | None = None
    """Every test with its numbers."""
    operations: tuple[Operation, ...] = ()
    """What is proposed."""
    left_out: tuple[str, ...] = ()
    """Operations that the static gate threw out, each with the reason."""
    tokens_before: int
    """The guide's rules now, in tokens."""
    tokens_after: int
    """With the proposal."""
    accepted: bool = False
    """True when it is part of the guidance now."""
    version: str
    """The guidance version now."""
    says: str
    """The outcome in a sentence."""


async def do(project: Project, request: Request, tell: Tell) -> Result:
    """Propose, test that no correction comes back, store the proposal; with `accept`, commit it."""
    author = reviser_name(project.settings, request.reviser)
    if author.partition("/")[0] == CLAUDE_CODE:
        raise UsageError(
            "Claude Code does not tidy: it works with files, and tidying needs small, named steps.",
            hint="redraft tidy --reviser mine   or name a model: --reviser claude-sonnet-5-5",
        )
    async with turn(project):
        head = name_rules(project, keep_edits(project, tell), tell)
    briefs = read_briefs(project)
    evidence = gather_evidence(project, briefs)
    by = writers(project, "tidy", tell, request.budget)
    study = open_study(
        project, head, briefs, evidence, by=by, author=author, budget=request.budget, tell=tell
    )
    operations = await _operations(study)
    sound, left_out = sound_part(study, operations)
    tokens = _tokens(study.guidance)
    longer = bool(sound) and _after(study, sound) > tokens
    if not sound or longer:
        says = (
            "The guide is short and in order."
            if not operations
            else "Nothing of it passes the tests of the words alone."
        )
        if longer:
            says = "What was proposed makes the guide longer: it is left as it is."
        return Result(
            number=None,
            decision="",
            left_out=left_out,
            tokens_before=tokens,
            tokens_after=tokens,
            version=study.guidance.version,
            says=says,
        )
    candidate = await tidy_on_trial(study, sound)
    verdict = candidate.verdict
    number = await keep(study, candidate, sound, verb="tidy")
    result = Result(
        number=number,
        decision=verdict.decision,
        verdict=verdict,
        operations=candidate.applied.operations,
        left_out=left_out,
        tokens_before=tokens,
        tokens_after=_tokens(candidate.applied.guidance),
        version=study.guidance.version,
        says=verdict.reason,
    )
    unchanged = work_guidance(project).version == study.guidance.version
    if not (request.accept and verdict.decision == "accept" and unchanged):
        return result
    async with turn(project):
        accepted = await decide.do(project, decide.Request(number=number, accept=True), tell)
    return result.model_copy(update={"accepted": True, "version": accepted.version})


async def _operations(study: Study) -> tuple[Operation, ...]:
    if study.author == MINE:
        return _twins(study)
    tell_cost(study, (to_tidier(study),))
    return await tidied(
        study.guidance,
        study.by.model,
        study.author,
        refused=study.refused,
        own=study.own_rules,
        unusable=UnusableReplies(study.project),
        tell=study.tell,
    )


def _tokens(guidance: Guidance) -> int:
    return guide_tokens(guidance.files.get(GUIDE_FILE, ""))


def _after(study: Study, operations: tuple[Operation, ...]) -> int:
    return _tokens(apply_operations(study.guidance, operations, taken=study.taken).guidance)


def _twins(study: Study) -> tuple[Operation, ...]:
    """Without a model: rules that another one says, or nearly so; the one that says less goes."""
    found: dict[str, Operation] = {}
    for later, earlier in ((one, two) for n, one in enumerate(study.standing) for two in study.standing[:n]):
        if {later.rule.id, earlier.rule.id} & found.keys() or not rules_repeat(later, earlier):
            continue
        wider = says_all(later, earlier) and not says_all(earlier, later)
        gone, stays = (earlier, later) if wider else (later, earlier)
        why = f"Rule {stays.rule.id} says the same: {stays.rule.text}"
        found[gone.rule.id] = Operation(action="delete", target="rule", id=gone.rule.id, hypothesis=why)
    return tuple(found.values())[:MOST_OPERATIONS]
