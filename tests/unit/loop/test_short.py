"""A text on one line."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from loop.text.short import one_line


@given(st.text(), st.integers(2, 90))
def test_it_is_one_line_that_fits_and_begins_as_the_text_does(text: str, most: int) -> None:
    whole = " ".join(text.split())
    line = one_line(text, most)
    assert len(line) <= most
    assert line == whole or (line.endswith("…") and whole.startswith(line[:-1]))


def test_it_ends_between_words_where_that_costs_little() -> None:
    assert one_line("We put the kettle on the stove", 20) == "We put the kettle…"
    assert one_line("We put the kettle on the stove", 18) == "We put the kettle…"
    assert one_line("unbelievablyunbreakable", 10) == "unbelieva…"
    assert one_line("in  two\nlines", 20) == "in two lines"
