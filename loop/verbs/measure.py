"""Write fresh drafts with a version, and count what the writer would have to correct again."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from feedback.effort import effort
from loop.curve import RecurrencePoint, recurrence_by_version
from loop.errors import UsageError
from loop.events import Tell
from loop.model import Brief, BriefScore, Detector, Draft, Entry, Measurement, Record, Usage
from loop.project import Project
from loop.store import plan_write, read_briefs
from loop.verbs.learning.evidence import finals_of, gather_evidence
from loop.verbs.learning.forecast import question_cost, soundness
from loop.verbs.learning.judging import Cases, Judge, all_detectors, cases_of, judge_of, sound_questions
from loop.verbs.parts.committing import cost, keep_edits, record
from loop.verbs.parts.costing import Cost, Drafted, draft_costs, tell_costs, together
from loop.verbs.parts.drafting import counted_drafts, writers
from loop.verbs.parts.fields import Argument
from loop.verbs.parts.turns import turn
from loop.versions import NOW, guidance_of, require_same_steps

EXAMPLE = "redraft measure --samples 2"


class Request(Record):
    """Which version, and how thoroughly."""

    version: Annotated[str, Argument(completes="version")] = NOW
    """A version, a commit, or proposal:1; `now` is what is on disk."""
    samples: int | None = Field(default=None, ge=1, le=50)
    """Fresh drafts per brief; redraft.toml's [gate] samples if left out."""
    seed: int | None = Field(default=None, ge=0)
    """A number picks the first of the samples; left out, they are others than those of `run`: fresh ones."""
    budget: str | None = None
    """Stop before it costs more: 0.50 (US dollars), 200calls or 50000tokens."""


class Result(Record):
    """What was measured."""

    measurement: Measurement
    """Every score."""
    point: RecurrencePoint
    """The sums with their intervals."""
    detectors: tuple[Detector, ...]
    """What was looked for."""
    path: str
    """Where the measurement is."""


async def do(project: Project, request: Request, tell: Tell) -> Result:
    """Draft every brief, score the drafts, and commit the measurement."""
    async with turn(project):
        keep_edits(project, tell)
    guidance = guidance_of(project, request.version)
    require_same_steps(project, guidance, request.version)
    briefs = read_briefs(project)
    evidence = gather_evidence(project, briefs)
    asked = all_detectors(tuple(project.history.log()), evidence)
    if not asked:
        raise UsageError(
            "There is nothing to look for yet: no correction or critique can be tested on a draft.",
            hint="redraft correct NAME   or   redraft critique NAME '...'",
        )
    samples = request.samples or project.settings.gate.samples
    seed = project.settings.model.seed + 1000 if request.seed is None else request.seed
    by = writers(project, "measure", tell, request.budget)
    judge, cases = judge_of(project.settings, by.model), cases_of(project, evidence)
    drafted = [Drafted(brief, samples, samples) for brief in briefs]
    costs = [*draft_costs(project, guidance, drafted), *_questions(project, judge, asked, cases, drafted)]
    takes = "The drafts, and the questions about them, take"
    tell_costs(project, together(costs), request.budget, tell, what=takes)
    asked = await sound_questions(asked, cases, judge)
    draft = counted_drafts(project, by, len(briefs) * samples, "measuring", tell)
    finals = finals_of(project)
    turns = asyncio.Semaphore(project.settings.pipeline.parallel)

    async def scored(brief: Brief, sample: int) -> BriefScore:
        async with turns:
            written = await draft(brief, guidance, seed + sample)
        return await _score(brief, sample, written, asked, judge, finals)

    tasks = [asyncio.ensure_future(scored(brief, n)) for brief in briefs for n in range(samples)]
    try:
        scores = await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
    measurement = Measurement(
        version=guidance.version,
        model=by.model.name,
        seed=seed,
        scores=tuple(scores),
        created=project.clock.now().isoformat(),
    )
    return await _keep(project, measurement, asked, by.model.spent, tell)


def _questions(
    project: Project, judge: Judge, asked: Sequence[Detector], cases: Cases, drafted: Sequence[Drafted]
) -> Sequence[Cost]:
    """What the yes/no questions cost."""
    known = [detector for detector in asked if detector.check is None]
    often = sum(one.most * sum(detector.type == one.brief.type for detector in known) for one in drafted)
    often += soundness(known, cases)
    cost = question_cost(project, judge, known, cases, often, often)
    return [] if cost is None else [cost]


async def _score(
    brief: Brief,
    sample: int,
    draft: Draft | None,
    asked: tuple[Detector, ...],
    judge: Judge,
    finals: dict[str, str],
) -> BriefScore:
    if draft is None:
        return BriefScore(
            brief=brief.id, split=brief.split, sample=sample, fired={}, error="it could not be drafted"
        )
    return BriefScore(
        brief=brief.id,
        split=brief.split,
        sample=sample,
        fired={
            detector.id: await judge.fires(detector, draft.text)
            for detector in asked
            if detector.type == brief.type
        },
        effort=effort(draft.text, finals[brief.id]) if brief.id in finals else None,
    )


async def _keep(
    project: Project, measurement: Measurement, asked: tuple[Detector, ...], spent: Usage, tell: Tell
) -> Result:
    name = "".join(char if char.isalnum() or char in "-_.@" else "-" for char in measurement.model)
    path = f"measures/{measurement.version}/{name}.json"
    point = recurrence_by_version([measurement])[0]
    entry = Entry(
        verb="measure",
        subject=f"version {measurement.version}: held-out recurrence {point.held_out or 'unscored'}",
        trailers={"Base": measurement.version, "Model": measurement.model, **cost(spent)},
    )
    planned = plan_write(project, [(path, measurement.model_dump_json(indent=1) + "\n")])
    async with turn(project, steadfast=True):
        record(project, planned, entry, expect=project.history.head(), tell=tell)
    return Result(measurement=measurement, point=point, detectors=asked, path=path)
