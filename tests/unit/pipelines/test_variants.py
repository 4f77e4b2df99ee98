"""Families of replacements read as a careful writer would put them."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loop.model import Check, Variant
from loop.text.spelling import american_of, british_of
from pipelines.checks import apply_checks, findings, fix, fixable
from tests.unit.pipelines.drafts import MAIL, texts


def in_the_way_of(text: str, variant: Variant) -> str:
    return fix(text, Check(kind="replace", variant=variant))


@pytest.mark.parametrize("variant", get_args(Variant))
def test_every_family_mends_all_that_it_finds(variant: Variant) -> None:
    assert fixable(Check(kind="replace", variant=variant))


@pytest.mark.parametrize(
    ("british", "american"),
    [
        ("The colour of the theatre centre.", "The color of the theater center."),
        ("We organised a travelling catalogue.", "We organized a traveling catalog."),
        ("Organisations analyse behaviour.", "Organizations analyze behavior."),
        ("Grey, favourite, honourable neighbours.", "Gray, favorite, honorable neighbors."),
        ("**Colour** and COLOUR", "**Color** and COLOR"),
        (
            "A skilful defence, a cosy sceptic, a mouldy plough.",
            "A skillful defense, a cozy skeptic, a moldy plow.",
        ),
        ("A containerised application", "A containerized application"),
        (
            "A practical prize, a seized size, a wise exercise.",
            "A practical prize, a seized size, a wise exercise.",
        ),
    ],
)
def test_spelling_goes_both_ways(british: str, american: str) -> None:
    if "containerised" not in british:
        assert in_the_way_of(british, "american") == american
    assert in_the_way_of(american, "british") == british


def test_words_that_are_two_words_elsewhere_go_one_way_only() -> None:
    assert (
        in_the_way_of("a programme, a cheque, to practise", "american") == "a program, a check, to practice"
    )
    text = "a computer program, check the tire, a story, the meter"
    assert in_the_way_of(text, "british") == text


def test_names_and_addresses_keep_their_spelling() -> None:
    text = "We saw Pearl Harbor and Mr. Gray at https://color.org with `color` and [us](color)."
    assert in_the_way_of(text, "british") == text


@given(st.sampled_from(["american", "british"]), st.text("abceiorsuz", min_size=3, max_size=12))
def test_no_spelling_leads_back_or_further(way: str, word: str) -> None:
    other = american_of if way == "american" else british_of
    once = other(word)
    assert once is None or other(once) is None


@pytest.mark.parametrize(
    ("long", "short"),
    [
        ("I do not know and we cannot tell.", "I don't know and we can't tell."),
        ("It is late. That is fine, there is time.", "It's late. That's fine, there's time."),
        ("You will see that they are here and I am not.", "You'll see that they're here and I'm not."),
        ("WE DO NOT.", "WE DON'T."),
        ("He will not. She did not.", "He won't. She didn't."),
        ("I have been there, we have already eaten.", "I've been there, we've already eaten."),
    ],
)
def test_contracting_and_writing_out_undo_each_other(long: str, short: str) -> None:
    assert in_the_way_of(long, "contracted") == short
    assert in_the_way_of(short, "uncontracted") == long


@pytest.mark.parametrize(
    "text",
    [
        "Yes, I am. So it is, and that is, in short, how it is.",
        "I have a dog.",
        "Look at what it is like.",
        "Do NOT go.",
        "It can not only bend but break.",
    ],
)
def test_what_no_one_would_contract_stays(text: str) -> None:
    assert in_the_way_of(text, "contracted") == text


def test_a_question_is_written_out_in_its_own_order() -> None:
    assert (
        in_the_way_of("Don't you know? Why can’t we go?", "uncontracted")
        == "Do you not know? Why can we not go?"
    )
    assert in_the_way_of("It's been long. Let's go. Anna's dog. I'd go.", "uncontracted") == (
        "It has been long. Let us go. Anna's dog. I'd go."
    )


def test_an_apostrophe_is_curly_where_the_text_has_curly_ones() -> None:
    assert in_the_way_of("It’s late, we do not stay.", "contracted") == "It’s late, we don’t stay."


@pytest.mark.parametrize(
    ("without", "with_"),
    [
        ("We need flour, salt and water.", "We need flour, salt, and water."),
        ("Red, green, blue or grey.", "Red, green, blue, or grey."),
        ("She mixed, kneaded and baked.", "She mixed, kneaded, and baked."),
        ("In spring, tea, milk and bread are cheap.", "In spring, tea, milk, and bread are cheap."),
    ],
)
def test_the_serial_comma_comes_and_goes(without: str, with_: str) -> None:
    assert in_the_way_of(without, "serial_comma") == with_
    assert in_the_way_of(with_, "no_serial_comma") == without


@pytest.mark.parametrize(
    "text",
    [
        "However, salt and pepper help.",
        "After lunch, tea and milk are served.",
        "He came home, and she left.",
        "He came, he saw, and he left.",
        "The dough is ready, and the oven is hot.",
    ],
)
def test_commas_between_clauses_are_no_lists(text: str) -> None:
    assert in_the_way_of(text, "serial_comma") == text
    assert in_the_way_of(text, "no_serial_comma") == text


def test_quotes_turn_curly_by_their_place_and_straight_again() -> None:
    straight = "\"It's 'fine',\" she said (\"really\") in the '90s. 6' tall."
    curly = "“It’s ‘fine’,” she said (“really”) in the ’90s. 6' tall."
    assert in_the_way_of(straight, "curly_quotes") == curly
    assert in_the_way_of(curly, "straight_quotes") == straight


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("3 eggs and 10 cups. 5 of us.", "Three eggs and ten cups. Five of us."),
        ("A 5-minute rest, 2 or 3 times.", "A five-minute rest, two or three times."),
        ("I ate 3.", "I ate three."),
    ],
)
def test_small_numbers_are_spelled(before: str, after: str) -> None:
    assert in_the_way_of(before, "spelled_numbers") == after


@pytest.mark.parametrize(
    "text",
    [
        "5 % or 5%, 3 kg, 9 a.m., 9:30, 3.5, 1,000, 1/2, 3-5, v2, 2x, $5, #3, 11 and 24/7.",
        "June 5 and 5 June, page 3, step 2, Python 3 (see 4).",
        "1. Knead\n2. Bake\n",
        "## 2. Bake\n",
        "`3` and https://a.org/3",
    ],
)
def test_measures_dates_versions_and_list_markers_keep_their_figures(text: str) -> None:
    expected = text.replace("Python 3 (see 4)", "Python 3 (see 4)")
    assert in_the_way_of(text, "spelled_numbers") == expected


def test_headings_take_sentence_case_and_keep_their_names() -> None:
    text = "# How To Visit Anna In NASA's Lab: A Guide\n\nWe met Anna there.\n"
    assert in_the_way_of(text, "sentence_case_headings").splitlines()[0] == (
        "# How to visit Anna in NASA's lab: A guide"
    )


def test_headings_take_title_case_with_small_words_small() -> None:
    assert in_the_way_of("## the art of `baking` with An iPhone to go", "title_case_headings") == (
        "## The Art of `baking` With an iPhone to Go".replace("With", "with")
    )


def test_only_headings_change_their_case() -> None:
    text = "How To Bake\n\n- How To\n"
    assert in_the_way_of(text, "sentence_case_headings") == text


def test_findings_say_what_stands_there_and_what_should() -> None:
    found = findings(MAIL, Check(kind="replace", variant="american"))
    assert [one.message for one in found] == [
        "Says “colour” instead of “color”.",
        "Says “organised” instead of “organized”.",
        "Says “centre” instead of “center”.",
        "Says “grey” instead of “gray”.",
        "Says “colours” instead of “colors”.",
    ]


@given(texts())
def test_opposite_families_in_one_file_come_to_an_end(text: str) -> None:
    row = [
        Check(id=name, kind="replace", variant=name)
        for name in ("british", "american", "contracted", "uncontracted")
    ]
    done = apply_checks(text, row)
    assert findings(done.text, row[-1]) == ()
