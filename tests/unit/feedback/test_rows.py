"""Rows of training data: the shapes trainers read, and what never leaves."""

from __future__ import annotations

import json
from typing import Any, get_args

import jsonschema  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.dataset.gather import gather
from feedback.dataset.parts import StepNow
from feedback.rows import Export, Format, export_rows, to_jsonl
from loop.model import Brief, Choice, Message, Pair

FORMATS: tuple[Format, ...] = get_args(Format)


def _message(role: str) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {"role": {"const": role}, "content": {"type": "string", "minLength": 1}},
        "required": ["role", "content"],
        "additionalProperties": False,
    }


def _one(role: str) -> dict[str, Any]:
    return {"type": "array", "prefixItems": [_message(role)], "minItems": 1, "maxItems": 1}


def _closed(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


USER, ASSISTANT = _one("user"), _one("assistant")
CHAT = {
    "type": "array",
    "prefixItems": [_message("user"), _message("assistant")],
    "minItems": 2,
    "maxItems": 2,
}
SHAPES: dict[Format, dict[str, Any]] = {
    "trl-sft": _closed({"prompt": USER, "completion": ASSISTANT}),
    "trl-dpo": _closed({"prompt": USER, "chosen": ASSISTANT, "rejected": ASSISTANT}),
    "trl-kto": _closed({"prompt": USER, "completion": ASSISTANT, "label": {"type": "boolean"}}),
    "openai-sft": _closed({"messages": CHAT}),
    "openai-preference": _closed(
        {
            "input": _closed({"messages": USER}),
            "preferred_output": ASSISTANT,
            "non_preferred_output": ASSISTANT,
        }
    ),
}


def _brief(id_: str) -> Brief:
    return Brief(id=id_, text=f"Write about {id_}.")


def _pair(brief: str = "bread", draft: str = "A draft.", final: str = "A final.", **more: object) -> Pair:
    return Pair.model_validate({"brief": _brief(brief), "draft": draft, "final": final} | more)


def _choice(
    brief: str = "bread", chosen: str = "Take two.", rejected: tuple[str, ...] = ("Take one.",)
) -> Choice:
    return Choice(brief=Brief(id=brief, text=f"Write about {brief}."), chosen=chosen, rejected=rejected)


def _asked(brief: Brief, step: str, given: str) -> Message:
    return Message(role="user", content=brief.text)


def _export(
    pairs: list[Pair], choices: list[Choice] | None = None, form: Format = "trl-dpo", **more: Any
) -> Export:
    return export_rows(gather(pairs, choices or [], steps=[StepNow("draft")], prompt=_asked, **more), form)


@pytest.mark.parametrize("form", FORMATS)
def test_every_row_has_the_shape_its_trainer_reads(form: Format) -> None:
    exported = _export([_pair(), _pair("tea", "Old tea.", "New tea.")], [_choice()], form)
    assert exported.rows
    validator = jsonschema.Draft202012Validator(SHAPES[form])
    for row in exported.rows:
        validator.validate(row)


def test_the_final_is_preferred_to_the_draft_and_the_picked_take_to_the_others() -> None:
    rows = _export([_pair()], [_choice(rejected=("Take one.", "Take three."))]).rows
    assert [(row["chosen"][0]["content"], row["rejected"][0]["content"]) for row in rows] == [
        ("A final.", "A draft."),
        ("Take two.", "Take one."),
        ("Take two.", "Take three."),
    ]
    assert rows[0]["prompt"] == [{"role": "user", "content": "Write about bread."}]


def test_kto_calls_the_final_good_and_the_draft_bad_and_names_a_picked_take_once() -> None:
    rows = _export([_pair()], [_choice(rejected=("Take one.", "Take three."))], "trl-kto").rows
    assert [(row["completion"][0]["content"], row["label"]) for row in rows] == [
        ("A final.", True),
        ("A draft.", False),
        ("Take two.", True),
        ("Take one.", False),
        ("Take three.", False),
    ]


def test_a_take_that_was_picked_and_then_corrected_is_not_called_good_and_bad_at_once() -> None:
    exported = _export([_pair(draft="Take two.")], [_choice()], "trl-kto")
    labels = {row["completion"][0]["content"]: row["label"] for row in exported.rows}
    assert labels == {"A final.": True, "Take two.": False, "Take one.": False}
    assert [skipped.reason for skipped in exported.skipped] == [
        "One of its texts is already in, as a bad example."
    ]


@pytest.mark.parametrize("form", FORMATS)
def test_held_out_briefs_never_leave(form: Format) -> None:
    held = Brief(id="secret", text="Write about secret.", split="held_out")
    pairs = [_pair().model_copy(update={"brief": held}), _pair("later")]
    choices = [Choice(brief=held, chosen="One.", rejected=("Two.",)), _choice("later")]
    exported = _export([*pairs, _pair("tea")], choices, form, held_out={"later"})
    text = to_jsonl(exported.rows)
    assert "secret" not in text
    assert "later" not in text
    assert "tea" in text
    assert [(skipped.brief, skipped.reason) for skipped in exported.skipped] == [
        (brief, "Its brief is held out.") for brief in ("secret", "later", "secret", "later")
    ]


@pytest.mark.parametrize(
    ("pair", "reason"),
    [
        (_pair(withdrawn=True), "The final was withdrawn."),
        (_pair(final=" \n"), "The final is empty."),
        (_pair(draft=""), "The draft is empty."),
        (_pair(draft="A final."), "Draft and final are identical: there is nothing to learn from."),
        (_pair(draft="A\n final. "), "Only blank space was changed: there is nothing to learn from."),
        (_pair().model_copy(update={"brief": Brief(id="bread", text=" ")}), "The brief is empty."),
    ],
)
@pytest.mark.parametrize("form", FORMATS)
def test_a_pair_that_teaches_nothing_is_listed_with_the_reason(pair: Pair, reason: str, form: Format) -> None:
    exported = _export([pair], form=form)
    assert exported.rows == ()
    assert [(skipped.id, skipped.reason) for skipped in exported.skipped] == [(pair.id, reason)]


@pytest.mark.parametrize("form", FORMATS)
def test_a_pair_given_twice_is_exported_once_and_listed(form: Format) -> None:
    once, twice = _export([_pair()], form=form), _export([_pair(), _pair(version="v2")], form=form)
    assert twice.rows == once.rows
    assert len(twice.skipped) == 1
    assert "duplicate" in twice.skipped[0].reason.lower()


def test_two_drafts_with_one_final_are_one_row_of_sft_and_two_preferences() -> None:
    pairs = [_pair(draft="First draft."), _pair(draft="Second draft.")]
    sft = _export(pairs, form="trl-sft")
    assert len(sft.rows) == 1
    assert [skipped.id for skipped in sft.skipped] == [pairs[1].id]
    assert len(_export(pairs).rows) == 2


def test_a_picked_take_is_a_preference_and_no_final() -> None:
    exported = _export([], [_choice()], "openai-sft")
    assert exported.rows == ()
    assert "preference" in exported.skipped[0].reason


def test_takes_that_are_empty_or_the_same_are_listed() -> None:
    choices = [_choice(chosen=""), _choice(rejected=()), _choice(rejected=("", "Take  two.", "Other."))]
    exported = _export([], choices)
    assert [row["rejected"][0]["content"] for row in exported.rows] == ["Other."]
    assert [skipped.reason for skipped in exported.skipped] == [
        "The picked take is empty.",
        "There was no other take to prefer it to.",
        "One of the other takes is empty.",
        "One of the other takes is the same text.",
    ]


TEXTS = st.text(st.characters(codec="utf-8"), max_size=40)


@given(st.lists(st.tuples(st.sampled_from("abc"), TEXTS, TEXTS), max_size=8), st.sampled_from(FORMATS))
def test_jsonl_reads_back_line_by_line_whatever_the_texts_hold(
    texts: list[tuple[str, str, str]], form: Format
) -> None:
    exported = _export([_pair(*parts) for parts in texts], form=form)
    lines = to_jsonl(exported.rows).splitlines()
    assert [json.loads(line) for line in lines] == list(exported.rows)
    assert len({json.dumps(row, sort_keys=True) for row in exported.rows}) == len(exported.rows)
    if not exported.rows:
        assert len(exported.skipped) == len(texts)
