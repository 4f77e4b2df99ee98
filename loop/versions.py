"""Which commit a writer means by a version."""

from __future__ import annotations

import re

from loop.errors import UsageError
from loop.model import Guidance, LogEntry
from loop.project import Project
from loop.store import SHAPING_PATHS, guidance_at, work_guidance
from loop.timeline import find_version

NOW = "now"
"""The name of the guidance on disk."""
_PROPOSAL = "proposal:"
_WHOLE = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
"""A commit's name in full."""


def commit_of(project: Project, name: str) -> str:
    """The commit of a version (or its beginning), a commit, or a git revision. Raises UsageError."""
    if _WHOLE.fullmatch(name) and (commit := project.history.resolve(name)):
        return commit  # the history need not be searched for it
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
    if is_proposal(name):
        return guidance_at(project, waiting(project, name).sha)
    return guidance_at(project, commit_of(project, name))


def is_proposal(name: str) -> bool:
    """Whether a name such as `proposal:3` means a proposal that waits."""
    return name.startswith(_PROPOSAL)


def base_of(project: Project, name: str) -> Guidance:
    """The guidance that a proposal was made for. Raises UsageError when it does not wait."""
    return guidance_at(project, waiting(project, name).parent)


def proposal_name(number: int) -> str:
    """What a proposal is called among the versions: `proposal:3`."""
    return f"{_PROPOSAL}{number}"


def waiting(project: Project, name: str) -> LogEntry:
    """The stored proposal of a name such as `proposal:3`. Raises UsageError when it does not wait."""
    number = name.removeprefix(_PROPOSAL)
    stored = project.history.proposals()
    if not number.isdecimal() or int(number) not in stored:
        raise UsageError(f"There is no proposal {number}.", hint="redraft status   lists what waits")
    return stored[int(number)]


def require_same_steps(project: Project, guidance: Guidance, name: str) -> None:
    """Raise UsageError when a version was written by other steps than those of redraft.toml now."""
    if guidance.steps != project.settings.steps_key:
        raise UsageError(
            f"Version {name} was made for other steps than those in redraft.toml now.",
            hint="Put the steps back as they were: redraft log   names the entry that changed redraft.toml",
        )
