"""A model's answer about a whole pipeline: what is taken, what is refused, and with which words."""

from __future__ import annotations

import json
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest

from loop.describe import Pipeline, Sample, kept_as_examples, plan_schema, read_plan, require_project
from loop.errors import ReplyInvalid
from pipelines.active import active_checks
from pipelines.guide import rules_of
from tests.unit.loop.describe.material import KETTLE, PLAN, SAMPLES, plan

MODEL = "claude-sonnet-5-5"


def read(reply: str, samples: tuple[Sample, ...] = SAMPLES) -> Pipeline:
    return read_plan(reply, samples, kept_as_examples(samples)[0], MODEL)


def changed(key: str, number: int, **fields: Any) -> str:
    """The answer, with one rule, step or brief changed."""
    items = [dict(item) for item in PLAN[key]]
    items[number] |= fields
    return plan(**{key: items})


def test_a_sound_answer_is_a_project() -> None:
    pipeline = read(plan())
    sound = require_project(pipeline.files)
    assert sound.settings.pipeline.type == "kitchen note"
    assert sound.settings.model.name == MODEL
    assert [step.name for step in sound.settings.steps] == ["draft", "tighten", "checks"]
    assert [brief.split for brief in sound.briefs].count("held_out") == 2
    rules = rules_of(pipeline.files["CLAUDE.md"])
    assert [(rule.id, rule.scope) for rule in rules] == [
        ("r1", "everything"),
        ("r2", "everything"),
        ("r3", "kitchen note"),
    ]
    checks = active_checks(sound.guidance, "kitchen note")
    assert {(check.id, check.rule, check.kind) for check in checks} == {
        ("c1", "r2", "limit"),
        ("c2", "r3", "replace"),
    }
    assert pipeline.files["examples/the-kettle.md"] == KETTLE


def test_an_answer_in_a_fence_is_taken_and_one_with_words_around_it_is_not() -> None:
    assert read(f"```json\n{plan()}\n```").files == read(plan()).files
    with pytest.raises(ReplyInvalid, match="not JSON"):
        read(f"Here you are: {plan()}")


def test_guide_and_examples_come_first_in_every_prompt_and_are_the_same() -> None:
    files = read(plan()).files
    heads = {files[f"prompts/{name}.md"].partition("</examples>")[0] for name in ("draft", "tighten")}
    assert len(heads) == 1
    assert heads.pop().startswith("{{guidance}}")
    assert files["prompts/draft.md"].count("{{brief}}") == 1
    assert "{{input}}" in files["prompts/tighten.md"]
    assert "{{examples}}" not in read(plan(), ()).files["prompts/draft.md"]


def test_the_schema_takes_the_answer_and_no_field_of_its_own() -> None:
    schema = plan_schema()
    jsonschema.validate(json.loads(plan()), schema)
    for wrong in (
        plan(author="me"),
        changed("rules", 1, check={"kind": "forbid", "find": "x", "rule": "r1"}),
    ):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(json.loads(wrong), schema)


