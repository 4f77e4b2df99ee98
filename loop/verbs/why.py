"""Where a rule or a sentence of a draft comes from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from loop.errors import UsageError
from loop.events import Tell
from loop.model import LogEntry, Record, Rule
from loop.operations_log import Decided, decided
from loop.project import Project
from loop.store import brief_ids, guidance_at, read_draft_file, work_guidance
from loop.verbs.parts.fields import Argument
from loop.verbs.parts.sources import Source, sources
from loop.versions import commit_of
from pipelines.guide import rules_of
from pipelines.runner import Explanation, explain

EXAMPLE = "redraft why r7"


class Request(Record):
    """What is asked about."""

    what: Annotated[str, Argument()]
    """A rule's id, or a sentence of a draft."""
    brief: str | None = None
    """The brief in whose draft the sentence stands; every draft is searched if left out."""


class Result(Record):
    """The answer."""

    rule: Rule | None = None
    """The rule, as it is or was."""
    gone: bool = False
    """True when the rule is not in the guide any more."""
    entry: LogEntry | None = None
    """The entry that brought the rule."""
    since: tuple[LogEntry, ...] = ()
    """The entries that changed, moved or dropped it later, oldest first."""
    hypothesis: str = ""
    """Why it was proposed."""
    sources: tuple[Source, ...] = ()
    """The edits and critiques it rests on."""
    brief: str = ""
    """The brief in whose draft the sentence stands."""
    explanation: Explanation | None = None
    """Which step wrote the sentence, which check changed it, which rules are near."""


async def do(project: Project, request: Request, tell: Tell) -> Result:
    """Look it up in the history and the drafts; change nothing."""
    what = request.what.strip()
    rules = {rule.id: rule for rule in rules_of(work_guidance(project).files.get("CLAUDE.md", ""))}
    history = decided(project.history.log())
    known = {
        item.operation.id for item in history if item.operation.target == "rule" and item.decision == "accept"
    }
    if what in rules or what in known:
        return _rule(project, what, rules, history)
    if " " not in what and what[:1] == "r" and what[1:].isdigit():
        raise UsageError(f"There is no rule {what}.", hint="redraft show --guide   prints the rules")
    return _sentence(project, what, request.brief)


def _rule(project: Project, rule_id: str, rules: dict[str, Rule], history: Sequence[Decided]) -> Result:
    entries: dict[str, LogEntry] = {}
    hypothesis = ""
    evidence: tuple[str, ...] = ()
    rule = rules.get(rule_id)
    for item in history:
        if item.operation.id != rule_id or item.decision != "accept":
            continue
        hypothesis, evidence = item.operation.hypothesis, item.operation.evidence
        entries[item.entry.sha] = item.entry
        rule = rule or Rule(id=rule_id, text=item.operation.text, scope=item.operation.scope)
    first, *later = reversed(entries.values()) if entries else (None,)
    return Result(
        rule=rule,
        gone=rule_id not in rules,
        entry=first,
        since=tuple(filter(None, later)),
        hypothesis=hypothesis,
        sources=sources(project, frozenset(evidence)),
    )


def _sentence(project: Project, sentence: str, brief: str | None) -> Result:
    names = (brief,) if brief is not None else brief_ids(project)
    for name in names:
        try:
            draft = read_draft_file(project, name).draft
        except UsageError:
            if brief is not None:
                raise
            continue
        try:
            guidance = guidance_at(project, commit_of(project, draft.version))
        except UsageError:
            guidance = work_guidance(project)
        try:
            return Result(brief=name, explanation=explain(draft, guidance, sentence))
        except UsageError:
            if brief is not None:
                raise
    raise UsageError(
        "No draft says that.", hint='Copy a sentence from `redraft show NAME`, or name a rule such as "r7".'
    )
