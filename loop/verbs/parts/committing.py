"""The writer's own edits first, then the verb's one commit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from loop.events import Committed, Tell
from loop.model import Draft, Entry, FileChange, Guidance, Usage
from loop.project import Project
from loop.store import draft_paths, edited, plan_write, work_guidance
from pipelines.guide import number_rules


def keep_edits(project: Project, tell: Tell) -> str:
    """Commit what the writer changed in the guidance as an entry of their own; return HEAD.

    New rules get their ids on the way. Raises HistoryError when a commit cannot be made now.
    """
    project.history.check()
    head = project.history.head()
    dirty = edited(project)
    if not dirty:
        return head
    before = project.history.read(head, dirty)
    contents = {path: project.files.read(path) for path in dirty if project.files.exists(path)}
    if "CLAUDE.md" in contents:
        contents["CLAUDE.md"] = number_rules(contents["CLAUDE.md"], before.get("CLAUDE.md", ""))
    changes = list(plan_write(project, sorted(contents.items())))
    changes += [FileChange(path=path, before=None, after=None) for path in dirty if path not in contents]
    names = ", ".join(dirty) if len(dirty) <= 3 else f"{', '.join(dirty[:2])} and {len(dirty) - 2} more"
    guidance = _with(work_guidance(project), contents)
    entry = Entry(verb="edit", subject=f"you changed {names}", trailers={"Version": guidance.version})
    return record(project, changes, entry, expect=head, tell=tell)


def name_rules(project: Project, head: str, tell: Tell) -> str:
    """Give ids to rules that came without (an adopted guide), in an entry of their own; return HEAD."""
    if not project.files.exists("CLAUDE.md"):
        return head
    text = project.files.read("CLAUDE.md")
    named = number_rules(text)
    if named == text:
        return head
    guidance = _with(work_guidance(project), {"CLAUDE.md": named})
    entry = Entry(
        verb="edit", subject="ids for the rules of CLAUDE.md", trailers={"Version": guidance.version}
    )
    return record(project, plan_write(project, [("CLAUDE.md", named)]), entry, expect=head, tell=tell)


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


def one_line(text: str, most: int = 60) -> str:
    """The text as part of a subject: one line, shortened."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def _with(guidance: Guidance, contents: Mapping[str, str]) -> Guidance:
    files = {path: contents.get(path, text) for path, text in guidance.files.items()}
    return guidance.model_copy(update={"files": files})
