"""A learning curve as lines: it fits its window, shows what it is given, and can be read without colours."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from loop.model import Estimate
from tui.widgets.drawing import BOTH, CHOSEN, INTERVAL, MEAN, NOW, OTHER, OTHER_INTERVAL, Point, draw, numbers


def estimate(mean: float, low: float | None = None, high: float | None = None, n: int = 5) -> Estimate:
    return Estimate(mean=mean, low=mean if low is None else low, high=mean if high is None else high, n=n)


def point(label: str, mean: Estimate | None, other: Estimate | None = None, *, now: bool = False) -> Point:
    return Point(label, mean, other, now, "in words")


def test_one_point_stands_at_its_height_with_its_interval() -> None:
    lines = draw([point("1", estimate(0.5, 0.25, 1.0))], 24, 12)

    assert lines == (
        "",
        " 100%┤    │",
        "     │    │",
        "     │    │",
        "     │    │",
        "  50%┤    ●",
        "     │    │",
        "     │    │",
        "     │",
        "   0%┤",
        "     └────┴─────────────",
        "          1",
    )


def test_two_series_stand_side_by_side_each_with_its_own_signs() -> None:
    points = [
        point("3f2a9c", estimate(0.4, 0.2, 0.6), estimate(0.6, 0.4, 0.8)),
        point("88aa21", estimate(0.2, 0.0, 0.4), estimate(0.2, 0.0, 0.4), now=True),
    ]

    assert draw(points, 30, 14, chosen=0) == (
        "          ▼",
        " 100%┤",
        "     │",
        "     │     ┊",
        "     │     ┊",
        "     │    │○",
        "  50%┤    │┊",
        "     │    ●┊      │┊",
        "     │    │       │┊",
        "     │    │       ●○",
        "     │            │┊",
        "   0%┤            │┊",
        "     └────┴───────▲───────────",
        "       3f2a9c  88aa21",
    )


def test_low_curves_get_a_scale_of_their_own() -> None:
    lines = draw([point("1", estimate(0.1, 0.05, 0.15))], 30, 12)

    assert lines[1].startswith("  20%┤")


def test_numbers_have_a_scale_from_their_lowest_to_their_highest() -> None:
    points = [point("1", estimate(3.0, 2.9, 3.1)), point("2", estimate(2.5, 2.4, 2.6), estimate(2.2))]
    lines = draw(points, 30, 12, scale=numbers(points))

    assert [line.split("┤")[0].strip() for line in lines if "┤" in line] == ["3.10", "2.65", "2.20"]
    assert numbers(points, 0.0).low == 0.0


@given(st.lists(st.floats(-1e6, 1e6, allow_nan=False), max_size=9), st.one_of(st.none(), st.floats(-5, 5)))
def test_numbers_of_any_size_fit_the_axis(values: list[float], low: float | None) -> None:
    points = [point(str(number), estimate(value)) for number, value in enumerate(values)]
    scale = numbers(points, low)

    assert scale.low < scale.high
    assert all(len(scale.label(value)) <= 5 for value in (scale.low, scale.high))
    assert all(cell_len(line) <= 40 for line in draw(points, 40, 14, scale=scale))


def test_where_both_series_meet_there_is_a_sign_for_both() -> None:
    assert any(BOTH in line for line in draw([point("1", estimate(0.5), estimate(0.5))], 24, 12))


def test_without_points_or_room_there_is_nothing() -> None:
    assert draw([], 80, 20) == ()
    assert draw([point("1", estimate(0.5))], 80, 5) == ()
    assert draw([point("1", estimate(0.5))], 10, 20) == ()


def test_five_hundred_points_share_their_columns_and_the_last_one_has_a_label() -> None:
    points = [
        point(str(number), estimate(0.3, 0.2, 0.4), estimate(0.9), now=number > 480)
        for number in range(1, 501)
    ]

    lines = draw(points, 76, 20, chosen=499)

    assert lines[0].endswith(CHOSEN)
    assert lines[-1].split()[0] == "1"
    assert lines[-1].split()[-1] == "500"
    drawn = "\n".join(lines[1:-2])
    assert drawn.count(MEAN) == 70
    assert drawn.count(OTHER) == 70
    assert drawn.count(INTERVAL) > 70


SHARE = st.floats(0, 1)
ESTIMATES = st.none() | st.builds(
    lambda values: Estimate(mean=values[1], low=values[0], high=values[2], n=3),
    st.tuples(SHARE, SHARE, SHARE).map(sorted),
)
POINTS = st.lists(
    st.builds(Point, st.text("abc中🙂0", max_size=8), ESTIMATES, ESTIMATES, st.booleans(), st.just("")),
    max_size=120,
)


@given(POINTS, st.integers(0, 200), st.integers(0, 60), st.data())
def test_whatever_it_is_given_it_stays_in_its_window(
    points: list[Point], width: int, height: int, data: st.DataObject
) -> None:
    chosen = data.draw(st.none() | st.integers(0, len(points) - 1)) if points else None

    lines = draw(points, width, height, chosen)

    assert len(lines) <= height
    assert all(cell_len(line) <= width for line in lines)
    if lines:
        text = "\n".join(lines[1:-2])
        assert (MEAN in text or BOTH in text) == any(one.mean for one in points[-1:]) or len(points) > 1
        assert (NOW in lines[-2]) == any(one.now for one in points)
        assert OTHER_INTERVAL not in text or any(one.other for one in points)
