"""What is here, what waits, and what to type next."""

from __future__ import annotations

from collections.abc import Iterator
from shlex import quote
from typing import Literal

from feedback.pairs import standing
from loop.errors import RedraftError
from loop.events import Note, Tell
from loop.model import Brief, Record, Usage
from loop.project import Project
from loop.store import (
    COST_FILE,
    brief_ids,
    edited,
    read_all_critiques,
    read_brief,
    read_pairs,
    unkept,
    work_guidance,
)
from pipelines.active import suspended
from pipelines.guide import rules_of

EXAMPLE = "redraft status"


class Request(Record):
    """Nothing to say."""


class BriefStatus(Record):
    """Where one brief stands."""

    brief: str
    """The brief's id."""
    type: str
    """Its document type."""
    split: Literal["train", "held_out"]
    """train or held_out."""
    drafted: bool
    """A draft is there."""
    final: bool
    """The writer's final is there."""
    effort: float | None = None
    """How much the newest final changed, 0..1."""
    critiques: int = 0
    """Critiques that count."""


class Waiting(Record):
    """A proposal that waits for a decision."""

    number: int
    """Its number."""
    subject: str
    """What it says."""
    gate: str
    """The gate's decision; empty when it was never tested."""


class Cost(Record):
    """What one verb's questions to models cost."""

    verb: str
    """The verb."""
    usage: Usage
    """Questions, tokens and money."""


class Result(Record):
    """The project at a glance."""

    root: str
    """The folder."""
    pipeline: str
    """The pipeline's name."""
    model: str
    """The model that redraft.toml names."""
    version: str
    """The guidance version on disk."""
    rules: int
    """Rules in the guide."""
    changed: tuple[str, ...]
    """Guidance files with edits of yours that have no entry yet."""
    unkept: bool = False
    """The project was built from a description and waits for your yes."""
    suspended: tuple[str, ...]
    """Checks whose rule is gone: they do not run."""
    briefs: tuple[BriefStatus, ...]
    """Every brief."""
    imported: int = 0
    """Edit pairs that came from old texts."""
    waiting: tuple[Waiting, ...]
    """Proposals."""
    month: tuple[Cost, ...] = ()
    """What the models cost in this calendar month, by verb, the dearest first."""
    month_cap: float | None = None
    """What a month may cost, in US dollars; None: no cap."""
    next: str
    """What to type next."""


async def do(project: Project, request: Request, tell: Tell) -> Result:
    """Read everything, change nothing."""
    changed = edited(project)  # before anything is read: it finishes what a crash may have left half restored
    waits = project.files.exists(COST_FILE) and unkept(project.files, project.history)
    guidance = work_guidance(project)
    pairs = standing(read_pairs(project)[0])
    efforts = {pair.brief.id: pair.effort for pair in sorted(pairs, key=lambda pair: pair.created)}
    imported = sum(pair.source == "import" for pair in pairs)
    critiques: dict[str, int] = {}
    for critique in read_all_critiques(project):
        if not critique.withdrawn:
            critiques[critique.brief] = critiques.get(critique.brief, 0) + 1
    drafted = set(project.files.list("drafts", ".json"))
    finals = set(project.files.list("finals", ".md"))
    briefs = tuple(
        BriefStatus(
            brief=brief.id,
            type=brief.type,
            split=brief.split,
            drafted=f"drafts/{brief.id}.json" in drafted,
            final=f"finals/{brief.id}.md" in finals,
            effort=efforts.get(brief.id),
            critiques=critiques.get(brief.id, 0),
        )
        for brief in _briefs(project, tell)
    )
    waiting = tuple(
        Waiting(number=number, subject=entry.subject, gate=entry.trailers.get("Gate", ""))
        for number, entry in sorted(project.history.proposals().items())
    )
    return Result(
        root=project.root,
        pipeline=project.settings.pipeline.name,
        model=project.settings.model.writer,
        version=guidance.version,
        rules=len(rules_of(guidance.files.get("CLAUDE.md", ""))),
        changed=() if waits else changed,
        unkept=waits,
        suspended=tuple(check.id for check in suspended(guidance)),
        briefs=briefs,
        imported=imported,
        waiting=waiting,
        month=_costs(project),
        month_cap=project.settings.budget.month_usd,
        next=f"redraft new {quote(project.root)} --accept"
        if waits
        else _next(briefs, waiting, unread=_feedback_is_news(project, briefs, imported)),
    )


def _costs(project: Project) -> tuple[Cost, ...]:
    by_verb: dict[str, Usage] = {}
    for line in project.ledger.month(project.clock.now()):
        by_verb[line.verb] = by_verb.get(line.verb, Usage()) + line.usage
    ranked = sorted(by_verb.items(), key=lambda item: (-item[1].usd, item[0]))
    return tuple(Cost(verb=verb, usage=usage) for verb, usage in ranked)


def _feedback_is_news(project: Project, briefs: tuple[BriefStatus, ...], imported: int) -> bool:
    """True when `learn` has something to read since the last decision: two finals, a critique, old texts."""
    if not imported and not any(brief.final or brief.critiques for brief in briefs):
        return False  # git need not be asked
    train = {brief.brief for brief in briefs if brief.split == "train"}
    finals: set[str] = set()
    for entry in project.history.log():
        brief = entry.trailers.get("Brief", "")
        if entry.verb == "decide":
            return False
        if entry.verb == "correct" and brief in train:
            finals.add(brief)
        if len(finals) > 1 or entry.verb == "import" or (entry.verb == "critique" and brief in train):
            return True
    return False


def _briefs(project: Project, tell: Tell) -> Iterator[Brief]:
    """Every brief that can be read; the others are told."""
    for name in brief_ids(project):
        try:
            yield read_brief(project, name)
        except RedraftError as error:
            tell(Note(message=error.message, level="warning"))


def decide_how(gate: str) -> str:
    """What `redraft decide N` takes after this verdict of the gate, the likelier answer first."""
    return {"accept": "--accept   (or --reject)", "reject": "--reject   (or --force)"}.get(
        gate, "--force   (or --reject)"
    )


def _next(briefs: tuple[BriefStatus, ...], waiting: tuple[Waiting, ...], *, unread: bool) -> str:
    if waiting:
        return f"redraft decide {waiting[0].number} {decide_how(waiting[0].gate)}"
    train = [brief for brief in briefs if brief.split == "train"]
    open_ = [f"redraft correct {quote(brief.brief)}" for brief in train if _waits_for_you(brief)]
    open_ += [f"redraft run {quote(brief.brief)}" for brief in train if not brief.drafted]
    if unread:
        return f"redraft learn   (or {open_[0]})" if open_ else "redraft learn"
    if open_:
        return open_[0]
    return "redraft learn" if train else "write a brief into briefs/my-brief.md"


def _waits_for_you(brief: BriefStatus) -> bool:
    return brief.drafted and not brief.final and not brief.critiques
