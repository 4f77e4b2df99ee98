"""What a run said, as its curves want it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from loop.model.runs import TrainEvent
from tests.tui.training import measured, some_way, started, stepped
from tui.told import Told, mean

RUNS = st.lists(
    st.one_of(
        st.builds(started, step=st.integers(0, 60)),
        st.builds(stepped, st.integers(1, 500), st.floats()),
        st.builds(measured, st.integers(0, 500), st.floats(0, 9), st.floats(0, 1)),
    )
)


@given(RUNS, st.integers(0, 40))
def test_it_is_the_same_heard_at_once_or_bit_by_bit(events: list[TrainEvent], cut: int) -> None:
    once, twice = Told(), Told()
    once.hear(events)
    twice.hear(events[:cut])
    twice.hear(events[cut:])
    assert repr(once.stretches()) == repr(twice.stretches())
    assert once.heard == twice.heard == len(events)


@given(RUNS)
def test_steps_go_up_and_no_axis_has_more_places_than_it_has_room_for(events: list[TrainEvent]) -> None:
    told = Told()
    told.hear(events)
    steps = [one.step for one in told.steps]
    assert steps == sorted(set(steps))
    stretches = told.stretches()
    assert len(stretches) <= 25
    assert [one.first for one in stretches] == sorted({one.first for one in stretches})
    assert [step.step for one in stretches for step in one.steps] == steps
    assert all(one.first <= step.step <= one.last for one in stretches for step in one.steps)


def test_a_run_that_goes_on_from_a_checkpoint_does_steps_again() -> None:
    told = Told()
    told.hear([*some_way(23), started(step=20), stepped(21, 2.0)])
    assert [one.step for one in told.steps][-2:] == [20, 21]
    assert told.steps[-1].loss == 2.0
    assert [one.step for one in told.measured] == [0, 10, 20]


def test_a_number_that_is_none_is_in_no_mean() -> None:
    assert mean([float("nan"), float("inf"), None]) is None
    found = mean([float("nan"), 2.0, 4.0])
    assert found is not None
    assert (found.mean, found.n) == (3.0, 2)
