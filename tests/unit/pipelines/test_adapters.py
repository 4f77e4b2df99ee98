"""A model that the writer trained is asked as the embedded one is, and learns from just these questions."""

from __future__ import annotations

import pytest

from loop.events import Event
from loop.model import Brief, Check, Guidance, Reply
from loop.settings import PromptStep, Settings, runs_inside
from pipelines.active import active_checks
from pipelines.checkfile import dump_checks
from pipelines.prompts import step_message, without_guide
from pipelines.runner import write_draft
from tests.fakes_model import ScriptedModel
from tests.unit.pipelines.test_runner import Shell

BRIEF = Brief(id="bread", text="Write about bread.", type="blog")
GUIDANCE = Guidance(
    files={
        "CLAUDE.md": "Plain.\n\n## Rules for everything\n\n- Say use. <!-- r1 -->\n- Be warm. <!-- r2 -->\n",
        "checks.toml": dump_checks(
            (Check(id="c1", rule="r1", kind="replace", find="utilize", text="use"),), ""
        ),
        "examples/one.md": "An example of mine.\n",
        "prompts/post.md": "{{guidance}}\n\n{{examples}}\n\nTask: {{brief}}\n",
        "prompts/advice.md": "{{rules}} Give advice on: {{input}}\n",
    }
)
STEPS = (
    {"kind": "prompt", "name": "post", "embedded_tokens": 60},
    {"kind": "prompt", "name": "advice", "appends": True},
    {"kind": "checks"},
)


def settings(model: str) -> Settings:
    return Settings.model_validate({"steps": STEPS, "model": {"name": model}})


@pytest.mark.parametrize("model", ["embedded", "adapter:mine", "claude-sonnet-5-5"])
@pytest.mark.parametrize("distilled", [False, True])
async def test_a_row_is_asked_for_in_the_words_that_the_pipeline_sends(
    model: str, *, distilled: bool
) -> None:
    asked = settings(model)
    guidance = without_guide(GUIDANCE) if distilled else GUIDANCE
    answers = ScriptedModel(["Bread is good.", "Eat it warm."])
    draft = await write_draft(BRIEF, guidance, asked, answers, Shell())
    checks = active_checks(guidance, BRIEF.type)
    post, advice = (step for step in asked.steps if isinstance(step, PromptStep))
    given = draft.steps[0].output
    assert [request.messages for request in answers.requests] == [
        (step_message(asked, post, BRIEF, guidance, "", checks),),
        (step_message(asked, advice, BRIEF, guidance, given, checks),),
    ]
    first = answers.requests[0]
    assert ("Say use." in first.messages[0].content) == (model == "claude-sonnet-5-5" and not distilled)
    assert ("An example of mine." in first.messages[0].content) == (not distilled)
    assert ("Be warm." in first.messages[0].content) == (not distilled)
    assert "Task: Write about bread." in first.messages[0].content
    limits = [request.max_tokens for request in answers.requests]
    assert limits == ([60, 512] if runs_inside(model) else [16_000, 16_000])


async def test_of_an_adapter_too_only_whole_sentences_are_kept() -> None:
    told: list[Event] = []
    answers = ScriptedModel([Reply(text="Bread is good. And then it", model="m", complete=False), "Eat it."])
    draft = await write_draft(BRIEF, GUIDANCE, settings("adapter:mine"), answers, Shell(), tell=told.append)
    assert draft.text == "Bread is good.\n\nEat it."
    assert any("“adapter:mine” found no end in 60 tokens" in str(event) for event in told)


def test_only_models_that_run_here_are_treated_so() -> None:
    assert [runs_inside(name) for name in ("embedded", "adapter:x", "adapters/x", "ollama/x", "auto")] == [
        True,
        True,
        False,
        False,
        False,
    ]
