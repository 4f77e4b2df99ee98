"""What of a row is read, what is learned, and how much each word counts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from loop.errors import TrainingError
from loop.model import Message
from loop.model.training import Recipe, TrainingRow
from loop.train.tokens import Answer, example
from tests.train.conftest import tokenizer

SFT, DPO = Recipe(method="sft"), Recipe(method="dpo")
TOKENIZER = tokenizer()
ASKED = (Message(role="user", content="Write about bread."),)


def row(chosen: str, rejected: str = "", **more: object) -> TrainingRow:
    return TrainingRow.model_validate(
        {"id": "p", "brief": "b", "prompt": ASKED, "chosen": chosen, "rejected": rejected, **more}
    )


def read(answer: Answer, *, which: str = "learned") -> str:
    """The words of an answer that are learned, given, or edited."""
    wanted = {
        "given": lambda place: place < answer.given,
        "learned": lambda place: place >= answer.given,
        "edited": lambda place: answer.edited[place],
    }[which]
    ids = [token for place, token in enumerate(answer.ids) if wanted(place)]  # type: ignore[no-untyped-call]
    return str(TOKENIZER.decode(ids))


def test_the_answer_and_its_end_are_learned() -> None:
    one = example(row("the bread rises"), TOKENIZER, SFT)
    assert TOKENIZER.decode(one.prompt) == (
        "<|im_start|>user\nWrite about bread.<|im_end|><|im_start|>assistant\n"
    )
    assert read(one.chosen) == "the bread rises<|im_end|>"
    assert one.chosen.ids[-1] == TOKENIZER.eos_token_id
    assert set(one.chosen.weights) == {1.0}
    assert one.rejected is None


def test_edited_words_count_more() -> None:
    text = "the bread rises slowly"
    one = example(row(text, chosen_spans=((4, 9),)), TOKENIZER, SFT)
    assert read(one.chosen, which="edited") == " bread"
    assert [weight for weight, hit in zip(one.chosen.weights, one.chosen.edited, strict=True) if hit] == [3.0]


def test_where_words_were_taken_out_the_next_one_counts() -> None:
    one = example(row("the bread rises", chosen_spans=((4, 4),)), TOKENIZER, SFT)
    assert read(one.chosen, which="edited") == " bread"
    at_the_end = example(row("the bread", chosen_spans=((9, 9),)), TOKENIZER, SFT)
    assert read(at_the_end.chosen, which="edited") == "<|im_end|>"


def test_blanks_around_a_text_are_not_learned() -> None:
    one = example(row("\n\nthe bread  \n", chosen_spans=((6, 11),)), TOKENIZER, SFT)
    assert read(one.chosen) == "the bread<|im_end|>"
    assert read(one.chosen, which="edited") == " bread"


def test_what_was_split_off_is_given() -> None:
    one = example(row("we learn", lead="the bread rises\n\n", chosen_spans=((3, 8),)), TOKENIZER, SFT)
    assert read(one.chosen, which="given") == "the bread rises\n\n"
    assert read(one.chosen) == "we learn<|im_end|>"
    assert read(one.chosen, which="edited") == " learn"
    assert set(one.chosen.weights[: one.chosen.given]) == {0.0}


def test_in_a_pair_the_unedited_rest_counts_little() -> None:
    one = example(
        row("the bread", "the bed", chosen_spans=((4, 9),), rejected_spans=((4, 7),)), TOKENIZER, DPO
    )
    assert one.rejected is not None
    assert set(one.chosen.weights) == {1.0, 0.2}
    assert read(one.rejected) == "the bed<|im_end|>"


@given(
    some.lists(some.sampled_from(["the", " bread", "\n\n", "ä", "🍞", " a b", "."]), min_size=1, max_size=12)
)
def test_no_word_is_lost(pieces: list[str]) -> None:
    text = "".join(pieces).strip() or "x"
    one = example(row(text), TOKENIZER, SFT)
    assert read(one.chosen) == text + "<|im_end|>"
    assert len(one.chosen.weights) == len(one.chosen.ids) == len(one.chosen.edited)


@given(some.text(alphabet="abc äß🍞", min_size=4, max_size=30), some.data())
def test_each_edited_character_is_in_an_edited_token(text: str, data: some.DataObject) -> None:
    text = f"a{text}b"
    start = data.draw(some.integers(0, len(text) - 1))
    end = data.draw(some.integers(start + 1, len(text)))
    one = example(row(text, chosen_spans=((start, end),)), TOKENIZER, SFT)
    offsets = TOKENIZER(text + "<|im_end|>", return_offsets_mapping=True)["offset_mapping"]
    for (left, right), hit in zip(offsets, one.chosen.edited, strict=True):
        assert hit == (left < end and right > start and right > left)


TEMPLATES = {
    "no template": (None, "no chat template"),
    "another prompt": (
        "{% if add_generation_prompt %}ask: {% endif %}{% for m in messages %}{{ m.content }}{% endfor %}",
        "one way",
    ),
    "a changed answer": (
        "{% for m in messages %}{{ m.content if m.role == 'user' else m.content | upper }}{% endfor %}",
        "changes the answer",
    ),
    "no end": (
        "{% for m in messages %}{{ m.content }}{{ ': ' if m.role == 'user' else ' (sic)' }}{% endfor %}",
        "no end",
    ),
}


@pytest.mark.parametrize(("template", "says"), TEMPLATES.values(), ids=TEMPLATES)
def test_a_template_that_does_not_serve_is_refused(template: str | None, says: str) -> None:
    other = tokenizer()
    other.chat_template = template
    with pytest.raises(TrainingError, match=says) as caught:
        example(row("the bread"), other, SFT)
    assert "--base" in caught.value.hint
