"""Which rows edit pairs and picked takes give, and why some give none."""

from __future__ import annotations

from typing import Any

import pytest

from feedback.align import changes
from feedback.dataset.parts import StepNow
from loop.model import Choice, Pair, Wrote
from tests.unit.feedback.dataset.made import ADVICE, DRAFT, POST, STEPS, asked, brief, gathered, pair, wrote

FINAL = DRAFT.replace("warm", "hot").replace("a friend", "two friends")


def test_each_step_learns_its_own_part_with_its_own_prompt() -> None:
    mine = pair(FINAL)
    found = gathered([mine])
    assert [(row.id, row.prompt[0].content) for row in found.sft] == [
        (f"{mine.id}/post", "post: Write about tea."),
        (f"{mine.id}/advice", f"advice: Write about tea. {POST}"),
    ]
    post, advice = found.sft
    assert (post.chosen, post.rejected) == (POST.replace("warm", "hot"), POST)
    assert (advice.chosen, advice.rejected) == (ADVICE.replace("a friend", "two friends"), ADVICE)
    assert [post.chosen[slice(*span)] for span in post.chosen_spans] == ["hot"]
    assert [post.rejected[slice(*span)] for span in post.rejected_spans] == ["warm"]
    assert [advice.chosen[slice(*span)] for span in advice.chosen_spans] == ["two friends"]
    assert found.dpo == found.sft
    assert found.left_out == ()


def test_a_part_that_was_left_as_it_was_is_a_final_and_no_preference() -> None:
    found = gathered([pair(DRAFT.replace("warm", "hot"))])
    assert [row.id.partition("/")[2] for row in found.sft] == ["post", "advice"]
    assert [row.id.partition("/")[2] for row in found.dpo] == ["post"]
    assert (found.sft[1].rejected, found.sft[1].chosen_spans) == ("", ())


def test_a_change_that_is_kept_out_of_learning_is_not_in_what_is_learned() -> None:
    hot, friends = changes(DRAFT, FINAL)
    found = gathered([pair(FINAL, excluded=(friends.id,))])
    assert [row.chosen for row in found.sft] == [POST.replace("warm", "hot"), ADVICE]
    nothing = gathered([pair(FINAL, excluded=(hot.id, friends.id))])
    assert nothing.sft == ()
    assert nothing.left_out[0].reason == "All that you changed is kept out of learning."


def test_of_a_step_whose_reply_was_replaced_nothing_is_learned() -> None:
    steps = (Wrote(step="outline", output="- warm\n- garden"), Wrote(step="draft", output=POST))
    mine = pair(POST.replace("warm", "hot"), draft=POST, steps=steps)
    found = gathered([mine], steps=[StepNow("outline"), StepNow("draft", takes_input=True)])
    assert [(row.id, row.prompt[0].content) for row in found.sft] == [
        (f"{mine.id}/draft", "draft: Write about tea. - warm\n- garden")
    ]


FRAME = "# Tea\n\nFiled under drinks."
FRAMED = (
    Wrote(step="frame", kind="command", output=FRAME),
    Wrote(step="mend", kind="checks", output=FRAME),
    Wrote(step="advice", output=f"{FRAME}\n\n{ADVICE}", appends=True),
)


def framed(final: str) -> Pair:
    """A pair of a pipeline that begins with a program; the model's reply stands below what that made."""
    return pair(final, draft=f"{FRAME}\n\n{ADVICE}", steps=FRAMED)


def test_a_reply_below_what_a_program_made_is_learned_with_that_as_its_input() -> None:
    mine = framed(f"{FRAME} And tea.\n\n{ADVICE.replace('a friend', 'two friends')}")
    found = gathered([mine])
    assert [(row.id, row.prompt[0].content) for row in found.sft] == [
        (f"{mine.id}/advice", f"advice: Write about tea. {FRAME}")
    ]
    (row,) = found.dpo
    assert (row.chosen, row.rejected) == (ADVICE.replace("a friend", "two friends"), ADVICE)
    assert [row.chosen[slice(*span)] for span in row.chosen_spans] == ["two friends"]
    assert found.left_out == ()


def test_what_a_program_made_is_nobodys_to_learn_and_what_is_missing_is_said_truly() -> None:
    above = gathered([framed(f"{FRAME.replace('drinks', 'leaves')}\n\n{ADVICE}")])
    assert [(row.chosen, row.rejected) for row in above.sft] == [(ADVICE, "")]
    assert [(one.of, one.reason) for one in above.left_out] == [
        ("dpo", "What is left of what the model wrote was not changed.")
    ]
    over = gathered([framed(f"{FRAME} Then: {ADVICE}")])
    assert [one.reason for one in over.left_out] == [
        "An edit runs over the border between what the steps “frame”, “advice” wrote."
    ]


WHO = "It is not kept which step wrote what of it, and the pipeline has 2: “post”, “advice”."
OVER = "An edit runs over the border between what the steps “post”, “advice” wrote."
BY_AGENT = "Claude Code wrote it, in the step “work”: only steps with a prompt can learn."


