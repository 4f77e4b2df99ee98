"""What the forms of a critique become."""

from __future__ import annotations

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from loop.mine.critiques import CritiqueSign, read_critique
from loop.mine.starts import at_start
from loop.model import Check
from pipelines.checks import findings
from tests.unit.loop.mine.material import SOURDOUGH, critique


def read(text: str, *, draft: str = SOURDOUGH, quote: str = "") -> tuple[CritiqueSign, ...]:
    return read_critique(critique(text, quote=quote), draft)


def checks(text: str, *, draft: str = SOURDOUGH, quote: str = "") -> list[Check]:
    return [sign.check for sign in read(text, draft=draft, quote=quote) if sign.check is not None]


def one(text: str, *, draft: str = SOURDOUGH, quote: str = "") -> dict[str, object]:
    (check,) = checks(text, draft=draft, quote=quote)
    assert check.scope == "blog"
    return check.model_dump(exclude_defaults=True, exclude={"scope", "kind"})


@pytest.mark.parametrize(
    "text",
    [
        "Never say 'utilize'.",
        'never say "utilize"',
        "Don’t use “utilize”, please.",
        "Stop using ‘utilize’",
        "Avoid the word «utilize».",
        "Please do not ever write „utilize“ again!",
        "No more 'utilize', it sounds like a form.",
        "I never say utilize.",
        "'utilize' is banned",
    ],
)
def test_a_word_is_forbidden_in_many_ways_and_with_quotation_marks_of_any_shape(text: str) -> None:
    assert one(text) == {"find": "utilize"}


@pytest.mark.parametrize(
    "text",
    [
        "Use 'use' instead of 'utilize'.",
        "say use, not utilize",
        "'use', not 'utilize'",
        "Instead of 'utilize' say 'use'.",
        "Replace 'utilize' with 'use'",
        "swap utilize for use",
        "'utilize' should be 'use'.",
        "utilize -> use",
        "Don't say 'utilize'. Say 'use' instead.",
        "Never write 'utilize', write 'use'.",
    ],
)
def test_a_replacement_is_understood_whichever_word_comes_first(text: str) -> None:
    assert one(text) == {"find": "utilize", "text": "use"}


def test_a_longer_phrase_needs_no_quotation_marks_when_the_draft_has_it() -> None:
    assert one("Replace in order to with to.") == {"find": "in order to", "text": "to"}
    assert checks("Replace in order to with to.", draft="") == []


def test_several_words_make_several_checks() -> None:
    found = checks('Avoid the words "delve", "tapestry" and "realm".')
    assert [check.find for check in found] == ["delve", "tapestry", "realm"]


def test_words_that_leave_a_sentence_behind_are_taken_out_and_others_only_reported() -> None:
    assert one("Never say 'very'.") == {"find": "very", "fix": "phrase"}
    assert one("Cut 'lively'.") == {"find": "lively", "fix": "phrase"}
    assert one("Never say 'I hope this post finds you well'.")["fix"] == "sentence"
    assert "fix" not in one("Never say 'utilize'.")


@pytest.mark.parametrize(
    "text",
    [
        "never use jargon",
        "Use verbs instead of nouns.",
        "use short words instead of long ones",
        "No passive voice.",
        "Write like you talk.",
        "End with a question.",
        "Begin with a short anecdote.",
        "The ending is weak.",
        "This sentence has 45 words.",
        "Don't worry, it's fine.",
        "Mention the shop's name.",
        "Ne dites jamais « utiliser ».",
        "もっと短く。",
    ],
)
def test_what_fits_no_form_is_kept_in_the_writers_own_words(text: str) -> None:
    (sign,) = read(text)
    assert sign == CritiqueSign(None, text, sign.critique, enforced=False)


def test_each_sentence_and_clause_of_a_critique_is_a_wish_of_its_own() -> None:
    found = read("Too stiff. Never say 'utilize'. Shorter sentences, please, and end with \"Cheers, Anna\".")
    assert [sign.says for sign in found] == [
        "Too stiff.",
        'Do not use "utilize".',
        "Keep sentences to at most 15 words.",
        'End with "Cheers, Anna".',
    ]
    assert [sign.enforced for sign in found] == [False, True, True, True]


def test_praise_and_thanks_ask_for_nothing() -> None:
    assert read("Love it! Much better. Great job, thanks!") == ()
    assert [sign.says for sign in read("Nice work. But never say 'amazing'.")] == ['Do not use "amazing".']


def test_a_question_why_is_no_rule_beside_what_is_asked_for() -> None:
    found = read("Why preach here? Never say 'amazing'.")
    assert [sign.says for sign in found] == ['Do not use "amazing".']
    assert [sign.says for sign in read("Why preach here?")] == ["Why preach here?"]
    asked = read("Why not end with a question? Never say 'amazing'.")
    assert len(asked) == 2


@pytest.mark.parametrize(
    ("text", "measure", "high"),
    [
        ("at most 15 words per sentence", "sentence_words", 15),
        ("Sentences of at most 18 words.", "sentence_words", 18),
        ("Keep sentences under 20 words.", "sentence_words", 19),
        ("No sentence longer than twenty words!", "sentence_words", 20),
        ("Don't use more than 20 words in a sentence.", "sentence_words", 20),
        ("No more than 3 sentences per paragraph.", "paragraph_sentences", 3),
        ("At most 150 words.", "piece_words", 150),
        ("Keep it under 120 words", "piece_words", 119),
        ("no emojis", "emoji", 0),
        ("No exclamation marks, please", "exclamation_marks", 0),
        ("Drop the headings", "headings", 0),
        ("no bullet points", "list_items", 0),
        ("don't use semicolons", "semicolons", 0),
        ("no em dashes", "dashes", 0),
        ("Avoid brackets.", "parentheses", 0),
        ("no bold text", "bold", 0),
        ('Don\'t use "!"', "exclamation_marks", 0),
        ("Use at most one exclamation mark.", "exclamation_marks", 1),
    ],
)
def test_limits_are_read_with_their_numbers(text: str, measure: str, high: int) -> None:
    assert one(text) == {"measure": measure, "high": high}


