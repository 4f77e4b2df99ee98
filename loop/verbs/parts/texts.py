"""What an entry did to the texts that a writer reads."""

from __future__ import annotations

from loop.errors import UsageError
from loop.model import LogEntry
from loop.patch import FileDiff, diff_files
from loop.project import Project
from loop.store import SHAPING_PATHS, brief_path, critique_path, draft_paths, final_path


def texts_of(project: Project, entry: LogEntry) -> tuple[FileDiff, ...]:
    """The guidance, settings, brief, draft, final and critiques that differ from the entry before.

    A final stands beside the draft that it was made from: that is what the writer changed.
    """
    brief = entry.trailers.get("Brief", "")
    paths = [*SHAPING_PATHS, *_paths_of(brief)]
    before = dict(project.history.read(entry.parent, paths))
    after = dict(project.history.read(entry.sha, paths))
    if entry.verb == "correct" and _paths_of(brief):
        draft, final = draft_paths(brief)[0], final_path(brief)
        if draft in after and final in after:
            before[final] = after.pop(draft)
            before.pop(draft, None)
    return diff_files(before, after)


def _paths_of(brief: str) -> tuple[str, ...]:
    if not brief:
        return ()
    try:
        return (brief_path(brief), draft_paths(brief)[0], final_path(brief), critique_path(brief))
    except UsageError:  # a foreign hand has written the trailer
        return ()
