"""Words for train: plans, runs, and how far they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from loop.counts import count
from loop.model.runs import Measured, RunState
from loop.model.training import Plan
from loop.render.layout import table
from loop.render.timing import duration

if TYPE_CHECKING:
    from loop.verbs import train

_STATES = {
    "running": "is running",
    "done": "is done",
    "stopped": "was stopped",
    "failed": "failed",
    "interrupted": "was cut off; it can go on",
}


def _train(result: train.Result) -> str:
    match result.action:
        case "status":
            return _status(result.runs)
        case "log":
            return result.log.rstrip() or "The programs wrote nothing."
        case "stop":
            later = f"  Go on later:  {_again(result.run)}" if result.run is not None else ""
            return f"It saves a checkpoint and ends.{later}"
    if result.run is not None:
        return _run(result.run)
    if result.plan is not None:
        return plan_in_words(result.plan, result.start)
    return ""


def plan_in_words(plan: Plan, start: str) -> str:
    """What a run would be, and what to type to start it."""
    said = [table(plan_facts(plan))]
    said += [f"Cannot start: {problem}" for problem in plan.problems]
    said += [f"! {doubt}" for doubt in plan.doubts]
    if start:
        said.append(f"Start it:  {start}")
    return "\n".join(said)


def plan_facts(plan: Plan) -> list[tuple[str, str]]:
    """What a run would be, one thing after the other, each with its name."""
    job, recipe = plan.job, plan.job.recipe
    what = "learns your finals (sft)" if recipe.method == "sft" else "learns what you prefer (dpo)"
    saved = 1 - plan.epoch_tokens / plan.unshared_tokens if plan.unshared_tokens else 0.0
    shared = f"; {saved:.0%} of the reading is saved, where draft and final begin alike" if saved > 0 else ""
    return [
        ("name", f"{job.name}{'  (test run)' if job.quick else ''}"),
        ("what", f"{what}, on {job.base.rpartition('/')[2]}{_on_top(plan)}"),
        ("rows", f"{count(plan.rows, 'row')} to learn from, {plan.held_out:,} held out to measure"),
        ("length", f"{plan.epoch_tokens:,} tokens a round, the longest row {plan.longest:,}{shared}"),
        ("prompts", "without the guide" if job.origin.distilled else "with the guide, as it is now"),
        ("where", plan.device + (f", {plan.processes} side by side" if plan.processes > 1 else "")),
        ("memory", _memory(plan)),
        ("disk", f"{_gb(plan.disk_needed)}, of {_gb(plan.disk_there)} that are free"),
        ("time", f"about {duration(plan.seconds)}" if plan.seconds else "not measured yet"),
        ("steps", f"{plan.steps:,}, {count(recipe.epochs, 'round')} of {count(recipe.batch, 'row')} a step"),
        ("trained", _trained(plan)),
    ]


def _on_top(plan: Plan) -> str:
    start = plan.job.start.rstrip("/").rpartition("/")[0].rpartition("/")[2]
    return f", going on from {start}" if start else ""


def _memory(plan: Plan) -> str:
    tried = f"; two steps took {_gb(plan.memory_measured)}" if plan.memory_measured else ""
    return f"about {_gb(plan.memory_formula)} of {_gb(plan.memory_there)}{tried}"


def _trained(plan: Plan) -> str:
    recipe = plan.job.recipe
    if recipe.full:
        return f"all of its {_millions(plan.trained)} numbers, at a rate of {recipe.learning_rate:g}"
    return (
        f"an adapter of {_millions(plan.trained)} numbers (rank {recipe.rank}) "
        f"on {_millions(plan.parameters)}, at a rate of {recipe.learning_rate:.1e}"
    )


def _status(runs: tuple[RunState, ...]) -> str:
    if not runs:
        return "Nothing was trained here yet.  Begin:  redraft train plan"
    return "\n\n".join(_run(run) for run in runs)


def _run(run: RunState) -> str:
    first = f"{run.name}{' (test run)' if run.job.quick else ''} {_STATES[run.state]}"
    if run.steps:
        first += f": step {run.step:,} of {run.steps:,}"
    if run.seconds_left:
        first += f", about {duration(run.seconds_left)} left"
    lines = [first + "."]
    if run.says:
        lines.append(f"{run.says}  → {run.hint}" if run.hint else run.says)
    if run.loss is not None:
        lines.append(f"How surprised it was by what it learned last (loss): {run.loss:.3f}.")
    if run.before is not None and run.held_out is not None and run.held_out.step:
        lines.append(_gained(run.before, run.held_out))
    lines += [f"! {alarm.says} {alarm.advice}" for alarm in run.alarms]
    if run.state in {"stopped", "interrupted"}:
        lines.append(onward(run))
    if run.best == 0:
        began = "where it began" if run.job.start else "the base"
        found = f"Nothing better than {began} was found."
        lines.append(found if run.step else "It had not learned anything yet.")
    elif run.best:
        lines.append(f"Try it:  redraft run NAME --model adapter:{run.name}")
        lines.append(f"Keep it:  redraft adapters use {run.name}")
    return "\n".join(lines)


def onward(run: RunState) -> str:
    """What to type after a run that did not come to its end."""
    alarm, recipe = run.stopped_by, run.job.recipe
    if alarm is None:
        return f"Go on:  {_again(run)}"
    if alarm.judged:
        return f"Go on all the same, and not be stopped by this again:  {_again(run)}"
    if alarm.name == "diverged":
        half = recipe.learning_rate / 2
        return f"Begin anew at half the rate:  redraft train {run.method} --learning-rate {half:g}"
    return f"Begin anew:  redraft train plan --method {run.method}"


def _again(run: RunState) -> str:
    return f"redraft train {run.method} --resume --name {run.name}"


def _gained(before: Measured, after: Measured) -> str:
    sure = "" if after.accuracy is None else f" It prefers your final to the draft in {after.accuracy:.0%}."
    return (
        f"How surprised it is by texts it never saw (loss, lower is better): {before.around} before, "
        f"{after.around} now.{sure} It has moved from its base by {after.kl:.3f} (KL)."
    )


def _gb(size: int) -> str:
    return f"{size / 1e9:.1f} GB"


def _millions(number: int) -> str:
    return f"{number / 1e9:.1f} billion" if number >= 1e9 else f"{number / 1e6:.1f} million"


RENDER = {"train": _train}
