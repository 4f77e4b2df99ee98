"""A refine pass mends what was noted, and touches nothing else that a reader would miss."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loop.model import Check
from pipelines.checks import Checked, apply_checks
from pipelines.refine import Refined, refine
from tests.fakes_model import ScriptedModel

SHORT = Check(id="c1", rule="r1", kind="limit", measure="sentence_words", high=8)
ASKS = Check(id="c2", rule="r2", kind="limit", measure="question_marks", high=0)
SIGNED = Check(id="c3", rule="r3", kind="require", text="[Subscribe](https://ovens.example/join)")
LONG = "The big old oven downstairs has to be very hot before bread goes in"
MENDED = "The big old oven downstairs must be hot. It waits before bread goes in"
FIXED = (
    "[the mill](https://mill.example/flour?page=12)",
    "![A loaf](loaf.png)",
    "`make bread`",
    "https://10.0.0.7:8080/2024/05",
    "www.bread.example/7",
    "[shop][mill]",
    "<kbd>Enter</kbd>",
    "ann@example.org",
    "as noted[^1]",
)
"""What has to stay, each in a sentence of its own."""


async def refined(text: str, answer: str, *checks: Check) -> tuple[Checked, Refined]:
    before = apply_checks(text, checks or (SHORT, ASKS))
    assert before.notes
    attempt = await refine(
        before, checks or (SHORT, ASKS), ScriptedModel([answer]), top_p=0.9, seed=1, on_text=lambda _: None
    )
    return before, attempt


def piece(opening: str, fixed: list[str]) -> str:
    return "\n\n".join([f"{opening}.", *(f"See {item} now." for item in fixed), *["All is well."] * 9])


@given(st.lists(st.sampled_from(FIXED), max_size=5))
async def test_an_answer_that_keeps_links_code_and_addresses_is_taken(fixed: list[str]) -> None:
    _, attempt = await refined(piece(LONG, fixed), piece(MENDED, fixed))
    assert attempt.refusal == ""
    assert attempt.checked.text == piece(MENDED, fixed)
    assert attempt.checked.notes == ()


@given(st.lists(st.sampled_from(FIXED), min_size=1, max_size=5, unique=True), st.data())
async def test_an_answer_that_drops_changes_or_swaps_one_is_not(
    fixed: list[str], data: st.DataObject
) -> None:
    number = data.draw(st.integers(0, len(fixed) - 1))
    other = data.draw(st.sampled_from(["it", "that page", *FIXED]).filter(lambda it: it != fixed[number]))
    changed = [*fixed[:number], other, *fixed[number + 1 :]]
    before, attempt = await refined(piece(LONG, fixed), piece(MENDED, changed))
    assert "must stay" in attempt.refusal
    assert attempt.checked == before


@pytest.mark.parametrize(
    ("kept", "said"),
    [
        ("[the mill](https://mill.example/12)", "[the mill](https://mill.example/21)"),
        ("[the mill](https://mill.example/12)", "the mill"),
        ("![A loaf](loaf.png)", "A loaf"),
        ("`make bread`", "make bread"),
        ("`make bread`", "`make  bread`"),
        ("plain words", "[plain words](https://invented.example)"),
        ("[one](a.md) and [two](b.md)", "[one](b.md) and [two](a.md)"),
    ],
)
async def test_what_a_model_does_to_links_and_code_is_refused(kept: str, said: str) -> None:
    before, attempt = await refined(piece(LONG, [kept]), piece(MENDED, [said]))
    assert attempt.refusal == (
        "The model's attempt changed code, a link, an image, a table or other text that must stay."
    )
    assert attempt.checked == before


async def test_an_answer_that_mends_two_things_and_breaks_a_third_is_not_taken() -> None:
    asking = "Why is the big old oven so hot? Bread goes in then. " + "The oven is hot. " * 4
    before, attempt = await refined(f"{LONG}. {LONG}. It waits.", asking)
    assert attempt.refusal.startswith("The model's attempt mended one thing and broke another: ")
    assert "question mark" in attempt.refusal
    assert attempt.checked == before


async def test_a_link_that_a_check_asks_for_may_come_in() -> None:
    text = f"{piece('We bake on market days', [])}\n\nCome early."
    signed = f"{text} {SIGNED.text}"
    _, attempt = await refined(text, signed, SIGNED)
    assert attempt.refusal == ""
    assert attempt.checked.text == signed
