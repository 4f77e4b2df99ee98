"""Write the draft of one brief or several; commits nothing."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from shlex import quote
from typing import Annotated

from pydantic import Field

from loop import errors
from loop.counts import count
from loop.errors import RedraftError, UsageError
from loop.events import BriefFailed, Event, Note, Tell
from loop.model import Brief, Draft, Guidance, Record
from loop.project import Project
from loop.store import (
    brief_ids,
    draft_paths,
    edited,
    read_brief,
    read_briefs,
    refuse_edited,
    work_guidance,
)
from loop.text.words import count_words
from loop.verbs.parts.costing import Drafted, draft_costs, tell_costs
from loop.verbs.parts.drafting import draft_all, make_adapters_ready, writers
from loop.verbs.parts.fields import Argument
from loop.verbs.parts.keeping import Came, keep_drafts
from loop.verbs.parts.roles import tell_own_models
from loop.verbs.parts.turns import PATIENCE, STOPPED
from pipelines.active import suspended
from pipelines.guidance import GUIDE_FILE
from pipelines.runner import Job, failure

EXAMPLE = "redraft run sourdough --takes 3"


class Request(Record):
    """What to draft."""

    briefs: Annotated[tuple[str, ...], Argument(completes="brief")] = ()
    """The briefs, by name."""
    all: bool = False
    """Every train brief."""
    held_out: bool = False
    """Every held-out brief."""
    takes: int = Field(default=1, ge=1, le=20)
    """How many drafts of each, to pick from."""
    seed: int | None = Field(default=None, ge=0)
    """A number picks one of the possible drafts; the same one gives the same text where the model can."""
    model: str = ""
    """Who writes this one time, as redraft.toml would name it: adapter:tea, embedded, claude-sonnet-5-5."""
    budget: str | None = None
    """Stop before it costs more: 0.50 (US dollars), 200calls or 50000tokens."""


class Written(Record):
    """One brief's draft."""

    brief: str
    """The brief's id."""
    path: str
    """Where the draft is."""
    drafts: tuple[Draft, ...]
    """The draft, or all its takes."""


class Result(Record):
    """What was written."""

    version: str
    """The guidance version."""
    written: tuple[Written, ...]
    """Briefs that have a draft now."""
    failed: tuple[BriefFailed, ...] = ()
    """Briefs that could not be drafted."""
    proposals: tuple[int, ...] = ()
    """What Claude Code changed in the guidance while it wrote, as proposals that wait for you."""


async def do(project: Project, request: Request, tell: Tell) -> Result:
    """Draft the briefs side by side and write drafts/.

    A brief that fails is told once and leaves the others; one that was asked for alone raises its failure.
    What came of a draft that failed or was stopped is kept, and told.
    """
    names = _wanted(project, request)
    if request.model:
        tell_own_models(project.settings, tell)
        project = project.written_by(request.model)
    await make_adapters_ready(project, tell)
    tell = _each_failure_once(tell)
    briefs, failed = _ready(project, names, tell)
    edited(project)  # a look at git finishes what a crash may have left half restored
    guidance = work_guidance(project)
    _tell_odd(guidance, tell)
    seed = project.settings.model.seed if request.seed is None else request.seed
    jobs = [
        Job(brief, guidance, seed + take, take=take + 1 if request.takes > 1 else 0, unrefined=True)
        for brief in briefs
        for take in range(request.takes)
    ]
    by = writers(project, "run", tell, request.budget)
    drafted = [Drafted(brief, request.takes, request.takes) for brief in briefs]
    tell_costs(project, draft_costs(project, guidance, drafted), request.budget, tell)
    came = Came()
    # A brief that was asked for alone ends the verb with its error: it is not told before.
    heard = tell if len(names) > 1 else _but_failures(tell)
    try:
        outcomes = await draft_all(project, by, jobs, heard, came.add)
        written, unkept = await _keep(project, briefs, came, tell)
    except asyncio.CancelledError:
        await _keep_what_came(project, briefs, came, tell)
        raise
    failed += [outcome for outcome in outcomes if isinstance(outcome, BriefFailed)]
    failed += unkept
    alone = len(names) == 1 and not written
    for failure_ in () if alone else failed:
        tell(failure_)
    if alone:
        _tell_unkept([one for one in unkept if one != failed[0]], tell)
    every = [outcome for outcome in outcomes if isinstance(outcome, Draft)]
    proposals: tuple[int, ...] = ()
    if any(step.edits for draft in every for step in draft.steps):
        from loop.verbs.learning.staging import store_edits  # only an agent's work needs the learning step

        proposals = await store_edits(project, guidance, every, tell)
    if failed and alone:
        raise _error(failed[0])
    return Result(
        version=guidance.version,
        written=tuple(written),
        failed=tuple(dict.fromkeys(failed)),
        proposals=proposals,
    )


