"""Rounds of draft, edit and learn for one method and one seed, and what they came to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from benchmarks.prelude.ablations import Critiques, Ungated
from benchmarks.prelude.briefs import held_out, stream
from benchmarks.prelude.cipher import Cipher
from benchmarks.prelude.desk import Desk, Options, wired
from benchmarks.prelude.leakage import copied, leakage
from benchmarks.prelude.methods import Feedback, Method, NoLearning, Oracle
from benchmarks.prelude.past_edits import PastEdits
from benchmarks.prelude.product import Redraft
from benchmarks.prelude.rewrite import Rewrite
from benchmarks.prelude.writers import ModelWriter, ScriptedWriter, Writer
from feedback.effort import edit_distance
from loop.errors import ModelError, RedraftError, UsageError
from loop.model import Brief, Check, Guidance, Record
from loop.ports import LanguageModel
from loop.project import Project
from pipelines.checks import findings

_TRIES = 3
"""A draft that does not come about is tried again with other seeds."""
_ANOTHER = 100_000
_TOKEN = 4
"""Characters of a token, for the size of a guide."""


class Round(Record):
    """One draft and what became of it."""

    brief: str
    type: str
    words: int
    """Words and marks of the draft."""
    cost: int
    """Words and marks that the writer changed: Levenshtein."""
    copied: float
    """Share of the draft's five-grams that stand in an earlier final of another brief."""
    effort: float
    """The cost, divided by the longer of draft and final."""
    says: str = ""
    """What the writer said."""
    steps: int
    """Steps of learning taken over so far."""
    draft: str
    final: str


class Fix(Record):
    """A correction that was learned: drafts of its type should not need it from then on."""

    round: int
    check: Check
    """What it looks for; its scope is the document type."""
    fired: int
    """In so many fresh drafts it was still needed when it was learned: counted until `kept` is known."""
    fires: int | None = None
    """In so many it is needed at the end, on the same briefs and seeds: counted in full."""

    @property
    def kept(self) -> bool:
        """It is needed no more often at the end than when it was learned."""
        return self.fires is not None and self.fires <= self.fired


