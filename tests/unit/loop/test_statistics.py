"""Intervals: laws that every estimate keeps, and how often they hold the truth."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loop.model import Estimate
from loop.statistics import chance_of_luck, mean_by_brief, mean_estimate, paired_difference, share

SHARES = st.floats(0, 1, allow_nan=False)
MAYBE = st.none() | SHARES
BY_BRIEF = st.dictionaries(st.sampled_from("abcdef"), st.lists(MAYBE, max_size=4))


def _holds(estimate: Estimate, low: float, high: float) -> None:
    assert low <= estimate.low <= estimate.mean <= estimate.high <= high


@given(st.lists(st.booleans(), min_size=1, max_size=60))
def test_a_share_lies_in_its_interval_inside_0_to_1(values: list[bool]) -> None:
    estimate = share(values)
    assert estimate is not None
    _holds(estimate, 0, 1)
    assert estimate.n == len(values)
    assert estimate.low < estimate.high


def test_a_share_has_wilsons_interval() -> None:
    estimate = share([True] * 7 + [False] * 3)
    assert estimate is not None
    assert [estimate.low, estimate.high] == pytest.approx([0.3968, 0.8922], abs=1e-4)


def test_nothing_measured_is_none_and_not_zero() -> None:
    assert share([]) is None
    assert mean_estimate([]) is None
    assert mean_estimate([None, None]) is None
    assert mean_by_brief({"a": [None]}) is None
    assert paired_difference({"a": [1.0]}, {"b": [1.0]}) is None
    assert paired_difference({"a": [None]}, {"a": [1.0]}) is None


@given(st.lists(MAYBE, max_size=40))
def test_a_mean_lies_in_its_interval_inside_its_range(values: list[float | None]) -> None:
    estimate = mean_estimate(values)
    known = [value for value in values if value is not None]
    if not known:
        assert estimate is None
        return
    assert estimate is not None
    _holds(estimate, 0, 1)
    assert estimate.n == len(known)


@given(SHARES)
def test_one_value_alone_leaves_the_whole_range_open(value: float) -> None:
    estimate = mean_estimate([value])
    assert estimate is not None
    assert [estimate.low, estimate.high] == pytest.approx([0, 1])


def test_values_that_all_agree_still_carry_doubt_and_less_of_it_the_more_there_are() -> None:
    widths = []
    for n in (2, 5, 10, 100):
        estimate = mean_estimate([0.0] * n)
        assert estimate is not None
        assert estimate.low == 0
        widths.append(estimate.high)
    assert widths == sorted(widths, reverse=True)
    assert widths[0] > 0.7
    assert widths[2] == pytest.approx(0.101, abs=1e-3)


@pytest.mark.parametrize(("n", "clear"), [(2, False), (4, False), (5, True), (10, True)])
def test_a_difference_that_is_the_same_everywhere_is_clear_from_five_briefs_on(n: int, clear: bool) -> None:  # noqa: FBT001
    estimate = paired_difference({str(i): [0.0] for i in range(n)}, {str(i): [0.5] for i in range(n)})
    assert estimate is not None
    assert (estimate.low > 0) is clear


def test_counts_that_are_all_zero_have_a_small_upper_end_whatever_range_is_named() -> None:
    for most in (1000.0, math.inf):
        estimate = mean_estimate([0.0] * 10, within=(0.0, most))
        assert estimate is not None
        assert [estimate.low, estimate.high] == pytest.approx([0, 0.384], abs=1e-3)
        difference = paired_difference(
            {str(n): [3.0] for n in range(10)}, {str(n): [3.0] for n in range(10)}, within=(-most, most)
        )
        assert difference is not None
        assert difference.low == pytest.approx(-difference.high)
        assert difference.high < 0.5


@given(BY_BRIEF, BY_BRIEF)
def test_a_difference_turned_around_changes_its_sign(
    before: dict[str, list[float | None]], after: dict[str, list[float | None]]
) -> None:
    there, back = paired_difference(before, after), paired_difference(after, before)
    if there is None or back is None:
        assert there is back is None
        return
    _holds(there, -1, 1)
    assert there.mean == pytest.approx(-back.mean)
    assert there.low == pytest.approx(-back.high)
    assert there.n == back.n


@given(st.dictionaries(st.sampled_from("abcdef"), st.lists(SHARES, min_size=1, max_size=4), min_size=1))
def test_the_same_values_twice_differ_by_nothing(values: dict[str, list[float | None]]) -> None:
    estimate = paired_difference(values, values)
    assert estimate is not None
    assert estimate.mean == 0
    assert estimate.n == len(values)


@given(st.dictionaries(st.sampled_from("abcdef"), SHARES, min_size=1), st.integers(2, 9))
def test_drawing_a_brief_more_often_does_not_make_it_more_briefs(
    values: dict[str, float], times: int
) -> None:
    once = mean_by_brief({brief: [value] for brief, value in values.items()})
    often = mean_by_brief({brief: [value] * times for brief, value in values.items()})
    assert once is not None
    assert often is not None
    assert often.n == once.n == len(values)
    assert often.mean == pytest.approx(once.mean)


def test_a_sample_that_failed_on_one_side_is_left_out_of_both() -> None:
    estimate = paired_difference({"a": [1.0, 0.0], "b": [0.5]}, {"a": [None, 1.0], "b": [0.5]})
    assert estimate is not None
    assert estimate.mean == pytest.approx(0.5)
    assert estimate.n == 2


@pytest.mark.parametrize("n", [3, 5, 10, 30])
def test_about_95_of_100_intervals_hold_the_true_difference(n: int) -> None:
    chance = random.Random(n)  # noqa: S311 - a simulation
    hits = 0
    for _ in range(1000):
        before = {str(i): [chance.random()] for i in range(n)}
        after = {brief: [0.8 * values[0] + 0.1 * chance.random()] for brief, values in before.items()}
        estimate = paired_difference(before, after)
        assert estimate is not None
        hits += estimate.low <= -0.05 <= estimate.high
    assert 920 <= hits <= 985


def test_luck_is_the_exact_sign_test() -> None:
    assert chance_of_luck(0, 0) == 1
    assert chance_of_luck(1, 0) == 0.5
    assert chance_of_luck(3, 0) == 0.125
    assert chance_of_luck(4, 1) == pytest.approx(6 / 32)
    assert chance_of_luck(5000, 4000) < 1e-9


@given(st.integers(0, 40), st.integers(0, 40))
def test_luck_is_a_probability_that_falls_with_more_cases_for_it(for_it: int, against_it: int) -> None:
    luck = chance_of_luck(for_it, against_it)
    assert 0 <= luck <= 1
    assert chance_of_luck(for_it + 1, against_it) <= luck
