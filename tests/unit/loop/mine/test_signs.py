"""What one edit pair shows."""

from __future__ import annotations

import pytest
import regex

from loop.mine.reading import read_pair
from loop.mine.signs import Sign, signs
from tests.unit.loop.mine.material import (
    BICYCLE,
    SOURDOUGH,
    Habit,
    drop,
    drop_sentences_with,
    edited,
    open_with,
    pair,
    sign_off,
    split_sentences,
    swap,
)


def shown(*habits: Habit, draft: str = SOURDOUGH) -> dict[str, Sign]:
    item = pair("sourdough", draft, edited(habits, draft))
    return {sign.says: sign for sign in signs(item)}


def test_a_replaced_word_is_a_sign_with_its_strength_scope_and_changes() -> None:
    draft = "We utilize flour. They utilize water and a bowl. Nobody minds."
    item = pair("b", draft, draft.replace("utilize", "use"))
    sign = next(sign for sign in signs(item) if sign.says == 'Use "use" instead of "utilize".')
    assert (sign.strength, sign.counter, sign.check.scope) == (2, 0, "blog")
    assert set(sign.changes) == {change.id for change in item.changes}


def test_a_habit_that_the_final_breaks_itself_says_so() -> None:
    item = pair("b", "We utilize flour. They utilize water.", "We use flour. They utilize water.")
    sign = next(sign for sign in signs(item) if sign.check.find == "utilize")
    assert sign.counter == 1


def test_a_longer_phrase_that_loses_words_is_one_replacement() -> None:
    assert 'Use "to" instead of "in order to".' in shown(swap("in order to", "to"))
    draft = "You should make use of the oven. Then make use of the pot."
    item = pair("b", draft, draft.replace("make use of", "use"))
    assert 'Use "use" instead of "make use of".' in {sign.says for sign in signs(item)}


def test_a_word_that_goes_alone_and_one_that_goes_with_its_sentence_differ() -> None:
    assert shown(drop("very"))['Leave out "very".'].check.fix == "phrase"
    with_sentence = shown(drop_sentences_with("In conclusion"))
    assert with_sentence['Leave out sentences with "in conclusion".'].check.fix == "sentence"
    assert 'Leave out "in conclusion".' not in with_sentence


def test_names_and_numbers_are_no_matter_of_style() -> None:
    draft = "We met Anna in Leeds on day 12. The bread from Mr Brown was dark and warm."
    final = "We met Maria in York on day 14. The bread from Mr Black was dark and warm."
    assert [sign for sign in signs(pair("b", draft, final)) if sign.check.kind == "replace"] == []


def test_a_passage_that_was_written_anew_gives_no_replacements() -> None:
    draft = "The dough should be left alone for several hours in a place where nothing disturbs it at all."
    final = "Go out. Read a book by the river; when you come home, somebody else has done the work."
    assert [sign for sign in signs(pair("b", draft, final)) if sign.check.kind == "replace"] == []


@pytest.mark.parametrize(
    ("habit", "says"),
    [
        (lambda text: text.replace("!", "."), "Use no exclamation marks."),
        (lambda text: regex.sub(r" \([^)]*\)", "", text), "Use no brackets."),
        (lambda text: regex.sub(r"\A#.*\n\n", "", text), "Use no headings."),
        (lambda text: regex.sub(r"; (\w)", lambda m: ". " + m.group(1).upper(), text), "Use no semicolons."),
        (split_sentences(20), "Keep sentences to at most 20 words."),
        (swap("color", "colour"), 'Use "colour" instead of "color".'),
        (swap("do not|does not|did not", "don't"), 'Use "don\'t" instead of "do not".'),
        (lambda text: text.replace("3 times", "three times"), "Spell out small numbers."),
        (
            lambda text: text.replace("Your First Sourdough Loaf", "your first sourdough loaf"),
            "Write headings in sentence case.",
        ),
        (sign_off("Yours, Ann"), 'End with "Yours, Ann".'),
        (open_with("Hello friends,"), 'Open with "Hello friends,".'),
    ],
)
def test_every_family_is_seen_in_a_whole_draft(habit: Habit, says: str) -> None:
    assert says in shown(habit)


