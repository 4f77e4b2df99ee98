"""How much of a draft was changed."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback.effort import edit_distance, effort
from loop.text.words import tokens
from tests.unit.feedback.texts import pairs, rows

text = rows.map(" ".join)
few = settings(max_examples=150, deadline=None)


def units(value: str) -> list[str]:
    return [token.text for token in tokens(value)]


def by_the_book(one: list[str], other: list[str]) -> int:
    """Wagner and Fischer's table, which anybody can check."""
    row = list(range(len(other) + 1))
    for i, unit in enumerate(one, start=1):
        before, row[0] = row[0], i
        for j, their in enumerate(other, start=1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (unit != their))
    return row[-1]


@pytest.mark.parametrize(
    ("draft", "final", "expected"),
    [
        ("", "", 0.0),
        (" \n", "", 0.0),
        ("", "Two words", 1.0),
        ("One two three four.", "One two three four.", 0.0),
        ("One two three four.", "One two 3 four.", 1 / 5),
        ("One two", "one two", 1 / 2),
        ("One two", "One\n two", 0.0),
        ("One two", "One\n\ntwo", 1 / 3),
        ("One.\n\nTwo.", "One.\r\n\r\nTwo.", 0.0),
        ("Cafe\u0301", "Café", 0.0),
        ("我喜欢苹果", "我喜欢香蕉", 2 / 5),
        ("don’t", "do not", 1.0),
    ],
)
def test_effort_counts_words_marks_and_paragraph_breaks(draft: str, final: str, expected: float) -> None:
    assert effort(draft, final) == pytest.approx(expected)


@few
@given(pairs)
def test_effort_is_the_levenshtein_distance_over_units_divided_by_the_longer(pair: tuple[str, str]) -> None:
    one, other = units(pair[0]), units(pair[1])
    longer = max(len(one), len(other))
    assert edit_distance(*pair) == (by_the_book(one, other), longer)
    assert effort(*pair) == (by_the_book(one, other) / longer if longer else 0.0)


@few
@given(pairs)
def test_effort_is_symmetric_between_0_and_1_and_0_only_for_equal_units(pair: tuple[str, str]) -> None:
    value = effort(*pair)
    assert 0.0 <= value <= 1.0
    assert value == effort(pair[1], pair[0])
    assert (value == 0.0) == (units(pair[0]) == units(pair[1]))


@few
@given(text, text, text)
def test_a_way_over_a_third_text_is_never_shorter(one: str, other: str, third: str) -> None:
    assert edit_distance(one, other)[0] <= edit_distance(one, third)[0] + edit_distance(third, other)[0]


@few
@given(text)
def test_a_unicode_normal_form_is_no_effort(value: str) -> None:
    if units(unicodedata.normalize("NFD", value)) == units(value):
        assert effort(value, unicodedata.normalize("NFD", value)) == 0.0


@few
@given(st.lists(st.sampled_from(["oven", "bread", "salt"]), min_size=1, max_size=30), st.integers(0, 29))
def test_one_replaced_word_is_one_unit_of_effort(words: list[str], place: int) -> None:
    changed = [*words]
    changed[place % len(words)] = "water"
    assert edit_distance(" ".join(words), " ".join(changed)) == (1, len(words))
