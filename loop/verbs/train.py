"""Train a model of the writer's own on the pairs, in a process outside."""

from __future__ import annotations

import asyncio
from pathlib import PurePath
from shlex import quote
from typing import Annotated, Literal

from pydantic import Field

from loop.errors import TrainingError, UsageError
from loop.events import Event, Note, Progress, Tell
from loop.model import Record
from loop.model.runs import Alarmed, Begun, Measured, RunState, Started, Stepped, TrainEvent
from loop.model.training import Device, Method, Plan, Wish
from loop.project import Project
from loop.verbs.parts.fields import Argument, Unseen
from loop.verbs.training.planning import Asked, Prepared, hindrance, prepare

EXAMPLE = "redraft train sft --quick 20 --yes"

_LOOK_AGAIN = 0.5
"""Seconds between two looks at a run."""


class Request(Record):
    """What to do, and with which numbers; whatever is not set is made out, and stands in the plan."""

    action: Annotated[Literal["plan", "sft", "dpo", "status", "watch", "stop", "log"], Argument()] = "plan"
    """`plan` says what would happen; `sft` learns your finals; `dpo` learns what you prefer to the drafts;
    `status`, `watch`, `stop` and `log` are for a run that is under way."""
    method: Literal["auto", "sft", "dpo"] = "auto"
    """plan: which of the two; `auto`: dpo with 500 pairs and a model that sft made, else sft."""
    name: str = ""
    """The adapter's name: a new one's, or that of the run that is meant."""
    base: str = ""
    """The base model: a folder, a GGUF file or a name that transformers knows; empty: the embedded one."""
    start: str = ""
    """Go on from this adapter; dpo goes on from the newest one of sft."""
    quick: int = Field(default=0, ge=0)
    """A test run on so many pairs."""
    yes: bool = False
    """Start without asking."""
    resume: bool = False
    """Go on with a run that was stopped or cut off: with `--name`, else the newest of its kind."""
    detach: bool = False
    """Come back at once; the run goes on, also when the terminal is closed."""
    device: Literal["auto", "cpu", "cuda", "mps"] = "auto"
    """Where it runs."""
    processes: int = Field(default=0, ge=0, le=64)
    """Processes side by side; 0: one for each GPU."""
    distill_guide: bool = False
    """Leave the guide out of the prompts: its rules are to go into the weights."""
    long: Literal["split", "leave-out"] | None = None
    """Rows that are too long: split them at paragraphs, or leave them out."""
    step: str = ""
    """Which step learns pairs of which it is not known what each step wrote."""
    epochs: int | None = Field(default=None, ge=1, le=50)
    """How often each row is seen."""
    batch: int | None = Field(default=None, ge=1)
    """Rows per step."""
    tokens: int | None = Field(default=None, ge=64)
    """The most tokens that go through the model at once."""
    longest: int | None = Field(default=None, ge=32)
    """The most tokens a row may have."""
    rank: int | None = Field(default=None, ge=1, le=512)
    """Rank of the adapter's matrices."""
    learning_rate: float | None = Field(default=None, gt=0)
    """Peak learning rate."""
    span_weight: float | None = Field(default=None, ge=1)
    """sft: how much more a word counts that you changed."""
    suffix_weight: float | None = Field(default=None, ge=0, le=1)
    """dpo: how much a word behind the first change counts that you left as it was."""
    beta: float | None = Field(default=None, gt=0)
    """dpo: how strongly it is held to where it began."""
    anchor: float | None = Field(default=None, ge=0)
    """dpo: how strongly it is held to your own text."""
    kl_budget: float | None = Field(default=None, gt=0)
    """How far it may move away from its base (KL, in nats a token)."""
    full: bool = False
    """Train the base's own weights (up to 0.5B parameters)."""
    quantised: bool = False
    """Hold the base in four bits, on an NVIDIA GPU."""
    checkpointing: bool = False
    """Take less memory, and longer."""
    seed: int = Field(default=0, ge=0)
    """Draws the order of the rows."""
    heard: Annotated[int, Unseen()] = Field(default=0, ge=0)
    """status of one run: the events behind so many."""


