"""What checks find and mend, in drafts as models write them."""

from __future__ import annotations

import pytest

from loop.errors import ConfigError
from loop.model import Check, Measure
from pipelines.checks import apply_checks, findings, fix, fixable
from tests.unit.pipelines.drafts import MAIL, NOTES, SOURDOUGH


def replace(find: str, text: str, *, pattern: bool = False) -> Check:
    return Check(id="c1", kind="replace", find=find, text=text, pattern=pattern)


def forbid(find: str, fix_: str = "phrase", *, pattern: bool = False) -> Check:
    return Check.model_validate({"id": "c2", "kind": "forbid", "find": find, "fix": fix_, "pattern": pattern})


def limit(measure: Measure, high: float | None = None, low: float | None = None) -> Check:
    return Check(id="c3", kind="limit", measure=measure, high=high, low=low)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Utilize it, utilize it.", "Use it, use it."),
        ("UTILIZE IT", "USE IT"),
        ("Utilized, reutilize, re-utilize and utilize’s stay.", None),
        ("**utilize** and _utilize_ (utilize)", "**use** and _use_ (use)"),
        ("Run `utilize` at https://a.org/utilize, see [utilize](utilize).", None),
    ],
)
def test_a_phrase_is_replaced_as_whole_words_in_its_own_case(before: str, after: str | None) -> None:
    if after is None:
        after = before.replace("[utilize]", "[use]").replace("and utilize’s", "and utilize’s")
    assert fix(before, replace("utilize", "use")) == after


def test_the_article_before_a_replacement_follows_its_sound() -> None:
    assert fix("A big plan, a big hour.", replace("big", "enormous")) == "An enormous plan, an enormous hour."
    assert fix("an answer", replace("answer", "useful reply")) == "a useful reply"


def test_a_replacement_that_holds_the_phrase_is_put_once() -> None:
    check = replace("data", "the data")
    assert fix("Look at data and the data.", check) == "Look at the data and the data."
    assert fixable(check)


def test_a_replacement_that_would_never_end_changes_nothing() -> None:
    growing = replace(r"\bvery\b", "very very", pattern=True)
    assert fix("It is very good.", growing) == "It is very good."
    assert not fixable(growing)


def test_a_check_that_changes_case_alone_is_taken_at_its_word() -> None:
    check = replace("github", "GitHub")
    assert fix("Github, github and GitHub.", check) == "GitHub, GitHub and GitHub."
    assert (
        fix("Internet use. The Internet.", replace("Internet", "internet")) == "Internet use. The internet."
    )


def test_a_phrase_is_found_across_a_line_break_and_with_any_quotes() -> None:
    assert fix("We do it in\norder to win.", replace("in order to", "to")) == "We do it to win."
    assert fix("It doesn’t matter.", replace("doesn't matter", "is fine")) == "It is fine."


def test_a_pattern_may_use_its_groups() -> None:
    check = replace(r"(\w+) \1\b", r"\1", pattern=True)
    assert fix("It is is the the case.", check) == "It is the case."


def test_place_keeps_a_check_to_the_first_or_last_paragraph() -> None:
    text = "# Very\n\nVery good.\n\nVery fine.\n\nVery well.\n"
    opening = Check(kind="forbid", find="very", fix="phrase", place="opening")
    closing = Check(kind="replace", find="very", text="quite", place="closing")
    assert fix(text, opening) == "# Very\n\nGood.\n\nVery fine.\n\nVery well.\n"
    assert fix(text, closing) == "# Very\n\nVery good.\n\nVery fine.\n\nQuite well.\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("However, we stay.", "We stay."),
        ("We stay, however, at home.", "We stay at home."),
        ("We stay at home, however.", "We stay at home."),
        ("We stay. However — and this counts — we eat.", "We stay. And this counts — we eat."),
        ("However.", ""),
        ("We stay. However! We eat.", "We stay. We eat."),
        ("- However\n- Eat\n", "- Eat\n"),
        ("**However**, we stay.", "We stay."),
        ("It is a however old house.", "It is an old house."),
        ("One.\n\nHowever.\n\nTwo.\n", "One.\n\nTwo.\n"),
    ],
)
def test_a_phrase_that_is_taken_out_leaves_no_trace(before: str, after: str) -> None:
    check = forbid("however")
    assert fix(before, check) == after
    assert fixable(check)


