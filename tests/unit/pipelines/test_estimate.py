"""What a draft takes is known before it is written: about, and at most."""

from __future__ import annotations

import pytest

from loop.errors import ConfigError
from loop.model import Brief, Guidance, Usage
from loop.settings import Settings, parse_settings
from pipelines.estimate import step_usages

BRIEF = Brief(id="tea", text="Tea outdoors. " * 20, type="note")
GUIDANCE = Guidance(
    files={
        "CLAUDE.md": "# Style\n\n" + "Plain words. " * 30,
        "prompts/draft.md": "{{guidance}}\n{{brief}}",
        "prompts/close.md": "{{input}}",
        "prompts/last.md": "{{input}}",
    }
)


def steps(*tables: str) -> Settings:
    return parse_settings("".join(f"[[steps]]\n{table}\n" for table in tables))


def most_usage(brief: Brief, guidance: Guidance, settings: Settings) -> Usage:
    return sum((one.most for one in step_usages(brief, guidance, settings)), Usage())


DRAFT = 'kind = "prompt"\nname = "draft"\nmax_tokens = 100'
CLOSE = 'kind = "prompt"\nname = "close"\nmax_tokens = 50'

LAST = 'kind = "prompt"\nname = "last"\nmax_tokens = 10'


def test_every_reply_is_as_long_as_it_may_be_and_is_read_by_the_next_step() -> None:
    one = most_usage(BRIEF, GUIDANCE, steps(DRAFT))
    two = most_usage(BRIEF, GUIDANCE, steps(DRAFT, CLOSE))
    assert (one.calls, one.output_tokens) == (1, 100)
    assert one.input_tokens >= len(BRIEF.text) // 2 + len(GUIDANCE.files["CLAUDE.md"]) // 2 - 2
    assert (two.calls, two.output_tokens) == (2, 150)
    assert two.input_tokens == one.input_tokens + 100


def test_a_step_that_appends_makes_the_next_one_read_both() -> None:
    appended = most_usage(BRIEF, GUIDANCE, steps(DRAFT, f"{CLOSE}\nappends = true", LAST))
    replaced = most_usage(BRIEF, GUIDANCE, steps(DRAFT, CLOSE, LAST))
    assert appended.input_tokens == replaced.input_tokens + 100


def test_a_refine_pass_is_counted_only_behind_a_prompt() -> None:
    refined = most_usage(BRIEF, GUIDANCE, steps(DRAFT, 'kind = "checks"'))
    assert refined.calls == 2
    assert refined.output_tokens > 200
    assert most_usage(BRIEF, GUIDANCE, steps(DRAFT, 'kind = "checks"\nrefine = false')).calls == 1
    program = 'kind = "command"\nname = "copy"\nargv = ["cat"]'
    assert most_usage(BRIEF, GUIDANCE, steps(program, 'kind = "checks"')).calls == 0


def test_about_goes_by_what_was_written_so_far_and_never_passes_what_is_allowed() -> None:
    typical = {"draft": Usage(calls=1, output_tokens=30), "close": Usage(calls=1, output_tokens=900)}
    draft, close = step_usages(BRIEF, GUIDANCE, steps(DRAFT, CLOSE), typical=typical)
    assert (draft.about.output_tokens, close.about.output_tokens) == (30, 50)
    assert close.about.input_tokens == 30
    assert close.most.input_tokens == 100


def test_an_agent_is_counted_with_its_limits() -> None:
    guidance = GUIDANCE.model_copy(update={"files": {**GUIDANCE.files, "prompts/polish.md": "{{input}}"}})
    agent = 'kind = "agent"\nname = "polish"\nusd = 0.3\nturns = 5'
    _, polish = step_usages(BRIEF, guidance, steps(DRAFT, agent))
    assert (polish.about, polish.most) == (Usage(calls=5, usd=0.3), Usage(calls=5, usd=0.3))


def test_a_missing_prompt_is_named() -> None:
    with pytest.raises(ConfigError, match=r"prompts/other\.md is missing"):
        most_usage(BRIEF, GUIDANCE, steps(DRAFT.replace("draft", "other")))
