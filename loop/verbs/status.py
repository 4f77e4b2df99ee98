"""What is here, what waits, and what to type next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from shlex import quote
from typing import Literal

from feedback.pairs import standing
from loop.errors import RedraftError
from loop.events import Note, Tell
from loop.model import Brief, Critique, Guidance, LogEntry, Pair, Record, Usage
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
from loop.verbs.parts.learned import HowFar, how_far
from loop.verbs.parts.roles import Use, uses
from pipelines.active import present, suspended
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
    state: Literal["no draft", "drafted", "edited", "learned"] = "no draft"
    """edited: feedback that nothing was learned from yet; learned: a proposal that saw it was accepted."""


class Unreadable(Record):
    """A brief's file that can't be read as a brief."""

    brief: str
    """The brief's id."""
    message: str
    """What is wrong with it."""
    hint: str = ""
    """What to do."""


class Waiting(Record):
    """A proposal that waits for a decision."""

    number: int
    """Its number."""
    subject: str
    """What it says."""
    gate: str
    """The gate's decision; empty when it was never tested."""


class Fresh(Record):
    """What there is to learn from since something was decided last."""

    finals: tuple[str, ...] = ()
    """Briefs with a new final, the newest first; held-out ones only measure."""
    critiques: tuple[str, ...] = ()
    """The brief of each new critique, the newest first."""
    imported: int = 0
    """Edit pairs that came in from old texts."""
    kept_out: int = 0
    """Changes in these finals that nothing shall be learned from."""

    @property
    def enough(self) -> bool:
        """True when `learn` has something to read: two finals, a critique, old texts."""
        return len(self.finals) > 1 or bool(self.critiques) or self.imported > 0


class Cost(Record):
    """What one verb's questions to models cost."""

    verb: str
    """The verb."""
    usage: Usage
    """Questions, tokens and money."""


class Budget(Record):
    """A hard cap for one command."""

    calls: int
    """Questions to models."""
    tokens: int
    """Tokens read and written."""
    usd: float
    """Money, in US dollars."""


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
    unreadable: tuple[Unreadable, ...] = ()
    """Files in briefs/ that can't be read as briefs."""
    imported: int = 0
    """Edit pairs that came from old texts."""
    fresh: Fresh = Fresh()
    """What there is to learn from since something was decided last."""
    waiting: tuple[Waiting, ...]
    """Proposals."""
    month: tuple[Cost, ...] = ()
    """What the models cost in this calendar month, by verb, the dearest first."""
    month_cap: float | None = None
    """What a month may cost, in US dollars; None: no cap."""
    budget: Budget
    """What one command may take."""
    uses: tuple[Use, ...] = ()
    """Which model does what: the steps in order, then who revises and who judges."""
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
    critiques = [critique for critique in read_all_critiques(project) if not critique.withdrawn]
    said = Counter(critique.brief for critique in critiques)
    drafted = set(project.files.list("drafts", ".json"))
    finals = set(project.files.list("finals", ".md"))
    found, unreadable = _briefs(project, tell)
    briefs = tuple(
        BriefStatus(
            brief=brief.id,
            type=brief.type,
            split=brief.split,
            drafted=f"drafts/{brief.id}.json" in drafted,
            final=f"finals/{brief.id}.md" in finals,
            effort=efforts.get(brief.id),
            critiques=said[brief.id],
        )
        for brief in found
    )
    briefs, fresh = _stand(project, guidance, briefs, pairs, critiques)
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
        unreadable=unreadable,
        imported=imported,
        fresh=fresh,
        waiting=waiting,
        month=_costs(project),
        month_cap=project.settings.budget.month_usd,
        budget=_budget(project),
        uses=uses(project.settings),
        next=f"redraft new {quote(project.root)} --accept"
        if waits
        else _next(briefs, waiting, unread=fresh.enough),
    )


def _budget(project: Project) -> Budget:
    said = project.settings.budget
    return Budget(calls=said.calls, tokens=said.tokens, usd=said.usd)


def _costs(project: Project) -> tuple[Cost, ...]:
    by_verb: dict[str, Usage] = {}
    for line in project.ledger.month(project.clock.now()):
        by_verb[line.verb] = by_verb.get(line.verb, Usage()) + line.usage
    ranked = sorted(by_verb.items(), key=lambda item: (-item[1].usd, item[0]))
    return tuple(Cost(verb=verb, usage=usage) for verb, usage in ranked)


def _stand(
    project: Project,
    guidance: Guidance,
    briefs: tuple[BriefStatus, ...],
    pairs: Sequence[Pair],
    critiques: Sequence[Critique],
) -> tuple[tuple[BriefStatus, ...], Fresh]:
    """The briefs with where each stands, and what there is to learn from, as far as it is still there."""
    feedback = {pair.id: pair.brief.id for pair in pairs} | {one.id: one.brief for one in critiques}
    # without any feedback git need not be asked
    far = how_far(project, present(guidance)) if feedback else HowFar((), 0, {}, whole=True)
    newest: dict[str, int] = {}
    for place, entry in enumerate(far.entries):
        for id_ in _feedback_of(entry):
            if id_ in feedback:
                newest.setdefault(feedback[id_], place)
    briefs = tuple(
        brief.model_copy(update={"state": _state(brief, far, newest.get(brief.brief))}) for brief in briefs
    )
    train = {brief.brief for brief in briefs if brief.split == "train"}
    known = {id_: name for id_, name in feedback.items() if name in train}
    new = far.entries[: far.decided]
    # each as often as it is there, though it was said or kept more than once
    came = dict.fromkeys(id_ for entry in new for id_ in _feedback_of(entry) if id_ in known)
    finals = {pair.id: pair for pair in pairs}
    came_in = sum(int(entry.trailers.get("Pairs", "1")) for entry in new if entry.verb == "import")
    return briefs, Fresh(
        finals=tuple(dict.fromkeys(known[id_] for id_ in came if id_ in finals)),
        critiques=tuple(known[id_] for id_ in came if id_ not in finals),
        imported=min(came_in, sum(pair.source == "import" for pair in pairs)),
        kept_out=sum(len(finals[id_].excluded) for id_ in came if id_ in finals),
    )


def _feedback_of(entry: LogEntry) -> Sequence[str]:
    """The ids of the pair and the critiques that an entry kept."""
    names = {"correct": ("Pair", "Critiques"), "critique": ("Critique",)}.get(entry.verb, ())
    return [id_ for name in names for id_ in entry.trailers.get(name, "").split()]


def _state(brief: BriefStatus, far: HowFar, newest: int | None) -> str:
    """`newest`: its newest feedback's entry. Of a held-out brief, or a file by hand, nothing is learned."""
    if brief.final or brief.critiques:
        told = brief.split == "train" and (brief.effort is not None or brief.critiques > 0)
        return "learned" if told and far.learned(brief.type, newest) else "edited"
    return "drafted" if brief.drafted else "no draft"


def _briefs(project: Project, tell: Tell) -> tuple[tuple[Brief, ...], tuple[Unreadable, ...]]:
    """Every brief that can be read; the others are told."""
    found: list[Brief] = []
    unreadable: list[Unreadable] = []
    for name in brief_ids(project):
        try:
            found.append(read_brief(project, name))
        except RedraftError as error:
            tell(Note(message=error.message, level="warning"))
            unreadable.append(Unreadable(brief=name, message=error.message, hint=error.hint))
    return tuple(found), tuple(unreadable)


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
