"""Rows of training data from edit pairs and picked takes; what gives none is listed with the reason."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Literal, NamedTuple

from feedback.align import apply, changes
from feedback.dataset.parts import Part, StepNow, Unusable, parts_of, same, shared_parts
from feedback.effort import effort
from feedback.pairs import standing
from loop.counts import percent
from loop.model import Brief, Choice, Message, Pair, Record, Split
from loop.model.training import Method, TrainingRow

REWRITTEN = 0.8
"""From this effort on a final is no edit of its draft: what differs says nothing about what was wrong."""

Prompt = Callable[[Brief, str, str], Message]
"""What the pipeline says for a brief in a step, with a text as `{{input}}`."""


class LeftOut(Record):
    """Something that gives no rows, or none for one way of training, and why."""

    id: str
    """The pair's or the picked take's id."""
    brief: str
    """The brief's id."""
    reason: str
    """Why, in a sentence."""
    hint: str = ""
    """What to type, where that helps."""
    of: Literal["", "sft", "dpo"] = ""
    """The way of training that it is left out of; empty: both."""


class Source(NamedTuple):
    """A pair or a picked take that gives rows."""

    id: str
    brief: Brief
    split: Split
    worse: tuple[str, ...]
    """The draft, or the other takes."""
    better: str
    """What is learned: the final without the changes that are kept out of learning, or the picked take."""


class Gathered(NamedTuple):
    """All that can be learned from, in time order: first the pairs, then the picked takes."""

    sft: tuple[TrainingRow, ...]
    """Finals."""
    dpo: tuple[TrainingRow, ...]
    """What was preferred to what: each has a rejected text."""
    left_out: tuple[LeftOut, ...]
    """What gives fewer rows than it could."""
    sources: tuple[Source, ...]
    """Where the rows come from."""

    def rows(self, method: Method) -> tuple[TrainingRow, ...]:
        """Those for one way of training."""
        return self.sft if method == "sft" else self.dpo


def _unheard(number: int) -> None:
    """Nobody wants to know how far it is."""


def gather(
    pairs: Iterable[Pair],
    choices: Iterable[Choice],
    *,
    steps: Sequence[StepNow],
    prompt: Prompt,
    held_out: Collection[str] = (),
    step: str = "",
    each: Callable[[int], None] = _unheard,
) -> Gathered:
    """Rows for both ways of training.

    They are in the order given. `steps` are those of the pipeline that ask a model with a prompt, `prompt`
    says with which. `held_out` are ids of briefs that are held out now: they and those that were so then
    only measure. `step` learns texts whole of which nobody kept what each step wrote. `each` hears of every
    pair that is done, by its number.
    """
    found = _Gathering(steps, prompt, frozenset(held_out), step)
    pairs = tuple(pairs)
    counting = {pair.id for pair in standing(pairs)}
    for number, pair in enumerate(pairs, 1):
        each(number)
        if pair.id not in counting:
            found.leave_out(pair, "The final was withdrawn." if pair.withdrawn else _NEWER)
            continue
        try:
            found.pair(pair)
        except Unusable as error:
            found.leave_out(pair, error.reason, error.hint)
    for choice in choices:
        try:
            found.choice(choice)
        except Unusable as error:
            found.leave_out(choice, error.reason, error.hint)
    return Gathered(tuple(found.sft), tuple(found.dpo), tuple(found.left_out), tuple(found.sources))


_NEWER = "You corrected this draft again: the newer final counts."
_NOTHING_ASKED = "The brief is empty."
_TWICE = "A duplicate: {} has the same texts."