class Result(Record):
    """A plan, a run, or several."""

    action: str
    """What was asked for."""
    plan: Plan | None = None
    """What would be done, or was."""
    start: str = ""
    """What to type to start the plan as it is."""
    started: bool = False
    """The plan was carried out."""
    run: RunState | None = None
    """How far the run is."""
    runs: tuple[RunState, ...] = ()
    """status: every run of this project, the newest first; or the one that was named."""
    events: tuple[TrainEvent, ...] = ()
    """status of one run: what it said."""
    log: str = ""
    """log: what the programs wrote."""


async def do(project: Project, request: Request, tell: Tell) -> Result:
    """Plan, start, or look after a run."""
    match request.action:
        case "status" if request.name:
            run = project.trainer.state(request.name)
            told = tuple(project.trainer.events(request.name, request.heard))
            return Result(action="status", runs=(run,), events=told)
        case "status":
            return Result(action="status", runs=_ours(project))
        case "watch":
            return Result(action="watch", run=await follow(project, _meant(project, request).name, tell))
        case "stop":
            return Result(action="stop", run=_stopped(project, _running(project, request).name))
        case "log":
            run = _meant(project, request)
            return Result(action="log", run=run, log=project.trainer.log(run.name))
        case "sft" | "dpo" if request.resume:
            return await _resumed(project, request, tell)
        case _:
            return await _planned(project, request, tell)


def further(request: Request, result: Result) -> tuple[str, Request] | None:
    """The question before a run starts."""
    if result.plan is None or result.started or result.plan.problems or request.action == "plan":
        return None
    return "Start the training?", request.model_copy(update={"yes": True, **approved(result.plan)})


def approved(plan: Plan) -> dict[str, str | int | bool]:
    """What of a plan has to be as it was tried, once it is approved."""
    recipe = plan.job.recipe
    return {
        "name": plan.job.name,
        "tokens": recipe.tokens,
        "checkpointing": recipe.checkpointing,
        "quantised": recipe.quantised,
    }


def _typed(request: Request, plan: Plan) -> str:
    """The command that starts a plan as it is: with all that was typed, and with what was made out."""
    left_out = {"action", "method", "yes", "resume", "heard"}
    start = {"start": PurePath(plan.job.start).parent.name} if plan.job.start else {}
    said = {**approved(plan), **request.model_dump(exclude_defaults=True, exclude=left_out)}
    words = ["redraft", "train", plan.job.recipe.method]
    for name, value in {**said, **approved(plan), **start}.items():
        if value is not False and value != "":
            words.append(_option(name))
            words += [] if value is True else [quote(str(value))]
    return " ".join([*words, "--yes"])


def _option(name: str) -> str:
    return "--" + name.replace("_", "-")


async def _planned(project: Project, request: Request, tell: Tell) -> Result:
    starts = request.action != "plan" and request.yes
    prepared = await prepare(project, _asked(request), tell, trying=not starts)
    plan = prepared.plan
    if not starts:
        start = "" if plan.problems else _typed(request, plan)
        return Result(action=request.action, plan=plan, start=start)
    if plan.problems:
        raise TrainingError(plan.problems[0], hint="redraft train plan")
    return await _begun(project, request, prepared, tell)


async def _begun(project: Project, request: Request, prepared: Prepared, tell: Tell) -> Result:
    job = prepared.plan.job.model_copy(update={"held": not request.detach})
    plan = prepared.plan.model_copy(update={"job": job})
    for doubt in plan.doubts:
        tell(Note(message=doubt, level="warning"))
    processes = request.processes or plan.processes
    await project.trainer.begin(job, prepared.rows, prepared.held_out, processes=processes)
    if request.detach:
        run = project.trainer.state(job.name)
    else:
        run = await _held(project, job.name, tell)
    return Result(action=request.action, plan=plan, started=True, run=run)


async def _resumed(project: Project, request: Request, tell: Tell) -> Result:
    run = _meant(project, request, request.action)
    if run.method != request.action:
        hint = f"redraft train {run.method} --resume --name {run.name}"
        raise UsageError(f"“{run.name}” is a run of {run.method}.", hint=hint)
    if run.state == "done":
        raise UsageError(f"“{run.name}” is done.", hint=f"redraft train {request.action}   begins a new one")
    kept = {"action", "resume", "yes", "name", "base", "detach", "processes"}
    if changed := request.model_dump(exclude_defaults=True, exclude=kept):
        options = ", ".join(map(_option, changed))
        hint = f"Leave it out, or begin a new one:   redraft train {request.action}"
        raise UsageError(f"A run that goes on keeps all its numbers: {options} cannot be set.", hint=hint)
    hindered = hindrance(project, run.job.device)
    if hindered and run.state != "running":
        raise TrainingError(hindered)
    held = not request.detach
    await project.trainer.resume(run.name, held=held, processes=request.processes, base=request.base)
    state = project.trainer.state(run.name) if request.detach else await _held(project, run.name, tell)
    return Result(action=request.action, started=True, run=state)


