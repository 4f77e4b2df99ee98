"""States of a repository in which redraft commits nothing, each with the way out."""

from __future__ import annotations

import time
from pathlib import Path

from loop.adapters.git_command import GitCommand, explained
from loop.errors import HistoryError

_UNDER_WAY = {
    "MERGE_HEAD": ("A merge", "git commit (to finish it) or git merge --abort"),
    "CHERRY_PICK_HEAD": ("A cherry-pick", "git cherry-pick --continue or git cherry-pick --abort"),
    "REVERT_HEAD": ("A revert", "git revert --continue or git revert --abort"),
    "rebase-merge": ("A rebase", "git rebase --continue or git rebase --abort"),
    "rebase-apply": ("A rebase", "git rebase --continue or git rebase --abort (for patches: git am --abort)"),
}
_PATIENCE = 2.0
"""Seconds: editors take the index for a moment each time they look at the repository."""


def refuse_unfinished(git_folder: Path) -> None:
    """Raise HistoryError while a merge, rebase, cherry-pick or revert waits for the writer."""
    for name, (what, hint) in _UNDER_WAY.items():
        if (git_folder / name).exists():
            raise HistoryError(f"{what} is under way in this repository.", hint=f"Finish or end it: {hint}")


def head_of_branch(git: GitCommand) -> str:
    """The newest commit of the branch that HEAD names; empty for a branch without commits.

    Raises HistoryError when HEAD names no branch: a commit made there is easily lost.
    """
    output = git.ask("rev-parse", "HEAD", "--symbolic-full-name", "HEAD")
    commit, _, branch = output.text.partition("\n")
    if output.status == 0 and branch.startswith("refs/heads/"):
        return commit
    unborn = git.ask("symbolic-ref", "--quiet", "HEAD")
    if unborn.status == 0:
        return ""
    if unborn.status == 1:
        raise HistoryError(
            "The repository stands on an old commit, not on a branch (detached HEAD).",
            hint="git switch -   goes back, git switch -c NAME   makes a branch here",
        )
    raise explained(("symbolic-ref",), unborn.complaint, git.folder)


def refuse_unknown_writer(git: GitCommand) -> None:
    """Raise HistoryError when git has no name and address to commit under."""
    git("var", "GIT_AUTHOR_IDENT")
    git("var", "GIT_COMMITTER_IDENT")


def wait_for_index(git_folder: Path) -> None:
    """Raise HistoryError when another git program keeps the index to itself."""
    lock = git_folder / "index.lock"
    until = time.monotonic() + _PATIENCE
    while lock.exists():
        if time.monotonic() > until:
            raise explained(("update-index",), f"'{lock}': File exists", str(git_folder.parent))
        time.sleep(0.05)
