"""Compare two versions: their guidance, and the drafts they write."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, NamedTuple

from feedback.align import changes
from feedback.effort import effort
from loop.errors import RedraftError, UsageError
from loop.events import BriefFailed, Tell
from loop.model import Brief, Change, Draft, Guidance, Record
from loop.patch import FileDiff, diff_files
from loop.project import Project
from loop.settings import Settings
from loop.store import final_path, read_brief
from loop.verbs.parts.costing import Cost, Drafted, draft_costs, tell_costs, together
from loop.verbs.parts.drafting import draft_all, make_adapters_ready, writers
from loop.verbs.parts.fields import Argument
from loop.verbs.parts.roles import Use, tell_own_models, uses
from loop.verbs.training.bare import BASE, base_or_own
from loop.versions import NOW, base_of, guidance_of, is_proposal, require_same_steps
from pipelines.runner import Job

EXAMPLE = "redraft diff 3f2a9c now --side-by-side --outputs sourdough"


class Request(Record):
    """Two versions."""

    a: Annotated[str, Argument(completes="version")]
    """A version, a commit, or proposal:1; a proposal alone is shown as what it would change."""
    b: Annotated[str | None, Argument(completes="version")] = None
    """The version to compare with; `now`, which is what is on disk, if left out."""
    side_by_side: bool = False
    """Two columns instead of one."""
    outputs: tuple[str, ...] = ()
    """Write these briefs with both versions, under the same conditions, and compare the drafts."""
    model_a: str = ""
    """Who writes A's drafts, if not redraft.toml says it; `base`: what the adapter of B was trained on."""
    model_b: str = ""
    """Who writes B's drafts, such as adapter:tea."""
    dry_run: bool = False
    """Ask nobody: say what writing the outputs would cost."""


class OutputDiff(Record):
    """The drafts of one brief by both versions."""

    brief: str
    """The brief's id."""
    before: str
    """What version A writes."""
    after: str
    """What version B writes."""
    before_by: str
    """The model that wrote the first, as redraft.toml names it."""
    after_by: str
    """The model that wrote the second."""
    changes: tuple[Change, ...]
    """What differs."""
    effort: float
    """How much differs, 0..1."""
    final: str | None = None
    """The writer's final of the brief, where there is one."""
    effort_before: float | None = None
    """How much of what version A writes the final changes, 0..1."""
    effort_after: float | None = None
    """The same for version B."""


class Result(Record):
    """What differs."""

    a: str
    """The content id of version A."""
    b: str
    """The content id of version B."""
    files: tuple[FileDiff, ...]
    """Guidance files that differ."""
    outputs: tuple[OutputDiff, ...] = ()
    """With --outputs: the drafts."""
    by: tuple[str, ...] = ()
    """With --outputs: who writes the drafts of A, and who those of B, as redraft.toml names them."""
    costs: tuple[Cost, ...] = ()
    """With --dry-run: what writing them would cost, by model; what was asked before costs nothing."""
    side_by_side: bool = False
    """How it shall be shown."""


async def do(project: Project, request: Request, tell: Tell) -> Result:
    """Read both versions from git; nothing is checked out."""
    if request.b is None and is_proposal(request.a):
        before, after = base_of(project, request.a), guidance_of(project, request.a)
    else:
        before, after = guidance_of(project, request.a), guidance_of(project, request.b or NOW)
    outputs: tuple[OutputDiff, ...] = ()
    by: tuple[str, ...] = ()
    costs: tuple[Cost, ...] = ()
    if request.outputs:
        for guidance in (before, after):
            require_same_steps(project, guidance, guidance.version)
        briefs = [read_brief(project, name) for name in request.outputs]
        arms = _arms(project, request, before, after, tell)
        by = tuple(_author(arm.project.settings) for arm in arms)
        once = [Drafted(brief, 1, 1) for brief in briefs]
        costs = together(cost for arm in arms for cost in draft_costs(arm.project, arm.guidance, once))
        if not request.dry_run:
            tell_costs(project, costs, None, tell)
            outputs = await _outputs(briefs, arms, tell)
    elif request.model_a or request.model_b:
        raise UsageError(
            "Models are compared by what they write: which brief?",
            hint=f"redraft diff {' '.join(filter(None, (request.a, request.b)))} --outputs NAME "
            f"--model-b {request.model_b or request.model_a}",
        )
    return Result(
        a=before.version,
        b=after.version,
        files=diff_files(before.files, after.files),
        outputs=outputs,
        by=by,
        costs=costs if request.dry_run else (),
        side_by_side=request.side_by_side,
    )


