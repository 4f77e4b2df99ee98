"""A training run before it starts: its rows, its plan, and what speaks against it."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import PurePath
from typing import Literal, NamedTuple

from feedback.collected import FIRST_RUN, PREFERENCES
from feedback.dataset.readiness import usable_ids
from loop.counts import count
from loop.errors import TrainingError
from loop.events import Tell
from loop.model import content_id
from loop.model.training import Device, Job, Method, Plan, Recipe, TrainingRow, Wish
from loop.project import Project
from loop.verbs.training.collecting import Collection, base_of, collect

_ASIDE = 10
"""Where nothing is held out, one brief in so many is set aside from a run to measure it."""
_ENOUGH = 20
"""Briefs from which on some can be spared."""
_MOST_MEASURED = 48
"""Held-out rows that measure a run: more would take longer and tell little more."""


class Asked(NamedTuple):
    """What a person said of a run."""

    method: Method | None
    """How it is trained; None: as the data allow."""
    name: str
    """The adapter's name; empty: one is made up."""
    base: str
    """The base model; empty: the embedded one."""
    start: str
    """Name of the adapter to go on from; empty: the newest of sft where dpo is asked for."""
    quick: int
    """A test run on so many pairs; 0: all."""
    device: Device
    """Where."""
    distill: bool
    """Leave the guide out of the prompts."""
    long: Literal["split", "leave-out"] | None
    """What happens to rows that are too long."""
    step: str
    """Which step learns pairs whose steps are not known."""
    wish: Wish
    """Numbers that were set."""


class Prepared(NamedTuple):
    """A run that could start."""

    plan: Plan
    """What it would be."""
    rows: tuple[TrainingRow, ...]
    """What it learns from."""
    held_out: tuple[TrainingRow, ...]
    """What measures it."""


