"""Everything that stays the same while a learning step proposes and tests."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

from feedback.evidence import Evidence
from loop.events import Tell
from loop.gate.clashes import Standing
from loop.gate.corpus import CorpusIndex
from loop.model import Brief, Detector, Guidance, LogEntry, Operation
from loop.operations_log import learned_rules
from loop.project import Project
from loop.verbs.learning.judging import Cases, Judge
from loop.verbs.parts.drafting import Writers
from pipelines.active import all_checks
from pipelines.guidance import GUIDE_FILE
from pipelines.guide import rules_of

Without = Callable[[str], Awaitable[Sequence[Operation]]]
"""The id of a pair -> what is proposed as if it had never been given."""


class Study(NamedTuple):
    """Everything that stays the same while candidates are tested."""

    project: Project
    head: str
    """The commit that the guidance stands in."""
    evidence: Evidence
    guidance: Guidance
    briefs: tuple[Brief, ...]
    log: tuple[LogEntry, ...]
    taken: frozenset[str]
    """Ids of rules and checks that are not given again."""
    asked: tuple[Detector, ...]
    refused: tuple[Operation, ...]
    corpus: CorpusIndex
    by: Writers
    """Who writes drafts."""
    author: str
    """Who writes the operations: MINE, or the model's name."""
    judge: Judge
    """Who answers questions about drafts that no check can answer."""
    cases: Cases
    """What each piece of feedback was about: a question must tell it apart."""
    budget: str | None
    """The cap that was typed for this verb."""
    tell: Tell
    without: Without
    """What is proposed when one pair had never been given."""

    @property
    def shown(self) -> bool:
        """False when there is nothing to learn from: no change that is more than a fact, and no critique."""
        return bool(self.evidence.critiques) or any(item.changes for item in self.evidence.pairs)

    @property
    def standing(self) -> tuple[Standing, ...]:
        """Every rule of the guide with the checks that enforce it."""
        return standing_rules(self.guidance)

    @property
    def own_rules(self) -> frozenset[str]:
        """Ids of the rules that no learning step brought."""
        learned = learned_rules(self.log)
        guide = self.guidance.files.get(GUIDE_FILE, "")
        return frozenset(rule.id for rule in rules_of(guide) if rule.id not in learned)

    @property
    def refused_keys(self) -> frozenset[str]:
        """What `propose` must not bring again: keys of operations, and ids of the critiques behind them."""
        critiques = {id_ for operation in self.refused for id_ in operation.evidence if id_.startswith("k")}
        return frozenset({operation.key for operation in self.refused} | critiques)


def standing_rules(guidance: Guidance) -> tuple[Standing, ...]:
    """Every rule of a guide with the checks that enforce it."""
    checks = all_checks(guidance)
    return tuple(
        Standing(rule, tuple(check for check in checks if rule.id and check.rule == rule.id))
        for rule in rules_of(guidance.files.get(GUIDE_FILE, ""))
    )
