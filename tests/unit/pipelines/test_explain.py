"""Where a sentence of a draft comes from."""

from __future__ import annotations

import pytest

from loop.errors import UsageError
from loop.model import Draft, Guidance, MarginNote, StepTrace
from pipelines.explain import explain
from tests.unit.pipelines.test_runner import FILES


def trace(step: str, kind: str, output: str, *applied: str) -> StepTrace:
    return StepTrace(step=step, kind=kind, output=output, applied=applied)


HISTORY = Draft(
    brief="bread",
    text="# Bread\n\n- We use flour daily.\n- Bread is warm and good.\n",
    version="v",
    model="m",
    steps=(
        trace("outline", "prompt", "Flour. Warmth."),
        trace("draft", "prompt", "# Bread\n\n- We utilize flour daily.\n- Bread is cold."),
        trace("polish", "prompt", "# Bread\n\n- We utilize flour daily.\n- Bread is warm and good."),
        trace("checks", "checks", "# Bread\n\n- We use flour daily.\n- Bread is warm and good.", "c1"),
    ),
)


def test_a_sentence_is_traced_to_its_step_its_check_and_its_rule() -> None:
    why = explain(HISTORY, Guidance(files=FILES), "We use  flour daily.")
    assert (why.step, why.kind, why.before, why.checks) == (
        "draft",
        "prompt",
        "We utilize flour daily.",
        ("c1",),
    )
    assert (why.rules[0].id, why.rules[0].likeness) == ("r1", 1.0)


def test_a_part_of_a_sentence_is_enough_and_rules_are_found_by_their_words() -> None:
    why = explain(HISTORY, Guidance(files=FILES), "warm and good")
    assert (why.sentence, why.step, why.checks, why.before) == ("Bread is warm and good.", "polish", (), "")
    assert [rule.id for rule in why.rules] == ["r3"]


def test_a_sentence_that_is_not_in_the_draft_is_refused_with_the_nearest() -> None:
    with pytest.raises(UsageError, match="no sentence like") as caught:
        explain(HISTORY, Guidance(files=FILES), "We sell flour wholesale, by the truck.")
    assert "We use flour daily." in caught.value.hint
    with pytest.raises(UsageError):
        explain(HISTORY, Guidance(files=FILES), "  ")


def test_a_sentence_that_a_check_split_off_leads_to_the_step_that_wrote_it() -> None:
    wrote = "Bread takes time. It doesn't just rise; it also becomes what the morning smells of."
    left = "Bread takes time. It does not just rise. It also becomes what the morning smells of."
    draft = Draft(
        brief="rye",
        text=left,
        version="v",
        model="m",
        steps=(
            StepTrace(step="write", kind="prompt", output=wrote),
            StepTrace(step="checks", kind="checks", output=left, applied=("c1",)),
        ),
    )
    files = {
        "CLAUDE.md": "# Guide\n\n## Rules for blog\n\n- No contractions. <!-- r1 -->\n",
        "checks.toml": '[[check]]\nid = "c1"\nrule = "r1"\nkind = "replace"\nvariant = "uncontracted"\n',
    }
    why = explain(draft, Guidance(files=files), "It does not just rise.")
    assert (why.step, why.kind, why.checks) == ("write", "prompt", ("c1",))
    assert why.before.startswith("It doesn't just rise;")


def test_a_sentence_that_holds_the_words_and_still_stands_is_no_forerunner() -> None:
    wrote = "Then utilize it well. It helps when you then use it well and often in the kitchen."
    left = wrote.replace("utilize", "use")
    draft = Draft(
        brief="rye",
        text=left,
        version="v",
        model="m",
        steps=(trace("write", "prompt", wrote), trace("checks", "checks", left, "c1")),
    )
    why = explain(draft, Guidance(files=FILES), "Then use it well.")
    assert (why.before, why.checks) == ("Then utilize it well.", ("c1",))


def test_what_a_check_notes_of_a_sentence_is_told_and_its_rule_leads() -> None:
    long = MarginNote(
        check="c9", rule="r2", message="A sentence of 5 words; at most 3.", quote="Bread is warm…"
    )
    last = HISTORY.steps[-1].model_copy(update={"notes": (long,)})
    noted = HISTORY.model_copy(update={"steps": (*HISTORY.steps[:-1], last)})
    why = explain(noted, Guidance(files=FILES), "Bread is warm and good.")
    assert (why.notes, why.rules[0].id, why.rules[0].likeness) == ((long,), "r2", 1.0)
    assert explain(noted, Guidance(files=FILES), "We use flour daily.").notes == ()