BRIEFS = PLAN["briefs"]
WRONG = {
    "not an object": ("[]", "not a JSON object"),
    "a key twice": ('{"name": "a", "name": "b"}', "twice"),
    "a field of its own": (plan(author="me"), "“author” is not known"),
    "nothing of a part": (json.dumps({**PLAN, "steps": None}), "“steps” must be a list"),
    "a name over two lines": (plan(name="a\nb"), "“name”"),
    "everything as type": (plan(type="Everything"), "“type”"),
    "a type with a mark": (plan(type="blog: # post"), "“type”"),
    "an empty guide": (plan(guide=" "), "“guide” is empty"),
    "a long guide": (plan(guide="word " * 1_000), "3,000"),
    "rules in the guide": (plan(guide="Nice.\n\n## Rules for kitchen note\n\n- Be nice."), "prose"),
    "an id in the guide": (plan(guide="Nice. <!-- r1 -->"), "prose"),
    "a guide that swallows the rules": (plan(guide="Nice.\n\n```\ncode"), "one plain sentence"),
    "a guide that ends in a comment": (plan(guide="Nice.\n\n<!-- to do"), "one plain sentence"),
    "no rules": (plan(rules=[]), "There are 0 rules; 1 to 20"),
    "a rule twice": (plan(rules=[PLAN["rules"][0]] * 2), "each must be another"),
    "a rule over lines": (changed("rules", 0, text="One.\nTwo."), "Rule 1 must be one line"),
    "a rule with a bullet": (changed("rules", 0, text="- One."), "without a bullet"),
    "a rule with an id": (changed("rules", 0, text="One. <!-- r7 -->"), "without a bullet"),
    "a rule for another type": (changed("rules", 0, scope="poem"), "“poem”"),
    "a check with an id": (
        changed("rules", 1, check={"kind": "forbid", "find": "x", "id": "c9"}),
        "may not set “id”",
    ),
    "a check of no kind": (changed("rules", 1, check={"kind": "burn", "find": "x"}), "Rule 2: “check.kind”"),
    "a check without words": (changed("rules", 1, check={"kind": "forbid"}), "the words to look for"),
    "a broken pattern": (
        changed("rules", 1, check={"kind": "forbid", "find": "(", "pattern": True}),
        "pattern",
    ),
    "no steps": (plan(steps=[]), "There are 0 steps"),
    "a step's name that leads away": (changed("steps", 0, name="../x"), "cannot be a step's name"),
    "a step named checks": (changed("steps", 0, name="checks"), "not “checks”"),
    "a device's name": (changed("steps", 0, name="nul"), "cannot be a step's name"),
    "a step twice": (changed("steps", 1, name="draft"), "2 steps “draft”"),
    "an unknown variable": (changed("steps", 0, prompt="Do {{breif}}."), "not {{breif}}"),
    "a variable that is put in": (changed("steps", 0, prompt="{{guidance}} Go."), "not {{guidance}}"),
    "input in the first step": (changed("steps", 0, prompt="Do {{input}}."), "not {{input}}"),
    "open braces": (changed("steps", 0, prompt="Do {{ this."), "braces are not closed"),
    "an empty prompt": (changed("steps", 0, prompt=" "), "1 to 4,000"),
    "few briefs": (plan(briefs=BRIEFS[:5]), "There are 5 briefs; 6 to 12"),
    "many briefs": (plan(briefs=[{"id": f"n{n}", "text": "x"} for n in range(13)]), "13 briefs"),
    "one held out": (changed("briefs", 4, held_out=False), "1 of 6 briefs are held out"),
    "a brief's id that leads away": (changed("briefs", 0, id="a/b"), "“a/b” cannot be a brief's id"),
    "a hidden brief": (changed("briefs", 0, id=".x"), "“.x” cannot be a brief's id"),
    "capital letters": (changed("briefs", 0, id="Note"), "“Note” cannot be a brief's id"),
    "a brief twice": (changed("briefs", 0, id="note-2"), "2 briefs “note-2”"),
    "an empty brief": (changed("briefs", 0, text="…"), "1 to 2,000"),
    "a brief that opens front matter": (changed("briefs", 0, text="---\nsplit: x"), ""),
    "a sample's title as topic": (
        changed("briefs", 0, text="The kettle that sings, once more."),
        "repeats sample 1",
    ),
    "a sample's passage": (
        changed("briefs", 0, text="Note: I put up a shelf. It holds guidance and salt."),
        "repeats sample 2",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_breaks_the_form_is_refused_with_the_reason_and_kept(name: str) -> None:
    reply, says = WRONG[name]
    if not says:  # harmless: front matter of its own stands above it
        assert read(reply)
        return
    with pytest.raises(ReplyInvalid) as refused:
        read(reply)
    assert says in refused.value.message
    assert refused.value.reply == reply
    assert refused.value.hint


def test_all_faults_are_told_at_once_but_not_endlessly() -> None:
    with pytest.raises(ReplyInvalid) as refused:
        read(plan(name="", type="", guide="", rules=[], steps=[], briefs=[]))
    for word in ("“name”", "“type”", "“guide”", "0 rules", "0 steps", "more faults"):
        assert word in refused.value.message


def test_a_check_that_the_writers_own_samples_break_is_left_out_and_the_rule_stays() -> None:
    limit = {"kind": "limit", "measure": "sentence_words", "high": 3}
    pipeline = read(changed("rules", 0, check=limit))
    assert 'measure = "sentence_words"' not in pipeline.files["checks.toml"]
    assert "Write in the first person." in pipeline.files["CLAUDE.md"]
    assert pipeline.says == (
        "“Write in the first person.” stays a rule without a check: 2 of your 2 samples would break it.",
    )


def test_other_scripts_name_briefs_and_examples() -> None:
    reply = changed("briefs", 0, id="茶-im-öl")
    files = read(reply, (Sample("Größe & Maß.txt", "Grüße."), Sample("größe-maß.md", "Zwei."))).files
    assert "briefs/茶-im-öl.md" in files
    assert {"examples/größe-maß.md", "examples/größe-maß-2.md"} <= set(files)
