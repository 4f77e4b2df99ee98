"""What becomes of a run is read from what it left, also while somebody else works on that."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from loop.adapters.lock import take
from loop.adapters.training import standing
from loop.adapters.training.trainer import LocalTrainer
from loop.errors import TrainingError
from loop.model.runs import Alarmed, Begun, Ended, TrainEvent
from tests.tui.training import job_of, some_way, started
from tests.tuned.cards import card_of


def write(place: Path, began: int = 0) -> None:
    place.mkdir()
    job = place / "job.json"
    job.write_text(job_of("/project", place.name).model_dump_json(), encoding="utf-8")
    os.utime(job, (began, began))


@pytest.mark.parametrize("torn", ["", "{", "{}", '{"name": 1}'])
def test_one_run_that_cannot_be_read_hides_no_other(tmp_path: Path, torn: str) -> None:
    for began, name in enumerate(["first", "torn", "last"]):
        write(tmp_path / name, began)
    tmp_path.joinpath("torn/job.json").write_text(torn, encoding="utf-8")
    trainer = LocalTrainer(tmp_path)
    assert [run.name for run in trainer.runs()] == ["last", "first"]
    with pytest.raises(TrainingError, match="What “torn” was started with cannot be read") as caught:
        trainer.state("torn")
    assert caught.value.hint == "redraft adapters remove torn"


def test_a_run_that_is_removed_while_somebody_looks_is_no_bug(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def removed_first(lock: Path) -> bool:
        lock.parent.rename(tmp_path / f".removed-{lock.parent.name}")
        return False

    monkeypatch.setattr(standing, "is_held", removed_first)
    write(tmp_path / "tea")
    with pytest.raises(TrainingError, match="“tea” was started with cannot be read"):
        LocalTrainer(tmp_path).state("tea")
    write(tmp_path / "rain")
    assert LocalTrainer(tmp_path).runs() == []


def test_a_finished_run_does_not_run_while_its_adapter_is_worked_on(tmp_path: Path) -> None:
    place = tmp_path / "tea"
    place.mkdir()
    place.joinpath("job.json").write_text(job_of("/project", "tea").model_dump_json(), encoding="utf-8")
    said = [*some_way(40), Ended(state="stopped", step=40, best=30, seconds=1.0)]
    events = place / "events.jsonl"
    events.write_text("".join(f"{one.model_dump_json()}\n" for one in said), encoding="utf-8")
    place.joinpath("lock").touch()
    trainer = LocalTrainer(tmp_path)
    held = os.open(place / "lock", os.O_RDWR)
    try:
        assert take(held)
        assert trainer.state("tea").state == "stopped"
        with events.open("a", encoding="utf-8") as file:
            file.write(Begun(at="2026-05-01T12:00:00+00:00").model_dump_json() + "\n")
        assert trainer.state("tea").state == "running"
    finally:
        os.close(held)
    assert trainer.state("tea").state == "interrupted"  # and the word of its earlier end hides nothing


def test_alarms_are_those_since_it_was_last_started_also_of_its_setting_up(tmp_path: Path) -> None:
    def alarm(name: str) -> Alarmed:
        return Alarmed(step=0, name=name, says="It is so.", advice="Look.", action="goes_on")

    place = tmp_path / "tea"
    place.mkdir()
    place.joinpath("job.json").write_text(job_of("/project", "tea").model_dump_json(), encoding="utf-8")
    begun = Begun(at="2026-05-01T12:00:00+00:00")
    again: list[TrainEvent] = [begun, alarm("anew"), started(), alarm("memory")]
    said = [begun, *some_way(10), alarm("curves"), *again]
    place.joinpath("events.jsonl").write_text("".join(f"{one.model_dump_json()}\n" for one in said))
    assert [one.name for one in LocalTrainer(tmp_path).state("tea").alarms] == ["anew", "memory"]


@pytest.mark.parametrize("end", ["failed", ""])
def test_going_on_in_vain_hides_no_adapter(tmp_path: Path, end: str) -> None:
    place = tmp_path / "tea"
    job = job_of("/project", "tea")
    place.mkdir()
    place.joinpath("job.json").write_text(job.model_dump_json(), encoding="utf-8")
    events = [*some_way(10), Ended(state="stopped", step=10, best=10, seconds=1.0)]
    again: list[TrainEvent] = [Begun(at="2026-05-01T12:00:00+00:00")]
    again += [Ended(state="failed", step=10, best=10, says="No memory.", seconds=1.0)] if end else []

    def best() -> int | None:
        said = [*events, *again]
        place.joinpath("events.jsonl").write_text("".join(f"{one.model_dump_json()}\n" for one in said))
        return LocalTrainer(tmp_path).state("tea").best

    assert best() is None
    place.joinpath("card.json").write_text(card_of(job).model_dump_json(), encoding="utf-8")
    assert best() == 10
