"""Write the draft of one brief or several; commits nothing."""

from __future__ import annotations

from shlex import quote
from typing import Annotated

from pydantic import Field

from loop import errors
from loop.errors import RedraftError, UsageError
from loop.events import BriefFailed, Event, Note, Tell
from loop.model import Draft, Guidance, Record
from loop.project import Project
from loop.store import (
    DraftFile,
    as_file,
    brief_ids,
    draft_paths,
    edited,
    read_brief,
    read_briefs,
    refuse_edited,
    replaced_id,
    work_guidance,
)
from loop.verbs.parts.costing import Drafted, draft_costs, tell_costs
from loop.verbs.parts.drafting import draft_all, writers
from loop.verbs.parts.fields import Argument
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
    """Another seed, another draft; the same seed gives the same text where the model can promise it."""
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
    """
    names = _wanted(project, request)
    tell = _each_failure_once(tell)
    briefs = []
    failed: list[BriefFailed] = []
    for name in names:
        try:
            briefs.append(read_brief(project, name))
            refuse_edited(project, name)
        except RedraftError as error:
            if len(names) == 1:
                raise
            failed.append(failure(name, error))
            tell(failed[-1])
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
    # A brief that was asked for alone ends the verb with its error: it is not told before.
    outcomes = await draft_all(project, by, jobs, tell if len(names) > 1 else _but_failures(tell))
    written = []
    for number, brief in enumerate(briefs):
        of_brief = outcomes[number * request.takes : (number + 1) * request.takes]
        drafts = tuple(outcome for outcome in of_brief if isinstance(outcome, Draft))
        failed += [outcome for outcome in of_brief if isinstance(outcome, BriefFailed)]
        if drafts:
            written.append(_write(project, brief.id, drafts))
    if written and len(names) == 1:
        for failure_ in failed:
            tell(failure_)
    if failed and len(names) == 1 and not written:
        raise _error(failed[0])
    every = [outcome for outcome in outcomes if isinstance(outcome, Draft)]
    proposals: tuple[int, ...] = ()
    if any(step.edits for draft in every for step in draft.steps):
        from loop.verbs.learning.staging import store_edits  # only an agent's work needs the learning step

        proposals = store_edits(project, guidance, every, tell)
    return Result(
        version=guidance.version,
        written=tuple(written),
        failed=tuple(dict.fromkeys(failed)),
        proposals=proposals,
    )


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


def _write(project: Project, brief: str, drafts: tuple[Draft, ...]) -> Written:
    text_path, record_path = draft_paths(brief)
    with project.lock():
        refuse_edited(project, brief)
        file = DraftFile(
            draft=drafts[0], takes=drafts if len(drafts) > 1 else (), replaces=replaced_id(project, brief)
        )
        project.files.write(record_path, file.model_dump_json(indent=2) + "\n")
        project.files.write(text_path, as_file(drafts[0].text))
    return Written(brief=brief, path=text_path, drafts=drafts)
