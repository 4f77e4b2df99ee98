"""What a draft can cost at most is known before it is written."""

from __future__ import annotations

import pytest

from loop.errors import ConfigError
from loop.model import Brief, Guidance
from loop.settings import Settings, parse_settings
from pipelines.estimate import most_usage

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


DRAFT = 'kind = "prompt"\nname = "draft"\nmax_tokens = 100'
CLOSE = 'kind = "prompt"\nname = "close"\nmax_tokens = 50'

LAST = 'kind = "prompt"\nname = "last"\nmax_tokens = 10'


def test_every_reply_is_as_long_as_it_may_be_and_is_read_by_the_next_step() -> None:
    one = most_usage(BRIEF, GUIDANCE, steps(DRAFT))
    two = most_usage(BRIEF, GUIDANCE, steps(DRAFT, CLOSE))
    assert (one.calls, one.output_tokens) == (1, 100)
    assert one.input_tokens >= len(BRIEF.text) // 4 + len(GUIDANCE.files["CLAUDE.md"]) // 4 - 2
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


def test_a_missing_prompt_is_named() -> None:
    with pytest.raises(ConfigError, match=r"prompts/other\.md is missing"):
        most_usage(BRIEF, GUIDANCE, steps(DRAFT.replace("draft", "other")))
