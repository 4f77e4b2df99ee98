"""Bringing guidance back to what it was: the shared end of undo, redo, rollback and recall."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, NamedTuple

from loop.errors import HistoryMoved, UsageError
from loop.events import Tell
from loop.model import Entry, Guidance, LogEntry, Record
from loop.patch import FileDiff, diff_files
from loop.project import Project
from loop.store import work_guidance
from loop.verbs.parts.committing import OwnEdits, keep_edits, name_rules, own_edits, record, with_named_rules
from loop.verbs.parts.fields import Unseen
from pipelines.guidance import GUIDANCE_FILES, learnable
from pipelines.operations import changes_between


class Looking(Record):
    """What one may ask before it is done."""

    dry_run: bool = False
    """Change nothing: show what would change."""
    only: Annotated[str | None, Unseen()] = None
    """Only if it still makes version B of version A, as a dry run said: A..B."""


class Restored(Record):
    """What came back."""

    sha: str
    """The new commit; empty when nothing was done."""
    version: str
    """The guidance version that comes out."""
    before: str
    """The guidance version that it was."""
    what: str
    """What was taken back or brought back, in a writer's words."""
    paths: tuple[str, ...] = ()
    """Files that changed."""
    files: tuple[FileDiff, ...] = ()
    """The same files, before and after."""
    kept: tuple[str, ...] = ()
    """Files with edits of yours that become an entry of their own first."""
    dry_run: bool = False
    """True when nothing was done."""


class Ground(NamedTuple):
    """What a change of the guidance starts from: the writer's own edits are entries, or count as one."""

    project: Project
    """The project."""
    head: str
    """The newest commit."""
    guidance: Guidance
    """The guidance as it is on disk, its rules with ids."""
    edits: OwnEdits | None
    """The writer's own edits."""
    kept: bool
    """True when they are an entry already."""

    def entries(self) -> tuple[LogEntry, ...]:
        """The entries that touch the guidance, newest first."""
        entries = tuple(self.project.history.log(paths=GUIDANCE_FILES))
        edits = self.edits
        if self.kept or edits is None or not any(learnable(change.path) for change in edits.changes):
            return entries
        own = LogEntry(
            sha="", parent=self.head, author="", when="", verb=edits.entry.verb, subject=edits.entry.subject
        )
        return (own, *entries)


class Step(NamedTuple):
    """What one of the four verbs does to the guidance."""

    what: str
    """In a writer's words: the subject of its entry."""
    guidance: Guidance
    """What comes out."""
    trailers: Mapping[str, str]
    """What its entry says besides."""


Plan = Callable[[Ground], Step]


def bring_back(
    project: Project, request: Looking, verb: str, plan: Plan, tell: Tell, *, rules: bool = False
) -> Restored:
    """Commit what `plan` makes of the guidance on top of HEAD, or only show it.

    `rules`: every rule gets an id first. Raises UsageError when the guidance is like that already,
    HistoryMoved when it is not what `only` says, and what `plan` raises.
    """
    project.history.check()
    edits = own_edits(project)
    if request.dry_run or request.only:
        now = work_guidance(project) if edits is None else edits.guidance
        ground = Ground(
            project, project.history.head(), with_named_rules(now) if rules else now, edits, kept=False
        )
        shown = _outcome(ground, plan(ground))
        if request.dry_run:
            return shown.model_copy(update={"dry_run": True})
        _refuse_other(shown, request.only)
    head = keep_edits(project, tell)
    if rules:
        head = name_rules(project, head, tell)
    ground = Ground(project, head, work_guidance(project), edits, kept=True)
    step = plan(ground)
    done = _outcome(ground, step)
    entry = Entry(
        verb=verb,
        subject=step.what,
        trailers={"Version": done.version, "Base": done.before, **step.trailers},
    )
    sha = record(project, changes_between(ground.guidance, step.guidance), entry, expect=head, tell=tell)
    return done.model_copy(update={"sha": sha})


def _outcome(ground: Ground, step: Step) -> Restored:
    now = ground.guidance
    new = step.guidance.model_copy(update={"steps": now.steps})
    files = diff_files(now.files, new.files)
    if not files:
        raise UsageError("The guidance is already like that.", hint="redraft log   shows what happened")
    return Restored(
        sha="",
        version=new.version,
        before=now.version,
        what=step.what,
        paths=tuple(file.path for file in files),
        files=files,
        kept=tuple(change.path for change in ground.edits.changes) if ground.edits else (),
    )


def _refuse_other(shown: Restored, only: str | None) -> None:
    if only is not None and only != f"{shown.before}..{shown.version}":
        raise HistoryMoved(
            f"The guidance changed meanwhile: this would make {shown.version} of {shown.before} now."
            " Nothing was done.",
            hint="Look at it again, then do it.",
        )
