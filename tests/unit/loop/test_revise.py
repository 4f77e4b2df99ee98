"""The reviser port: what a model is shown, and which answers are taken."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest

from feedback.evidence import Evidence, gather
from loop.errors import ReplyInvalid
from loop.events import Event, Note, Tell, ignore
from loop.model import Brief, Check, Critique, Guidance, ModelRequest, Operation, Pair, Reply
from loop.ports import no_text
from loop.revise import Asked, operations_schema, revise
from tests.unit.loop.gate.support import guidance

GUIDANCE = guidance()
TRAIN = Brief(id="bread", text="Write about TRAINBRIEF.", type="blog")
HELD = Brief(id="soup", text="Write about HELDBRIEF.", type="blog", split="held_out")
PAIR = Pair(
    brief=TRAIN,
    draft="We utilize a great oven. It is warm.",
    final="We use an oven. It is warm.",
    created="1",
)
LATER = Pair(
    brief=Brief(id="later", text="LATERBRIEF"), draft="LATERDRAFT is long.", final="LATERFINAL is short."
)
HELD_PAIR = Pair(brief=HELD, draft="HELDDRAFT we utilize things.", final="HELDFINAL we use things.")
CRITIQUE = Critique(brief="bread", text="Too stiff. Never say 'utilize'.", quote="We utilize")
HELD_CRITIQUE = Critique(brief="soup", text="HELDCRITIQUE")


def _evidence() -> Evidence:
    return gather(
        [PAIR, HELD_PAIR, LATER],
        [(CRITIQUE, "blog"), (HELD_CRITIQUE, "blog")],
        [],
        held_out={"soup", "later"},
    )


class Scripted:
    """A model that gives one answer after the other, keeps every request, and runs out loudly."""

    name = "scripted"

    def __init__(self, *answers: str, complete: bool = True) -> None:
        self.answers = list(answers)
        self.complete = complete
        self.requests: list[ModelRequest] = []

    async def ask(self, request: ModelRequest, on_text: Callable[[str], None] = no_text) -> Reply:
        self.requests.append(request)
        answer = self.answers.pop(0)
        on_text(answer)
        return Reply(text=answer, model=self.name, complete=self.complete)

    @property
    def prompts(self) -> str:
        return "\n".join(message.content for request in self.requests for message in request.messages)


def _answer(*operations: dict[str, Any]) -> str:
    return json.dumps({"operations": operations})


ADD: dict[str, Any] = {
    "action": "add",
    "target": "rule",
    "text": "Prefer plain verbs.",
    "scope": "blog",
    "hypothesis": "The writer put a plain verb in place of a long one.",
}


async def ask(
    evidence: Evidence, given: Guidance, model: Scripted, tell: Tell = ignore, **more: Any
) -> tuple[Operation, ...]:
    """The operations of the one candidate that is asked for, untried."""
    found = await revise(Asked(evidence=evidence, guidance=given, **more), model, tell=tell)
    return found[0].operations if found else ()


async def _refusal(answer: str, given: Guidance = GUIDANCE, **more: Any) -> ReplyInvalid:
    with pytest.raises(ReplyInvalid) as caught:
        await ask(_evidence(), given, Scripted(answer, answer, **more))
    assert caught.value.reply == answer
    assert caught.value.hint
    return caught.value


async def test_an_answer_in_the_form_that_was_asked_for_becomes_operations() -> None:
    check = {"kind": "forbid", "find": "utilize", "fix": "none"}
    operations = await ask(
        _evidence(), GUIDANCE, Scripted(_answer(ADD, {**ADD, "text": "No show.", "check": check}))
    )
    assert [(one.action, one.target, one.text) for one in operations] == [
        ("add", "rule", "Prefer plain verbs."),
        ("add", "rule", "No show."),
    ]
    assert [one.enforced for one in operations] == [False, True]
    assert operations[1].check == Check(kind="forbid", find="utilize")
    assert not any(one.from_critique for one in operations)


async def test_no_habit_is_a_good_answer_and_a_fence_around_the_json_is_let_through() -> None:
    assert await ask(_evidence(), GUIDANCE, Scripted(_answer())) == ()
    assert len(await ask(_evidence(), GUIDANCE, Scripted(f"```json\n{_answer(ADD)}\n```\n"))) == 1


async def test_nothing_of_a_held_out_brief_is_ever_shown() -> None:
    model = Scripted(_answer())
    await ask(_evidence(), GUIDANCE, model)
    for word in ("HELD", "LATER"):
        assert word not in model.prompts
    assert "We utilize a great oven." in model.prompts
    assert "We use an oven." in model.prompts
    assert "Never say 'utilize'." in model.prompts


async def test_the_reviser_sees_rules_checks_prompts_and_what_was_refused() -> None:
    model = Scripted(_answer())
    refused = [Operation(action="add", target="rule", text="Shout at the reader.")]
    await ask(_evidence(), GUIDANCE, model, refused=refused)
    for shown in (
        "[r1] (everything) Write short sentences.",
        "[c1] check for r2",
        "Be brief.",
        "Shout at the reader.",
    ):
        assert shown in model.prompts
    assert "Keep every {{variable}} of a prompt." in model.prompts


async def test_braces_in_a_text_stay_what_they_are() -> None:
    pair = PAIR.model_copy(update={"final": "We use {{guidance}} and {{nothing}} here. It is warm."})
    model = Scripted(_answer())
    await ask(gather([pair], [], [], ()), GUIDANCE, model)
    assert "{{nothing}}" in model.prompts


async def test_an_operation_that_rests_on_critiques_alone_is_the_writers_wish() -> None:
    change = _evidence().pairs[0].changes[0].id
    asked = {**ADD, "evidence": [CRITIQUE.id]}
    mixed = {**ADD, "text": "Be plain.", "evidence": [CRITIQUE.id, change, PAIR.id]}
    operations = await ask(_evidence(), GUIDANCE, Scripted(_answer(asked, mixed)))
    assert [one.from_critique for one in operations] == [True, False]


async def test_evidence_that_does_not_fit_is_told_and_not_shown() -> None:
    pairs = [
        Pair(
            brief=Brief(id=f"b{n}", text="x"),
            draft=f"One{n} was utilized here.",
            final=f"One{n} was used here.",
            created=f"{n:03}",
        )
        for n in range(60)
    ]
    heard: list[Event] = []
    model = Scripted(_answer())
    await ask(gather(pairs, [], [], ()), GUIDANCE, model, room=1000, tell=heard.append)
    assert "One59" in model.prompts
    assert "One0 " not in model.prompts
    assert any(isinstance(event, Note) and "did not fit" in event.message for event in heard)


async def test_a_critique_too_long_to_be_shown_takes_no_room_from_the_changes() -> None:
    model = Scripted(_answer())
    long = CRITIQUE.model_copy(update={"text": "It is too stiff. " * 100})
    await ask(gather([PAIR], [(long, "blog")], [], ()), GUIDANCE, model, room=1000)
    assert "We utilize a great oven." in model.prompts


async def test_an_answer_that_was_cut_off_is_refused() -> None:
    assert "cut off" in (await _refusal(_answer(ADD), complete=False)).message


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "Sure! Here are the operations.",
        f"Here you go:\n```json\n{_answer(ADD)}\n```",
        _answer(ADD)[:-1],
        "[]",
        '{"operations": {}}',
        '{"operations": [], "note": "done"}',
        '{"operations": [], "operations": []}',
        '{"operations": [1]}',
        "[" * 100_000,
        '{"operations": [{"action": "add"}]}',
        _answer({**ADD, "action": "rewrite"}),
        _answer({**ADD, "colour": "red"}),
        _answer({**ADD, "text": 7}),
        _answer({**ADD, "from_critique": True}),
        _answer({**ADD, "enforced": True}),
    ],
)
async def test_an_answer_in_another_form_is_refused_and_kept(answer: str) -> None:
    assert "reviser" in (await _refusal(answer)).message


@pytest.mark.parametrize(
    ("operation", "names"),
    [
        ({"action": "replace", "target": "rule", "id": "r99", "text": "x"}, "r99"),
        ({"action": "delete", "target": "rule"}, "not there"),
        ({"action": "move", "target": "rule", "id": "r1", "before": "r98"}, "r98"),
        ({"action": "insert", "target": "rule", "text": "x"}, "inserts"),
        ({"action": "add", "target": "rule", "text": " "}, "no text"),
        ({"action": "add", "target": "rule", "text": "One.\nTwo."}, "more than one rule"),
        ({"action": "add", "target": "rule", "text": "x" * 500}, "more than one rule"),
        ({**ADD, "text": "Be plain <!-- r9 -->"}, "comment"),
        ({**ADD, "text": "Be plain <!-- and brief."}, "comment"),
        ({**ADD, "text": "- Be plain."}, "bullet"),
        ({"action": "replace", "target": "rule", "id": "r1", "text": "Be plain --> <!-- r2 -->"}, "comment"),
        ({**ADD, "scope": "sermon"}, "sermon"),
        ({**ADD, "scope": "blog -->"}, "blog -->"),
        ({"action": "delete", "target": "check", "id": "c99"}, "c99"),
        (
            {"action": "add", "target": "check", "check": {"kind": "forbid", "find": "x", "rule": "r97"}},
            "r97",
        ),
        ({"action": "replace", "target": "check", "id": "c1"}, "no check"),
        (
            {"action": "replace", "target": "prompt", "id": "redraft.toml", "old": "a", "text": "b"},
            "redraft.toml",
        ),
        ({"action": "delete", "target": "prompt", "id": "prompts/../x.md", "old": "a"}, "prompts/../x.md"),
        (
            {
                "action": "replace",
                "target": "prompt",
                "id": "prompts/draft.md",
                "old": GUIDANCE.files["prompts/draft.md"],
                "text": "b",
            },
            "whole",
        ),
        (
            {
                "action": "insert",
                "target": "prompt",
                "id": "prompts/draft.md",
                "old": "Be brief.",
                "text": "b" * 2000,
            },
            "1200",
        ),
        ({"action": "add", "target": "example", "id": "briefs/x.md", "text": PAIR.final}, "briefs/x.md"),
        ({"action": "add", "target": "example", "id": "examples/x.md", "text": "Made up."}, "makes up"),
        ({**ADD, "evidence": ["kdeadbeef"]}, "kdeadbeef"),
        ({**ADD, "evidence": [HELD_PAIR.id]}, HELD_PAIR.id),
    ],
)
async def test_an_operation_on_what_is_not_there_or_not_allowed_is_named_and_refused(
    operation: dict[str, Any], names: str
) -> None:
    refusal = await _refusal(_answer(ADD, operation))
    assert "Operation 2" in refusal.message
    assert names in refusal.message


async def test_more_operations_than_asked_for_and_the_deletion_of_every_rule_are_refused() -> None:
    assert "at most 4" in (await _refusal(_answer(*[ADD] * 5))).message
    gone = [{"action": "delete", "target": "rule", "id": id_} for id_ in ("r1", "r2", "r3")]
    assert "every rule" in (await _refusal(_answer(*gone))).message


async def test_an_example_is_one_of_the_writers_finals_word_for_word() -> None:
    example = {"action": "add", "target": "example", "id": "examples/bread.md", "text": PAIR.final}
    assert (await ask(_evidence(), GUIDANCE, Scripted(_answer(example))))[0].text == PAIR.final


async def test_without_rules_prompts_or_evidence_the_question_can_still_be_asked() -> None:
    model = Scripted(_answer())
    assert await ask(Evidence(), Guidance(files={}), model) == ()
    assert "There are no rules yet." in model.prompts


def test_the_form_that_is_asked_for_is_a_sound_schema_that_fits_what_is_taken() -> None:
    schema = operations_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    good: Sequence[dict[str, Any]] = [
        ADD,
        {**ADD, "check": {"kind": "limit", "measure": "dashes", "high": 0}},
    ]
    validator.validate({"operations": good})
    for bad in ({**ADD, "from_critique": True}, {**ADD, "colour": "red"}, {"action": "add"}):
        assert not validator.is_valid({"operations": [bad]})
    assert not validator.is_valid({"operations": [ADD] * 5})