@pytest.mark.parametrize(
    ("mine", "reason"),
    [
        (pair(f"{POST} Then: {ADVICE}"), OVER),
        (pair(FINAL, stopped=True), "The draft broke off: a model that learned it would break off, too."),
        (pair(FINAL, steps=()), WHO),
        (pair(FINAL, steps=(Wrote(step="gone", output=DRAFT),)), WHO),
        (pair(FINAL, withdrawn=True), "The final was withdrawn."),
        (pair(FINAL, steps=(Wrote(step="work", kind="agent", output=DRAFT),)), BY_AGENT),
    ],
)
def test_a_pair_that_cannot_be_learned_is_listed_with_the_reason(mine: Pair, reason: str) -> None:
    found = gathered([mine])
    assert (found.sft, found.dpo, found.sources) == ((), (), ())
    assert [(one.id, one.reason, one.of) for one in found.left_out] == [(mine.id, reason, "")]


def test_old_texts_are_learned_whole_by_the_only_step_or_the_one_that_is_named() -> None:
    old = pair(FINAL, steps=())
    alone = gathered([old], steps=[StepNow("draft")])
    named = gathered([old], step="advice")
    assert [row.id for row in alone.sft] == [f"{old.id}/draft"]
    assert [(row.id, row.chosen) for row in named.sft] == [(f"{old.id}/advice", FINAL)]
    assert gathered([old]).left_out[0].hint.startswith("redraft train plan --step post")
    takes = gathered([old], steps=[StepNow("post"), StepNow("advice", takes_input=True)], step="advice")
    assert takes.left_out[0].reason == "It is not kept what the step “advice” was given as its input."


def test_what_was_written_anew_is_a_text_and_no_edit() -> None:
    found = gathered([pair("Coffee keeps nobody company.\n\nBuy beans.", steps=())], steps=[StepNow("draft")])
    assert len(found.sft) == 1
    assert (found.sft[0].rejected, found.dpo) == ("", ())
    assert [(one.of, "anew" in one.reason) for one in found.left_out] == [("dpo", True)]


def test_a_part_that_was_taken_out_teaches_nobody_to_be_silent() -> None:
    found = gathered([pair(POST.replace("warm", "hot"))])
    assert [row.id.partition("/")[2] for row in found.sft] == ["post"]
    assert [one.reason for one in found.left_out] == ["You took out all that the step “advice” wrote."]


def test_held_out_briefs_then_or_now_only_measure() -> None:
    then = pair(FINAL, brief=brief("bread", split="held_out"))
    now = pair(FINAL, brief=brief("rain"))
    found = gathered([then, now, pair(FINAL)], held_out={"rain"})
    assert {row.brief: row.split for row in found.sft} == {
        "bread": "held_out",
        "rain": "held_out",
        "tea": "train",
    }


def test_picked_takes_are_preferences_step_by_step() -> None:
    choice = Choice(
        brief=brief(),
        chosen=DRAFT,
        rejected=(f"Rain falls.\n\n{ADVICE}", f"{POST}\n\nStay at home."),
        steps=wrote(),
        rejected_steps=(wrote("Rain falls."), wrote(advice="Stay at home.")),
    )
    found = gathered([], [choice])
    assert found.sft == ()
    assert [(row.id, row.chosen, row.rejected) for row in found.dpo] == [
        (f"{choice.id}/post", POST, "Rain falls."),
        (f"{choice.id}/advice/2", ADVICE, "Stay at home."),
    ]


def test_takes_whose_steps_were_given_different_texts_are_compared_only_where_that_was_not_read() -> None:
    choice = Choice(
        brief=brief(),
        chosen=DRAFT,
        rejected=("Rain falls.\n\nStay at home.",),
        steps=wrote(),
        rejected_steps=(wrote("Rain falls.", "Stay at home."),),
    )
    reads = gathered([], [choice], steps=[StepNow("post"), StepNow("advice", takes_input=True)])
    assert [row.id for row in reads.dpo] == [f"{choice.id}/post"]
    assert len(gathered([], [choice]).dpo) == 2


def test_takes_of_which_nobody_kept_the_steps_are_compared_whole_or_left_out() -> None:
    choice = Choice(brief=brief(), chosen=DRAFT, rejected=("Rain falls.",))
    assert gathered([], [choice]).dpo == ()
    whole = gathered([], [choice], steps=STEPS[:1])
    assert [(row.id, row.chosen, row.rejected) for row in whole.dpo] == [
        (f"{choice.id}/post", DRAFT, "Rain falls.")
    ]


def test_old_pairs_load_and_keep_their_id() -> None:
    mine = pair(FINAL)
    old = mine.model_dump(exclude={"steps", "stopped"})
    assert Pair.model_validate(old).id == mine.id
    assert Pair.model_validate(old).steps == ()


def test_the_prompt_is_asked_for_once_per_row() -> None:
    calls: list[tuple[str, str, str]] = []

    def counted(of: Any, step: str, given: str) -> Any:
        calls.append((of.id, step, given))
        return asked(of, step, given)

    gathered([pair(FINAL)], prompt=counted)
    assert calls == [("tea", "post", ""), ("tea", "advice", POST)]
