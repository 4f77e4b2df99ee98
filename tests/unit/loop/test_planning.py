"""Which rows a run learns from, and which measure it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as some

from loop.model import Message
from loop.model.training import TrainingRow
from loop.verbs.training.planning import set_aside


def row(number: int, brief: int) -> TrainingRow:
    prompt = (Message(role="user", content="x"),)
    return TrainingRow(id=f"p{number}/post", brief=f"b{brief}", prompt=prompt, chosen="y")


@given(some.lists(some.integers(0, 60), max_size=120), some.integers(0, 5))
def test_no_brief_is_learned_and_measured(briefs: list[int], seed: int) -> None:
    rows = [row(number, brief) for number, brief in enumerate(briefs)]
    kept, measuring = set_aside(rows, seed)
    assert sorted(one.id for one in (*kept, *measuring)) == sorted(one.id for one in rows)
    assert not {one.brief for one in kept} & {one.brief for one in measuring}
    assert all(one.split == "held_out" for one in measuring)
    if len(set(briefs)) < 20:
        assert measuring == []
    else:
        assert 1 <= len({one.brief for one in measuring}) < len(set(briefs)) / 2
        fewer, others = set_aside(rows[: len(rows) - 1], seed)
        if others and len({one.brief for one in measuring}) > 1:  # with other pairs, the same briefs
            assert not {one.brief for one in fewer} & {one.brief for one in measuring}
    assert set_aside(rows, seed) == (kept, measuring)
