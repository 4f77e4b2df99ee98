"""Several processes take the steps of one: side by side, and with the base spread over them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from loop.errors import TrainingError
from loop.model.training import Job, Recipe
from loop.train.running import _require_devices
from tests.train.conftest import MakeJob, rows

pytestmark = pytest.mark.slow


def taken(job: Job, *, processes: int) -> list[float]:
    """The losses of a run."""
    several = ["torch.distributed.run", "--standalone", "--nproc_per_node", str(processes), "-m"]
    program = [
        *(several if processes > 1 else []),
        f"loop.train.{job.recipe.method}",
        f"{job.folder}/job.json",
    ]
    done = subprocess.run(
        [sys.executable, "-P", "-m", *program],
        env={**os.environ, "PYTHONPATH": str(Path.cwd()), "OMP_NUM_THREADS": "1"},
        capture_output=True,
        timeout=180,
        check=True,
    )
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert events[0]["processes"] == processes
    return [event["loss"] for event in events if event["kind"] == "step"]


@pytest.mark.parametrize(
    ("method", "batch", "pack", "steps"),
    [("sft", 4, True, 4), ("dpo", 4, True, 4), ("sft", 1, True, 14), ("dpo", 3, False, 5)],
    ids=["sft", "dpo", "one row a step", "three packs a step"],
)
def test_two_processes_are_one(make_job: MakeJob, method: str, batch: int, steps: int, *, pack: bool) -> None:
    """Also where one of them has nothing to learn, while the other one asks it for its part of a layer."""
    recipe = Recipe.model_validate(
        {
            "method": method,
            "epochs": 1,
            "batch": batch,
            "tokens": 64,
            "pack": pack,
            "learning_rate": 1e-3,
            "evaluations": 1,
        }
    )
    train, held_out = rows(14), rows(3, seed=1)
    alone = make_job(recipe, train, held_out, name="alone")
    spread = make_job(
        Recipe.model_validate({**recipe.model_dump(exclude_unset=True), "sharded": True}),
        train,
        held_out,
        name="spread",
    )
    want = taken(alone, processes=1)
    assert len(want) == steps
    assert taken(spread, processes=2) == pytest.approx(want, abs=1e-5)
    left, right = (
        load_file(Path(job.folder, "adapter", "adapter_model.safetensors")) for job in (alone, spread)
    )
    assert left.keys() == right.keys()
    assert all(torch.allclose(one, right[name], atol=1e-5) for name, one in left.items())


def test_more_processes_than_gpus_are_refused_before_they_wait_for_each_other(
    make_job: MakeJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WORLD_SIZE", "4")
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    job = make_job(Recipe(method="dpo"), rows(2), name="tea")
    with pytest.raises(TrainingError, match="need 4 GPUs, and on this computer there are 2") as caught:
        _require_devices(job, torch.device("cuda"))
    assert "redraft train dpo --resume --name tea --processes 1" in caught.value.hint
    _require_devices(job, torch.device("cpu"))
