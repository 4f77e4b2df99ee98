"""Sentences at a cursor, and the passages that notes mean."""

from __future__ import annotations

import pytest

from loop.model import MarginNote
from loop.text.sentences import Span
from tui.passages import note_passages, paragraph_at, place_of, plain, sentence_at, trimmed

TEXT = "# A title\n\nOne here. Two\nthere.\n\n- A point. And more.\n\n户外的茶。更好喝。"


@pytest.mark.parametrize(
    ("at", "sentence"),
    [
        (0, "A title"),
        (TEXT.index("One"), "One here."),
        (TEXT.index(" Two"), "One here."),
        (TEXT.index("there"), "Two\nthere."),
        (TEXT.index("- A"), "A point."),
        (len(TEXT), "更好喝。"),
        (10, None),
    ],
)
def test_the_sentence_at_a_cursor(at: int, sentence: str | None) -> None:
    span = sentence_at(TEXT, at)
    assert (TEXT[span.start : span.end] if span else None) == sentence


def test_the_paragraph_at_a_cursor_is_without_its_sign() -> None:
    span = paragraph_at(TEXT, TEXT.index("more"))
    assert span is not None
    assert TEXT[span.start : span.end] == "A point. And more."
    assert paragraph_at("", 0) is None


def test_a_note_means_its_word_and_not_a_part_of_another() -> None:
    text = "Because I use it. You use it, too; use"
    notes = [MarginNote(check="c1", rule="r1", message="no", quote="use")] * 4
    assert [span and span.start for span in note_passages(text, notes)] == [10, 22, 35, 35]


def test_a_note_whose_quote_was_shortened_or_is_gone() -> None:
    def note(quote: str) -> MarginNote:
        return MarginNote(check="c1", rule="r1", message="no", quote=quote)

    text = "It goes on and on for a very long while, and then it ends."
    found = note_passages(
        text, [note("It goes on and on…"), note(""), note("Nothing like this stands anywhere")]
    )
    assert found == [Span(0, 17), None, None]


def test_blank_space_around_a_selection_does_not_count() -> None:
    assert trimmed("a  b  c", 1, 6) == Span(3, 4)
    assert trimmed("a  b", 1, 3) is None
    assert place_of("ab ab ab", Span(3, 5)) == (2, 3)


def test_offsets_are_counted_as_the_screen_counts_lines() -> None:
    assert plain("a\r\nb\r\nc", (3, 7)) == Span(2, 5)
    assert plain("a", None) is None