async def _held(project: Project, name: str, tell: Tell) -> RunState:
    """Follow a run that ends when this process does."""
    try:
        return await follow(project, name, tell)
    except asyncio.CancelledError:
        method = project.trainer.state(name).method
        again = f"redraft train {method} --resume --name {name}"
        says = f"It saves a checkpoint and ends. Go on later:  {again}"
        tell(Note(message=says))
        raise


async def follow(project: Project, name: str, tell: Tell) -> RunState:
    """Tell what a run says until it ends. Raises TrainingError when it fails."""
    seen, steps = 0, 0
    while True:
        state = project.trainer.state(name)
        events = project.trainer.events(name, seen)
        if not seen:  # what it said before it went on is past
            begins = [number for number, one in enumerate(events) if isinstance(one, Begun)]
            seen = begins[-1] if begins else 0
            events = events[seen:]
        seen += len(events)
        for event in events:
            steps = event.steps if isinstance(event, Started) else steps
            for told in _in_words(event, steps):
                tell(told)
        if state.state != "running":
            break
        await asyncio.sleep(_LOOK_AGAIN)
    if state.state == "failed":
        raise TrainingError(state.says, hint=state.hint)
    if state.state == "interrupted":
        raise TrainingError(f"The training of “{name}” was cut off. {state.says}".strip(), hint=state.hint)
    return state


def _in_words(event: TrainEvent, steps: int) -> list[Event]:
    match event:
        case Stepped():
            unit = f"steps, loss {event.loss:.3f}"
            return [Progress(what="training", done=event.step, of=steps, unit=unit)]
        case Measured() if event.step == 0:
            says = "Before training: how surprised it is by texts it will not see (loss, lower is better)"
            return [Note(message=f"{says}: {event.around}.")]
        case Measured():
            moved = f"moved from its base by {event.kl:.3f} (KL)"
            sure = "" if event.accuracy is None else f", prefers yours to the draft in {event.accuracy:.0%}"
            says = f"After {event.step} steps: surprised by texts it never saw {event.around} (loss)"
            return [Note(message=f"{says}{sure}; {moved}.")]
        case Alarmed():
            return [Note(message=f"{event.says} {event.advice}", level="warning")]
        case _:
            return []


def _asked(request: Request) -> Asked:
    device: Device = request.device
    method: Method | None = request.method if request.method != "auto" else None
    if request.action in {"sft", "dpo"}:
        method = "sft" if request.action == "sft" else "dpo"
    wish = Wish.model_validate({name: getattr(request, name) for name in Wish.model_fields})
    return Asked(
        method=method,
        name=request.name,
        base=request.base,
        start=request.start,
        quick=request.quick,
        device=device,
        distill=request.distill_guide,
        long=request.long,
        step=request.step,
        wish=wish,
    )


def _ours(project: Project) -> tuple[RunState, ...]:
    return tuple(run for run in project.trainer.runs() if run.job.origin.project == project.root)


def _meant(project: Project, request: Request, method: str = "") -> RunState:
    """The run that is named; else of this method the one that runs, else the newest. Raises UsageError."""
    if request.name:
        return project.trainer.state(request.name)
    runs = [run for run in _ours(project) if method in {"", run.method}]
    found = next((run for run in runs if run.state == "running"), None) or next(iter(runs), None)
    if found is None:
        what = f"Nothing was trained here with {method} yet." if method else "Nothing was trained here yet."
        moved = "of a project that was moved: redraft train status --name NAME"
        raise UsageError(what, hint=f"redraft train plan   (a run {moved})")
    return found


def _running(project: Project, request: Request) -> RunState:
    run = _meant(project, request)
    if run.state != "running":
        raise UsageError("No training is running.", hint="redraft train status")
    return run


def _stopped(project: Project, name: str) -> RunState:
    project.trainer.stop(name)
    return project.trainer.state(name)
