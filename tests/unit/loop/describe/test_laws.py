"""Any answer that is taken makes a project that the project's own readers take, whatever it says."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loop.describe import Sample, kept_as_examples, read_plan, require_project
from loop.errors import ReplyInvalid
from pipelines.guide import rules_of, told
from pipelines.template import variables_of

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Co", "Cn")), max_size=60)
PLAIN = st.from_regex(r"[A-ZÄ茶][a-zß 0-9,'’“”%#*_-]{3,60}[a-z]\.", fullmatch=True)
CHECKS = st.sampled_from(
    [
        None,
        {"kind": "replace", "find": "utilize", "text": "use"},
        {"kind": "replace", "variant": "british"},
        {"kind": "forbid", "find": r"#\w+", "pattern": True, "fix": "phrase"},
        {"kind": "require", "text": 'Bye "now" \\ so.', "place": "closing"},
        {"kind": "limit", "measure": "sentence_words", "low": 1, "high": 40},
    ]
)
NAMES = st.from_regex(r"[a-z][a-z0-9]{0,8}(-[a-z0-9]{1,8})?", fullmatch=True)


@st.composite
def plans(draw: st.DrawFn, text: st.SearchStrategy[str]) -> dict[str, Any]:
    """Plans within the bounds as far as numbers go; their texts are what `text` gives."""
    names = draw(st.lists(NAMES, min_size=6, max_size=12, unique=True))
    steps = draw(st.lists(NAMES.filter("checks".__ne__), min_size=1, max_size=4, unique=True))
    held = draw(st.integers(2, len(names) - 3))
    type_ = draw(st.sampled_from(["post", "Blog post", "brief an öma"]))
    rules = draw(st.lists(text, min_size=1, max_size=6, unique_by=str.casefold))
    return {
        "name": draw(PLAIN),
        "type": type_,
        "guide": draw(text),
        "rules": [
            {"text": rule, "scope": draw(st.sampled_from([type_, "everything"])), "check": draw(CHECKS)}
            for rule in rules
        ],
        "steps": [
            {"name": name, "prompt": draw(text) + draw(st.sampled_from(["", " {{brief}}", r" \{{x}}"]))}
            for name in steps
        ],
        "briefs": [
            {"id": name, "text": draw(text), "held_out": number < held} for number, name in enumerate(names)
        ],
    }


SAMPLES = st.lists(st.builds(Sample, WORDS, st.text(max_size=200)), max_size=6)


def _holds(answer: dict[str, Any], samples: list[Sample]) -> None:
    examples, _ = kept_as_examples(samples)
    pipeline = read_plan(json.dumps(answer), samples, examples, "claude-sonnet-5-5")
    sound = require_project(pipeline.files)  # settings, guide, checks, prompts, briefs
    rules = rules_of(pipeline.files["CLAUDE.md"])
    assert [rule.text for rule in rules] == [rule.text for rule in pipeline.plan.rules]
    assert len({rule.id for rule in rules}) == len(rules)
    assert sum(brief.split == "held_out" for brief in sound.briefs) >= 2
    assert {brief.id: brief.text for brief in sound.briefs} == {
        brief.id: "\n".join(brief.text.strip().splitlines()) for brief in pipeline.plan.briefs
    }
    for path, text in pipeline.files.items():
        if path.startswith("prompts/"):
            used = variables_of(text, path)
            assert used[0] == "guidance"
            assert set(used) <= {"guidance", "examples", "brief", "input"}
            assert used.index("guidance") < used.index("brief")
    assert all(rule.text in told(pipeline.files["CLAUDE.md"], answer["type"]) for rule in rules)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(plans(PLAIN), SAMPLES)
def test_any_valid_answer_is_a_project_that_runs(answer: dict[str, Any], samples: list[Sample]) -> None:
    _holds(answer, samples)


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(plans(WORDS), SAMPLES)
def test_any_text_at_all_is_a_project_that_runs_or_a_refusal(
    answer: dict[str, Any], samples: list[Sample]
) -> None:
    with contextlib.suppress(ReplyInvalid):
        _holds(answer, samples)


@given(st.text(max_size=300))
def test_any_reply_at_all_is_refused_in_words(reply: str) -> None:
    with pytest.raises(ReplyInvalid) as refused:
        read_plan(reply, (), {}, "x")
    assert refused.value.reply == reply
