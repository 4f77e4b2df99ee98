"""Critiques in their files, and the passages that quotes mean."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback.anchor import anchor
from feedback.critique import dump_critiques, parse_critiques, tidy
from loop.model import Critique

lines = st.sampled_from(
    ["> quoted", ">", "\\> x", "## Critique", "## Critique of x", "\\## critique", "# x", "", "- a"]
)
texts = st.lists(lines | st.text(max_size=8), max_size=5).map("\n".join)
critiques = st.builds(
    Critique,
    brief=st.just("sourdough"),
    text=texts,
    quote=texts,
    version=st.sampled_from(["", "1a2b3c4d5e6f"]) | st.text(max_size=5),
    place=st.integers(1, 3),
    withdrawn=st.booleans(),
)


@settings(max_examples=400)
@given(st.lists(critiques, max_size=4))
def test_critiques_come_back_from_their_file(kept: list[Critique]) -> None:
    expected = tuple(critique for critique in map(tidy, kept) if critique.text)
    text = dump_critiques(kept)
    assert parse_critiques(text, "sourdough") == expected
    assert dump_critiques(expected) == text
    assert parse_critiques(text.replace("\n", "\r\n"), "sourdough") == expected


def test_a_file_reads_well() -> None:
    kept = [
        Critique(
            brief="b", text="Too stiff.\n\nNever say “utilize”.", quote="We utilize\nit.", version="1a2b"
        ),
        Critique(brief="b", text="Shorter.", withdrawn=True),
    ]
    assert dump_critiques(kept) == (
        "## Critique of 1a2b\n\n> We utilize\n> it.\n\nToo stiff.\n\nNever say “utilize”.\n\n"
        "## Critique (withdrawn)\n\nShorter.\n"
    )


def test_a_file_written_by_hand_has_one_critique_per_paragraph() -> None:
    text = "# Notes\n\nToo stiff\nall over.\n\n- No lists.\n- End with thanks.\n"
    text += "\n> We utilize\n> tools.\n\nSay use.\n"
    found = parse_critiques(text, "b")
    assert [(critique.text, critique.quote) for critique in found] == [
        ("Too stiff\nall over.", ""),
        ("No lists.", ""),
        ("End with thanks.", ""),
        ("Say use.", "We utilize\ntools."),
    ]
    assert {critique.brief for critique in found} == {"b"}


def test_a_critique_added_to_a_file_written_by_hand_keeps_the_others() -> None:
    there = parse_critiques("Too stiff.\n\nToo long.\n", "b")
    text = dump_critiques([*there, Critique(brief="b", text="Too loud.", version="1a2b")])
    found = parse_critiques(text, "b")
    assert [(critique.text, critique.version) for critique in found] == [
        ("Too stiff.", ""),
        ("Too long.", ""),
        ("Too loud.", "1a2b"),
    ]


@pytest.mark.parametrize("text", ["", "\n\n", "# Only a title\n", "## Critique of 1a2b\n\n> a quote alone\n"])
def test_a_file_that_says_nothing_has_no_critique(text: str) -> None:
    assert parse_critiques(text, "b") == ()


DRAFT = (
    "Bread is “good”, says Ana.  We utilise\nthe tools — every day.\n\n"
    "The final remark stands alone here, I think. 我喜欢吃苹果。"
)


@pytest.mark.parametrize(
    ("quote", "passage"),
    [
        ("utilise\nthe tools", "utilise\nthe tools"),
        ("  says Ana. ", "says Ana."),
        ('is "GOOD", says Ana. we', "is “good”, says Ana.  We"),
        ("utilise the tools - every", "utilise\nthe tools — every"),
        ("The finall remark stand alone here", "The final remark stands alone here"),
        ("remark stands alone here I think", "remark stands alone here, I think"),
        ("喜欢吃苹果", "喜欢吃苹果"),
    ],
)
def test_a_quote_means_its_passage_word_for_word_or_nearly(quote: str, passage: str) -> None:
    span = anchor(DRAFT, quote)
    assert span is not None
    assert DRAFT[span.start : span.end] == passage


@pytest.mark.parametrize(
    "quote", ["", "  ", "nothing of this kind at all", "x" * 1000, "[(*", "Ana says bread is bad"]
)
def test_a_quote_that_the_draft_does_not_have_means_nothing(quote: str) -> None:
    assert anchor(DRAFT, quote) is None


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60), st.text(max_size=20))
def test_a_passage_lies_inside_the_draft(draft: str, quote: str) -> None:
    span = anchor(draft, quote)
    assert span is None or 0 <= span.start < span.end <= len(draft)
    if quote.strip() and quote in draft:
        assert span is not None
        assert draft[span.start : span.end] == quote.strip()
