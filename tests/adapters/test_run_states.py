"""What becomes of a run is read from what it left, also while somebody else works on that."""

from __future__ import annotations

import os
from pathlib import Path

from loop.adapters.lock import take
from loop.adapters.training.trainer import LocalTrainer
from loop.model.runs import Ended
from tests.tui.training import job_of, some_way


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
        again = place / "resumed.json"
        again.touch()
        later = events.stat().st_mtime_ns + 1
        os.utime(again, ns=(later, later))
        assert trainer.state("tea").state == "running"
    finally:
        os.close(held)
    assert trainer.state("tea").state == "stopped"