async def prepare(project: Project, asked: Asked, tell: Tell, *, trying: bool) -> Prepared:
    """Collect the rows and make the plan; `trying`: two steps are tried, to measure time and memory.

    Raises TrainingError where the rows are not fit to be learned, MissingExtra, ModelUnavailable.
    """
    start = asked.start or (_newest_sft(project, asked) if asked.method == "dpo" else "")
    found = await collect(
        project,
        tell,
        distill=asked.distill,
        step=asked.step,
        long=asked.long,
        base=project.trainer.state(start).job.base if start else asked.base,
        longest=asked.wish.longest,
        device=asked.device,
        must_look=True,
    )
    method = asked.method or _suited(project, asked, found)
    if method == "dpo" and asked.method is None:  # what it goes on from has a tokenizer of its own
        return await prepare(project, asked._replace(method=method), tell, trying=trying)
    stop = next((one for one in found.findings if one.stop and one.of in {"", method}), None)
    if stop is not None:
        raise TrainingError(f"{stop.brief or 'The rows'}: {stop.says}", hint="redraft dataset check")
    every = found.rows(method)
    rows = [row for row in every if row.split == "train"]
    if not rows:
        raise TrainingError("There is nothing to learn from yet.", hint="redraft dataset check   says why")
    measuring = [row for row in every if row.split == "held_out"]
    aside = 0
    if not measuring:
        rows, measuring = set_aside(rows, asked.wish.seed)
        aside = len(measuring)
    if asked.quick:
        rows = _some(rows, asked.quick, asked.wish.seed)
        measuring = _some(measuring, max(1, asked.quick // 2), asked.wish.seed)
    measuring = _some(measuring, _MOST_MEASURED, asked.wish.seed)
    job = _job(project, asked, method, found)
    hindered = hindrance(project, asked.device)
    trying = trying and not hindered
    plan = await project.trainer.plan(job, asked.wish, rows, measuring, tell, trying=trying)
    problems = (*plan.problems, *filter(None, [hindered]))
    doubts = _doubts(asked, len(usable_ids(every)), plan, aside)
    made = plan.model_copy(update={"problems": problems, "doubts": doubts})
    return Prepared(made, tuple(rows), tuple(measuring))


def hindrance(project: Project, device: Device) -> str:
    """Why no run can begin now: another one goes on, and not on another device; empty: nothing."""
    running = next(
        (
            run
            for run in project.trainer.runs()
            if run.state == "running" and (run.job.device == device or "auto" in {run.job.device, device})
        ),
        None,
    )
    if running is None:
        return ""
    ours = running.job.origin.project == project.root
    where = "" if ours else f" ({running.job.origin.project})"
    stop = f"stop it (redraft train stop --name {running.name})" if ours else "stop it there"
    return (
        f"“{running.name}”{where} is being trained, and two at once would take each other's memory and time: "
        f"wait for it, or {stop}."
    )


def set_aside(rows: Sequence[TrainingRow], seed: int) -> tuple[list[TrainingRow], list[TrainingRow]]:
    """Rows to learn from, and those of about a tenth of the briefs to measure with; none where they are few.

    Whether a brief is set aside depends on its name and the seed alone: what sft was measured with, dpo does
    not learn, nor a later run with more pairs.
    """
    briefs = {brief: int(content_id(str(seed), brief), 16) for brief in {row.brief for row in rows}}
    if len(briefs) < _ENOUGH:
        return list(rows), []
    drawn = {brief for brief, lot in briefs.items() if lot % _ASIDE == 0}
    drawn = drawn or {min(briefs, key=briefs.__getitem__)}
    kept = [row for row in rows if row.brief not in drawn]
    measuring = [row.model_copy(update={"split": "held_out"}) for row in rows if row.brief in drawn]
    return kept, measuring


def _some(rows: Sequence[TrainingRow], most: int, seed: int) -> list[TrainingRow]:
    """All rows of at most so many pairs, drawn by lot, in their order."""
    pairs = list(dict.fromkeys(_pair(row) for row in rows))
    if len(pairs) <= most:
        return list(rows)
    drawn = set(random.Random(f"{seed} some").sample(pairs, most))  # noqa: S311 - a lottery, not a secret
    return [row for row in rows if _pair(row) in drawn]


def _pair(row: TrainingRow) -> str:
    return row.id.partition("/")[0]


def _suited(project: Project, asked: Asked, found: Collection) -> Method:
    """Preferences once there are enough of them, and a model that has learned the finals."""
    enough = len(usable_ids(found.rows("dpo"))) >= PREFERENCES
    return "dpo" if enough and (asked.start or _newest_sft(project, asked)) else "sft"


def _job(project: Project, asked: Asked, method: Method, found: Collection) -> Job:
    trainer = project.trainer
    start = asked.start or (_newest_sft(project, asked) if method == "dpo" else "")
    base, folder = base_of(asked.base), ""
    if start:
        state = trainer.state(start)
        if asked.base and base != state.job.base:
            raise TrainingError(
                f"“{start}” was trained on another base: {state.job.base}.",
                hint=f"Go on with that one:   redraft train plan --base {state.job.base}",
            )
        if state.job.recipe.full != asked.wish.full:
            whole = state.job.recipe.full
            raise TrainingError(
                f"“{start}” was trained {'whole' if whole else 'as an adapter'}: so it goes on.",
                hint="redraft train plan --method dpo --full" if whole else "redraft train plan --method dpo",
            )
        base = state.job.base
        folder = f"{state.job.folder}/{'model' if state.job.recipe.full else 'adapter'}"
    label = "-quick" if asked.quick else ""
    stem = f"{PurePath(project.root).name}-{method}{label}"
    return Job(
        name=asked.name or trainer.free_name(stem),
        folder="",
        base=base,
        bases=trainer.bases(),
        start=folder,
        recipe=Recipe(method=method),
        device=asked.device,
        quick=asked.quick,
        origin=found.origin(method, project.root),
    )


def _newest_sft(project: Project, asked: Asked) -> str:
    """The newest finished sft adapter of this project on the same base, with the same kind of prompts.

    One that is no better than its base is nothing to go on from.
    """
    for run in project.trainer.runs():
        job = run.job
        fits = bool(run.best) and run.method == "sft" and not job.quick
        ours = job.origin.project == project.root and job.origin.distilled == asked.distill
        if fits and ours and (not asked.base or job.base == base_of(asked.base)):
            return run.name
    return ""


def _doubts(asked: Asked, pairs: int, plan: Plan, aside: int) -> tuple[str, ...]:
    """Why the run should perhaps not be started, or what has to be known of it."""
    method = plan.job.recipe.method
    found = []
    if asked.quick:
        found.append("This is a test run: it shows that everything works, and its model is not worth using.")
    elif pairs < FIRST_RUN:
        found.append(
            f"You have {count(pairs, 'pair')}. Below {FIRST_RUN}, rules and examples do more than training: "
            "redraft learn."
        )
    elif method == "dpo" and pairs < PREFERENCES:
        found.append(
            f"You have {count(pairs, 'pair')}. Learning from what you prefer wants about {PREFERENCES}."
        )
    if method == "dpo" and not plan.job.start:
        found.append("Nothing was trained on your finals before (redraft train sft): that should come first.")
    if not plan.held_out:
        found.append(
            "No corrected brief is held out, so nobody can say whether it got better: "
            "give some briefs split: held_out, and correct their drafts."
        )
    elif aside:
        found.append(f"No corrected brief is held out: {count(aside, 'row')} are set aside to measure with.")
    if plan.memory_formula > 0.9 * plan.memory_there:
        found.append("It will take nearly all of the memory: close other programs.")
    return tuple(found)