@pytest.mark.parametrize(
    ("draft", "final", "says"),
    [
        ("It is **hot** and **dry**.", "It is hot and dry.", "Use no bold."),
        ("Bake it 🎉 today 🥖.", "Bake it today.", "Use no emoji."),
        ("Bake it — slowly — today.", "Bake it, slowly, today.", "Use no dashes."),
        ("Buy:\n\n- flour\n- salt\n", "Buy flour and salt.\n", "Use no lists."),
        ("Ready to bake? Then start.", "You are ready to bake. Then start.", "Use no questions."),
        ('He said "yes" to me.', "He said “yes” to me.", "Use curly quotation marks."),
        (
            "We don't know why it doesn't rise.",
            "We do not know why it does not rise.",
            "Do not use contractions.",
        ),
        ("Buy flour, salt and yeast today.", "Buy flour, salt, and yeast today.", "Use the serial comma."),
        ("The colour of the harbour.", "The color of the harbor.", "Use American spelling."),
    ],
)
def test_marks_and_shapes_are_seen(draft: str, final: str, says: str) -> None:
    assert says in {sign.says for sign in signs(pair("b", draft, final))}


def test_a_family_is_not_seen_where_only_some_of_its_words_change() -> None:
    draft = "The color of the harbor and the neighbor."
    final = "The colour of the harbor and the neighbor."
    found = {sign.says: sign for sign in signs(pair("b", draft, final))}
    assert "Use British spelling." not in found
    assert 'Use "colour" instead of "color".' in found


def test_a_piece_that_is_cut_to_length_shows_its_length() -> None:
    words = " ".join(["The loaf rose well."] * 40)
    final = " ".join(["The loaf rose well."] * 29)
    assert "Keep the whole piece to at most 120 words." in {
        sign.says for sign in signs(pair("b", words, final))
    }


def test_six_habits_at_once_are_all_seen() -> None:
    found = shown(
        swap("utilize", "use"),
        drop("very"),
        drop_sentences_with("In conclusion"),
        swap("do not", "don't"),
        lambda text: text.replace("!", "."),
        sign_off("Yours, Ann"),
    )
    assert {
        'Use "use" instead of "utilize".',
        'Leave out "very".',
        'Leave out sentences with "in conclusion".',
        'Use "don\'t" instead of "do not".',
        "Use no exclamation marks.",
        'End with "Yours, Ann".',
    } <= set(found)


def test_what_the_writer_excluded_is_not_learned_from() -> None:
    item = pair("bicycle", BICYCLE, edited([swap("utilize", "use"), swap("very", "rather")], BICYCLE))
    kept = tuple(change for change in item.changes if change.before != "utilize")
    excluded = tuple(change.id for change in item.changes if change.before == "utilize")
    assert excluded
    partly = item.model_copy(
        update={"pair": item.pair.model_copy(update={"excluded": excluded}), "changes": kept}
    )
    says = {sign.says for sign in signs(partly)}
    assert 'Use "rather" instead of "very".' in says
    assert not any("utilize" in one for one in says)
    assert "utilize" in read_pair(partly).final.text


def test_code_and_front_matter_show_nothing() -> None:
    draft = "---\ntitle: utilize\n---\n\n```\nutilize!\n```\n\nA line of prose."
    final = "---\ntitle: use\n---\n\n```\nuse.\n```\n\nA line of prose."
    assert [sign for sign in signs(pair("b", draft, final)) if sign.check.kind != "require"] == []


def test_an_unchanged_draft_shows_nothing() -> None:
    assert signs(pair("b", SOURDOUGH, SOURDOUGH)) == ()
