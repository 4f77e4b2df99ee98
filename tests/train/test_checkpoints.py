"""Checkpoints that are damaged, moved, of another history or of another base."""

from __future__ import annotations

import shutil
import signal
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from loop.errors import TrainingError
from loop.model.runs import Alarmed, Card
from loop.model.training import Job, Recipe
from loop.train import checkpoints, sft
from loop.train.running import prepare
from tests.train.conftest import MakeJob, rows
from tests.train.test_against_trl import Heard
from tests.train.test_going_on import adapter, ended, equal, program

SFT = Recipe(method="sft", epochs=3, batch=4, tokens=128, learning_rate=1e-3, evaluations=2)


class StopsAfter(Heard):
    """Asks the run to stop after so many steps."""

    def __init__(self, job: Job, steps: int) -> None:
        super().__init__()
        self._job = job
        self._steps = steps

    def tell(self, event: object) -> None:
        super().tell(event)  # type: ignore[arg-type]
        if len(self.losses) == self._steps:
            Path(self._job.folder, "stop").touch()


def places(job: Job) -> list[Path]:
    return sorted(Path(job.folder, "checkpoints").glob("step-*"))


def damage(place: Path) -> None:
    place.joinpath("state.pt").write_bytes(b"half of it")


def test_damaged_ones_never_push_out_good_ones(tmp_path: Path) -> None:
    for step in (10, 20):
        checkpoints.save(tmp_path / "c", step, {"w": torch.ones(3) * step}, {"step": step})
    damage(tmp_path / "c" / "step-000020")
    found = checkpoints.restore(tmp_path / "c")
    assert found is not None
    assert found[1]["step"] == 10
    checkpoints.save(tmp_path / "c", 20, {"w": torch.ones(3) * 21}, {"step": 20})  # it gets there again
    assert checkpoints.steps(tmp_path / "c") == [10, 20]
    found = checkpoints.newest(tmp_path / "c")
    assert found is not None
    assert found[0]["w"].tolist() == [21.0] * 3
    assert not list((tmp_path / "c").glob("damaged-*"))


def test_a_step_that_is_saved_again_takes_nothings_place(tmp_path: Path) -> None:
    for value in (1.0, 2.0):
        checkpoints.save(tmp_path / "c", 4, {"w": torch.full((3,), value)}, {"step": 4})
    found = checkpoints.newest(tmp_path / "c")
    assert found is not None
    assert found[0]["w"].tolist() == [2.0] * 3
    assert checkpoints.steps(tmp_path / "c") == [4]
    damage(tmp_path / "c" / "step-000004.1")
    found = checkpoints.newest(tmp_path / "c")
    assert found is not None
    assert found[0]["w"].tolist() == [1.0] * 3


def test_what_a_killed_process_left_half_done_goes(tmp_path: Path) -> None:
    left = tmp_path / "c" / ".saving-abc"
    left.mkdir(parents=True)
    left.joinpath("weights.safetensors").write_bytes(b"half")
    checkpoints.save(tmp_path / "c", 1, {"w": torch.ones(3)}, {"step": 1})
    assert [place.name for place in (tmp_path / "c").iterdir()] == ["step-000001"]


def test_the_best_belongs_to_the_history_that_goes_on(tmp_path: Path) -> None:
    for step in (1, 2, 3):
        checkpoints.keep_best(tmp_path, {"w": torch.ones(3) * step})
        checkpoints.save(tmp_path / "c", step, {"w": torch.ones(3) * step}, {"step": step})
    checkpoints.keep_best(tmp_path, {"w": torch.ones(3) * 4})  # and then it was killed
    damage(tmp_path / "c" / "step-000003")
    found = checkpoints.restore(tmp_path / "c")
    assert found is not None
    assert found[1]["step"] == 2
    assert checkpoints.best(tmp_path)["w"].tolist() == [2.0] * 3


def test_nothing_readable_is_said_and_nothing_is_lost(make_job: MakeJob) -> None:
    job = make_job(SFT, rows(14), rows(4, seed=1))
    sft.run(prepare(job), StopsAfter(job, 3))
    for place in places(job):
        damage(place)
    before = sorted(path for path in Path(job.folder).rglob("*") if path.is_file())
    with pytest.raises(TrainingError, match="None of the checkpoints") as caught:
        sft.run(prepare(job.model_copy(update={"resume": True})), Heard())
    assert "redraft train sft" in caught.value.hint
    assert sorted(path for path in Path(job.folder).rglob("*") if path.is_file()) == before


