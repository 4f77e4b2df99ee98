"""Bad input and bad luck: a sentence, a hint, and nothing lost."""

from __future__ import annotations

import asyncio
import json
import math
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

from loop.adapters.training.trainer import LocalTrainer
from loop.errors import AlreadyThere, TrainingError, UsageError
from loop.events import Event
from loop.model.runs import Alarmed, RunState, Saved
from loop.model.training import Job, Recipe, Wish
from loop.train import sft
from loop.train.fitting import PackLoss
from loop.train.losses import sft_loss
from loop.train.running import Setup, fit, prepare
from tests.train.conftest import MakeJob, rows
from tests.train.test_against_trl import Heard

SFT = Recipe(method="sft", epochs=4, batch=4, tokens=128, learning_rate=1e-3, evaluations=1, precision="fp32")


def alarms(heard: Heard) -> list[Alarmed]:
    return [event for event in heard.events if isinstance(event, Alarmed)]


def failing(setup: Setup, heard: Heard, at: set[int]) -> object:
    """A run whose loss is no number when it is asked for the n-th time."""
    count = 0

    def loss(found: torch.Tensor, pack: object) -> PackLoss:
        nonlocal count
        count += 1
        total = sft_loss(found, pack)  # type: ignore[arg-type]
        total = total * math.nan if count in at else total
        return PackLoss(total, float(total.detach()))

    return fit(setup, loss, heard)


def test_no_number_once_goes_back_and_on(make_job: MakeJob) -> None:
    recipe = SFT.model_copy(update={"batch": 2, "tokens": 4096})
    setup, heard = prepare(make_job(recipe, rows(8), rows(2, seed=1))), Heard()
    kept = failing(setup, heard, {7})
    assert [alarm.name for alarm in alarms(heard)] == ["diverged"]
    assert not kept.stopped  # type: ignore[attr-defined]
    assert all(bool(torch.isfinite(one).all()) for one in setup.trainable.named.values())
    assert [step for step, _ in kept.losses] == list(range(1, 17))  # type: ignore[attr-defined]


def test_no_number_again_stops_with_the_best(make_job: MakeJob) -> None:
    recipe = SFT.model_copy(update={"batch": 2, "tokens": 4096})
    setup, heard = prepare(make_job(recipe, rows(8), rows(2, seed=1))), Heard()
    kept = failing(setup, heard, set(range(7, 100)))
    assert [alarm.name for alarm in alarms(heard)] == ["diverged", "diverged"]
    assert [alarm.action for alarm in alarms(heard)] == ["went_back", "stopped"]
    assert kept.stopped  # type: ignore[attr-defined]
    assert all(bool(torch.isfinite(one).all()) for one in setup.trainable.named.values())


def test_full_memory_halves_what_goes_through(make_job: MakeJob) -> None:
    job = make_job(SFT.model_copy(update={"tokens": 4096}), rows(8), rows(2, seed=1))
    setup, heard = prepare(job), Heard()
    asked: list[int] = []

    def loss(found: torch.Tensor, pack: object) -> PackLoss:
        asked.append(pack.length)  # type: ignore[attr-defined]
        if pack.length > 150:  # type: ignore[attr-defined]
            raise torch.OutOfMemoryError("no room")
        total = sft_loss(found, pack)  # type: ignore[arg-type]
        return PackLoss(total, float(total.detach()))

    kept = fit(setup, loss, heard)
    assert not kept.stopped
    assert {alarm.name for alarm in alarms(heard)} == {"memory"}
    assert max(asked) > 150
    assert max(asked[-4:]) <= 150
    assert len(kept.losses) == 8
    assert [one.step for one in kept.measured] == sorted({one.step for one in kept.measured})


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"base": "/nowhere/at-all"}, "was not found|cannot be loaded"),
        ({"base": "/nowhere/model.gguf"}, "is not there"),
        ({"device": "cuda"}, "no CUDA device"),
        ({"start": "/nowhere"}, "not in /nowhere"),
    ],
    ids=["no base", "no file", "no gpu", "no adapter"],
)
def test_what_is_missing_is_named(make_job: MakeJob, changed: dict[str, str], says: str) -> None:
    if changed.get("device") == "cuda" and torch.cuda.is_available():
        pytest.skip("there is a GPU")
    job = make_job(SFT, rows(4)).model_copy(update=changed)
    with pytest.raises(TrainingError, match=says) as caught:
        prepare(job)
    assert caught.value.hint


def test_rows_that_are_too_long_are_named(make_job: MakeJob) -> None:
    long = rows(3)
    long[1] = long[1].model_copy(update={"chosen": "the bread rises " * 20_000})
    with pytest.raises(TrainingError, match=r"longer than 2,048 tokens.*brief-0-1") as caught:
        prepare(make_job(SFT, long))
    assert "--long split" in caught.value.hint


@pytest.mark.parametrize("count", [1, 3])
def test_few_pairs_are_learned(make_job: MakeJob, count: int) -> None:
    kept = sft.run(prepare(make_job(SFT, rows(count))), Heard())
    assert len(kept.losses) == 4


