"""Detectors, proposals, verdicts and measurements: how a change of guidance is judged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from loop.model.asking import Usage
from loop.model.guide import Check, Operation
from loop.model.record import Record
from loop.model.writing import Split


class Estimate(Record):
    """A number that carries its doubt."""

    mean: float
    """The mean of the sample."""
    low: float
    """Lower end of the 95% interval."""
    high: float
    """Upper end of the 95% interval."""
    n: int
    """How many independent observations it rests on."""

    def __str__(self) -> str:
        """`0.42 [0.31, 0.55] n=10`."""
        return f"{self.mean:.2f} [{self.low:.2f}, {self.high:.2f}] n={self.n}"


class Score(Record):
    """One measured value; `None` is unscored, which is not zero."""

    metric: str
    """effort, recurrence, ..."""
    value: float | None
    """The value, or None when it could not be measured."""
    note: str = ""
    """Why it is None, if it is."""


class Detector(Record):
    """A past Change or critique as a yes/no test of any draft of its document type."""

    id: str
    """Content id of its form."""
    source: str
    """The change or critique it was made from."""
    pair: str = ""
    """The pair the change stands in; empty for a critique."""
    brief: str = ""
    """The brief the feedback was about."""
    type: str = "piece"
    """The document type it can be asked of."""
    check: Check | None = None
    """The deterministic test: it fires when the check finds something."""
    question: str = ""
    """Without a check: the yes/no question for a model."""
    says: str = ""
    """What it looks for, in a writer's words."""
    from_critique: bool = False
    """True when the writer asked for it in so many words."""


class TestResult(Record):
    """One part of the gate."""

    name: str
    """new, past, held_out, leave_one_out, or the name of a static rule."""
    passed: bool | None
    """None: it could not be decided."""
    says: str
    """The result in a sentence, with its numbers."""
    before: Estimate | None = None
    """Share of detectors that fire now."""
    after: Estimate | None = None
    """Share of detectors that fire with the proposal."""
    difference: Estimate | None = None
    """Paired difference, after minus before."""
    details: tuple[str, ...] = ()
    """Single detectors that decided it."""


class Verdict(Record):
    """What the gate says of a proposal."""

    decision: Literal["accept", "reject", "inconclusive"]
    """The outcome."""
    reason: str
    """Why, in one sentence."""
    tests: tuple[TestResult, ...] = ()
    """Every part, static and empirical."""
    effort: Estimate | None = None
    """Distance of fresh drafts to the old finals: reported with its noise floor, never decides."""
    effort_noise: Estimate | None = None
    """The noise floor of that distance: two runs of the same guidance."""
    missing: int = 0
    """Pairs of drafts that were planned and did not come about."""
    generated: int = 0
    """Drafts that a model had to write for this verdict."""
    usage: Usage = Usage()
    """What the verdict cost."""

    @property
    def counted(self) -> bool:
        """True when corrections were counted in drafts: the numbers speak of one version of the guidance."""
        return any(test.difference is not None for test in self.tests)


class Proposal(Record):
    """A few operations on the guidance, with reasons, waiting for a verdict."""

    number: int = 0
    """Its number; 0 until it is stored."""
    base: str
    """The guidance version it was made for."""
    basis: str = ""
    """Content id of all that was considered for it, with the evidence: the same again needs no new test."""
    operations: tuple[Operation, ...]
    """At most four."""
    verdict: Verdict | None = None
    """What the gate said."""
    author: str = "mine"
    """`mine`, or the model that wrote it."""
    created: str = ""
    """When, ISO 8601 in UTC."""
    usage: Usage = Usage()
    """What making and testing it cost."""


class BriefScore(Record):
    """What one fresh draft of a brief scored."""

    brief: str
    """The brief's id."""
    split: Split
    """train or held_out."""
    sample: int
    """The sample's number; it is also added to the seed."""
    fired: Mapping[str, bool | None]
    """Detector id -> fired; None is unscored."""
    effort: float | None = None
    """Distance to the writer's final of the brief, if there is one."""
    error: str = ""
    """Why nothing could be scored."""


class Measurement(Record):
    """The scores of a guidance version with a model."""

    version: str
    """The guidance version."""
    model: str
    """The model that wrote the drafts."""
    seed: int = 0
    """The seed of sample 0."""
    scores: tuple[BriefScore, ...] = ()
    """Per brief and sample."""
    created: str = ""
    """When, ISO 8601 in UTC."""
