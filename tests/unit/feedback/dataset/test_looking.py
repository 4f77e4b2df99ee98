"""What is said of the data before it is learned."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from feedback.dataset.confidential import covered, delicate, without
from feedback.dataset.doubles import common, doubles
from feedback.dataset.looking import look_over, overview, presentable, shown
from feedback.dataset.parts import StepNow
from feedback.dataset.readiness import readiness
from loop.model import Pair
from loop.model.dataset import Finding, Piece, Shown
from loop.model.training import TrainingRow
from tests.unit.feedback.dataset.made import DRAFT, brief, gathered, pair

ONE = [StepNow("post")]
KEY = f"sk-ant-{'a1B2' * 8} "
PGP = (
    "-----BEGIN PGP PRIVATE KEY BLOCK-----\nVersion: GnuPG v2\nComment: two-part\n\n"
    "lQOYBFz9aDoBCADKcXb8mN0aYy1kq\n=AbCd\n-----END PGP PRIVATE KEY BLOCK-----\n"
)
LONG = " ".join(f"The {word} stands in the {other}." for word in "abcdefgh" for other in "stuvwxyz")


def kinds(*pairs: Pair) -> list[tuple[str, str]]:
    return [(one.kind, one.brief) for one in look_over(gathered(list(pairs), steps=ONE))]


def of(name: str, final: str, draft: str = DRAFT, split: str = "train") -> Pair:
    return pair(final, draft=draft, steps=(), brief=brief(name, split=split))


def test_a_text_that_measures_and_is_learned_stops_everything() -> None:
    found = look_over(
        gathered(
            [of("tea", LONG, LONG[9:]), of("rain", LONG.replace("f", "ff"), LONG[9:], "held_out")], steps=ONE
        )
    )
    assert [(one.kind, one.stop, one.brief) for one in found] == [("leak", True, "rain")]
    assert "“tea”" in found[0].says


def test_short_answers_of_steps_are_no_leak_when_the_texts_differ() -> None:
    other = DRAFT.replace("Tea", "Milk").replace("kettle", "cow").replace("stove", "meadow")
    pairs = [
        pair(DRAFT.replace("warm", "hot")),
        of("milk", other.replace("warm", "cold"), other, "held_out"),
    ]
    assert [one.kind for one in look_over(gathered(pairs, step="post"))] == []


def test_nothing_that_measures_is_said() -> None:
    assert kinds(of("tea", DRAFT.replace("warm", "hot"))) == [("unmeasured", "")]


def test_texts_that_are_nearly_the_same_are_found_among_many() -> None:
    texts = [f"{LONG} {number} {number * 7}" * 2 for number in range(40)]
    assert [one.later for one in doubles(texts)] == list(range(1, 40))
    different = [" ".join(f"w{number}x{place}" for place in range(60)) for number in range(300)]
    assert list(doubles(different)) == []
    assert [(one.later, one.earlier) for one in common([different[7] + " end"], different)] == [(0, 7)]


def test_marks_alone_doubles_contradictions_and_one_brief_that_outweighs_are_remarks() -> None:
    fresh = DRAFT.replace("warm", "hot")
    marks = of("milk", DRAFT.replace("cup for", "cup, for"))
    assert ("marks", "milk") in kinds(marks, of("bread", LONG, LONG[9:], "held_out"))
    again = of("tea", "Something else is said about tea in the garden with a cup.", fresh)
    assert ("contradiction", "tea") in kinds(of("tea", fresh), again)
    numbers = {number: " ".join(str(place * number) for place in range(30)) for number in range(3, 12)}
    many = [of("tea", f"{fresh} {text}", f"{fresh} {number}") for number, text in numbers.items()]
    others = [
        of(name, f"{LONG[: number * 40]} {name}", LONG[: number * 40])
        for number, name in enumerate("vwxyz", 3)
    ]
    assert ("lopsided", "tea") in kinds(*many, *others)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (f"Key: sk-ant-{'a1B2' * 8}", "an API key"),
        ("It was AKIAIOSFODNN7EXAMPLE then.", "an API key"),
        ("-----BEGIN RSA PRIVATE KEY-----\nabc", "a private key"),
        ("password: hunter2hunter2", "a password"),
        ("Write to ann.lee@example.org soon.", "an e-mail address"),
        ("Call +49 30 1234567 at noon.", "a telephone number"),
        ("Call (030) 123 4567 at noon.", "a telephone number"),
        ("Pay to DE89 3704 0044 0532 0130 00 now.", "a bank account"),
        ("Card 4111 1111 1111 1111 it is.", "a card's number"),
        ("Call (555) 123-4567 at noon.", "a telephone number"),
        ("Call 555-123-4567.", "a telephone number"),
        ("Call 555.123.4567 or come.", "a telephone number"),
        ("Call +1 555 123 4567 at noon.", "a telephone number"),
        ("Call +1 (555) 123-4567, or 1-555-123-4567 is mine.", "a telephone number"),
        (PGP, "a private key"),
        ("export AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "a password"),
        ('aws_secret_access_key: "wJalrXUtnFEMI/K7MDENG"', "a password"),
        ("MAIL_TOKEN=0123456789abcdef", "a password"),
        (f"Pay with rk_live_{'a1B2' * 6} today.", "an API key"),
        (f"Pay with sk_live_{'a1B2' * 6} today.", "an API key"),
        (f"curl -H 'Authorization: Bearer {'a1B2.' * 6}'", "an API key"),
        ("Authorization: Basic dXNlcjpwYXNzd29yZA==", "an API key"),
        ("postgres://ann:hunter2hunter2@localhost/books", "a password"),
    ],
)
def test_what_nobody_should_learn_by_heart_is_named_and_masked(text: str, what: str) -> None:
    whole = f"First line.\n{text}"
    found = list(delicate(whole))
    assert {(one.what, one.line) for one in found} == {(what, 2)}
    assert all(len(one.masked) <= 5 for one in found)
    covered = without(whole)
    assert all(whole[one.start : one.end] not in covered for one in found)
    assert not list(delicate(covered))


SIGNS = "ab19'\"\\"
NAMES = st.sampled_from(["Password: ", "api_key=", "MAIL_TOKEN = ", '"client_secret" => '])


def begun(value: str) -> str:
    return f"{value[: min(4, len(value) // 4)]}…"


@given(NAMES, st.text(SIGNS, min_size=8, max_size=30).filter(lambda value: value[0] not in "'\""))
@example("Password: ", "ab'c3fghij9")
@example("password: ", "hunter2hunter'SECRET")
def test_a_password_with_quotation_marks_in_it_is_masked_whole(name: str, value: str) -> None:
    assert without(f"{name}{value} is mine.") == f"{name}{begun(value)} is mine."


QUOTED = st.text(f"{SIGNS} ,", min_size=8, max_size=30).filter(lambda value: value[-1] != "\\")


@given(NAMES, st.sampled_from("'\""), QUOTED)
@example("password: ", '"', "correct horse, battery")
@example("password: ", '"', 'hunter2\\" SECRET')
@example("password: ", "'", "ab'c3fghij9")
def test_a_quoted_password_ends_at_the_same_mark(name: str, mark: str, value: str) -> None:
    inner = value.replace(mark, f"{mark}x")  # a mark in a word ends nothing
    behind = f"{mark}, {mark}then{mark}"
    assert without(f"{name}{mark}{inner}{behind}") == f"{name}{mark}{begun(inner)}{behind}"


@pytest.mark.parametrize(
    "text",
    [
        "In 1984 and 2024-05-01 10:20 nothing happened.",
        "On 01.05.2024 10 people came.",
        "Card 4111 1111 1111 1112 is none.",
        "DE89 3704 0044 0532 0130 04 is none.",
        "Use @ home. It costs 1,000,000,000 euros.",
        "The risk-free-and-simple-way-to-do-it is long.",
        "ISBN 978-3-16-148410-0.",
        "It costs 555 123 456 crowns, or 1,555,123,4567 of them.",
        "Version 10.123.456.7890 and 555-123-45678 are none.",
        "She is the bearer of extraordinarily bad news.",
        "The access key is in the drawer. Password? None.",
        '{"password": "", "name": "Ann Lee-Smith"}',
        "Her password: 'tis the season, isn't it",
    ],
)
def test_ordinary_numbers_and_words_are_no_secret(text: str) -> None:
    assert list(delicate(text)) == []


@given(
    st.lists(
        st.sampled_from(["Tea is warm. ", "Call 555-123-4567 ", KEY, "ann@example.org ", PGP]), max_size=5
    ),
    st.lists(st.integers(0, 400), max_size=4),
)
def test_wherever_a_text_is_cut_into_pieces_no_secret_is_left_in_them(
    parts: list[str], cuts: list[int]
) -> None:
    text = "\n".join(parts)
    places = [0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]
    pieces = covered([text[start:end] for start, end in pairwise(places)])
    assert len(pieces) == len(places) - 1
    assert "".join(pieces) == without(text)
    assert not any(
        secret in "".join(pieces) for secret in ("123-4567", KEY[8:].strip(), "example.org", "lQOY")
    )
    assert "".join(pieces).count("Tea is warm.") == text.count("Tea is warm.")


def test_a_row_is_shown_with_its_secrets_masked() -> None:
    final = f"{DRAFT}\n\nMail ann@example.org or call 555-123-4567."
    (row,) = shown(gathered([of("tea", final, f"{DRAFT}\n\nMail her.")], steps=ONE).sft, 1)
    text = "".join(piece.text for piece in presentable(row).pieces)
    assert text.endswith("Mail ann… or call 555….")
    assert "".join(piece.text for piece in row.pieces).endswith(final)


@pytest.mark.parametrize(
    ("secret", "masked"),
    [
        (KEY.strip(), "sk-a…"),
        ("AKIAIOSFODNN7EXAMPLE", "AKIA…"),
        ("555-123-4567", "555…"),
        ("4111 1111 1111 1111", "4111…"),
        ("DE89 3704 0044 0532 0130 00", "DE89…"),
        ("ann.lee@example.org", "ann.…"),
        ("MAIL_TOKEN=0123456789abcdef", "MAIL_TOKEN=0123…"),
        ("password: hunter2hunter2", "password: hun…"),
    ],
)
@pytest.mark.parametrize("lead", ["", "Tea is warm. "])
def test_a_secret_at_the_start_of_an_answer_is_masked(secret: str, masked: str, lead: str) -> None:
    asked, given = Piece(kind="asked", text="Write about tea"), Piece(kind="given", text=lead)
    answer = (Piece(kind="edited", text=secret[:6]), Piece(kind="learned", text=f"{secret[6:]} is mine."))
    pieces = (asked, *([given] if lead else []), *answer)
    seen = presentable(Shown(id="p1/post", brief="tea", split="train", pieces=pieces))
    assert seen.pieces[0] == asked
    assert "".join(piece.text for piece in seen.pieces[1:]) == f"{lead}{masked} is mine."


def test_a_secret_is_placed_in_its_text() -> None:
    found = look_over(
        gathered([of("tea", f"{DRAFT}\n\nMail ann@example.org.", f"{DRAFT} Mail her.")], steps=ONE)
    )
    said = [one.says for one in found if one.kind == "personal"]
    assert said == ["The final has what looks like an e-mail address in line 7: ann…"]


def rows(number: int, split: str = "train") -> list[TrainingRow]:
    return [
        TrainingRow.model_validate(
            {"id": f"p{place}/{step}", "brief": "tea", "split": split, "prompt": (), "chosen": "x"}
        )
        for place in range(number)
        for step in ("post", "advice")
    ]


def test_fifty_pairs_are_ready_and_forty_nine_are_not() -> None:
    ready = readiness("sft", [*rows(50), *rows(9, "held_out")], [], 0)
    assert (ready.ready, ready.usable, ready.reasons, ready.hint) == (True, 50, (), "")
    missing = readiness("sft", rows(49), [], 3)
    assert not missing.ready
    (reason,) = missing.reasons
    assert reason.startswith("49 pairs of the 50 that a first run wants: 1 is missing.")
    assert reason.endswith("the prompt loop is better: rules and examples do more.")
    assert missing.hint == "redraft learn"
    assert not readiness("dpo", rows(499), [], 0).ready
    assert readiness("dpo", rows(500), [], 0).ready


def test_what_stops_makes_it_not_ready_and_a_remark_does_not() -> None:
    remark = Finding(kind="duplicate", says="Twice.")
    stop = Finding(kind="long", stop=True, id="p1/post", says="Long.", hint="--long split", of="sft")
    assert readiness("sft", rows(50), [remark], 0).ready
    stopped = readiness("sft", rows(50), [stop, stop], 0)
    assert stopped.reasons[0].startswith("2 rows with more tokens than the model takes at once: p1/post")
    assert stopped.hint == "--long split"
    assert readiness("dpo", rows(500), [stop], 0).ready
    assert not readiness("sft", rows(50), [], 0, unlooked="Nothing is installed.").ready
    assert readiness("sft", [], [], 4).reasons == (
        "Nothing remains to learn a final from: all 4 pairs were left out.",
    )


def test_rows_are_shown_with_what_is_learned_and_edited() -> None:
    found = gathered([of("tea", DRAFT.replace("warm", "hot"))], steps=ONE)
    (row,) = shown(found.sft, 3)
    assert [(piece.kind, piece.text) for piece in row.pieces] == [
        ("asked", "post: Write about tea."),
        ("learned", "Tea is "),
        ("edited", "hot"),
        ("learned", DRAFT.partition("warm")[2]),
    ]
    numbers = overview(found)
    assert (numbers.pairs, numbers.briefs, numbers.edits, numbers.sft, numbers.dpo) == (1, 1, 1, 1, 1)


def test_scripts_without_blanks_are_compared_too() -> None:
    text = "茶は外で飲むとおいしい。やかんが歌い、雨がテントを打つ。" * 3
    assert [one.later for one in doubles([text, text.replace("雨", "風"), "パンの匂いがする朝。" * 8])] == [1]
