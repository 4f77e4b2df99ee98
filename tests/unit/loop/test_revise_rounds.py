"""The reviser's conversation: asked once more, tried on past briefs, several candidates."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest

from feedback.evidence import gather
from loop.errors import BudgetExceeded, ModelRefused, ModelUnavailable, ReplyInvalid
from loop.events import Event, Note
from loop.model import Critique, Operation
from loop.revise import Asked, Reproduced, Revision, first_question, holds, judge_request, revise
from tests.fakes_model import Answer, ScriptedModel
from tests.unit.loop.test_revise import ADD, GUIDANCE, PAIR, _evidence

CHANGE = _evidence().pairs[0].changes[0]


def answer(*texts: str) -> str:
    return json.dumps({"operations": [{**ADD, "text": text} for text in texts]})


def tried(*fired: str, asked: int = 2, effort: float = 0.5) -> Reproduced:
    return Reproduced("bread", "blog", (CHANGE,) if fired else (), fired, asked, effort)


class Bench:
    """A trial that knows beforehand what comes of each try."""

    def __init__(
        self, results: Sequence[Reproduced | Exception] = (), objections: Sequence[str] = ()
    ) -> None:
        self.results = list(results)
        self.objected = list(objections)
        self.seen: list[tuple[str, ...]] = []

    def objections(self, operations: Sequence[Operation]) -> Sequence[str]:
        return [self.objected.pop(0)] if self.objected else []

    async def reproduce(self, operations: Sequence[Operation]) -> Sequence[Reproduced]:
        self.seen.append(tuple(operation.text for operation in operations))
        result = self.results.pop(0)
        if isinstance(result, Exception):
            raise result
        return [result]


async def revised(model: ScriptedModel, **more: Any) -> tuple[Revision, ...]:
    return await revise(Asked(_evidence(), GUIDANCE), model, **more)


def texts(revision: Revision) -> list[str]:
    return [operation.text for operation in revision.operations]


# --- asked once more


async def test_an_answer_that_breaks_the_form_is_asked_for_once_more_with_the_reason() -> None:
    model = ScriptedModel(["Sure! Here are some rules.", answer("Prefer plain verbs.")])
    (revision,) = await revised(model)
    assert texts(revision) == ["Prefer plain verbs."]
    first, second = model.requests
    assert second.messages[0] == first.messages[0]
    assert [message.role for message in second.messages] == ["user", "assistant", "user"]
    assert "not JSON" in second.messages[2].content


async def test_after_the_second_time_the_raw_reply_is_kept() -> None:
    model = ScriptedModel(["Sure!", "Of course!"])
    with pytest.raises(ReplyInvalid) as caught:
        await revised(model)
    assert caught.value.reply == "Of course!"
    assert len(model.requests) == 2


async def test_what_the_static_gate_objects_to_is_said_and_answered() -> None:
    bench = Bench(objections=["Said twice: “Be plain” says what r1 says already."])
    model = ScriptedModel([answer("Be plain."), answer("Prefer short verbs.")])
    (revision,) = await revised(model, trial=bench)
    assert texts(revision) == ["Prefer short verbs."]
    assert "says what r1 says already" in model.prompts[1]


# --- rounds of reproduction


async def test_operations_are_tried_and_the_model_thinks_again_until_nothing_is_left() -> None:
    bench = Bench([tried("“utilize” is back"), tried(effort=0.1)])
    model = ScriptedModel([answer("First idea."), answer("Better idea.")])
    (revision,) = await revised(model, trial=bench, rounds=3)
    assert bench.seen == [("First idea.",), ("Better idea.",)]
    assert texts(revision) == ["Better idea."]
    assert revision.rounds == 2
    assert "“utilize” is back" in model.prompts[1]
    assert CHANGE.after in model.prompts[1]


async def test_there_are_no_more_rounds_than_asked_for_and_the_best_answer_stays() -> None:
    bench = Bench([tried("a"), tried("a", "b"), tried("a", "b")])
    model = ScriptedModel([answer("One."), answer("Two."), answer("Three.")])
    (revision,) = await revised(model, trial=bench, rounds=3)
    assert len(model.requests) == 3
    assert texts(revision) == ["One."]


async def test_the_same_answer_again_ends_the_rounds() -> None:
    bench = Bench([tried("a")])
    model = ScriptedModel([answer("One."), answer("One.")])
    (revision,) = await revised(model, trial=bench, rounds=3)
    assert (texts(revision), len(model.requests)) == (["One."], 2)


@pytest.mark.parametrize("later", ["No JSON.", BudgetExceeded("The budget is spent.")])
async def test_what_goes_wrong_in_a_later_round_costs_only_that_round(later: Answer) -> None:
    told: list[Event] = []
    answers: list[Answer] = [answer("One."), later, later]
    (revision,) = await revised(ScriptedModel(answers), trial=Bench([tried("a")]), rounds=3, tell=told.append)
    assert texts(revision) == ["One."]
    assert any(isinstance(event, Note) and event.level == "warning" for event in told)


async def test_a_model_out_of_reach_is_no_verdict() -> None:
    with pytest.raises(ModelUnavailable):
        await revised(ScriptedModel([answer("One.")]), trial=Bench([ModelUnavailable("gone")]), rounds=1)


@pytest.mark.parametrize("later", [BudgetExceeded("spent"), ModelRefused("Not this."), "No JSON."])
async def test_an_objection_that_cannot_be_answered_leaves_the_first_answer(later: Answer) -> None:
    bench = Bench([tried()], objections=["Said twice."])
    (revision,) = await revised(ScriptedModel([answer("One."), later]), trial=bench, rounds=1)
    assert texts(revision) == ["One."]


async def test_after_an_unusable_answer_to_objections_the_first_is_the_one_that_was_tried() -> None:
    bench = Bench([tried("a"), tried()], objections=["Said twice."])
    model = ScriptedModel([answer("One."), "No JSON.", answer("Two.")])
    (revision,) = await revised(model, trial=bench, rounds=2)
    assert texts(revision) == ["Two."]
    told = model.requests[2].messages
    assert [message.content for message in told if message.role == "assistant"] == [answer("One.")]


async def test_nothing_is_drafted_when_the_model_takes_everything_back() -> None:
    bench = Bench(objections=["Said twice."])
    assert await revised(ScriptedModel([answer("One."), answer()]), trial=bench, rounds=3) == ()
    assert bench.seen == []


# --- candidates


async def test_candidates_differ_and_the_best_comes_first() -> None:
    bench = Bench([tried("a", "b"), tried()])
    model = ScriptedModel([answer("One."), answer("Two.")])
    first, second = await revised(model, trial=bench, rounds=1, candidates=2)
    assert (texts(first), texts(second)) == (["Two."], ["One."])
    assert "Proposed already by somebody else" in model.prompts[1]
    assert "One." in model.prompts[1]
    assert model.requests[0].seed != model.requests[1].seed


async def test_a_budget_that_ends_after_the_first_candidate_leaves_that_one() -> None:
    model = ScriptedModel([answer("One."), BudgetExceeded("spent")])
    (revision,) = await revised(model, candidates=3)
    assert texts(revision) == ["One."]
    with pytest.raises(BudgetExceeded):
        await revised(ScriptedModel([BudgetExceeded("spent")]), candidates=3)


async def test_a_model_that_sees_no_habit_is_not_asked_for_another() -> None:
    model = ScriptedModel([answer()])
    assert await revised(model, candidates=3) == ()
    assert len(model.requests) == 1


# --- what is sent


async def test_hints_and_the_step_that_wrote_a_passage_are_shown() -> None:
    hint = Operation(action="add", target="rule", text="Say use, never utilize.", evidence=(CHANGE.id,))
    asked = Asked(_evidence(), GUIDANCE, hints=(hint,), origins={CHANGE.id: "polish"}, name="claude-opus-5")
    model = ScriptedModel([answer()])
    await revise(asked, model)
    assert "Say use, never utilize." in model.prompts[0]
    assert "written by the step polish" in model.prompts[0]
    assert model.requests[0] == first_question(asked)
    assert model.requests[0].model == "claude-opus-5"


async def test_what_stands_before_the_evidence_does_not_change_with_it() -> None:
    one, two = (
        first_question(Asked(evidence, GUIDANCE)).messages[0]
        for evidence in (_evidence(), _evidence().without(PAIR.id))
    )
    assert one.content[: one.stable] == two.content[: two.stable]
    assert GUIDANCE.files["prompts/draft.md"].strip() in one.content[: one.stable]
    assert CHANGE.id not in one.content[: one.stable]


async def test_the_answer_is_held_to_the_schema_where_a_model_can_be() -> None:
    schema = json.loads(first_question(Asked(_evidence(), GUIDANCE)).answer)
    assert schema["properties"]["operations"]["maxItems"] == 4
    assert "question" in schema["properties"]["operations"]["items"]["properties"]


async def test_what_a_critique_says_is_shown_whole() -> None:
    long = Critique(brief="bread", text=f"{'It is too stiff. ' * 40}And never end with a question.")
    evidence = gather([PAIR], [(long, "blog")], [], ())
    assert "And never end with a question." in first_question(Asked(evidence, GUIDANCE)).messages[0].content


async def test_a_change_at_the_end_of_a_long_sentence_is_shown() -> None:
    start = "When the oven is hot " + "and the dough has rested for a good while " * 12
    pair = PAIR.model_copy(update={"draft": f"{start}we utilize it.", "final": f"{start}we use it."})
    shown = first_question(Asked(gather([pair], [], [], ()), GUIDANCE)).messages[0].content
    assert "we utilize it." in shown
    assert "we use it." in shown


async def test_evidence_that_only_a_hint_names_may_be_cited() -> None:
    hint = Operation(action="add", target="rule", text="Say use.", evidence=("p0123456789ab",))
    cited = json.dumps({"operations": [{**ADD, "evidence": ["p0123456789ab"]}]})
    (revision,) = await revise(Asked(_evidence(), GUIDANCE, hints=(hint,)), ScriptedModel([cited]))
    assert revision.operations[0].evidence == ("p0123456789ab",)


async def test_a_refused_change_of_a_prompt_names_the_paragraph() -> None:
    gone = Operation(action="delete", target="prompt", id="prompts/draft.md", old="Be brief.")
    shown = first_question(Asked(_evidence(), GUIDANCE, refused=(gone,))).messages[0].content
    assert "- delete prompt: prompts/draft.md, “Be brief.”" in shown


async def test_the_writers_own_rules_and_prose_are_shown_as_such() -> None:
    shown = first_question(Asked(_evidence(), GUIDANCE, own={"r1"})).messages[0].content
    assert "[r1] (everything, the writer’s own) Write short sentences." in shown
    assert "[r2] (everything) Write “use” instead of “utilize”." in shown
    assert "We write for neighbours." in shown


async def test_a_draft_of_an_older_guide_is_marked() -> None:
    def line(version: str) -> str:
        pair = PAIR.model_copy(update={"version": version})
        shown = first_question(Asked(gather([pair], [], [], ()), GUIDANCE)).messages[0].content
        return shown.partition("<changes>\n")[2].splitlines()[0]

    assert line("0" * 12).endswith(", with an older guide:")
    assert not line(GUIDANCE.version).endswith(", with an older guide:")
    assert not line("").endswith(", with an older guide:")


# --- yes/no questions


@pytest.mark.parametrize(
    ("said", "means"),
    [
        ("yes", True),
        ("No.", False),
        ("**Yes**, it does.", True),
        ("Perhaps.", None),
        ("", None),
        ("nothing", None),
    ],
)
async def test_a_question_is_answered_yes_or_no_or_not(
    said: str,
    means: bool | None,  # noqa: FBT001
) -> None:
    assert await holds("Is it long?", "A text.", ScriptedModel([said])) is means


def test_the_text_comes_first_so_that_it_is_read_once_for_all_questions() -> None:
    one, two = (judge_request(question, "The text.").messages[0] for question in ("Long?", "Warm?"))
    assert one.content[: one.stable] == two.content[: two.stable]
    assert "The text." in one.content[: one.stable]
    assert one.content.count("Long?") == 1
