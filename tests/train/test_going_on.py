"""A run that was stopped, killed or cut off in the middle of a save ends as if nothing had happened."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from loop.adapters.lock import file_lock
from loop.errors import TrainingError
from loop.model.runs import Card
from loop.model.training import Job, Recipe
from loop.train import checkpoints, dpo, sft
from loop.train.running import prepare
from tests.train.conftest import MakeJob, rows
from tests.train.test_against_trl import Heard

SFT = Recipe(method="sft", epochs=3, batch=4, tokens=128, learning_rate=1e-3, evaluations=2)
DPO = Recipe(method="dpo", epochs=2, batch=4, tokens=256, learning_rate=1e-3, evaluations=2)


def program(job: Job) -> subprocess.Popen[str]:
    words = [sys.executable, "-P", "-m", f"loop.train.{job.recipe.method}", f"{job.folder}/job.json"]
    environment = {**os.environ, "PYTHONPATH": str(Path.cwd()), "TOKENIZERS_PARALLELISM": "false"}
    return subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment
    )


def ended(job: Job) -> int:
    with program(job) as running:
        running.communicate(timeout=120)
    return running.returncode


def adapter(job: Job) -> dict[str, torch.Tensor]:
    return load_file(Path(job.folder, "adapter", "adapter_model.safetensors"))


def equal(left: dict[str, torch.Tensor], right: dict[str, torch.Tensor]) -> bool:
    return left.keys() == right.keys() and all(torch.equal(one, right[name]) for name, one in left.items())


@pytest.mark.parametrize("recipe", [SFT, DPO], ids=["sft", "dpo"])
def test_stopped_and_resumed_is_uninterrupted(make_job: MakeJob, recipe: Recipe) -> None:
    train, held_out = rows(14), rows(4, seed=1)
    run = {"sft": sft.run, "dpo": dpo.run}[recipe.method]
    whole = run(prepare(make_job(recipe, train, held_out, name="whole")), before := Heard())
    job = make_job(recipe, train, held_out, name="cut")

    class StopsAfterThree(Heard):
        def tell(self, event: object) -> None:
            super().tell(event)  # type: ignore[arg-type]
            if len(self.losses) == 3:
                Path(job.folder, "stop").touch()

    cut = run(prepare(job), first := StopsAfterThree())
    assert cut.stopped
    setup = prepare(job.model_copy(update={"resume": True}))
    rest = run(setup, second := Heard())
    assert first.losses + second.losses == before.losses
    assert rest.losses == whole.losses
    assert [one.objective for one in rest.measured] == [one.objective for one in whole.measured]
    assert rest.best == whole.best
    left = checkpoints.newest(Path(setup.job.folder) / "checkpoints")
    right = checkpoints.newest(Path(setup.job.folder).parent / "whole" / "checkpoints")
    assert left is not None
    assert right is not None
    assert equal(left[0], right[0])


def test_other_rows_are_another_run(make_job: MakeJob) -> None:
    job = make_job(SFT, rows(8))
    sft.run(prepare(job), Heard())
    other = make_job(SFT, rows(9), resume=True)
    with pytest.raises(TrainingError, match="not what they were") as caught:
        sft.run(prepare(other), Heard())
    assert "redraft train sft" in caught.value.hint


def test_a_run_in_half_precision_goes_on_nowhere_else_and_says_so(make_job: MakeJob) -> None:
    setup = prepare(make_job(SFT, rows(8)))
    setup.scorer.half = True  # as on a GPU
    sft.run(setup, Heard())
    with pytest.raises(TrainingError, match=r"began in bf16 .* go on in fp32") as caught:
        sft.run(prepare(setup.job.model_copy(update={"resume": True})), Heard())
    assert "redraft train sft" in caught.value.hint


@pytest.mark.slow
def test_killed_and_resumed_is_uninterrupted(make_job: MakeJob) -> None:
    """`kill -9` at some step: what is left on the disk is whole, and leads to the same adapter."""
    recipe = SFT.model_copy(update={"epochs": 8})
    train, held_out = rows(14), rows(4, seed=1)
    whole = make_job(recipe, train, held_out, name="whole")
    assert ended(whole) == 0
    job = make_job(recipe, train, held_out, name="killed")
    with program(job) as running:
        assert running.stdout is not None
        for line in running.stdout:
            if json.loads(line)["kind"] == "step" and json.loads(line)["step"] == 11:
                running.send_signal(signal.SIGKILL)
                break
    assert not Path(job.folder, "card.json").exists()
    again = make_job(recipe, train, held_out, name="killed", resume=True)
    assert ended(again) == 0
    assert equal(adapter(whole), adapter(again))
    card = Card.model_validate_json(Path(again.folder, "card.json").read_text(encoding="utf-8"))
    assert card.state == "done"
    assert [step for step, _ in card.losses] == list(range(1, len(card.losses) + 1))


@pytest.mark.slow
def test_killed_while_it_saves(tmp_path: Path) -> None:
    """Whenever the kill comes, the newest checkpoint that is found is whole."""
    saving = (
        "import sys, torch; from pathlib import Path; from loop.train import checkpoints\n"
        "for step in range(1, 10_000):\n"
        "    weights = {'w': torch.full((300_000,), float(step))}\n"
        "    checkpoints.save(Path(sys.argv[1]), step, weights, {'step': step})\n"
        "    print(step, flush=True)\n"
    )
    for number in range(5):
        folder = tmp_path / str(number)
        words = [sys.executable, "-P", "-c", saving, str(folder)]
        environment = {**os.environ, "PYTHONPATH": str(Path.cwd())}
        with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=environment) as running:
            assert running.stdout is not None
            said = [running.stdout.readline() for _ in range(3)]
            time.sleep(0.0017 * number)
            running.send_signal(signal.SIGKILL)
        found = checkpoints.newest(folder)
        assert found is not None
        weights, state = found
        assert state["step"] >= int(said[-1])
        assert bool((weights["w"] == state["step"]).all())


def test_damaged_checkpoint_is_passed_over(tmp_path: Path) -> None:
    for step in (1, 2):
        checkpoints.save(tmp_path, step, {"w": torch.ones(3) * step}, {"step": step})
    tmp_path.joinpath("step-000002", "weights.safetensors").write_bytes(b"half")
    found = checkpoints.newest(tmp_path)
    assert found is not None
    assert found[1]["step"] == 1


@pytest.mark.skipif(sys.platform == "win32", reason="files have no limit there")
def test_full_disk_is_said(tmp_path: Path) -> None:
    filling = (
        "import resource, sys, torch; from pathlib import Path; from loop.train import checkpoints\n"
        "from loop.errors import TrainingError\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))\n"
        "place, weights = Path(sys.argv[1]), {'w': torch.ones(30_000)}\n"
        "for save in (lambda: checkpoints.keep_best(place, weights, 'type this'),\n"
        "             lambda: checkpoints.save(place, 1, weights, {}, 'type this'),\n"
        "             lambda: checkpoints.save(place, 1, {}, {'w': weights['w']}, 'type this')):\n"
        "    try: save()\n"
        "    except TrainingError as error: print(error.message, error.hint)\n"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", filling, str(tmp_path)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path.cwd())},
        check=True,
    )
    assert done.stdout.count("could not be written") == 3
    assert done.stdout.count("type this") == 3
    assert done.stdout.count("File too large") == 2
    assert done.stdout.count("the disk took no more") == 1
    assert "os error" not in done.stdout
    assert not checkpoints.steps(tmp_path)


def test_terminate_keeps_everything(make_job: MakeJob) -> None:
    recipe = SFT.model_copy(update={"epochs": 50})
    job = make_job(recipe, rows(14), rows(4, seed=1))
    events = []
    with program(job) as running:
        assert running.stdout is not None
        for line in running.stdout:
            events.append(json.loads(line))
            if len(events) == 12:
                running.send_signal(signal.SIGTERM)
    assert running.returncode == 0
    assert events[-1]["kind"] == "ended"
    assert events[-1]["state"] == "stopped"
    assert Path(job.folder, "adapter", "adapter_model.safetensors").exists()
    assert checkpoints.steps(Path(job.folder) / "checkpoints")


def test_second_run_in_the_same_folder_is_refused(make_job: MakeJob) -> None:
    job = make_job(SFT, rows(14))
    with file_lock(Path(job.folder, "lock")), program(job) as second:
        assert second.stdout is not None
        said = json.loads(second.stdout.read().splitlines()[-1])
    assert second.returncode == 8
    assert said["state"] == "failed"
    assert "already" in said["says"]
    assert "redraft train status" in said["hint"]
