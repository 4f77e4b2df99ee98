"""Text as a writer sees it: words, sentences, blocks."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loop.text.blocks import blocks
from loop.text.sentences import sentences
from loop.text.words import count_words, tokens
from tests.unit.feedback.texts import rows

texts = rows.map("".join) | st.text(max_size=40)


def units(text: str) -> list[str]:
    return [token.text for token in tokens(text)]


def said(text: str) -> list[str]:
    return [text[span.start : span.end] for span in sentences(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Well-known words don’t split.", ["Well-known", "words", "don’t", "split", "."]),
        ("It costs 1,000.50 at 5:30!", ["It", "costs", "1,000.50", "at", "5:30", "!"]),
        ("One.\nTwo.", ["One", ".", "Two", "."]),
        ("One.\r\nTwo.", ["One", ".", "Two", "."]),
        ("One.\rTwo.", ["One", ".", "Two", "."]),
        ("One.\n\nTwo.", ["One", ".", "¶", "Two", "."]),
        ("One.\r\n \r\nTwo.", ["One", ".", "¶", "Two", "."]),
        ("\n\nOne.\n\n", ["One", "."]),
        ("我爱吃 bread", ["我", "爱", "吃", "bread"]),
        ("ทำงาน", ["ทำ", "ง", "า", "น"]),
        ("カ\uff9eス", ["カ\uff9e", "ス"]),
        ("مرحبا بالعالم", ["مرحبا", "بالعالم"]),
        ("Cafe\u0301 au lait", ["Café", "au", "lait"]),
        ("\U0001f469\u200d\U0001f467 🇩🇪", ["\U0001f469\u200d\U0001f467", "🇩🇪"]),
        ("a_b snake", ["a_b", "snake"]),
    ],
)
def test_words_marks_and_paragraph_breaks_are_units(text: str, expected: list[str]) -> None:
    assert units(text) == expected


@settings(max_examples=300)
@given(texts)
def test_units_stand_in_order_and_leave_out_nothing_but_blank_space(text: str) -> None:
    position = 0
    for token in tokens(text):
        assert token.start >= position
        assert token.end > token.start
        assert not text[position : token.start].strip()
        position = token.end
    assert not text[position:].strip()


@settings(max_examples=300)
@given(
    st.lists(
        st.sampled_from(
            ["a", "é", "7", "½", "’", "-", ".", ",", ":", "_", " ", "\n", "\r", "“", "—", "\u00ad"]
        )
    )
)
def test_a_letter_of_another_script_far_away_changes_no_unit(signs: list[str]) -> None:
    text = "".join(signs)
    assert units(f"{text}\n\nЯ") == [*units(f"{text}\n\nA")[:-1], "Я"]


def test_words_are_counted_as_a_writer_would() -> None:
    assert count_words("Two words, and two more: 我爱.") == 7


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It rains. We stay! Do you? Yes.", ["It rains.", "We stay!", "Do you?", "Yes."]),
        (
            "Mr. Smith met J. R. Hill at 5 p.m. on e.g. Monday.",
            ["Mr. Smith met J. R. Hill at 5 p.m. on e.g. Monday."],
        ),
        ("It costs 1.50 today. 20 came.", ["It costs 1.50 today.", "20 came."]),
        ("She said “Go.” Then she left.", ["She said “Go.”", "Then she left."]),
        ("Run it. `make` builds it.", ["Run it.", "`make` builds it."]),
        ("我喜欢。你呢？", ["我喜欢。", "你呢？"]),
        ("مرحبا. كيف حالك؟ جيد.", ["مرحبا.", "كيف حالك؟", "جيد."]),
        ("No end", ["No end"]),
        ("  ", []),
    ],
)
def test_sentences_end_where_a_reader_stops(text: str, expected: list[str]) -> None:
    assert said(text) == expected


def kinds(text: str) -> list[str]:
    return [block.kind for block in blocks(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("---\ntitle: x\n---\nText.", ["front_matter", "paragraph"]),
        ("# One\nText\n\n- a\n- b\n> q", ["heading", "paragraph", "list_item", "list_item", "quote"]),
        ("Text:\n| a | b |\n|---|---|\n| 1 | 2 |\nMore.", ["paragraph", "table", "paragraph"]),
        ("```\na\n\nb\n```\nText", ["code", "paragraph"]),
        ("1. Do it:\n\n    ```py\n    x\n\n    y\n    ```\n", ["list_item", "code"]),
        ("```not a fence``` but text\n\nMore.", ["paragraph", "paragraph"]),
        ("One.\n\n---\n\nTwo.", ["paragraph", "rule", "paragraph"]),
        ("<!-- a\n\nb -->\n\nText.", ["html", "paragraph"]),
        ("One.\r\n\r\nTwo.\rstill", ["paragraph", "paragraph"]),
    ],
)
def test_markdown_is_read_as_blocks(text: str, expected: list[str]) -> None:
    assert kinds(text) == expected


@settings(max_examples=300)
@given(texts)
def test_between_blocks_there_is_only_blank_space(text: str) -> None:
    position = 0
    for block in blocks(text):
        assert not text[position : block.start].strip()
        assert text[block.start : block.end] == block.text
        assert block.text.startswith(block.marker)
        position = block.end
    assert not text[position:].strip()
