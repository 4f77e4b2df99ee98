"""A trainer that a test plays: runs in memory that say what they are told to, and words for tokens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

import pytest
from textual.pilot import Pilot

from loop.errors import UsageError
from loop.events import Progress, Tell, ignore
from loop.model.dataset import Lengths, Looked
from loop.model.runs import Alarmed, Begun, Ended, Measured, RunState, Started, Stepped, TrainEvent
from loop.model.training import Job, Plan, Recipe, TrainingRow, Wish
from loop.project import Project
from loop.wiring import World
from tests.tui.sitting import LARGE, SMALL, sees, until

SIZES = pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "160x48"])
BEGAN = "2026-01-01T12:00:00+00:00"


class PlayedTrainer:
    """Implements loop.ports.Trainer; a run goes on only when a test says what it says."""

    def __init__(self) -> None:
        self.jobs: dict[str, Job] = {}
        self.said: dict[str, list[TrainEvent]] = {}
        self.running: set[str] = set()
        self.stopped: list[str] = []
        self.resumed: list[str] = []
        self.problems: tuple[str, ...] = ()
        self.logs: dict[str, str] = {}
        self.cut_off: dict[str, str] = {}
        self.left: dict[str, int] = {}
        """Run -> the step that an earlier end of it kept."""

    # -- what a test does --------------------------------------------------------------------------

    def goes(self, job: Job, *events: TrainEvent) -> None:
        """A run begins, here or elsewhere."""
        self.jobs[job.name], self.said[job.name] = job, []
        self.running.add(job.name)
        self.says(job.name, *events)

    def says(self, name: str, *events: TrainEvent) -> None:
        """A run goes on."""
        self.said[name] += events

    def ends(
        self, name: str, state: Literal["done", "stopped", "failed"], best: int = 0, says: str = ""
    ) -> None:
        """A run ends, and says so."""
        step = max([0, *(one.step for one in self.said[name] if isinstance(one, Stepped))])
        hint = f"Close other programs, then: redraft train sft --resume --name {name}" if says else ""
        self.says(name, Ended(state=state, step=step, best=best, says=says, hint=hint, seconds=61.0))
        self.running.discard(name)

    def dies(self, name: str, why: str = "") -> None:
        """A run is killed; `why`, where that can be seen."""
        self.running.discard(name)
        self.cut_off[name] = why

    # -- the port ----------------------------------------------------------------------------------

    async def plan(
        self,
        job: Job,
        wish: Wish,
        rows: Sequence[TrainingRow],
        held_out: Sequence[TrainingRow],
        tell: Tell = ignore,
        *,
        trying: bool = True,
    ) -> Plan:
        if trying:
            tell(Progress(what="trying two steps", done=1, of=2))
        recipe = job.recipe.model_copy(update={"epochs": wish.epochs or 3, "batch": 1})
        lengths = [len(row.chosen.split()) for row in rows]
        steps = recipe.epochs * len(rows)
        return Plan(
            job=job.model_copy(update={"recipe": recipe, "folder": f"/runs/{job.name}"}),
            rows=len(rows),
            held_out=len(held_out),
            longest=max(lengths),
            epoch_tokens=sum(lengths),
            unshared_tokens=sum(lengths),
            steps=steps,
            parameters=134_500_000,
            trained=4_900_000,
            device="this processor (2 cores)",
            memory_formula=1_400_000_000,
            memory_measured=1_100_000_000,
            memory_there=8_000_000_000,
            disk_needed=60_000_000,
            disk_there=20_000_000_000,
            seconds=5.0 * steps,
            tokens_per_second=300.0,
            problems=self.problems,
        )

    async def begin(
        self, job: Job, rows: Sequence[TrainingRow], held_out: Sequence[TrainingRow], *, processes: int = 1
    ) -> None:
        self.goes(job)

    async def resume(self, name: str, *, held: bool = False, processes: int = 0, base: str = "") -> None:
        self.resumed.append(name)
        self.running.add(name)

    def runs(self) -> Sequence[RunState]:
        return [self.state(name) for name in reversed(self.jobs)]

    def state(self, name: str) -> RunState:
        if name not in self.jobs:
            raise UsageError(f"There is no training run “{name}”.", hint="redraft train sft   begins one")
        job, said = self.jobs[name], self.said[name]
        steps = [one for one in said if isinstance(one, Stepped)]
        measured = [one for one in said if isinstance(one, Measured)]
        total = next((one.steps for one in said if isinstance(one, Started)), 0)
        since = max((at for at, one in enumerate(said) if isinstance(one, Begun)), default=0)
        alarms = tuple(one for one in said[since:] if isinstance(one, Alarmed))
        stops = [one for one in alarms if one.action == "stopped"]
        last = said[-1] if said and isinstance(said[-1], Ended) else None
        runs = name in self.running
        kept = next((one for one in measured if last is not None and one.step == last.best), None)
        if last is not None:
            says, hint = last.says, last.hint
        else:
            says, hint = self.cut_off.get(name, ""), f"redraft train sft --resume --name {name}"
        if runs:
            says, hint = "", ""
        return RunState(
            name=name,
            method=job.recipe.method,
            state="running" if runs else last.state if last is not None else "interrupted",
            step=steps[-1].step if steps else 0,
            steps=total,
            loss=steps[-1].loss if steps else None,
            held_out=kept or (measured[-1] if measured else None),
            before=measured[0] if measured else None,
            seconds_left=7.0 * (total - steps[-1].step) if runs and steps else None,
            alarms=alarms,
            stopped_by=stops[-1] if stops and last is not None and last.state == "stopped" else None,
            best=None
            if runs
            else self.left.get(name)
            if last is None or last.state == "failed"
            else last.best,
            says=says,
            hint=hint,
            job=job,
            began=BEGAN,
        )

    def events(self, name: str, after: int = 0) -> Sequence[TrainEvent]:
        return self.said[name][after:]

    def stop(self, name: str) -> None:
        self.stopped.append(name)

    def log(self, name: str) -> str:
        return self.logs.get(name, "")

    def bases(self) -> str:
        return "/bases"

    def free_name(self, stem: str) -> str:
        return f"{stem}-{len(self.jobs) + 1}"


def world_of(trainer: PlayedTrainer) -> type[World]:
    """The world in which this one trains."""

    class Played(World):
        def open(self, path: str) -> Project:
            return replace(super().open(path), trainer=trainer)

    return Played


async def words_for_tokens(
    program: str, request: Mapping[str, Any], tell: Tell, *, downloads: bool = False
) -> Any:
    """What the program that looks rows over answers, if every word were a token."""
    assert program == "check"
    lengths = {}
    for method, rows in request["rows"].items():
        words = sorted(len(row["chosen"].split()) for row in rows) or [0]
        sum_ = sum(words)
        lengths[method] = Lengths(
            rows=len(rows),
            tokens=2 * sum_,
            median=words[len(words) // 2],
            longest=words[-1],
            learned=sum_,
            edited=sum_ // 10,
        )
    looked = Looked(base=request["job"]["base"], limit=request["longest"] or 2048, lengths=lengths, long={})
    return looked.model_dump(mode="json")


# -- what a run says -------------------------------------------------------------------------------


def job_of(project: str, name: str, method: Literal["sft", "dpo"] = "sft", **more: Any) -> Job:
    """A run of a project."""
    return Job.model_validate(
        {
            "name": name,
            "folder": f"/runs/{name}",
            "base": "/models/SmolLM2-135M-Instruct.Q4_1.gguf",
            "bases": "/bases",
            "recipe": {"method": method, "batch": 4, "kl_budget": 0.5},
            "origin": {"project": project},
            **more,
        }
    )


def started(steps: int = 40, method: Literal["sft", "dpo"] = "sft", step: int = 0) -> Started:
    """It is set up."""
    return Started(
        method=method,
        steps=steps,
        step=step,
        rows=57,
        held_out=6,
        trained=4_900_000,
        parameters=134_500_000,
        device="this processor (2 cores)",
        tokens=9000,
        unshared=12000,
        recipe=Recipe(method=method),
    )


def stepped(step: int, loss: float, **more: float) -> Stepped:
    """A step was taken."""
    return Stepped.model_validate(
        {
            "step": step,
            "epoch": step / 10,
            "loss": loss,
            "rate": 2e-4,
            "norm": 1.0,
            "tokens_per_second": 412.0,
            "rows_per_second": 1.2,
            "memory": 1_100_000_000,
            **more,
        }
    )


def measured(step: int, loss: float, kl: float, **more: float) -> Measured:
    """The held-out texts were measured."""
    found = {"step": step, "objective": loss, "loss": loss, "low": loss - 0.15, "high": loss + 0.15, "n": 6}
    return Measured.model_validate({**found, "kl": kl, **more})


def some_way(steps: int) -> list[TrainEvent]:
    """A run of 40 steps as it is after so many: it learns, and is measured every tenth step."""
    said: list[TrainEvent] = [started(), measured(0, 3.01, 0.0)]
    for step in range(1, steps + 1):
        said.append(stepped(step, 1.8 + 1.3 * 0.95**step))
        if step % 10 == 0:
            said.append(measured(step, 2.3 + 0.7 * 0.93**step, 0.002 * step))
    return said


def preferring(steps: int) -> list[TrainEvent]:
    """The same of preferences."""
    said: list[TrainEvent] = [started(40, "dpo"), measured(0, 2.61, 0.0, margin=0.0, accuracy=0.0)]
    for step in range(1, steps + 1):
        margin, accuracy = 0.02 * step, min(0.9, 0.5 + 0.01 * step)
        said.append(stepped(step, 0.69 - 0.005 * step, margin=margin, accuracy=accuracy, chosen=0.1))
        if step % 10 == 0:
            said.append(
                measured(step, 2.6 - 0.001 * step, 0.003 * step, margin=margin * 0.8, accuracy=accuracy)
            )
    return said


async def at_a_run(pilot: Pilot[None], words: str) -> None:
    """Go to the training, and wait for what it says."""
    await pilot.press("7")
    await until(pilot, lambda: pilot.app.current_mode == "train")
    await sees(pilot, words)
