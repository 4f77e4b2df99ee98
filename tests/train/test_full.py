"""A small base that is trained as a whole: put away, gone on from, and what is missing named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers.models.auto.modeling_auto import AutoModelForCausalLM

from loop.errors import TrainingError
from loop.model.training import Recipe
from loop.train import checkpoints, sft
from loop.train.running import prepare
from loop.train.weights import Trainable
from tests.train.conftest import MakeJob, rows
from tests.train.test_against_trl import Heard
from tests.train.test_holding import BASES, base_of

FULL = Recipe(method="sft", full=True, epochs=1, batch=4, tokens=256, learning_rate=1e-3)


@pytest.mark.parametrize("name", ["qwen3", "qwen2_moe"])  # the second is saved under other names than it has
def test_what_was_trained_is_what_lies_there_and_what_is_gone_on_from(
    make_job: MakeJob, tmp_path: Path, name: str
) -> None:
    base = str(base_of(*BASES[name][:2], tmp_path / name, spread=0.02))
    setup = prepare(make_job(FULL, rows(8), name="first", base=base))
    before = {name: one.detach().clone() for name, one in setup.trainable.named.items()}
    sft.run(setup, Heard())
    place = setup.trainable.put_away(Path(setup.job.folder))
    back = AutoModelForCausalLM.from_pretrained(place, dtype=torch.float32).state_dict()
    assert all(torch.equal(back[name], one) for name, one in setup.trainable.named.items())
    assert any(not torch.equal(back[name], one) for name, one in before.items())
    on = prepare(make_job(FULL, rows(8), name="second", base=base, start=str(place)))
    assert all(torch.equal(back[name], one) for name, one in on.trainable.named.items())


def test_what_is_not_on_the_disk_as_it_was_trained_is_refused(
    make_job: MakeJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    trainable: Trainable = prepare(make_job(FULL, rows(4))).trainable
    save = trainable._tuned.save_pretrained

    def half(folder: Path, **more: Any) -> None:
        save(folder, **more)
        weights = load_file(folder / "model.safetensors")
        last = max(weights)
        save_file(
            {**weights, last: weights[last] * 2}, folder / "model.safetensors", metadata={"format": "pt"}
        )

    monkeypatch.setattr(trainable._tuned, "save_pretrained", half)
    with pytest.raises(TrainingError, match=r"is not what was trained \(1 of"):
        trainable.put_away(Path(trainable._job.folder))
    assert not Path(trainable._job.folder, "model").exists()


def test_a_model_to_go_on_from_that_is_gone_is_named(make_job: MakeJob, tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="The model to go on from is not in"):
        prepare(make_job(FULL, rows(4), start=str(tmp_path / "gone" / "model")))


def test_a_file_without_a_part_is_not_what_was_trained(tmp_path: Path) -> None:
    save_file({"one": torch.ones(2)}, tmp_path / "weights.safetensors")
    with pytest.raises(TrainingError, match=r"\(1 of 2 parts\)"):
        checkpoints.verify(tmp_path / "weights.safetensors", {"one": torch.ones(2), "two": torch.ones(2)})