class Outcome(Record):
    """One method with one seed."""

    method: str
    seed: int
    model: str
    rounds: tuple[Round, ...]
    fixes: tuple[Fix, ...]
    guide: tuple[str, ...]
    steps: int
    waiting: int
    calls: int
    tokens_read: int
    tokens_written: int
    usd: float
    five_grams: int
    leaked: int
    unsettled: int
    """Drafts on which the writer found no end; they stood as they were."""
    redrawn: int
    """Drafts that had to be tried again with another seed."""
    seconds: float = 0.0
    """Processor seconds, those of git and other children among them."""

    @property
    def cost(self) -> int:
        """Cumulative edit cost."""
        return sum(one.cost for one in self.rounds)

    @property
    def guide_tokens(self) -> int:
        """Length of all that was learned, in tokens at four characters each."""
        return -(-sum(map(len, self.guide)) // _TOKEN)


class _Learned(NamedTuple):
    """A correction, and what fresh drafts would have been written with right after it was learned."""

    round: int
    check: Check
    then: tuple[tuple[Brief, Guidance], ...]


METHODS: dict[str, Callable[[Desk, Writer], Method]] = {
    "none": lambda desk, _: NoLearning(desk),
    "cipher": lambda desk, _: Cipher(desk),
    "examples": lambda desk, _: PastEdits(desk),
    "rewrite": lambda desk, _: Rewrite(desk),
    "redraft": lambda desk, _: Redraft(desk),
    "oracle": Oracle,
    "critiques": lambda desk, _: Critiques(desk),
    "ungated": lambda desk, _: Ungated(desk),
}
"""By name, in the order of the table."""
ABLATIONS = ("critiques", "ungated")
"""Methods that are run only when they are asked for."""


class Unit(NamedTuple):
    """What is run in one piece."""

    method: str
    seed: int
    rounds: int
    writer: str
    """`deterministic`, or `model`."""
    options: Options


async def play(
    unit: Unit,
    folder: Path,
    store: Path,
    tell: Callable[[int], None],
    opened: Callable[[Project], LanguageModel] = wired,
) -> Outcome:
    """All rounds of one method with one seed; `tell` hears how many are done.

    `folder` must not be there yet; what was asked before is taken from `store`.
    """
    desk = Desk(folder, store, unit.options, unit.seed, opened)
    writer: Writer = ScriptedWriter(unit.seed)
    if unit.writer == "model":
        writer = ModelWriter(unit.seed, desk.door())
    method = METHODS[unit.method](desk, writer)
    table = _Table(desk, writer, method)
    for number, brief in enumerate(stream(unit.seed, unit.rounds)):
        await table.round(number, brief)
        tell(number + 1)
    return await table.outcome(unit)


class _Table:
    """Where writer and method sit together."""

    def __init__(self, desk: Desk, writer: Writer, method: Method) -> None:
        self._desk = desk
        self._writer = writer
        self._method = method
        self._measuring = desk.door()
        self._rounds: list[Round] = []
        self._briefs: list[Brief] = []
        self._learned: list[_Learned] = []
        self._unsettled = self._redrawn = 0

    async def round(self, number: int, brief: Brief) -> None:
        """Draft, edit, learn."""
        draft = await self._draft(number, brief)
        edited = await self._writer.edit(number, brief, draft)
        self._unsettled += not edited.settled
        feedback = Feedback(number, brief, draft, edited.final, edited.says)
        learned = await self._method.learn(feedback)
        cost, longer = edit_distance(draft, edited.final)
        self._briefs.append(brief)
        self._rounds.append(
            Round(
                brief=brief.id,
                type=brief.type,
                words=edit_distance(draft, draft)[1],
                cost=cost,
                copied=copied(draft, [one.final for one in self._rounds]),
                effort=round(cost / longer, 4) if longer else 0.0,
                says=edited.says,
                steps=self._method.steps,
                draft=draft,
                final=edited.final,
            )
        )
        for check in learned:
            if all(known.check.form != check.form for known in self._learned):
                self._learned.append(_Learned(number, check, await self._fresh(check.scope)))

    async def outcome(self, unit: Unit) -> Outcome:
        """Measure what is left of the fixes, and sum up."""
        fixes = [await self._fix(learned) for learned in self._learned]
        material = [(brief.id, brief.text) for brief in self._briefs]
        material += [(one.brief, one.final) for one in self._rounds]
        guide = self._method.guide()
        leaks = leakage(guide, material, [one.says for one in self._rounds])
        spent = self._method.model.spent
        return Outcome(
            method=unit.method,
            seed=unit.seed,
            model=self._method.model.name,
            rounds=tuple(self._rounds),
            fixes=tuple(fixes),
            guide=guide,
            steps=self._method.steps,
            waiting=self._method.waiting,
            calls=spent.calls,
            tokens_read=spent.input_tokens,
            tokens_written=spent.output_tokens,
            usd=spent.usd,
            five_grams=leaks.five_grams,
            leaked=leaks.leaked,
            unsettled=self._unsettled,
            redrawn=self._redrawn,
        )

    async def _draft(self, number: int, brief: Brief) -> str:
        seed = self._desk.round_seed(number)
        for again in range(_TRIES):
            try:
                return await self._method.draft(brief, seed + again * _ANOTHER)
            except (ModelError, UsageError) as error:
                self._redrawn += 1
                last: RedraftError = error
        raise last

    async def _fix(self, learned: _Learned) -> Fix:
        """Both counts; the first is asked for only as far as the second leaves open which is greater."""
        now = await self._fresh(learned.check.scope)
        fires = sum([await self._needed(learned.check, *one) for one in now])
        fired, left = 0, len(learned.then)
        for one in learned.then:
            if not fired < fires <= fired + left:
                break
            fired += await self._needed(learned.check, *one)
            left -= 1
        return Fix(round=learned.round, check=learned.check, fired=fired, fires=fires)

    async def _needed(self, check: Check, brief: Brief, guidance: Guidance) -> bool:
        """Whether the check still finds something in a fresh draft; nothing learns from that draft."""
        text = await self._desk.draft(brief, guidance, self._measuring, self._desk.probe_seed)
        return bool(findings(text, check))

    async def _fresh(self, type_: str) -> tuple[tuple[Brief, Guidance], ...]:
        """The held-out briefs of a type, with what they would be written with now."""
        briefs = [brief for brief in held_out() if brief.type == type_]
        return tuple([(brief, await self._method.guidance(brief, self._measuring)) for brief in briefs])
