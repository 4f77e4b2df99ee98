"""How runs end before their end, by alarms, signals, full disks and foreign faults, and how they go on."""

from __future__ import annotations

import asyncio
import io
import json
import math
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch
from torch import nn

from loop.adapters.lock import is_held
from loop.adapters.training.trainer import LocalTrainer
from loop.errors import TrainingError
from loop.model.runs import Card, Saved, Started, Stepped
from loop.model.training import Job, Recipe
from loop.train import checkpoints, sft
from loop.train.bases import device_of, load
from loop.train.memorised import end_of
from loop.train.program import Out
from loop.train.running import prepare
from loop.train.telling import Sinks
from loop.train.weights import Trainable
from tests.train.conftest import MakeJob, rows
from tests.train.test_against_trl import Heard
from tests.train.test_faults import alarms, job_of, until
from tests.train.test_going_on import adapter, ended, equal, program

SFT = Recipe(method="sft", epochs=4, batch=4, tokens=128, learning_rate=1e-3, evaluations=1, precision="fp32")
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals and limits are others there")


def summed(*values: float) -> tuple[float, ...]:
    return values


# -- alarms ----------------------------------------------------------------------------------------------


def test_numbers_that_ran_away_between_two_steps_go_back(make_job: MakeJob) -> None:
    """The weights are no numbers any more when the held-out rows are measured: the step itself was fine."""
    setup = prepare(make_job(SFT, rows(8), rows(4, seed=1)))

    class Breaks(Heard):
        def tell(self, event: object) -> None:
            super().tell(event)  # type: ignore[arg-type]
            if isinstance(event, Stepped) and len(self.losses) == 4:
                with torch.no_grad():
                    next(iter(setup.trainable.named.values())).fill_(math.nan)

    kept = sft.run(setup, heard := Breaks())
    assert [alarm.name for alarm in alarms(heard)] == ["diverged"]
    assert not kept.stopped
    assert all(math.isfinite(one.objective) for one in kept.measured)
    assert [one.step for one in kept.measured] == [0, 2, 4, 6, 8]
    assert all(bool(torch.isfinite(one).all()) for one in setup.trainable.named.values())


def test_an_adapter_that_goes_on_and_does_not_move_is_noticed(make_job: MakeJob) -> None:
    first = make_job(SFT, rows(8), name="first")
    assert ended(first) == 0
    recipe = SFT.model_copy(update={"learning_rate": 1e-30})
    job = make_job(recipe, rows(8), name="second", start=f"{first.folder}/adapter")
    kept = sft.run(prepare(job), heard := Heard())
    assert [alarm.name for alarm in alarms(heard)] == ["still"]
    assert kept.stopped
    moving = make_job(SFT, rows(8), name="third", start=f"{first.folder}/adapter")
    assert not sft.run(prepare(moving), heard := Heard()).stopped
    assert alarms(heard) == []


def test_layers_that_no_text_goes_through_need_not_learn(make_job: MakeJob) -> None:
    job = make_job(SFT, rows(4))
    base = load(job, device_of(job))
    base.model.model.layers[0].unused = nn.Linear(32, 32)
    trainable = Trainable(job, base)
    assert any("unused" in name for name in trainable.named)
    base.model.set_attn_implementation("sdpa")
    ids = torch.tensor([[5, 6, 7, 8]])
    base.model(input_ids=ids).logits.sum().backward()
    with torch.no_grad():
        for name, one in trainable.named.items():
            if "unused" not in name and "layers.1.self_attn.q_proj" not in name:
                one.add_(1.0)
    assert trainable.unmoved(summed) == ["model.layers.1.self_attn.q_proj"]


def test_the_end_of_an_open_row_is_no_end(make_job: MakeJob) -> None:
    whole, part = rows(2)
    setup = prepare(make_job(SFT, [part.model_copy(update={"open": True}), whole]))
    goes_on, ends = setup.examples
    assert goes_on.chosen.ids[-1] != ends.chosen.ids[-1]
    assert end_of([goes_on, ends], setup.base.tokenizer) == ends.chosen.ids[-1]
    assert end_of([goes_on], setup.base.tokenizer) == setup.base.tokenizer.eos_token_id


