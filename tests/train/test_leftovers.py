"""A run that puts other weights away leaves nothing beside them that is of the older ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from loop.adapters.training.trainer import LocalTrainer
from loop.model.training import Recipe
from loop.render.tuning import RENDER
from loop.verbs import train
from tests.train.conftest import MakeJob, rows
from tests.train.test_going_on import program
from tests.tuned.test_exports import exported

SFT = Recipe(method="sft", epochs=1, batch=4, tokens=128, learning_rate=1e-3, evaluations=1)


@pytest.mark.slow
def test_what_was_made_of_older_weights_goes_when_others_are_put_away(make_job: MakeJob) -> None:
    job = make_job(SFT, rows(6), rows(2, seed=1), name="tea")
    folder = Path(job.folder)
    exported(folder, "0ld")
    with program(job) as running:
        said, _ = running.communicate(timeout=120)
    folder.joinpath("events.jsonl").write_text(said, encoding="utf-8")
    assert not folder.joinpath("merged").exists()
    assert [path.name for path in folder.joinpath("gguf").iterdir()] == ["Modelfile.old"]
    assert not folder.joinpath("runtime.json").exists()
    run = LocalTrainer(folder.parent).state("tea")
    assert run.state == "done"
    words = RENDER["train"](train.Result(action="sft", started=True, run=run))
    assert "What was made of its older weights is gone: the merged model and the GGUF files." in words
    assert "redraft adapters gguf tea" in words
