"""A draft and its changes as CriticMarkup, reviewed in an editor, and read back."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from feedback.align import changes
from feedback.criticmarkup import from_markup, to_markup
from loop.errors import UsageError
from tests.unit.feedback.texts import edited, pieces

DRAFT = "Bread is good. We utilize the tools. Old end.\n\nNobody needs this.\n"
FINAL = "Bread is very good. We use the tools. Old end.\n"
MARKUP = "Bread is {++very ++}good. We {~~utilize~>use~~} the tools. Old end.\n{--\nNobody needs this.\n--}"

signs = st.sampled_from(
    "{++ ++} {-- --} {~~ ~~} ~> {== ==} {>> <<} { } + ++ - -- ~ ~~ = == > >> < << \\ \\\\ {\\++".split()
)
awkward = st.lists(signs | pieces, max_size=14).map("".join)
pairs = edited() | st.tuples(awkward, awkward)


def test_changes_are_shown_as_marks() -> None:
    assert to_markup(DRAFT, FINAL) == MARKUP


@settings(max_examples=600, deadline=None)
@given(pair=pairs, note=st.booleans())
@example(pair=("a{", "a{x"), note=False)
@example(pair=("a{", "b{"), note=False)
@example(pair=("x{~ y", "x z"), note=False)
@example(pair=("<!-- redraft: x -->", "<!-- redraft: x -->"), note=False)
@example(pair=("", "{++a++}"), note=True)
def test_a_review_that_nobody_touched_gives_the_final(pair: tuple[str, str], note: bool) -> None:  # noqa: FBT001
    draft, final = pair
    review = from_markup(to_markup(draft, final, help=note), draft)
    assert (review.draft, review.final, review.excluded, review.comments) == (draft, final, (), ())


@settings(max_examples=300, deadline=None)
@given(pair=pairs, every=st.integers(1, 3))
def test_what_was_not_to_be_learned_from_comes_back(pair: tuple[str, str], every: int) -> None:
    excluded = [change.id for change in changes(*pair)][::every]
    review = from_markup(to_markup(*pair, excluded=excluded), pair[0])
    assert review.final == pair[1]
    assert list(review.excluded) == excluded


@settings(max_examples=300, deadline=None)
@given(pair=pairs, every=st.integers(1, 3))
def test_rejected_marks_leave_the_drafts_words(pair: tuple[str, str], every: int) -> None:
    draft, final = pair
    found = changes(draft, final)
    # `excluded` puts its comment behind the very marks that are to be rejected.
    marked = to_markup(draft, final, excluded=[change.id for change in found[::every]])
    if "do not learn" in draft + final:
        return
    expected, position = "", 0
    for number, change in enumerate(found):
        expected += draft[position : change.draft_start]
        expected += change.before if number % every == 0 else change.after
        position = change.draft_end
    review = from_markup(marked.replace("{>>do not learn<<}", "{>>reject<<}"), draft)
    assert review.final == expected + draft[position:]


def test_the_help_note_is_not_part_of_the_text() -> None:
    text = to_markup(DRAFT, FINAL, help=True)
    assert text.startswith("<!-- redraft: how to review.")
    assert from_markup(text, DRAFT).final == FINAL
    assert from_markup(text.replace("\n", "\r\n"), DRAFT).final == FINAL.replace("\n", "\r\n")


def test_a_rejected_change_leaves_the_draft_as_it_was() -> None:
    text = MARKUP.replace("++}", "++}{>>reject<<}").replace("--}", "--}{>>Reject.<<}")
    assert from_markup(text, DRAFT).final == DRAFT.replace("utilize", "use")


def test_do_not_learn_keeps_the_change_and_names_it() -> None:
    review = from_markup(MARKUP.replace("use~~}", "use~~}{>>do not learn<<}"), DRAFT)
    assert review.final == FINAL
    (change,) = [change for change in changes(DRAFT, FINAL) if change.id in review.excluded]
    assert change.after == "use"


def test_do_not_learn_finds_its_change_although_others_were_rejected() -> None:
    text = MARKUP.replace("++}", "++}{>>reject<<}").replace("use~~}", "use~~}{>>don't learn<<}")
    review = from_markup(text, DRAFT)
    (change,) = [change for change in changes(DRAFT, review.final) if change.id in review.excluded]
    assert (change.before, change.after) == ("utilize", "use")


def test_do_not_learn_finds_its_change_although_the_mark_was_edited() -> None:
    text = MARKUP.replace("~>use~~}", "~>just use~~}{>>do not learn<<}")
    review = from_markup(text, DRAFT)
    assert "We just use the tools." in review.final
    (change,) = [change for change in changes(DRAFT, review.final) if change.id in review.excluded]
    assert change.after == "just use"


def test_a_comment_behind_a_mark_is_a_critique_of_the_drafts_words() -> None:
    text = MARKUP.replace("use~~}", "use~~}{>>never say utilize<<}")
    (comment,) = from_markup(text, DRAFT).comments
    assert (comment.quote, comment.text) == ("utilize", "never say utilize")


def test_highlighted_words_with_a_comment_are_a_critique() -> None:
    text = MARKUP.replace("Bread is", "{==Bread is==}{>>too plain<<}")
    review = from_markup(text, DRAFT)
    assert review.final == FINAL
    assert [(comment.quote, comment.text) for comment in review.comments] == [("Bread is", "too plain")]


def test_marks_may_stand_in_highlighted_words_and_the_quote_is_what_the_draft_said() -> None:
    text = MARKUP.replace(
        "We {~~utilize~>use~~} the tools", "{==We {~~utilize~>use~~} the tools==}{>>stiff<<}"
    )
    review = from_markup(text, DRAFT)
    assert review.final == FINAL
    assert review.comments[0].quote == "We utilize the tools"


def test_a_comment_on_new_words_is_about_the_drafts_sentence_before_them() -> None:
    text = "Bread is good.{++ Thanks for reading.++}{>>always end so<<}"
    (comment,) = from_markup(text, "Bread is good.").comments
    assert comment.quote == "Bread is good."


def test_a_comment_that_stands_alone_is_about_the_whole() -> None:
    (comment,) = from_markup("{>>too long<<}\n\nBread is good.", "Bread is good.").comments
    assert (comment.quote, comment.text) == ("", "too long")


def test_a_quote_that_the_draft_does_not_have_is_left_empty() -> None:
    text = "Bread is good. {==Typed by the reviewer just now==}{>>mine<<}"
    (comment,) = from_markup(text, "Bread is good.").comments
    assert comment.quote == ""


def test_one_mark_may_have_several_comments() -> None:
    text = MARKUP.replace("use~~}", "use~~}{>>simple words<<}{>>do not learn<<}")
    review = from_markup(text, DRAFT)
    assert len(review.excluded) == 1
    assert [comment.text for comment in review.comments] == ["simple words"]


@pytest.mark.parametrize(
    ("text", "final"),
    [
        ("{++Warm ++}{>>reject<<}bread", "bread"),
        ("{++Warm++} {>>fine<<}bread", "Warm bread"),
        ("{++Warm++} {>>fine<<} bread", "Warm bread"),
        ("{++Warm++} bread{>>fine<<}", "Warm bread"),
    ],
)
def test_a_blank_before_a_comment_is_not_doubled(text: str, final: str) -> None:
    assert from_markup(text, "bread").final == final


def test_what_is_typed_outside_and_inside_of_marks_is_part_of_the_final() -> None:
    text = (
        MARKUP.replace("Old end.", "New end.")
        .replace("very ", "really ")
        .replace("{~~utilize~>use~~}", "use")
    )
    assert from_markup(text, DRAFT).final == "Bread is really good. We use the tools. New end.\n"


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("One.\n{++two", 2, "“{++” has no end"),
        ("One.\n\ntwo++}", 3, "“++}” ends a mark that does not begin"),
        ("One.\r\n{++two {--three--}", 2, "“{++” has no end before line 2"),
        ("{++two--}", 1, "“{++” has no end before line 1"),
        ("One {~~two~~}.", 1, "no “~>”"),
        ("One.\n{>>two", 2, "“{>>” has no end"),
        ("{>>one {>>two<<}", 1, "“{>>” has no end"),
        ("One.\n{==two", 2, "“{==” has no end"),
        ("{==one {==two==}==}", 1, "inside highlighted words"),
        ("One.\nTwo. {>>reject<<}", 2, "right behind a change"),
        ("{==One.==}{>>do not learn<<}", 1, "right behind a change"),
    ],
)
def test_a_broken_mark_is_refused_with_its_line(text: str, line: int, says: str) -> None:
    with pytest.raises(UsageError, match=f"Line {line} ") as caught:
        from_markup(text, "One.")
    assert says in caught.value.message
    assert caught.value.hint


def test_a_comment_is_about_the_very_words_it_stands_behind() -> None:
    draft = "We utilize it. Then it sings. We utilize it. Then it sings."
    marked = (
        "We utilize it. Then it sings. We {~~utilize~>use~~}{>>too long<<} {==it==}{>>what?<<}."
        " Then it sings. {>>how?<<}"
    )
    comments = from_markup(marked, draft).comments
    assert [(comment.quote, comment.place) for comment in comments] == [
        ("utilize", 2),
        ("it", 3),
        ("Then it sings.", 2),
    ]
    shorter = draft.replace("Then it sings. ", "")  # the review of another draft, nearly
    assert [comment.place for comment in from_markup(marked, shorter).comments] == [2, 3, 1]
