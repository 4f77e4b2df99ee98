"""Which model a step asks, and what differs between the tiny one and the others."""

from __future__ import annotations

import pytest

from loop.errors import ReplyInvalid
from loop.model import Reply
from tests.fakes_model import ScriptedModel
from tests.unit.pipelines.test_runner import BRIEF, DRAFT, LONG, draft_with, settings


async def test_half_a_reply_of_any_other_model_is_no_draft() -> None:
    cut = Reply(text="Half a dra", model="claude", complete=False)
    step = {**DRAFT, "max_tokens": 300}
    with pytest.raises(ReplyInvalid, match="limit of 300 tokens") as caught:
        await draft_with(ScriptedModel([cut]), settings(step, name="claude-sonnet-5-5"))
    assert caught.value.reply == "Half a dra"
    assert "max_tokens" in caught.value.hint


async def test_the_embedded_model_has_a_limit_of_its_own() -> None:
    step = {**DRAFT, "embedded_tokens": 70, "max_tokens": 300}
    tiny, large = ScriptedModel(["Text."]), ScriptedModel(["Text."])
    await draft_with(tiny, settings(step, name="embedded"))
    await draft_with(large, settings(step, name="ollama/llama3.2"))
    assert [tiny.requests[0].max_tokens, large.requests[0].max_tokens] == [70, 300]


async def test_each_step_names_the_model_that_shall_answer() -> None:
    model = ScriptedModel(["First.", "Second."])
    polish = {"kind": "prompt", "name": "polish", "model": "claude-haiku-5-5"}
    await draft_with(model, settings(DRAFT, polish))
    assert [request.model for request in model.requests] == ["", "claude-haiku-5-5"]


async def test_what_stands_before_the_brief_is_the_same_for_every_brief() -> None:
    model = ScriptedModel(["Text.", "Text."])
    files = {"prompts/draft.md": "{{guidance}}\n\n{{examples}}\n\nTask: {{brief}}"}
    await draft_with(model, settings(), files=files)
    (message,) = model.requests[0].messages
    assert message.content[: message.stable].endswith("Task: ")
    assert message.content[message.stable :] == BRIEF.text


async def test_a_large_model_is_told_all_rules_and_refines_and_the_embedded_one_is_not() -> None:
    check = {"kind": "checks"}
    tiny, large = ScriptedModel([LONG]), ScriptedModel([LONG, LONG])
    await draft_with(tiny, settings(DRAFT, check, told="auto", name="embedded"))
    await draft_with(large, settings(DRAFT, check, told="auto", name="claude-sonnet-5-5"))
    assert "never utilize" not in tiny.prompts[0]
    assert "never utilize" in large.prompts[0]
    assert (len(tiny.requests), len(large.requests)) == (1, 2)


async def test_a_model_that_knows_the_guide_by_heart_is_asked_without_it() -> None:
    bare, told = ScriptedModel(["Text."]), ScriptedModel(["Text."])
    guide = "# Guide\n\nBe brief.\n"
    files = {
        "CLAUDE.md": guide,
        "examples/one.md": "A sample piece.\n",
        "prompts/draft.md": "{{guidance}}\n\n{{rules}}\n\n{{examples}}\n\nTask: {{brief}}",
    }
    known = settings(DRAFT, name="adapter:bare")
    drafts = [
        await draft_with(bare, known, files=files, distilled=lambda name: name == "adapter:bare"),
        await draft_with(told, known, files=files),
    ]
    assert bare.prompts == [f"Task: {BRIEF.text}"]
    assert "Be brief." in told.prompts[0]
    assert "A sample piece." in told.prompts[0]
    assert drafts[0].version == drafts[1].version  # of the guidance, whoever was told it