def _ready(project: Project, names: Sequence[str], tell: Tell) -> tuple[list[Brief], list[BriefFailed]]:
    """The briefs that can be drafted, and why the others can't. Raises when one was asked for alone."""
    briefs: list[Brief] = []
    failed: list[BriefFailed] = []
    for name in names:
        try:
            brief = read_brief(project, name)
            refuse_edited(project, name)
        except RedraftError as error:
            if len(names) == 1:
                raise
            failed.append(failure(name, error))
            tell(failed[-1])
        else:
            briefs.append(brief)
    return briefs, failed


async def _keep(
    project: Project, briefs: Sequence[Brief], came: Came, tell: Tell, *, stopped: bool = False
) -> tuple[list[Written], list[BriefFailed]]:
    """Write what came of each brief; one that cannot be written leaves the others.

    `stopped`: the app may be about to end, so that hardly anything is waited for, but for that in any case.
    """
    written: list[Written] = []
    failed: list[BriefFailed] = []
    until = time.monotonic() + (STOPPED if stopped else PATIENCE)
    for brief in briefs:
        left = max(0.0, until - time.monotonic())
        try:
            drafts = await keep_drafts(project, brief.id, came.of(brief.id), tell, left, steadfast=stopped)
        except RedraftError as error:
            failed.append(failure(brief.id, error))
        else:
            if drafts:
                written.append(Written(brief=brief.id, path=draft_paths(brief.id)[0], drafts=drafts))
        came.forget(brief.id)  # a stop from here on has nothing to keep of it
    return written, failed


def fault(result: Result) -> RedraftError | None:
    """The first failure: what was written is kept, and yet the command says that not all is well."""
    return _error(result.failed[0]) if result.failed else None


def _error(failed: BriefFailed) -> RedraftError:
    kind: type[RedraftError] = getattr(errors, failed.error, RedraftError)
    return kind(failed.message, hint=failed.hint)


def _each_failure_once(tell: Tell) -> Tell:
    """Several takes of one brief fail alike."""
    told: set[BriefFailed] = set()

    def heard(event: Event) -> None:
        if isinstance(event, BriefFailed):
            if event in told:
                return
            told.add(event)
        tell(event)

    return heard


def _but_failures(tell: Tell) -> Tell:
    def heard(event: Event) -> None:
        if not isinstance(event, BriefFailed):
            tell(event)

    return heard


def _tell_odd(guidance: Guidance, tell: Tell) -> None:
    """Say what the drafts will lack: a style guide, or checks that do not run."""
    if GUIDE_FILE not in guidance.files:
        tell(Note(message=f"There is no {GUIDE_FILE}: the model is told no rules.", level="warning"))
    for check in suspended(guidance):
        says = f"The check {check.id} does not run: its rule {check.rule} is not in {GUIDE_FILE} any more."
        tell(Note(message=says, level="warning"))


def _wanted(project: Project, request: Request) -> tuple[str, ...]:
    names = list(request.briefs)
    if request.all or request.held_out:
        wanted = {"train"} if not request.held_out else {"held_out"}
        if request.all and request.held_out:
            wanted = {"train", "held_out"}
        names += [brief.id for brief in read_briefs(project) if brief.split in wanted]
    if not names:
        if not brief_ids(project):
            raise UsageError("There is no brief yet.", hint="Write one into briefs/my-brief.md")
        if request.all or request.held_out:
            missing = "train" if request.all else "held-out"
            raise UsageError(f"There is no {missing} brief.", hint="redraft status   lists the briefs")
        raise UsageError("Which brief?", hint=_likely(project))
    return tuple(dict.fromkeys(names))


def _likely(project: Project) -> str:
    """What a writer may have meant who named no brief: the first that is learned from and has no draft."""
    train = [brief.id for brief in read_briefs(project) if brief.split == "train"]
    bare = [name for name in train if not project.files.exists(draft_paths(name)[0])]
    return (
        f"redraft run {quote((bare or train)[0])}   (or --all; redraft status lists them)"
        if train
        else "redraft run --held-out"
    )


async def _keep_what_came(project: Project, briefs: Sequence[Brief], came: Came, tell: Tell) -> None:
    """The run was stopped: keep what there is, and say so; nobody waits for a result."""
    written, failed = await _keep(project, briefs, came, tell, stopped=True)
    for draft in (draft for one in written for draft in one.drafts if not draft.stopped):
        words = count(count_words(draft.text), "word")
        tell(Note(message=f"“{draft.brief}” is whole, {words}, and kept."))
    _tell_unkept(failed, tell)


def _tell_unkept(failed: Sequence[BriefFailed], tell: Tell) -> None:
    """Say what could not be written, beside an end that says nothing of it."""
    for one in failed:
        tell(Note(message=f"{one.message} {one.hint}", level="warning"))
