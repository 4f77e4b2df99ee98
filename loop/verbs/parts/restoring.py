"""Bringing guidance back to what it was: the shared end of undo, redo, rollback and recall."""

from __future__ import annotations

from collections.abc import Mapping

from loop.errors import UsageError
from loop.events import Tell
from loop.model import Entry, Guidance, Record
from loop.project import Project
from loop.store import guidance_at, work_guidance
from loop.verbs.parts.committing import record
from pipelines.operations import changes_between


class Restored(Record):
    """What came back."""

    sha: str
    """The new commit."""
    version: str
    """The guidance version now."""
    before: str
    """The guidance version that it was."""
    what: str
    """What was taken back or brought back, in a writer's words."""
    paths: tuple[str, ...] = ()
    """Files that changed."""


def restore(
    project: Project,
    target: str,
    *,
    verb: str,
    what: str,
    trailers: Mapping[str, str],
    expect: str,
    tell: Tell,
) -> Restored:
    """Commit the guidance of `target` on top of HEAD. Raises UsageError when it is the same already."""
    return replace_guidance(
        project,
        guidance_at(project, target),
        verb=verb,
        what=what,
        trailers={"Restores": target, **trailers},
        expect=expect,
        tell=tell,
    )


def replace_guidance(
    project: Project,
    new: Guidance,
    *,
    verb: str,
    what: str,
    trailers: Mapping[str, str],
    expect: str,
    tell: Tell,
) -> Restored:
    """Commit `new` as the guidance, forward."""
    now = work_guidance(project)
    new = new.model_copy(update={"steps": now.steps})
    changes = changes_between(now, new)
    if not changes:
        raise UsageError("The guidance is already like that.", hint="redraft log   shows what happened")
    entry = Entry(verb=verb, subject=what, trailers={"Version": new.version, "Base": now.version, **trailers})
    sha = record(project, changes, entry, expect=expect, tell=tell)
    return Restored(
        sha=sha,
        version=new.version,
        before=now.version,
        what=what,
        paths=tuple(change.path for change in changes),
    )