def test_no_pairs_are_refused(make_job: MakeJob) -> None:
    with pytest.raises(TrainingError, match="no row to learn from"):
        prepare(make_job(SFT, []))


def job_of(base: Path, folder: Path, name: str, recipe: Recipe = SFT) -> Job:
    return Job(
        name=name, folder=str(folder / name), base=str(base), bases=str(folder), recipe=recipe, device="cpu"
    )


def until(trainer: LocalTrainer, name: str, *states: str) -> RunState:
    for _ in range(1200):
        state = trainer.state(name)
        if state.state in states:
            return state
        time.sleep(0.1)
    raise AssertionError(f"{name} is still {state.state}: {trainer.log(name)}")


@pytest.mark.slow
async def test_a_run_from_plan_to_card(tiny_base: Path, tmp_path: Path) -> None:
    trainer = LocalTrainer(tmp_path / "adapters")
    told: list[Event] = []
    job = job_of(tiny_base, tmp_path / "adapters", "tea-1").model_copy(update={"folder": ""})
    plan = await trainer.plan(job, Wish(epochs=2, batch=4), rows(9), rows(2, seed=1), told.append)
    assert plan.problems == ()
    assert plan.steps == 6
    assert plan.memory_measured > 0
    assert plan.job.folder == str(tmp_path / "adapters" / "tea-1")
    assert told
    assert list((tmp_path / "adapters").iterdir()) == []  # a plan leaves nothing
    await trainer.begin(plan.job, rows(9), rows(2, seed=1))
    state = until(trainer, "tea-1", "done")
    assert (state.step, state.steps) == (6, 6)
    assert state.held_out is not None
    assert Path(plan.job.folder, "card.json").is_file()
    assert [run.name for run in trainer.runs()] == ["tea-1"]
    assert trainer.free_name("Tea!") == "tea-2"
    with pytest.raises(AlreadyThere):
        await trainer.begin(plan.job, rows(9), [])
    with pytest.raises(UsageError, match="not running"):
        trainer.stop("tea-1")
    for name in ("../tea", "nobody"):
        with pytest.raises(UsageError):
            trainer.state(name)


@pytest.mark.slow
async def test_a_failed_start_is_said(tiny_base: Path, tmp_path: Path) -> None:
    trainer = LocalTrainer(tmp_path / "adapters")
    long = [row.model_copy(update={"chosen": "the bread " * 9000}) for row in rows(2)]
    await trainer.begin(job_of(tiny_base, tmp_path / "adapters", "long"), long, [])
    state = until(trainer, "long", "failed")
    assert "longer than" in state.says
    assert state.hint


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
@pytest.mark.parametrize("held", [True, False], ids=["held", "detached"])
def test_whoever_started_it_is_killed(tiny_base: Path, tmp_path: Path, *, held: bool) -> None:
    """A run that is held saves a checkpoint and stops; a detached one goes on to its end."""
    folder = tmp_path / "adapters"
    recipe = SFT.model_copy(update={"epochs": 20})
    job = job_of(tiny_base, folder, "run", recipe).model_copy(update={"held": held})
    starting = (
        "import asyncio, sys, time; from pathlib import Path\n"
        "from loop.adapters.training.trainer import LocalTrainer\n"
        "from loop.model.training import Job, TrainingRow\n"
        "job = Job.model_validate_json(sys.argv[1])\n"
        "rows = [TrainingRow.model_validate_json(line) for line in sys.stdin.read().splitlines()]\n"
        "asyncio.run(LocalTrainer(Path(sys.argv[2])).begin(job, rows, []))\n"
        "print('begun', flush=True); time.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-P", "-c", starting, job.model_dump_json(), str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path.cwd())},
    ) as starter:
        assert starter.stdin is not None
        assert starter.stdout is not None
        starter.stdin.write("".join(row.model_dump_json() + "\n" for row in rows(20)))
        starter.stdin.close()
        assert starter.stdout.readline() == "begun\n"
        while not any(isinstance(event, Saved) for event in LocalTrainer(folder).events("run")):
            time.sleep(0.02)
        starter.send_signal(signal.SIGKILL)
    trainer = LocalTrainer(folder)
    state = until(trainer, "run", "stopped", "done")
    assert state.state == ("stopped" if held else "done")
    assert Path(job.folder, "adapter").is_dir()
    if held:
        assert state.step < state.steps
        asyncio.run(trainer.resume("run"))
        assert until(trainer, "run", "done").step == state.steps


def test_half_a_line_of_events_is_no_event(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    job = Job(name="run", folder=str(folder), base="b", bases="", recipe=SFT)
    folder.joinpath("job.json").write_text(job.model_dump_json(), encoding="utf-8")
    folder.joinpath("events.jsonl").write_text('{"kind": "saved", "step": 3}\n{"kind": "sa', encoding="utf-8")
    trainer = LocalTrainer(tmp_path)
    assert len(trainer.events("run")) == 1
    assert trainer.state("run").state == "interrupted"
    assert json.loads(trainer.events("run")[0].model_dump_json())["step"] == 3
