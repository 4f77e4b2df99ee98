"""The writer's own edits first, then the verb's one commit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from loop.events import Committed, Tell
from loop.model import Draft, Entry, FileChange, Guidance, Usage
from loop.project import Project
from loop.store import draft_paths, edited, plan_write, work_guidance
from pipelines.guide import number_rules


class OwnEdits(NamedTuple):
    """What the writer changed in the guidance since its last entry, as the entry that it becomes."""

    changes: tuple[FileChange, ...]
    """The files; new rules have their ids."""
    entry: Entry
    """What it will say."""
    guidance: Guidance
    """The guidance with them."""


def own_edits(project: Project) -> OwnEdits | None:
    """The writer's edits that are in no entry yet; None without any."""
    dirty = edited(project)
    if not dirty:
        return None
    before = project.history.read(project.history.head(), dirty)
    contents = {path: project.files.read(path) for path in dirty if project.files.exists(path)}
    if "CLAUDE.md" in contents:
        contents["CLAUDE.md"] = number_rules(contents["CLAUDE.md"], before.get("CLAUDE.md", ""))
    changes = list(plan_write(project, sorted(contents.items())))
    changes += [FileChange(path=path, before=None, after=None) for path in dirty if path not in contents]
    names = ", ".join(dirty) if len(dirty) <= 3 else f"{', '.join(dirty[:2])} and {len(dirty) - 2} more"
    guidance = _with(work_guidance(project), contents)
    entry = Entry(verb="edit", subject=f"you changed {names}", trailers={"Version": guidance.version})
    return OwnEdits(tuple(changes), entry, guidance)


def keep_edits(project: Project, tell: Tell) -> str:
    """Commit what the writer changed in the guidance as an entry of their own; return HEAD.

    New rules get their ids on the way. Raises HistoryError when a commit cannot be made now.
    """
    project.history.check()
    head = project.history.head()
    edits = own_edits(project)
    if edits is None:
        return head
    return record(project, edits.changes, edits.entry, expect=head, tell=tell)


def name_rules(project: Project, head: str, tell: Tell) -> str:
    """Give ids to rules that came without (an adopted guide), in an entry of their own; return HEAD."""
    if not project.files.exists("CLAUDE.md"):
        return head
    now = work_guidance(project)
    guidance = with_named_rules(now)
    if guidance == now:
        return head
    entry = Entry(
        verb="edit", subject="ids for the rules of CLAUDE.md", trailers={"Version": guidance.version}
    )
    changes = plan_write(project, [("CLAUDE.md", guidance.files["CLAUDE.md"])])
    return record(project, changes, entry, expect=head, tell=tell)


def with_named_rules(guidance: Guidance) -> Guidance:
    """The guidance with an id behind every rule."""
    return _with(guidance, {"CLAUDE.md": number_rules(guidance.files.get("CLAUDE.md", ""))})


def record(project: Project, changes: Sequence[FileChange], entry: Entry, *, expect: str, tell: Tell) -> str:
    """Make the verb's commit, tell it, and return the new HEAD."""
    sha = project.history.commit(changes, entry, expect=expect)
    tell(Committed(sha=sha, subject=f"{entry.verb}: {entry.subject}"))
    return sha


def cost(usage: Usage) -> dict[str, str]:
    """The trailer that says what an entry cost in US dollars; none when it was free."""
    return {"Cost": f"{usage.usd:.4f}"} if usage.usd else {}


def draft_cost(project: Project, draft: Draft) -> dict[str, str]:
    """The same for the draft that an entry is the first to hold."""
    return cost(draft.usage) if project.history.dirty([draft_paths(draft.brief)[1]]) else {}


def _with(guidance: Guidance, contents: Mapping[str, str]) -> Guidance:
    files = {path: contents.get(path, text) for path, text in guidance.files.items()}
    return guidance.model_copy(update={"files": files})