def test_a_forbidden_phrase_may_take_its_sentence_and_its_paragraph_along() -> None:
    check = forbid("I hope this", "sentence")
    assert fix("We met. I hope this helps! Bye.", check) == "We met. Bye."
    assert fix("We met.\r\n\r\nI hope this helps!\r\n\r\nBye.\r\n", check) == "We met.\r\n\r\nBye.\r\n"


def test_a_check_without_a_fix_reports_in_a_writers_words() -> None:
    found = findings("We utilize it. UTILIZE.", forbid("utilize", "none"))
    assert [(one.start, one.end, one.message, one.quote) for one in found] == [
        (3, 10, "Says “utilize”.", "utilize"),
        (15, 22, "Says “UTILIZE”.", "UTILIZE"),
    ]
    assert not fixable(forbid("utilize", "none"))


def test_nothing_is_found_in_front_matter_code_tables_and_html() -> None:
    for check in (forbid("do not"), forbid("However"), limit("dashes", 0), limit("exclamation_marks", 0)):
        mended = fix(NOTES, check)
        for kept in (
            "---\ntitle: Notes — do not touch!\ntype: post\n---\n",
            '```python\nprint("do not utilize — ever!")  # However\n```',
            "| do not | utilize |\n|--------|---------|\n| a — b! | very; 3 |",
            "<!-- However, do not! -->",
            "`do not; utilize!`",
        ):
            assert kept in mended
    link = '(https://example.org/samples?a=1;b=2 "do not — wait!")'
    assert link in fix(MAIL, limit("dashes", 0))


def test_an_opening_and_a_closing_are_put_where_they_miss() -> None:
    opening = Check(kind="require", text="Hi all,", place="opening")
    closing = Check(kind="require", text="Best,\nAnna", place="closing")
    text = "# Title\r\n\r\nWe met.\r\n"
    assert fix(text, opening) == "# Title\r\n\r\nHi all,\r\n\r\nWe met.\r\n"
    assert fix(text, closing) == "# Title\r\n\r\nWe met.\r\n\r\nBest,\r\nAnna\r\n"
    assert fix("", opening) == "Hi all,\n"


def test_an_opening_is_known_whatever_its_quotes_case_and_blank_space() -> None:
    check = Check(kind="require", text='He said: "It\'s on"', place="opening")
    assert findings("he  said: “IT’S ON”, and left.", check) == ()
    assert findings("He said: “It’s only”.", check) != ()


def test_words_that_must_stand_anywhere_are_only_reported() -> None:
    check = Check(kind="require", text="free of charge", place="anywhere")
    assert [one.message for one in findings("It costs.", check)] == ["Does not say “free of charge”."]
    assert findings("It is Free of\ncharge.", check) == ()
    assert fix("It costs.", check) == "It costs."
    assert not fixable(check)


@pytest.mark.parametrize(
    ("measure", "before", "after"),
    [
        (
            "exclamation_marks",
            "# Hi!\n\nWow!!! What?! “Stop!” he said.",
            "# Hi\n\nWow. What? “Stop,” he said.",
        ),
        ("emoji", "🎉 Yes 👍🏽! We ❤️ it 👨‍👩‍👧.\n\n🎉", "Yes! We it."),
        ("dashes", "It rains — we stay. Tea – or not – is fine.", "It rains; we stay. Tea, or not, is fine."),
        ("dashes", "- **Flour** — white\n- 10—20 and 1990–1995", "- **Flour**: white\n- 10–20 and 1990–1995"),
        (
            "semicolons",
            "It rains; we stay. Red; green; and blue.",
            "It rains. We stay. Red, green, and blue.",
        ),
        (
            "parentheses",
            "Ask a friend (a good one). (Really.) It has item(s).",
            "Ask a friend. It has item(s).",
        ),
        ("bold", "**Flour** and __salt__ and ***tea***.", "Flour and salt and *tea*."),
        ("headings", "# A\n\nOne.\n## B\nTwo.\n", "One.\n\nTwo.\n"),
        ("list_items", "Buy:\n- tea;\n- two eggs\n1. Go!\n\nBye.", "Buy:\n\nTea. Two eggs. Go!\n\nBye."),
    ],
)
def test_marks_that_are_not_wanted_go(measure: Measure, before: str, after: str) -> None:
    check = limit(measure, 0)
    assert fix(before, check) == after
    assert fixable(check)