class _Gathering:
    """The rows so far."""

    def __init__(self, steps: Sequence[StepNow], prompt: Prompt, held_out: frozenset[str], step: str) -> None:
        self.steps = steps
        self.prompt = prompt
        self.held_out = held_out
        self.step = step
        self.sft: list[TrainingRow] = []
        self.dpo: list[TrainingRow] = []
        self.left_out: list[LeftOut] = []
        self.sources: list[Source] = []
        self.givers: dict[tuple[str, ...], str] = {}

    def leave_out(self, of: Pair | Choice, reason: str, hint: str = "", way: Literal["", "dpo"] = "") -> None:
        """List something that gives no row."""
        self.left_out.append(LeftOut(id=of.id, brief=of.brief.id, reason=reason, hint=hint, of=way))

    def split_of(self, brief: Brief) -> Split:
        """Held out, if the brief was so then or is so now."""
        return "held_out" if brief.id in self.held_out else brief.split

    def pair(self, pair: Pair) -> None:
        """Take the rows of a pair. Raises Unusable."""
        final = learned(pair)
        parts = parts_of(pair.steps, pair.draft, final, self.steps, self.step)
        split = self.split_of(pair.brief)
        self.only_once(pair, split, final, pair.draft)
        self.sources.append(Source(pair.id, pair.brief, split, (pair.draft,), final))
        share = effort(pair.draft, final)
        if share > REWRITTEN:
            reason = f"You wrote {percent(share)} of it anew: it is learned as a text, not as an edit."
            self.leave_out(pair, reason, way="dpo")
        elif all(same(part.worse, part.better) or not part.worse for part in parts if part.better):
            self.leave_out(pair, "What is left of what the model wrote was not changed.", way="dpo")
        for part in parts:
            if not part.better:
                self.leave_out(pair, f"You took out all that the step “{part.step}” wrote.")
                continue
            row = self.row(f"{pair.id}/{part.step}", pair.brief, part)
            self.sft.append(row if share <= REWRITTEN else row.model_copy(update={"rejected": ""}))
            if share <= REWRITTEN and row.rejected:
                self.dpo.append(row)

    def choice(self, choice: Choice) -> None:
        """Take the rows of a picked take. Raises Unusable."""
        if not choice.brief.text.strip():
            raise Unusable(_NOTHING_ASKED)
        if not choice.chosen.strip():
            raise Unusable("The picked take is empty.")
        if not choice.rejected:
            raise Unusable("There was no other take to prefer it to.")
        split = self.split_of(choice.brief)
        self.only_once(choice, split, choice.chosen, *choice.rejected)
        worse = []
        for number, rejected in enumerate(choice.rejected, 1):
            try:
                parts = self.parts_of_takes(choice, number)
            except Unusable as error:
                self.leave_out(choice, error.reason, error.hint)
                continue
            worse.append(rejected)
            more = f"/{number}" if number > 1 else ""
            self.dpo += [
                self.row(f"{choice.id}/{part.step}{more}", choice.brief, part)
                for part in parts
                if part.better and part.worse and not same(part.better, part.worse)
            ]
        if worse:
            self.sources.append(Source(choice.id, choice.brief, split, tuple(worse), choice.chosen))

    def parts_of_takes(self, choice: Choice, number: int) -> list[Part]:
        """What each step wrote of the picked take and of another one. Raises Unusable."""
        rejected = choice.rejected[number - 1]
        if not rejected.strip():
            raise Unusable("One of the other takes is empty.")
        if same(rejected, choice.chosen):
            raise Unusable("One of the other takes is the same text.")
        how = choice.rejected_steps[number - 1] if choice.rejected_steps else ()
        mine = parts_of(choice.steps, choice.chosen, choice.chosen, self.steps, self.step)
        other = parts_of(how, rejected, rejected, self.steps, self.step)
        return shared_parts(mine, other, self.steps)

    def only_once(self, of: Pair | Choice, split: Split, *texts: str) -> None:
        """Raise Unusable for texts that are in already."""
        key = (split, of.brief.text, of.brief.type, *(" ".join(text.split()) for text in texts))
        if key in self.givers:
            raise Unusable(_TWICE.format(self.givers[key]))
        self.givers[key] = of.id

    def row(self, id_: str, brief: Brief, part: Part) -> TrainingRow:
        """One row."""
        changed = bool(part.worse) and not same(part.worse, part.better)
        edits = changes(part.worse, part.better) if changed else ()
        return TrainingRow(
            id=id_,
            brief=brief.id,
            split=self.split_of(brief),
            prompt=(self.prompt(brief, part.step, part.given),),
            chosen=part.better,
            rejected=part.worse if changed else "",
            chosen_spans=tuple((edit.final_start, edit.final_end) for edit in edits),
            rejected_spans=tuple((edit.draft_start, edit.draft_end) for edit in edits),
        )


def learned(pair: Pair) -> str:
    """The final without the changes that are kept out of learning. Raises Unusable where nothing is left."""
    if not pair.brief.text.strip():
        raise Unusable(_NOTHING_ASKED)
    if not pair.final.strip():
        raise Unusable("The final is empty.")
    if not pair.draft.strip():
        raise Unusable("The draft is empty.")
    if pair.stopped:
        raise Unusable("The draft broke off: a model that learned it would break off, too.")
    if pair.draft == pair.final:
        raise Unusable("Draft and final are identical: there is nothing to learn from.")
    if same(pair.draft, pair.final):
        raise Unusable("Only blank space was changed: there is nothing to learn from.")
    if not pair.excluded:
        return pair.final
    ids = {change.id for change in changes(pair.draft, pair.final)}
    final = apply(pair.draft, pair.final, ids - set(pair.excluded))
    if same(pair.draft, final):
        raise Unusable("All that you changed is kept out of learning.")
    if not final.strip():
        raise Unusable("Without the changes that are kept out of learning, nothing is left.")
    return final
