"""What all outcomes come to: estimates over seeds, a table, and what is met of the bar."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from statistics import fmean
from typing import NamedTuple

from benchmarks.prelude.rounds import METHODS, Outcome
from loop.model import Estimate, Record
from loop.statistics import mean_estimate

BASELINE = "none"
OURS = "redraft"
LEARNING = ("cipher", "examples", "rewrite")
NAMES: Mapping[str, str] = {
    "none": "no learning",
    "cipher": "CIPHER-5",
    "examples": "past edits as examples",
    "rewrite": "whole-file rewrite, no gate",
    "redraft": "redraft",
    "oracle": "oracle",
    "critiques": "critiques as checks alone",
    "ungated": "redraft, its gate overruled",
}
_ANY = (0.0, math.inf)
_SHARE = (0.0, 1.0)
_FEWER = (-math.inf, 1.0)
_MOSTLY = 0.5
"""A draft is called copied when so much of it stands in an earlier final."""
LESS, STEPS = 0.4, 6
"""The bar: so much less cost than without learning, and so many steps accepted."""


class Line(Record):
    """One method over all seeds; None: there is nothing to measure."""

    method: str
    cost: Estimate | None
    """Cumulative edit cost in words and marks."""
    less: Estimate | None
    """Share of the cost without learning that is saved, paired by seed."""
    less_late: Estimate | None
    """The same in the last quarter of the rounds."""
    effort: Estimate | None
    """Edit cost of a draft, divided by the longer of draft and final."""
    words: Estimate | None
    """Words and marks of a draft."""
    accepted: Estimate | None
    """Share of drafts that the writer took as they were."""
    tokens: Estimate | None
    """Tokens read and written, by the method alone, whatever other methods asked too."""
    guide: Estimate | None
    """Tokens of all that was learned and may be put before the model."""
    steps: Estimate | None
    """Steps of learning that were taken over."""
    kept: Estimate | None
    """Share of the corrections once learned that are needed no more often at the end."""
    fixes: int
    """How many corrections were learned in all."""
    leakage: Estimate | None
    """Share of the guide's five-grams that stand in one brief or final alone and in no critique."""
    copied: Estimate | None
    """Share of drafts that stand for the most part in earlier finals."""
    seconds: float
    """Processor seconds in all; what another method had asked before cost nothing."""


class Demand(NamedTuple):
    """One part of the bar."""

    says: str
    met: bool


def lines(outcomes: Sequence[Outcome]) -> tuple[Line, ...]:
    """A line for each method that was run, in the order of the table."""
    by_method = {
        name: sorted((one for one in outcomes if one.method == name), key=lambda one: one.seed)
        for name in METHODS
    }
    base = {one.seed: one for one in by_method[BASELINE]}
    return tuple(_line(name, found, base) for name, found in by_method.items() if found)


def _line(name: str, found: Sequence[Outcome], base: Mapping[int, Outcome]) -> Line:
    def mean(value: Callable[[Outcome], float | None], within: tuple[float, float] = _ANY) -> Estimate | None:
        return mean_estimate((value(one) for one in found), within=within)

    learns = name != BASELINE
    return Line(
        method=name,
        cost=mean(lambda one: one.cost),
        less=mean(lambda one: _less(one, base, 0), _FEWER) if learns else None,
        less_late=mean(lambda one: _less(one, base, late(one)), _FEWER) if learns else None,
        effort=mean(lambda one: fmean(row.effort for row in one.rounds), _SHARE),
        words=mean(lambda one: fmean(row.words for row in one.rounds)),
        accepted=mean(lambda one: fmean(row.cost == 0 for row in one.rounds), _SHARE),
        tokens=mean(lambda one: one.tokens_read + one.tokens_written),
        guide=mean(lambda one: one.guide_tokens),
        steps=mean(lambda one: one.steps),
        kept=mean(lambda one: fmean(fix.kept for fix in one.fixes) if one.fixes else None, _SHARE),
        fixes=sum(len(one.fixes) for one in found),
        leakage=mean(lambda one: one.leaked / one.five_grams if one.five_grams else None, _SHARE),
        copied=mean(lambda one: fmean(row.copied >= _MOSTLY for row in one.rounds), _SHARE),
        seconds=sum(one.seconds for one in found),
    )


