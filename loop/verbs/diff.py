"""Compare two versions: their guidance, and the drafts they write."""

from __future__ import annotations

from typing import Annotated

from feedback.align import changes
from feedback.effort import effort
from loop.errors import RedraftError
from loop.events import BriefFailed, Tell
from loop.model import Change, Draft, Record
from loop.patch import FileDiff, diff_files
from loop.project import Project
from loop.store import read_brief
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
    """Write these briefs with both versions, same seed, and compare the drafts."""


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
    side_by_side: bool = False
    """How it shall be shown."""


async def do(project: Project, request: Request, tell: Tell) -> Result:
    """Read both versions from git; nothing is checked out."""
    if request.b is None and is_proposal(request.a):
        before, after = base_of(project, request.a), guidance_of(project, request.a)
    else:
        before, after = guidance_of(project, request.a), guidance_of(project, request.b or NOW)
    outputs = []
    if request.outputs:
        for guidance in (before, after):
            require_same_steps(project, guidance, guidance.version)
        seed = project.settings.model.seed
        jobs = [
            Job(brief=read_brief(project, name), guidance=guidance, seed=seed, take=0)
            for name in request.outputs
            for guidance in (before, after)
        ]
        drafts = await draft_all(project, writers(project, "diff", tell), jobs, tell)
        for number, name in enumerate(request.outputs):
            old, new = (_text(outcome) for outcome in drafts[2 * number : 2 * number + 2])
            outputs.append(
                OutputDiff(
                    brief=name, before=old, after=new, changes=changes(old, new), effort=effort(old, new)
                )
            )
    return Result(
        a=before.version,
        b=after.version,
        files=diff_files(before.files, after.files),
        outputs=tuple(outputs),
        side_by_side=request.side_by_side,
    )


def _text(outcome: Draft | BriefFailed) -> str:
    if isinstance(outcome, BriefFailed):
        raise RedraftError(f"“{outcome.brief}” could not be drafted: {outcome.message}", hint=outcome.hint)
    return outcome.text