def test_a_list_of_marks_is_forbidden_mark_by_mark() -> None:
    found = checks("No emojis, exclamation marks or semicolons.")
    assert [(check.measure, check.high) for check in found] == [
        ("emoji", 0),
        ("exclamation_marks", 0),
        ("semicolons", 0),
    ]


def test_a_range_and_a_minimum_of_words() -> None:
    assert one("100-150 words, please") == {"measure": "piece_words", "low": 100, "high": 150}
    assert one("At least 200 words.") == {"measure": "piece_words", "low": 200}


def test_shorter_without_a_number_takes_its_bound_from_the_draft() -> None:
    short = "It is a loaf. " * 9 + "This one has quite a lot more words in it, all told."
    assert one("Shorter sentences.", draft=short) == {"measure": "sentence_words", "high": 12}
    assert one("Shorter sentences.", draft="") == {"measure": "sentence_words", "high": 20}
    words = "word " * 200
    assert one("Too long.", draft=words) == {"measure": "piece_words", "high": 150}
    assert checks("Too long.", draft="") == []
    (sign,) = read("Shorter sentences.")
    assert not sign.exact


def test_a_quoted_sentence_that_is_too_long_says_how_long_a_sentence_may_be() -> None:
    quote = (
        "The dough rises slowly overnight while you are asleep in your warm bed upstairs and dream of bread."
    )
    assert one("Too long.", quote=quote) == {"measure": "sentence_words", "high": 12}


@pytest.mark.parametrize(
    ("text", "variant"),
    [
        ("British spelling, please", "british"),
        ("use UK English", "british"),
        ("no American spellings", "british"),
        ("American spelling", "american"),
        ("Use contractions.", "contracted"),
        ("don't use contractions", "uncontracted"),
        ("No Oxford comma.", "no_serial_comma"),
        ("You should use the serial comma", "serial_comma"),
        ("curly quotes please", "curly_quotes"),
        ("Spell out numbers below ten", "spelled_numbers"),
        ("Sentence case for headings", "sentence_case_headings"),
        ("Headings in title case", "title_case_headings"),
    ],
)
def test_families_have_their_names(text: str, variant: str) -> None:
    assert one(text) == {"variant": variant}


def test_openings_and_closings_are_required_or_forbidden() -> None:
    assert one('Always end with "Happy baking!"') == {"text": "Happy baking!", "place": "closing"}
    assert one("Sign off with Cheers, Anna") == {"text": "Cheers, Anna", "place": "closing"}
    assert one('Start the post with "Hello friends,".') == {"text": "Hello friends,", "place": "opening"}
    assert one('Never end with "Best regards".') == {"find": "Best regards", "place": "closing"}
    assert one("Don't start with 'Sure'") == {"find": "Sure", "place": "opening"}
    assert one("Always mention 'Blue Door Bakery'.") == {"text": "Blue Door Bakery"}


def test_a_word_may_be_forbidden_only_where_a_sentence_begins() -> None:
    first, second = checks("Never start a sentence with 'And' or 'But'.")
    assert (first.find, second.find) == (at_start("And"), at_start("But"))
    assert len(findings("And so it rose. Salt and water. And then it fell.", first)) == 2


def test_this_is_the_quoted_passage() -> None:
    assert one("Delete this.", quote="needless to say") == {"find": "needless to say", "fix": "phrase"}
    assert one("I'd never say this.", quote="game-changer") == {"find": "game-changer"}
    assert one('say "use" instead', quote="utilize") == {"find": "utilize", "text": "use"}
    long_quote = "at the end of the day, everything that we bake is a journey"
    (sign,) = read("Cut this.", quote=long_quote)
    assert sign.check is None
    assert sign.says == 'About "at the end of": Cut this.'


def test_the_same_wish_twice_is_one() -> None:
    assert len(read("Never say 'utilize'. Please never say \"utilize\"!")) == 1


def test_a_sentence_in_quotation_marks_does_not_end_the_critique() -> None:
    found = checks('Never say "I hope this post finds you well." Too stiff.')
    assert [check.find for check in found] == ["I hope this post finds you well"]


@given(st.text(max_size=200), st.text(max_size=60))
def test_no_critique_breaks_the_reader_and_every_check_it_gives_can_run(text: str, quote: str) -> None:
    for sign in read(text, quote=quote):
        assert sign.enforced == (sign.check is not None)
        assert sign.says.strip()
        if sign.check is not None:
            findings(SOURDOUGH, sign.check)


@given(
    st.lists(
        st.sampled_from(
            [
                *"never don't say use instead of not no too long shorter sentences words 20 at most".split(),
                *"end start with 'utilize' \"very\" and".split(),
                *"or , . emojis headings british spelling this replace".split(),
            ]
        ),
        max_size=14,
    )
)
def test_words_of_the_grammar_in_any_order_never_break_the_reader(words: list[str]) -> None:
    text = regex.sub(r" (?=[,.])", "", " ".join(words))
    for sign in read(text):
        if sign.check is not None:
            findings(SOURDOUGH, sign.check)
