"""Which commit a writer means by a version."""

from __future__ import annotations

from loop.errors import UsageError
from loop.model import Guidance
from loop.project import Project
from loop.store import SHAPING_PATHS, guidance_at, work_guidance
from loop.timeline import find_version

NOW = "now"
"""The name of the guidance on disk."""


def commit_of(project: Project, name: str) -> str:
    """The commit of a version (or its beginning), a commit, or a git revision. Raises UsageError."""
    try:
        return find_version(tuple(project.history.log(paths=SHAPING_PATHS)), name).sha
    except UsageError as error:
        found = project.history.resolve(name)
        if found is None:
            raise error from None
        return found


def guidance_of(project: Project, name: str) -> Guidance:
    """The guidance of a version; `now` is the one on disk, proposals are `proposal:3`."""
    if name == NOW:
        return work_guidance(project)
    if name.startswith("proposal:"):
        waiting = project.history.proposals()
        number = name.removeprefix("proposal:")
        if not number.isdigit() or int(number) not in waiting:
            raise UsageError(
                f"There is no {name.replace(':', ' ')}.", hint="redraft status   lists what waits"
            )
        return guidance_at(project, waiting[int(number)].sha)
    return guidance_at(project, commit_of(project, name))


def require_same_steps(project: Project, guidance: Guidance, name: str) -> None:
    """Raise UsageError when a version was written by other steps than those of redraft.toml now."""
    if guidance.steps != project.settings.steps_key:
        raise UsageError(
            f"Version {name} was made for other steps than those in redraft.toml now.",
            hint="Put the steps back as they were: redraft log   names the entry that changed redraft.toml",
        )
