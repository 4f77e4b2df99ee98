"""Compare two versions: their guidance, and the drafts they write."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from feedback.align import changes
from feedback.effort import effort
from loop.errors import RedraftError
from loop.events import BriefFailed, Tell
from loop.model import Brief, Change, Draft, Guidance, Record
from loop.patch import FileDiff, diff_files
from loop.project import Project
from loop.store import final_path, read_brief
from loop.verbs.parts.costing import Cost, Drafted, draft_costs, tell_costs, together
from loop.verbs.parts.drafting import draft_all, writers
from loop.verbs.parts.fields import Argument
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
    costs: tuple[Cost, ...] = ()
    if request.outputs:
        for guidance in (before, after):
            require_same_steps(project, guidance, guidance.version)
        briefs = [read_brief(project, name) for name in request.outputs]
        once = [Drafted(brief, 1, 1) for brief in briefs]
        costs = together(cost for one in (before, after) for cost in draft_costs(project, one, once))
        if not request.dry_run:
            tell_costs(project, costs, None, tell)
            outputs = await _outputs(project, briefs, before, after, tell)
    return Result(
        a=before.version,
        b=after.version,
        files=diff_files(before.files, after.files),
        outputs=outputs,
        costs=costs if request.dry_run else (),
        side_by_side=request.side_by_side,
    )


async def _outputs(
    project: Project, briefs: Sequence[Brief], before: Guidance, after: Guidance, tell: Tell
) -> tuple[OutputDiff, ...]:
    seed = project.settings.model.seed
    jobs = [
        Job(brief=brief, guidance=guidance, seed=seed, take=0)
        for brief in briefs
        for guidance in (before, after)
    ]
    drafts = await draft_all(project, writers(project, "diff", tell), jobs, tell)
    found = []
    for number, brief in enumerate(briefs):
        old, new = (_text(outcome) for outcome in drafts[2 * number : 2 * number + 2])
        final = _final(project, brief.id)
        found.append(
            OutputDiff(
                brief=brief.id,
                before=old,
                after=new,
                changes=changes(old, new),
                effort=effort(old, new),
                final=final,
                effort_before=effort(old, final) if final is not None else None,
                effort_after=effort(new, final) if final is not None else None,
            )
        )
    return tuple(found)


def _final(project: Project, brief: str) -> str | None:
    path = final_path(brief)
    return project.files.read(path) if project.files.exists(path) else None


def _text(outcome: Draft | BriefFailed) -> str:
    if isinstance(outcome, BriefFailed):
        raise RedraftError(f"“{outcome.brief}” could not be drafted: {outcome.message}", hint=outcome.hint)
    return outcome.text
