"""Samples: what a model is shown of them, and which become examples."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from loop.describe import Sample, Told, kept_as_examples
from loop.describe.asking import question
from loop.describe.samples import LONGEST_EXAMPLE, MOST_SHOWN, cut, shown, tag_for

TEXTS = st.lists(st.text(max_size=400), max_size=8)


@given(st.text(max_size=500), st.integers(1, 400))
def test_what_is_cut_is_a_beginning_that_fits(text: str, most: int) -> None:
    piece, whole = cut(text, most)
    assert text.startswith(piece)
    assert len(piece) <= most or whole
    assert whole == (piece == text)


def test_a_cut_is_made_at_the_end_of_a_paragraph() -> None:
    text = "One two three.\n\nFour five six.\n\nSeven eight nine."
    assert cut(text, 35).text == "One two three.\n\nFour five six."


@given(TEXTS, st.integers(1, 600))
def test_samples_share_the_room_and_what_is_missing_is_said(texts: list[str], room: int) -> None:
    samples = [Sample(f"{number}.md", text) for number, text in enumerate(texts)]
    pieces, says = shown(samples, room)
    assert sum(len(piece.text) for piece in pieces) <= room or not pieces
    missing = [one.name for one, piece in zip(samples, pieces, strict=True) if one.text != piece.text]
    assert [sentence.split(" ")[0] for sentence in says] == missing


def test_short_samples_are_whole_and_leave_their_room_to_long_ones() -> None:
    pieces, says = shown([Sample("long", "a" * 100), Sample("short", "b" * 10)], 60)
    assert [len(piece.text) for piece in pieces] == [50, 10]
    assert len(says) == 1


def test_of_very_many_samples_the_first_are_shown() -> None:
    pieces, says = shown([Sample(str(number), "x") for number in range(MOST_SHOWN + 2)])
    assert len(pieces) == MOST_SHOWN
    assert "2 more were not shown" in says[-1]


@given(TEXTS)
def test_no_text_can_end_its_own_quotation(texts: list[str]) -> None:
    tag = tag_for("sample", texts)
    assert not any(tag in text for text in texts)
    assert tag == tag_for("sample", texts)


def test_braces_in_samples_are_no_variables() -> None:
    sample = Sample("a.md", "Say {{schema}} and {{nothing}} and {{.")
    asked, _ = question(Told("About {{samples}}.", [sample], "x"))
    assert sample.text in asked
    assert "About {{samples}}." in asked


def test_at_most_four_short_samples_become_examples_word_for_word() -> None:
    samples = [Sample("posts/a.md", "\r\n A\r\n"), Sample("long.md", "x" * (LONGEST_EXAMPLE + 1))]
    samples += [Sample(f"d{number}/a.txt", str(number)) for number in range(5)]
    examples, says = kept_as_examples(samples)
    assert dict(examples) == {
        "examples/a.md": "\r\n A\r\n",
        "examples/a-2.md": "0",
        "examples/a-3.md": "1",
        "examples/a-4.md": "2",
    }
    assert says[0].startswith("long.md is not among the examples: it has 8,001 characters")
    assert says[1].startswith("2 more samples are not")


def test_any_name_becomes_one_that_every_system_takes() -> None:
    names = ["", ".md", "CON.md", "../../x", "a\\b: c?.md", "..", "é.md", "😀.md"]
    paths = list(kept_as_examples([Sample(name, "x") for name in names[:4]])[0])
    paths += list(kept_as_examples([Sample(name, "x") for name in names[4:]])[0])
    assert paths == [
        *("examples/sample.md", "examples/sample-2.md", "examples/sample-3.md", "examples/x.md"),
        *("examples/b-c.md", "examples/sample.md", "examples/é.md", "examples/sample-2.md"),
    ]
