"""What a writer sees of the difference between a draft and a final."""

import pytest

from feedback.align import apply, changes
from loop.errors import UsageError


def seen(draft: str, final: str) -> list[tuple[str, str]]:
    return [(change.before, change.after) for change in changes(draft, final)]


def test_a_replaced_word_is_one_change_with_its_sentences() -> None:
    (change,) = changes("First. We utilize the tools. Last.", "First. We use the tools. Last.")
    assert (change.before, change.after) == ("utilize", "use")
    assert change.sentence_before == "We utilize the tools."
    assert change.sentence_after == "We use the tools."
    assert (change.draft_start, change.draft_end, change.final_start, change.final_end) == (10, 17, 10, 13)


def test_an_inserted_paragraph_is_one_change() -> None:
    draft = "The first paragraph.\n\nThe last paragraph.\n"
    final = "The first paragraph.\n\nSomething new. In two sentences.\n\nThe last paragraph.\n"
    assert seen(draft, final) == [("", "Something new. In two sentences.\n\n")]


def test_each_inserted_paragraph_is_a_change_of_its_own() -> None:
    found = seen("One stays.\n", "One stays.\n\nTwo is new.\n\nThree is new.\n")
    assert [after.strip() for _, after in found] == ["Two is new.", "Three is new."]


def test_an_inserted_or_deleted_sentence_is_one_change() -> None:
    assert seen("It rains. We stay.", "It rains. Nobody minds. We stay.") == [("", "Nobody minds. ")]
    assert seen("It rains. Nobody minds. We stay.", "It rains. We stay.") == [("Nobody minds. ", "")]
    assert seen("It rains.", "It rains. We stay.") == [("", " We stay.")]


def test_a_rewritten_sentence_is_replaced_as_one_and_its_neighbours_stay() -> None:
    draft = "Our approach leverages synergy across teams. Bread needs time."
    final = "People work together because they like it, mostly. Bread needs time."
    assert seen(draft, final) == [
        ("Our approach leverages synergy across teams.", "People work together because they like it, mostly.")
    ]


def test_a_rewritten_paragraph_that_keeps_one_sentence_keeps_it_in_the_diff_too() -> None:
    draft = "Totally different words stand here in this sentence. Kept one."
    final = "Nothing resembles that former phrase anymore, sadly. Kept one."
    assert all("Kept" not in before for before, _ in seen(draft, final))


def test_two_one_word_changes_with_a_short_word_between_them_stay_two() -> None:
    found = seen("We utilize the tooling every single day.", "We use the tools every single day.")
    assert found == [("utilize", "use"), ("tooling", "tools")]


def test_short_words_inside_a_rewrite_are_absorbed() -> None:
    draft = "She said quite plainly in a loud voice of hers that bread is never ever done before noon comes."
    final = "She said, with great joy, in no way a whisper that bread is never ever done before noon comes."
    assert len(seen(draft, final)) == 1


def test_a_sentence_that_was_split_is_one_small_change() -> None:
    draft = "We mix the flour, and then it rests for an hour. The end."
    final = "We mix the flour. Then it rests for an hour. The end."
    assert seen(draft, final) == [(", and then", ". Then")]


def test_a_paragraph_that_was_split_is_a_change_of_the_break_alone() -> None:
    draft = "One is here. Two is the sentence there. Three follows it."
    assert seen(draft, draft.replace("there. Three", "there.\n\nThree")) == [(" ", "\n\n")]
    assert seen(draft.replace("there. Three", "there.\n\nThree"), draft) == [("\n\n", " ")]


def test_marks_that_open_and_close_are_one_change() -> None:
    assert seen("This is bold text here.", "This is **bold text** here.") == [("bold text", "**bold text**")]
    assert seen("See this page now.", "See [this page](http://a.b) now.") == [
        ("this page", "[this page](http://a.b)")
    ]


def test_rewrapped_lines_are_one_change() -> None:
    draft = "The line is\nwrapped here and\nthere for all."
    assert len(seen(draft, "The line is wrapped\nhere and there\nfor all.")) == 1


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("---\ntitle: Bread\ndraft: yes\n---", "---\ntitle: Bread\ndraft: no\n---"),
        ("```py\nx = 1\n\ny = 2\n```", "```py\nx = 1\n\ny = 3\n```"),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "| a | b |\n|---|---|\n| 1 | 3 |\n| 4 | 5 |"),
        ("<div>\n<b>x</b>\n</div>", "<div>\n<i>x</i>\n</div>"),
    ],
)
def test_front_matter_code_tables_and_html_are_changed_whole(before: str, after: str) -> None:
    rest = "\n\nThe text below stays.\n"
    assert seen(before + rest, after + rest) == [(before, after)]


@pytest.mark.parametrize(
    ("before", "after", "changed"),
    [
        (
            "See [it](http://a.b/c) now.",
            "See [it](http://a.b/d) now.",
            ("](http://a.b/c)", "](http://a.b/d)"),
        ),
        (
            "Go to http://a.b/c?x=1 now.",
            "Go to http://a.b/c?x=2 now.",
            ("http://a.b/c?x=1", "http://a.b/c?x=2"),
        ),
        ("Write to a.b@c.de now.", "Write to a.x@c.de now.", ("a.b@c.de", "a.x@c.de")),
        ("Type `make test` now.", "Type `make check` now.", ("`make test`", "`make check`")),
        ("[r]: http://a.b/c", "[r]: http://a.b/d", ("[r]: http://a.b/c", "[r]: http://a.b/d")),
    ],
)
def test_link_targets_urls_and_code_spans_are_one_unit(
    before: str, after: str, changed: tuple[str, str]
) -> None:
    assert seen(before, after) == [changed]