class _Arm(NamedTuple):
    """One side of the comparison."""

    project: Project
    guidance: Guidance


def _arms(
    project: Project, request: Request, before: Guidance, after: Guidance, tell: Tell
) -> tuple[_Arm, _Arm]:
    """Both versions, each with its model."""
    model_a = request.model_a
    if model_a == BASE:
        model_a = base_or_own(project, request.model_b, tell)
    if model_a or request.model_b:
        tell_own_models(project.settings, tell)
    one, other = (project.written_by(name) if name else project for name in (model_a, request.model_b))
    by = [[use.model for use in _steps(side.settings)] for side in (one, other)]
    if (model_a or request.model_b) and before.version == after.version and by[0] == by[1]:
        raise UsageError(
            f"Both drafts would be by {_author(one.settings)}, with the same guidance: there is nothing to "
            "compare.",
            hint="redraft models   lists who else could write; a step that names a model of its own in "
            "redraft.toml goes on with that one",
        )
    return _Arm(one, before), _Arm(other, after)


def _steps(settings: Settings) -> tuple[Use, ...]:
    """Who does each step."""
    return uses(settings)[: len(settings.steps)]


def _author(settings: Settings) -> str:
    """Every model that writes on a draft, or else the programs that do."""
    steps = _steps(settings)
    asked = [one.model for one in steps if one.model] or [" ".join(one.program) for one in steps]
    return ", ".join(dict.fromkeys(one for one in asked if one))


async def _outputs(briefs: Sequence[Brief], arms: tuple[_Arm, _Arm], tell: Tell) -> tuple[OutputDiff, ...]:
    written = await _written(arms, briefs, tell)
    project = arms[0].project
    by = [_author(arm.project.settings) for arm in arms]
    found = []
    for brief, old, new in zip(briefs, *written, strict=True):
        final = _final(project, brief.id)
        found.append(
            OutputDiff(
                brief=brief.id,
                before=old,
                after=new,
                before_by=by[0],
                after_by=by[1],
                changes=changes(old, new),
                effort=effort(old, new),
                final=final,
                effort_before=effort(old, final) if final is not None else None,
                effort_after=effort(new, final) if final is not None else None,
            )
        )
    return tuple(found)


async def _written(
    arms: tuple[_Arm, _Arm], briefs: Sequence[Brief], tell: Tell
) -> tuple[list[str], list[str]]:
    """What each side writes, brief by brief; one model writes for both side by side."""
    (one, older), (other, newer) = arms
    seed = one.settings.model.seed
    first, second = (
        [Job(brief=brief, guidance=guidance, seed=seed, take=0) for brief in briefs]
        for guidance in (older, newer)
    )
    if one is other:
        texts = await _asked(one, [*first, *second], tell)
        return texts[: len(briefs)], texts[len(briefs) :]
    return await _asked(one, first, tell), await _asked(other, second, tell)


async def _asked(project: Project, jobs: Sequence[Job], tell: Tell) -> list[str]:
    await make_adapters_ready(project, tell)
    return [_text(one) for one in await draft_all(project, writers(project, "diff", tell), jobs, tell)]


def _final(project: Project, brief: str) -> str | None:
    path = final_path(brief)
    return project.files.read(path) if project.files.exists(path) else None


def _text(outcome: Draft | BriefFailed) -> str:
    if isinstance(outcome, BriefFailed):
        raise RedraftError(f"“{outcome.brief}” could not be drafted: {outcome.message}", hint=outcome.hint)
    return outcome.text
