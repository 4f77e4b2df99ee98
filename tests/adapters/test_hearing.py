"""Events of runs are read on from where the last look ended, whatever state the file is in."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loop.adapters.training.hearing import Hearing
from loop.model.runs import Saved

LINES = st.lists(
    st.sampled_from([*(Saved(step=step).model_dump_json() for step in range(4)), "{half", "", "7"])
)


def steps(hearing: Hearing, path: Path) -> list[int]:
    return [event.step for event in hearing.events(path) if isinstance(event, Saved)]


@given(LINES, st.lists(st.integers(0, 400), max_size=6))
def test_looking_often_hears_what_looking_once_hears(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str], cuts: list[int]
) -> None:
    path = tmp_path_factory.mktemp("run") / "events.jsonl"
    data = "".join(f"{line}\n" for line in lines).encode()
    often = Hearing()
    for cut in [*sorted(cuts), len(data)]:
        with path.open("ab") as file:
            file.write(data[file.tell() : cut])
        steps(often, path)
    assert steps(often, path) == steps(Hearing(), path)
    assert len(steps(often, path)) == sum(line.startswith('{"kind"') for line in lines)


def test_half_a_line_is_heard_when_it_is_whole(tmp_path: Path) -> None:
    path, hearing = tmp_path / "events.jsonl", Hearing()
    line = Saved(step=1).model_dump_json()
    path.write_text(line[:9], encoding="utf-8")
    assert steps(hearing, path) == []
    path.write_text(f"{line}\n", encoding="utf-8")
    assert steps(hearing, path) == [1]


def test_another_run_of_the_same_name_is_heard_from_its_beginning(tmp_path: Path) -> None:
    path, hearing = tmp_path / "events.jsonl", Hearing()
    assert steps(hearing, path) == []
    path.write_text(f"{Saved(step=1).model_dump_json()}\n" * 3, encoding="utf-8")
    assert steps(hearing, path) == [1, 1, 1]
    path.rename(tmp_path / "old")
    assert steps(hearing, path) == []
    path.write_text(f"{Saved(step=2).model_dump_json()}\n" * 3, encoding="utf-8")
    assert steps(hearing, path) == [2, 2, 2]


def test_only_the_runs_that_were_asked_for_last_are_remembered(tmp_path: Path) -> None:
    hearing = Hearing()
    for number in range(100):
        path = tmp_path / f"{number}.jsonl"
        path.write_text(f"{Saved(step=number).model_dump_json()}\n", encoding="utf-8")
        assert steps(hearing, path) == [number]
    assert len(hearing._heard) < 100
    assert steps(hearing, tmp_path / "0.jsonl") == [0]