def test_a_run_that_had_saved_nothing_says_that_it_begins_anew(make_job: MakeJob) -> None:
    job = make_job(SFT, rows(8), resume=True)
    kept = sft.run(prepare(job), heard := Heard())
    assert len(kept.losses) == 6
    assert [event.name for event in heard.events if isinstance(event, Alarmed)] == ["anew"]


@pytest.mark.slow
def test_checkpoints_that_are_gone_are_no_new_beginning(make_job: MakeJob) -> None:
    job = make_job(SFT, rows(8), rows(2, seed=1))
    assert ended(job) == 0
    shutil.rmtree(Path(job.folder, "checkpoints"))
    with pytest.raises(TrainingError, match="are gone"):
        sft.run(prepare(job.model_copy(update={"resume": True})), Heard())


def test_a_base_that_was_moved_is_the_same_and_another_one_in_its_place_is_not(
    make_job: MakeJob, tiny_base: Path, tmp_path: Path
) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    shutil.copytree(tiny_base, here)
    job = make_job(SFT, rows(14), rows(4, seed=1), base=str(here))
    sft.run(prepare(job), first := StopsAfter(job, 3))
    here.rename(there)
    moved = job.model_copy(update={"base": str(there), "resume": True})
    kept = sft.run(prepare(moved), StopsAfter(job, 1))
    assert [step for step, _ in kept.losses] == [1, 2, 3, 4]
    assert [loss for _, loss in kept.losses[:3]] == first.losses
    shutil.copytree(there, here)
    weights = load_file(here / "model.safetensors")
    weights["model.norm.weight"] = weights["model.norm.weight"] * 1.01
    save_file(weights, here / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(TrainingError, match="not what they were"):
        sft.run(prepare(job.model_copy(update={"resume": True})), Heard())


def test_the_adapter_it_went_on_from_counts_by_what_it_holds(make_job: MakeJob, tmp_path: Path) -> None:
    first = make_job(SFT, rows(8), name="first")
    assert ended(first) == 0
    start = Path(first.folder, "adapter")
    job = make_job(SFT, rows(14), rows(4, seed=1), start=str(start))
    sft.run(prepare(job), StopsAfter(job, 2))
    start.rename(tmp_path / "elsewhere")
    moved = job.model_copy(update={"start": str(tmp_path / "elsewhere"), "resume": True})
    sft.run(prepare(moved), StopsAfter(job, 1))
    second = make_job(SFT, rows(8, seed=5), name="second")
    assert ended(second) == 0
    other = job.model_copy(update={"start": str(Path(second.folder, "adapter")), "resume": True})
    with pytest.raises(TrainingError, match="not what they were"):
        sft.run(prepare(other), Heard())


def killed_in_a_save(job: Job, after: int) -> bool:
    """`kill -9` as soon as a checkpoint is half written, once there is one of step `after`."""
    folder = Path(job.folder, "checkpoints")
    known = set(folder.glob(".saving-*"))
    with program(job) as running:
        while running.poll() is None:
            far = max(checkpoints.steps(folder), default=-1) >= after
            if far and any(place not in known for place in folder.glob(".saving-*")):
                running.send_signal(signal.SIGKILL)
                break
    return running.returncode == -signal.SIGKILL and bool(set(folder.glob(".saving-*")) - known)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_killed_in_the_middle_of_saves_is_uninterrupted(make_job: MakeJob) -> None:
    """Killed again and again while a checkpoint is half written: the run ends as if nothing had happened."""
    recipe = SFT.model_copy(update={"epochs": 4, "rank": 64})
    train, held_out = rows(14), rows(4, seed=1)
    whole = make_job(recipe, train, held_out, name="whole")
    assert ended(whole) == 0
    job = make_job(recipe, train, held_out, name="killed")
    cut = 0
    for after in (-1, 0, 4, 8):  # the first save of all, and later ones
        for _ in range(3):
            if killed_in_a_save(job, after):
                cut += 1
                break
        job = make_job(recipe, train, held_out, name="killed", resume=True)
    assert cut >= 3
    assert ended(job) == 0
    assert equal(adapter(whole), adapter(job))
    left, right = (
        Card.model_validate_json(Path(one.folder, "card.json").read_text(encoding="utf-8"))
        for one in (whole, job)
    )
    assert left.losses == right.losses
    assert left.best == right.best
    assert [one.objective for one in left.measured] == [one.objective for one in right.measured]
    assert not list(Path(job.folder, "checkpoints").glob(".saving-*"))
    names = [{place.name for place in Path(one.folder, "checkpoints").iterdir()} for one in (whole, job)]
    assert names[0] == names[1]
