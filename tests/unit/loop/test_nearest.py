"""A mistyped name is answered with what the writer probably meant."""

from __future__ import annotations

from loop.nearest import nearest_hint


def test_a_slip_of_the_keyboard_names_the_one_that_was_meant() -> None:
    assert nearest_hint("sourdoh", ["garden", "sourdough"]) == "Did you mean “sourdough”?"


def test_a_name_unlike_all_others_is_answered_with_the_names_nearest_first() -> None:
    assert nearest_hint("r99", ["blog", "r2"], mark="{}") == "Known are: r2, blog"


def test_a_long_list_is_cut() -> None:
    hint = nearest_hint("zzzz", [f"brief-{number}" for number in range(100)])
    assert hint.count("“") == 8
    assert hint.endswith(", …")


def test_nothing_known_at_all() -> None:
    assert nearest_hint("x", [], otherwise="Write one first.") == "Write one first."
