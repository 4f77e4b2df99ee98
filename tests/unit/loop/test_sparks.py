"""Numbers as a curve in one line."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from loop.render.sparks import curve


@given(st.lists(st.floats(-1e6, 1e6)), st.integers(1, 60))
def test_it_has_a_cell_for_each_value_as_far_as_there_is_room(values: list[float], cells: int) -> None:
    assert len(curve(values, cells)) == min(len(values), cells)


def test_the_lowest_is_the_lowest_block_and_what_is_no_number_is_passed_over() -> None:
    assert curve([1.0, float("nan"), 3.0, float("inf"), 2.0], 9) == "▁█▅"
    assert curve([2.0, 2.0], 9) == "▁▁"
    assert curve([1.0, 3.0, 5.0, 7.0], 2) == "▁█"
    assert curve([], 9) == ""