def test_who_goes_on_after_an_alarm_is_not_stopped_by_it_again(make_job: MakeJob) -> None:
    recipe = SFT.model_copy(update={"learning_rate": 1e-2, "kl_budget": 1e-4, "epochs": 6})
    job = make_job(recipe, rows(8), rows(4, seed=1))
    assert ended(job) == 0
    card = Card.model_validate_json(Path(job.folder, "card.json").read_bytes())
    assert (card.state, [alarm.name for alarm in card.alarms]) == ("stopped", ["drift"])
    again = job.model_copy(update={"resume": True})
    kept = sft.run(prepare(again), heard := Heard())
    assert not kept.stopped
    assert len(kept.losses) == 12
    assert [(alarm.name, alarm.action) for alarm in alarms(heard)] == [("drift", "goes_on")]


# -- who is told -----------------------------------------------------------------------------------------


class Breaking:
    """A foreign program that draws curves until its disk is full."""

    name = "TensorBoard"

    def __init__(self) -> None:
        self.drawn = 0

    def add(self, step: int, values: dict[str, float]) -> None:
        if self.drawn == 3:
            raise OSError(28, "No space left on device")
        self.drawn += 1

    def close(self) -> None:
        raise OSError(28, "No space left on device")


def test_curves_that_cannot_be_drawn_end_no_training(make_job: MakeJob) -> None:
    sinks = Sinks(Out(said := io.StringIO()), (broken := Breaking(),))
    kept = sft.run(prepare(make_job(SFT, rows(8), rows(4, seed=1))), sinks)
    sinks.close()
    assert len(kept.losses) == 8
    assert broken.drawn == 3
    events = [json.loads(line) for line in said.getvalue().splitlines()]
    told = [event for event in events if event["kind"] == "alarm"]
    assert [event["name"] for event in told] == ["curves"]
    assert "TensorBoard" in told[0]["says"]
    assert sum(event["kind"] == "step" for event in events) == 8


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device")
def test_a_full_disk_at_the_first_word_is_a_sentence(make_job: MakeJob) -> None:
    job = make_job(SFT, rows(8))
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "loop.train.sft", f"{job.folder}/job.json"],
            stdout=full,
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(Path.cwd())},
            check=False,
        )
    said = done.stderr.decode()
    assert done.returncode == 8
    assert "could not be written: No space left on device" in said
    assert "Traceback (most" not in said


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="limits of other processes can be set there")
def test_a_disk_that_is_full_in_the_middle_keeps_the_last_checkpoint(make_job: MakeJob) -> None:
    recipe = SFT.model_copy(update={"epochs": 30})
    train, others = rows(8), rows(4, seed=1)
    whole = make_job(recipe, train, others, name="whole")
    assert ended(whole) == 0
    job = make_job(recipe, train, others, name="full")
    events = Path(job.folder, "events.jsonl")
    with events.open("wb") as out, Path(job.folder, "log.txt").open("wb") as log:
        running = subprocess.Popen(
            [sys.executable, "-P", "-m", "loop.train.sft", f"{job.folder}/job.json"],
            stdout=out,
            stderr=log,
            env={**os.environ, "PYTHONPATH": str(Path.cwd())},
        )
    while running.poll() is None and events.read_text().count('"kind": "step"') < 5:
        time.sleep(0.002)
    most = events.stat().st_size + 200
    resource.prlimit(running.pid, resource.RLIMIT_FSIZE, (most, most))  # type: ignore[attr-defined,unused-ignore]
    assert running.wait(timeout=100) == 8
    log_said = Path(job.folder, "log.txt").read_text(encoding="utf-8")
    assert "could not be written" in log_said
    assert "Traceback (most" not in log_said
    assert checkpoints.newest(Path(job.folder, "checkpoints")) is not None
    again = make_job(recipe, train, others, name="full", resume=True)
    assert ended(again) == 0
    assert equal(adapter(whole), adapter(again))


# -- signals and starts ----------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("by", ["a signal", "a file"])
def test_stopped_while_it_is_set_up_says_that_it_ended(make_job: MakeJob, by: str) -> None:
    job = make_job(SFT, rows(8), rows(4, seed=1))
    with program(job) as running:
        while not is_held(Path(job.folder, "lock")) and running.poll() is None:
            time.sleep(0.001)
        if by == "a signal":
            running.send_signal(signal.SIGTERM)
        else:
            Path(job.folder, "stop").touch()
        assert running.stdout is not None
        events = [json.loads(line) for line in running.stdout]
    assert running.returncode == 0
    assert (events[-1]["kind"], events[-1]["state"], events[-1]["step"]) == ("ended", "stopped", 0)
    Path(job.folder, "stop").unlink(missing_ok=True)  # as whoever starts it does
    assert ended(make_job(SFT, rows(8), rows(4, seed=1), resume=True)) == 0


