"""Opens a study: the evidence, the guidance and everything a proposal is tested with."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from feedback.evidence import Evidence
from loop.events import Tell
from loop.gate.corpus import index
from loop.mine.propose import propose
from loop.model import MOST_OPERATIONS, Brief, Operation
from loop.operations_log import refused, taken_ids
from loop.project import Project
from loop.store import work_guidance
from loop.verbs.learning.evidence import corpus_of
from loop.verbs.learning.judging import all_detectors, cases_of, judge_of
from loop.verbs.learning.revising import revised_without
from loop.verbs.learning.study import Study, Without
from loop.verbs.parts.drafting import Writers
from loop.verbs.parts.roles import MINE, tell_unreached
from pipelines.active import present


def open_study(
    project: Project,
    head: str,
    briefs: tuple[Brief, ...],
    evidence: Evidence,
    *,
    by: Writers,
    author: str,
    budget: str | None,
    tell: Tell,
) -> Study:
    """Everything that stays the same while candidates are tested.

    `by` writes the drafts; `author` is who writes the operations: MINE, or a model's name.
    """
    tell_unreached(project.settings, project.distilled, tell)
    log = tuple(project.history.log())
    guidance = work_guidance(project)
    known = {brief.id for brief in briefs}
    imported = {item.pair.brief.id: item.pair.brief for item in evidence.pairs}
    study = Study(
        project=project,
        head=head,
        evidence=evidence,
        guidance=guidance,
        # Pairs that came in from outside have no brief in the folder; theirs is drafted all the same.
        briefs=(*briefs, *(brief for id_, brief in imported.items() if id_ not in known)),
        log=log,
        taken=taken_ids(log),
        asked=all_detectors(log, evidence),
        refused=refused(log, present(guidance)),
        corpus=index(corpus_of(project, briefs, evidence)),
        by=by,
        author=author,
        cases=cases_of(project, evidence),
        judge=judge_of(project.settings, by.model, "" if author == MINE else author),
        budget=budget,
        tell=tell,
        without=_nothing,
    )
    without = partial(_mined_without, study) if author == MINE else partial(revised_without, study, author)
    return study._replace(without=_once_each(without))


def _once_each(ask: Without) -> Without:
    """Every test leaves the same pairs out: what had no usable answer is not paid for again in each."""
    found: dict[str, Sequence[Operation]] = {}

    async def without(pair: str) -> Sequence[Operation]:
        if pair not in found:
            found[pair] = await ask(pair)
        return found[pair]

    return without


async def _nothing(pair: str) -> tuple[Operation, ...]:
    return ()


async def _mined_without(study: Study, pair: str) -> tuple[Operation, ...]:
    return propose(
        study.evidence.without(pair), study.guidance, refused=study.refused_keys, limit=MOST_OPERATIONS
    )