def test_a_heading_that_changes_its_level_changes_only_its_marks() -> None:
    assert seen("# Bread\n\nText.", "## Bread\n\nText.") == [("#", "##")]


def test_list_items_are_inserted_one_by_one() -> None:
    assert seen("- flour\n- salt\n", "- flour\n- water\n- salt\n") == [("", "- water\n")]


def test_moved_paragraphs_are_taken_out_and_put_in() -> None:
    draft = "A paragraph about rye.\n\nAnother one about wheat.\n\nThe last about salt."
    final = "Another one about wheat.\n\nA paragraph about rye.\n\nThe last about salt."
    found = seen(draft, final)
    assert len(found) == 2
    assert {before.strip() for before, _ in found} - {""} == {after.strip() for _, after in found} - {""}


def test_scripts_without_spaces_are_compared_by_grapheme() -> None:
    assert seen("我喜欢吃苹果。今天很好。", "我喜欢吃香蕉。今天很好。") == [("苹果", "香蕉")]
    assert seen("วันนี้ฉันทำงาน", "วันนี้ฉันทานงาน") == [("ทำ", "ทาน")]


def test_words_that_changed_places_are_one_change() -> None:
    assert seen("We bake with salt and flour today.", "We bake with flour and salt today.") == [
        ("salt and flour", "flour and salt")
    ]


def test_right_to_left_text_is_compared_by_word() -> None:
    assert seen("مرحبا بالعالم. كيف حالك اليوم؟", "مرحبا بالناس. كيف حالك اليوم؟") == [("بالعالم", "بالناس")]
    assert seen("שלום עולם טוב.", "שלום לכם טוב.") == [("עולם", "לכם")]


def test_an_emoji_family_is_changed_whole() -> None:
    assert seen("We 👩‍👩‍👧 are here.", "We 👩‍👩‍👦 are here.") == [("👩‍👩‍👧", "👩‍👩‍👦")]


@pytest.mark.parametrize(
    ("draft", "final", "expected"),
    [
        ("", "", []),
        ("", "Hello.\n", [("", "Hello.\n")]),
        ("Hello.\n", "", [("Hello.\n", "")]),
        ("Hello.\n", "Hello.", [("\n", "")]),
        ("Hello.", "Hello.\n", [("", "\n")]),
        (" \n", "\n", [(" ", "")]),
        ("One.\r\n\r\nTwo.", "One.\n\nTwo.", [("\r\n\r\n", "\n\n")]),
    ],
)
def test_empty_texts_and_blank_space_are_kept_to_the_byte(
    draft: str, final: str, expected: list[tuple[str, str]]
) -> None:
    assert seen(draft, final) == expected


def test_the_same_edit_in_equal_sentences_has_an_id_for_each() -> None:
    draft = "Yes.\n\nYes.\n\nYes.\n"
    found = changes(draft, draft.replace("Yes", "No"))
    assert len(found) == 3
    assert len({change.id for change in found}) == 3


def test_an_unknown_id_is_refused_by_name() -> None:
    with pytest.raises(UsageError, match="e123"):
        apply("a", "b", ["e123"])


def test_a_split_into_three_paragraphs_is_two_breaks() -> None:
    parts = [
        "Flour and water wait in a bowl for one hour before anything else.",
        "Salt comes later because it slows the yeast down quite a bit.",
        "Then the oven has to be as hot as it will ever get.",
    ]
    assert seen(" ".join(parts), "\n\n".join(parts)) == [(" ", "\n\n"), (" ", "\n\n")]


def test_an_edit_does_not_spread_in_a_very_long_piece() -> None:
    paragraphs = [f"Paragraph {n} says that loaf {n} was {n % 7} hours in oven {n % 3}." for n in range(1500)]
    final = [p.replace("was", "stayed") if n % 50 == 7 else p for n, p in enumerate(paragraphs)]
    del final[700]
    final.insert(900, "A new paragraph stands in the middle of it all.")
    found = seen("\n\n".join(paragraphs), "\n\n".join(final))
    assert found.count(("was", "stayed")) == 30
    assert len(found) == 32


def test_a_long_text_without_any_full_stop_shows_the_part_around_each_change() -> None:
    draft = "word and more " * 5000
    final = draft[:35000] + "other " + draft[35000:]
    (change,) = changes(draft, final)
    assert change.after.strip() == "other"
    assert len(change.sentence_after) < 1000
    assert "other" in change.sentence_after


def test_a_leftover_paragraph_replaces_a_paragraph_and_not_a_list_item() -> None:
    draft = "Take time.\n\n- Be patient!\n\nIn conclusion, sourdough is a journey for all."
    final = "Take time.\n\nHappy baking,\nMaria"
    assert [before.strip() for before, after in seen(draft, final) if after] == [
        "In conclusion, sourdough is a journey for all."
    ]


def test_a_draft_that_was_edited_for_real_has_the_edits_a_reader_would_name() -> None:
    draft = (
        "In today's fast-paced world, baking is a truly rewarding experience. Furthermore, you can leverage"
        " a mixer in order to save time, and then you rest.\n\n- Utilize filtered water\n"
    )
    final = "Baking is rewarding. You can use a mixer to save time. Then you rest.\n\n- Use filtered water\n"
    assert seen(draft, final) == [
        ("In today's fast-paced world, baking is a truly", "Baking is"),
        (" experience", ""),
        ("Furthermore, you can leverage", "You can use"),
        ("in order ", ""),
        (", and then", ". Then"),
        ("Utilize", "Use"),
    ]