def late(one: Outcome) -> int:
    """Where the last quarter of the rounds begins."""
    return len(one.rounds) * 3 // 4


def _less(one: Outcome, base: Mapping[int, Outcome], start: int) -> float | None:
    other = base.get(one.seed)
    before = sum(row.cost for row in other.rounds[start:]) if other else 0
    return 1 - sum(row.cost for row in one.rounds[start:]) / before if before else None


def table(found: Sequence[Line]) -> str:
    """The lines as a Markdown table."""
    heads = (
        "method", "edit cost", "less than no learning", "in the last quarter", "effort a draft",
        "words a draft", "taken as is", "thousand tokens", "guide, tokens", "steps", "fixes kept",
        "leakage", "copied drafts", "CPU s",
    )  # fmt: skip
    rows = [
        (
            NAMES[one.method],
            _number(one.cost),
            _percent(one.less),
            _percent(one.less_late),
            _percent(one.effort, 1),
            _number(one.words),
            _percent(one.accepted),
            _number(one.tokens, 1000),
            _number(one.guide),
            _number(one.steps),
            f"{_percent(one.kept)} of {one.fixes}" if one.fixes else "–",
            _percent(one.leakage),
            _percent(one.copied),
            f"{one.seconds:.0f}",
        )
        for one in found
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in (heads, ("---",) * len(heads), *rows))


def bar(outcomes: Sequence[Outcome], found: Sequence[Line]) -> tuple[Demand, ...]:
    """What was asked of redraft, and whether it holds; nothing when it was not run beside no learning."""
    by_method = {one.method: one for one in found}
    ours = by_method.get(OURS)
    runs = [one for one in outcomes if one.method == OURS]
    if ours is None or ours.less is None:
        return ()
    demands = [
        Demand(
            f"{_percent(ours.less)} less edit cost than no learning, {LESS:.0%} wanted",
            ours.less.mean >= LESS,
        )
    ]
    for name in LEARNING:
        gap = _gap(outcomes, name)
        if gap is not None:
            says = f"{_number(gap)} words and marks against {NAMES[name]}, less wanted"
            demands.append(Demand(says, gap.mean < 0))
    fewest = min(one.steps for one in runs)
    kept = sum(fix.kept for one in runs for fix in one.fixes)
    return (
        *demands,
        Demand(f"{fewest} steps accepted with the seed that has fewest, {STEPS} wanted", fewest >= STEPS),
        Demand(
            f"{kept} of {ours.fixes} learned corrections still hold at the end, all wanted",
            kept == ours.fixes,
        ),
        Demand(f"leakage {_percent(ours.leakage)}, none wanted", not any(one.leaked for one in runs)),
    )


def _gap(outcomes: Sequence[Outcome], name: str) -> Estimate | None:
    """Our cost minus another method's, paired by seed."""
    other = {one.seed: one.cost for one in outcomes if one.method == name}
    pairs = [one.cost - other[one.seed] for one in outcomes if one.method == OURS and one.seed in other]
    return mean_estimate(pairs, within=(-math.inf, math.inf))


def _number(estimate: Estimate | None, unit: float = 1.0) -> str:
    if estimate is None:
        return "–"
    mean, low, high = (value / unit for value in (estimate.mean, estimate.low, estimate.high))
    return f"{mean:.0f} [{low:.0f}, {high:.0f}]"


def _percent(estimate: Estimate | None, digits: int = 0) -> str:
    if estimate is None:
        return "–"
    return f"{estimate.mean:.{digits}%} [{estimate.low:.{digits}%}, {estimate.high:.{digits}%}]"
