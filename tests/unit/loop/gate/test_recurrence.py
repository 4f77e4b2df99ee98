"""The decision rules: new corrections fall, past ones stay away, held-out drafts are no worse."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loop.gate.arms import Sample, Scored
from loop.gate.recurrence import (
    came_back,
    held_out_corrections,
    new_corrections,
    past_corrections,
    tally,
)
from loop.model import Draft, StepTrace
from tests.unit.loop.gate.support import brief, phrase

Cell = tuple[str, bool, bool]
"""Brief, fires before, fires after."""


def _draft(words: str, text: str) -> Draft:
    step = StepTrace(step="draft", kind="prompt", output=words)
    return Draft(brief="b", text=text, version="v", model="m", steps=(step,))


def _scored(cells: list[Cell], detector: str = "d-x", *, same_words: bool = False) -> list[Scored]:
    return [
        Scored(
            Sample(
                brief(name),
                number,
                _draft("same" if same_words else "old", f"old {old}"),
                _draft("same" if same_words else "new", f"new {new}"),
            ),
            {detector: (old, new)},
        )
        for number, (name, old, new) in enumerate(cells)
    ]


X = [phrase("x")]


def test_new_corrections_that_stop_pass_with_their_numbers() -> None:
    result = new_corrections(_scored([("a", True, False)] * 3), X)
    assert result.passed is True
    assert result.before is not None
    assert (result.before.mean, result.before.n) == (1, 1)
    assert result.after is not None
    assert result.after.mean == 0
    assert result.details == ("“x” is back: 3 of 3 drafts before, 0 after",)


def test_new_corrections_that_go_on_fail() -> None:
    assert new_corrections(_scored([("a", True, True)] * 3), X).passed is False
    assert new_corrections(_scored([("a", False, True)] * 3), X).passed is False


def test_one_better_draft_of_several_may_be_luck_and_decides_nothing() -> None:
    result = new_corrections(_scored([("a", True, False), ("a", False, False), ("b", True, True)]), X)
    assert result.passed is None
    assert "luck" in result.says


def test_one_better_draft_is_enough_where_a_model_wrote_the_same_in_both_arms() -> None:
    assert new_corrections(_scored([("a", True, False)], same_words=True), X).passed is True


def test_new_corrections_that_never_come_up_decide_nothing() -> None:
    result = new_corrections(_scored([("a", False, False)] * 3), X)
    assert result.passed is None
    assert result.before is not None


def test_what_could_not_be_asked_is_unscored_and_not_zero() -> None:
    result = new_corrections(_scored([("a", True, False)], detector="d-other"), X)
    assert result.passed is None
    assert result.before is result.after is result.difference is None


@pytest.mark.parametrize(
    ("cells", "back"),
    [
        ([("a", False, True)], False),
        ([("a", False, True)] * 2, True),
        ([("a", False, False)] * 30, False),
        ([("a", True, False)] + [("b", False, True)] * 4, False),
        ([("a", True, True)] + [("b", False, True)] * 4, False),
        ([("a", True, True)] + [("b", False, True)] * 5, True),
        ([("a", True, False)] * 5, False),
    ],
)
def test_a_past_correction_came_back_only_beyond_its_own_noise(cells: list[Cell], back: bool) -> None:  # noqa: FBT001
    assert came_back(tally("d-x", _scored(cells))) is back


def test_there_is_no_noise_where_a_model_wrote_the_same_in_both_arms() -> None:
    assert came_back(tally("d-x", _scored([("a", False, True)], same_words=True)))


def test_one_lost_correction_is_not_hidden_by_many_that_got_better() -> None:
    lost = _scored([("a", False, True)] * 3, "d-lost")
    better = [
        item._replace(fired={**item.fired, **{f"d-{n}": (True, False) for n in range(20)}}) for item in lost
    ]
    detectors = [phrase("lost"), *(phrase(str(n)) for n in range(20))]
    result = past_corrections(better, detectors)
    assert result.passed is False
    assert "“lost” is back" in result.says
    assert result.difference is not None
    assert result.difference.mean < 0


def test_without_past_corrections_nothing_can_come_back() -> None:
    assert past_corrections(_scored([("a", True, True)]), []).passed is None


def test_held_out_drafts_that_are_clearly_worse_fail() -> None:
    cells = [(str(n), False, True) for n in range(6)]
    assert held_out_corrections(_scored(cells), X).passed is False


def test_held_out_drafts_that_seem_worse_decide_nothing_and_no_worse_ones_pass() -> None:
    seems = [("a", False, True), ("b", False, False), ("c", False, False)]
    result = held_out_corrections(_scored(seems), X)
    assert result.passed is None
    assert result.difference is not None
    assert held_out_corrections(_scored([("a", True, True), ("b", True, False)]), X).passed is True


def test_without_held_out_drafts_there_is_no_difference_to_report() -> None:
    result = held_out_corrections([], X)
    assert result.passed is None
    assert result.difference is None


CELLS = st.lists(st.tuples(st.sampled_from("abc"), st.booleans(), st.booleans()), max_size=20)


@given(CELLS)
def test_equal_arms_never_pass_as_better_nor_fail_as_worse(cells: list[Cell]) -> None:
    equal = _scored([(name, old, old) for name, old, _ in cells])
    assert new_corrections(equal, X).passed is not True
    assert past_corrections(equal, X).passed is not False
    assert held_out_corrections(equal, X).passed is not False


@given(CELLS)
def test_what_is_better_for_a_proposal_is_worse_turned_around(cells: list[Cell]) -> None:
    there, back = (
        tally("d-x", _scored(cells)),
        tally("d-x", _scored([(n, new, old) for n, old, new in cells])),
    )
    assert (there.rose, there.fell, there.before) == (back.fell, back.rose, back.after)
    assert not (came_back(there) and came_back(back))