def test_only_the_surplus_goes_and_the_first_ones_stay() -> None:
    assert fix("One! Two! Three!", limit("exclamation_marks", 1)) == "One! Two. Three."
    assert fix("- a\n- b\n- c\n- d\n", limit("list_items", 2)) == "- a\n- b\n\nC. D.\n"
    found = findings("One! Two! Three!", limit("exclamation_marks", 1))
    assert found[0].message == "Exclamation mark 2 of 3; at most 1 exclamation mark."


def test_a_limit_from_below_and_question_marks_are_only_reported() -> None:
    low = limit("list_items", low=3)
    assert [one.message for one in findings("- a\n", low)] == ["The piece has 1 list item; at least 3."]
    assert fix("- a\n", low) == "- a\n"
    assert fix("Really?", limit("question_marks", 0)) == "Really?"
    assert not fixable(low)
    assert not fixable(limit("question_marks", 0))
    assert not fixable(limit("emoji", 5, 1))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "The dough is alive and well, and it will grow more quickly in a warm kitchen.",
            "The dough is alive and well. It will grow more quickly in a warm kitchen.",
        ),
        (
            "Leave the dough alone for an hour because the flour needs some time to soak.",
            "Leave the dough alone for an hour. This is because the flour needs some time to soak.",
        ),
        (
            "We gave it a good long rest, which makes the dough far easier to shape.",
            "We gave it a good long rest. This makes the dough far easier to shape.",
        ),
        (
            "A small bowl will not do here; you had better take the big one instead.",
            "A small bowl will not do here. You had better take the big one instead.",
        ),
        ("We put the flour and the water and the salt and the old starter in it.", None),
        ("The bread (we baked it at home, and it was good) lasted for ten days there.", None),
    ],
)
def test_a_long_sentence_is_split_at_a_clause_or_left_alone(before: str, after: str | None) -> None:
    check = limit("sentence_words", 10)
    assert fix(before, check) == (before if after is None else after)
    if after is None:
        assert "at most 10" in findings(before, check)[0].message
    assert not fixable(check)


def test_a_long_paragraph_is_broken_evenly_and_never_inside_emphasis() -> None:
    check = limit("paragraph_sentences", 2)
    assert fix("A is. B is. C is. D is.", check) == "A is. B is.\n\nC is. D is."
    assert fix("**A is. B is. C is.** D is.", check) == "**A is. B is. C is.** D is."


def test_a_long_piece_loses_its_last_sentences_but_not_its_greeting() -> None:
    text = "# Title\n\nOne two three. Four five.\n\n## Later\n\nSix seven. Eight nine.\n\nBest, Anna\n"
    assert fix(text, limit("piece_words", 10)) == "# Title\n\nOne two three. Four five.\n\nBest, Anna\n"
    assert fix(text, limit("piece_words", 12)) == (
        "# Title\n\nOne two three. Four five.\n\n## Later\n\nSix seven.\n\nBest, Anna\n"
    )
    assert "The piece has 13 words; at most 10." in findings(text, limit("piece_words", 10))[0].message


def test_a_piece_is_never_cut_below_its_least_length() -> None:
    text = "One two. Three four five six seven eight."
    assert fix(text, limit("piece_words", high=7, low=5)) == text


def test_all_checks_together_give_a_draft_that_needs_no_more() -> None:
    checks = (
        forbid("However"),
        forbid("I hope this", "sentence"),
        replace("utilize", "use"),
        replace("in order to", "to"),
        limit("headings", 0),
        limit("list_items", 0),
        limit("exclamation_marks", 0),
        limit("emoji", 0),
        limit("dashes", 0),
        limit("semicolons", 0),
        Check(id="c4", kind="replace", variant="contracted"),
    )
    done = apply_checks(SOURDOUGH, checks)
    assert done.notes == ()
    assert done.text.startswith("Welcome to the world of sourdough. In today's fast-paced world")
    assert "slow down, and\nit's fun, too. Many people think" in done.text
    assert "you should use a big bowl. A small one won't do." in done.text
    assert apply_checks(done.text, checks).text == done.text
    assert apply_checks(done.text, checks).applied == ()