def stopped_run(base: Path, folder: Path, epochs: int = 40) -> Job:
    """A run that was stopped after some steps."""
    job = job_of(base, folder, "run", SFT.model_copy(update={"epochs": epochs}))
    trainer = LocalTrainer(folder)
    asyncio.run(trainer.begin(job, rows(8), []))
    while not any(isinstance(event, Saved) for event in trainer.events("run")):
        time.sleep(0.02)
    trainer.stop("run")
    assert until(trainer, "run", "stopped", "done").state == "stopped"
    while is_held(folder / "run" / "lock"):
        time.sleep(0.02)
    return job


@pytest.mark.slow
def test_resumed_twice_at_once_is_resumed_once(tiny_base: Path, tmp_path: Path) -> None:
    folder = tmp_path / "adapters"
    stopped_run(tiny_base, folder)
    trainer, other = LocalTrainer(folder), LocalTrainer(folder)

    async def both() -> list[BaseException | None]:
        done = await asyncio.gather(trainer.resume("run"), other.resume("run"), return_exceptions=True)
        return list(done)

    found = [error for error in asyncio.run(both()) if error is not None]
    assert len(found) == 1
    assert isinstance(found[0], TrainingError)
    assert "being started already" in found[0].message
    assert found[0].hint
    state = until(trainer, "run", "done", "failed", "interrupted")
    assert (state.state, state.step) == ("done", 80)
    assert sum(isinstance(event, Started) for event in trainer.events("run")) == 2


@pytest.mark.slow
def test_a_resume_that_fails_at_once_is_not_hidden_by_an_earlier_end(tiny_base: Path, tmp_path: Path) -> None:
    folder = tmp_path / "adapters"
    job = stopped_run(tiny_base, folder)
    events = Path(job.folder, "events.jsonl")
    events.write_bytes(events.read_bytes() + b'{"kind": "st')  # and a kill left half a line
    Path(job.folder, "rows.jsonl").write_text("no row\n", encoding="utf-8")
    trainer = LocalTrainer(folder)
    assert trainer.state("run").state == "stopped"
    with pytest.raises(TrainingError, match=r"could not be started|cut off"):
        asyncio.run(_resumed(trainer))
    state = trainer.state("run")
    assert state.state == "interrupted"
    assert "redraft train sft --resume --name run" in state.hint


async def _resumed(trainer: LocalTrainer) -> None:
    await trainer.resume("run")
    while trainer.state("run").state == "running":
        await asyncio.sleep(0.05)
    raise TrainingError(f"It was {trainer.state('run').state}: cut off")


@pytest.mark.slow
def test_a_folder_of_runs_that_was_moved_goes_on(tiny_base: Path, tmp_path: Path) -> None:
    """Its rows, checkpoints and the adapter it went on from are found where they lie now."""
    folder = tmp_path / "adapters"
    stopped_run(tiny_base, folder)
    folder.rename(tmp_path / "moved")
    trainer = LocalTrainer(tmp_path / "moved")
    asyncio.run(trainer.resume("run"))
    state = until(trainer, "run", "done", "failed", "interrupted")
    assert state.state == "done", state.says
    assert state.best == 80
    assert (tmp_path / "moved" / "run" / "card.json").is_file()
    assert not folder.exists()


def test_a_base_that_is_gone_is_asked_for(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    job = job_of(tmp_path / "gone", tmp_path, "run")
    folder.joinpath("job.json").write_text(job.model_dump_json(), encoding="utf-8")
    with pytest.raises(TrainingError, match="not there any more") as caught:
        asyncio.run(LocalTrainer(tmp_path).resume("run"))
    assert "--resume --name run --base" in caught.value.hint


@pytest.mark.parametrize("place", ["/nowhere/401/base", "/nowhere/gated-403/base"])
def test_a_number_in_a_path_is_no_licence(make_job: MakeJob, place: str) -> None:
    with pytest.raises(TrainingError, match="was not found"):
        prepare(make_job(SFT, rows(2)).model_copy(update={"base": place}))
