"""Measures count what a writer would count."""

from __future__ import annotations

import pytest

from loop.model import Measure
from pipelines.measures import measure
from tests.unit.pipelines.drafts import NOTES, SOURDOUGH


def test_sentences_are_measured_one_by_one_without_headings() -> None:
    assert measure(
        "# A long title here\n\nWe met. We ate `a b c` at https://a.org/x.\n\n- Tea", "sentence_words"
    ) == (
        2,
        5,
        1,
    )


def test_paragraphs_are_measured_without_lists_and_quotes() -> None:
    assert measure("One. Two.\n\n- A. B. C.\n\n> Q. R.\n\nThree.", "paragraph_sentences") == (2, 1)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("headings", 4),
        ("list_items", 4),
        ("exclamation_marks", 6),
        ("question_marks", 1),
        ("emoji", 2),
        ("dashes", 2),
        ("semicolons", 1),
        ("parentheses", 1),
        ("bold", 2),
    ],
)
def test_a_piece_is_counted_once(name: Measure, expected: float) -> None:
    assert measure(SOURDOUGH, name) == (expected,)


def test_code_tables_front_matter_and_html_count_for_nothing() -> None:
    assert measure(
        "---\ntitle: A!\n---\n\n```\none two!\n```\n\n| a | b |\n|---|---|\n\n<div>\nx!\n</div>\n",
        "piece_words",
    ) == (0,)
    assert measure(NOTES, "exclamation_marks") == (3,)
    assert measure(NOTES, "semicolons") == (1,)


def test_a_run_of_marks_counts_once() -> None:
    assert measure("Wow!!! What?! No.", "exclamation_marks") == (2,)
    assert measure("a != b and f(x) and :-)", "exclamation_marks") == (0,)
    assert measure("f(x), item(s) and an aside (one (deep) aside)", "parentheses") == (1,)


def test_other_scripts_are_counted_too() -> None:
    assert measure("他说：你好！很好。", "sentence_words") == (4, 2)
    assert measure("他说：你好！很好。", "exclamation_marks") == (1,)


@pytest.mark.parametrize("name", ["sentence_words", "paragraph_sentences"])
def test_an_empty_piece_has_no_sentences(name: Measure) -> None:
    assert measure("", name) == ()
    assert measure("", "piece_words") == (0,)