def test_what_no_check_can_mend_becomes_a_margin_note() -> None:
    check = Check(id="c9", rule="r4", kind="forbid", find="journey", fix="none")
    done = apply_checks(SOURDOUGH, [check])
    assert [(note.check, note.rule, note.message, note.quote) for note in done.notes] == [
        ("c9", "r4", "Says “journey”.", "journey")
    ]


def test_checks_that_contradict_each_other_come_to_an_end() -> None:
    one = Check(id="a", kind="replace", find="film", text="movie")
    two = Check(id="b", kind="replace", find="movie", text="film")
    done = apply_checks("A film.", [one, two])
    assert done.text == "A film."
    assert done.applied == ("a", "b")
    assert [note.check for note in done.notes] == ["a"]


def test_a_fix_that_gives_another_check_work_is_followed_up() -> None:
    semicolons, dashes = limit("semicolons", 0), limit("dashes", 0)
    assert apply_checks("It rains — we stay.", [semicolons, dashes]).text == "It rains. We stay."


def test_a_pattern_that_would_run_for_ever_is_refused() -> None:
    slow = replace(r"(a|aa)+$", "b", pattern=True)
    with pytest.raises(ConfigError, match="The pattern of check c1 takes too long") as error:
        fix("a" * 60 + "!", slow)
    assert "Simplify" in error.value.hint


def test_a_pattern_that_is_none_is_refused() -> None:
    with pytest.raises(ConfigError, match="is not a regular expression"):
        findings("text", replace("(a", "b", pattern=True))
    with pytest.raises(ConfigError, match="no group"):
        findings("text", replace("(a)", r"\2", pattern=True))


def test_patterns_are_fixable_only_when_they_leave_nothing_behind() -> None:
    assert fixable(replace(r"\bfoo+\b", "bar", pattern=True))
    assert not fixable(replace(r"\bfoo+\b", "foo bar", pattern=True))
    assert not fixable(replace(r"(\w+)", r"\1!", pattern=True))
    assert not fixable(forbid(r"^\w+", pattern=True))
    assert fixable(forbid(r"(?<=(?m:^)|[.!?]\s)(?i:However)(?![\p{L}\p{N}])", pattern=True))


@pytest.mark.parametrize(
    ("check", "key"),
    [
        (Check(kind="replace", find="a"), "text"),
        (Check(kind="replace", text="a"), "find"),
        (Check(kind="replace", find="a", variant="british"), "variant"),
        (Check(kind="forbid"), "find"),
        (Check(kind="forbid", find="a", high=2), "high"),
        (Check(kind="require", place="opening"), "text"),
        (Check(kind="limit", high=2), "measure"),
        (Check(kind="limit", measure="emoji"), "high"),
        (Check(kind="limit", measure="emoji", low=3, high=2), "low"),
        (Check(kind="limit", measure="sentence_words", high=0), "high"),
    ],
)
def test_a_check_that_makes_no_sense_is_refused_by_its_key(check: Check, key: str) -> None:
    with pytest.raises(ConfigError, match=f": {key}: "):
        findings("text", check)


def test_a_text_of_many_pages_is_mended_like_a_short_one() -> None:
    one = SOURDOUGH + "\n\n"
    pages = 200_000 // len(one)
    checks = [forbid("However"), limit("exclamation_marks", 0), Check(kind="replace", variant="contracted")]
    short = apply_checks(one, checks)
    assert apply_checks(one * pages, checks).text == short.text * pages


def test_one_endless_paragraph_is_mended_too() -> None:
    text = "However, it is very good! " * 8000
    done = apply_checks(text, [forbid("however"), limit("exclamation_marks", 0), forbid("very")])
    assert done.text.split(". ")[:2] == ["It is good", "It is good"]
    assert "!" not in done.text
