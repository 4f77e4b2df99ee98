"""Prompt steps that append their reply, and prompts that were written without variables."""

from __future__ import annotations

from loop.model import Brief, Guidance
from loop.settings import PromptStep, Settings
from pipelines.runner import write_draft
from tests.fakes import ScriptedCommands
from tests.fakes_model import ScriptedModel

BRIEF = Brief(id="bread", text="Why bread rises.", type="post")


async def test_a_step_that_appends_puts_its_reply_below_what_came_in() -> None:
    settings = Settings(
        steps=(
            PromptStep(kind="prompt", name="opening"),
            PromptStep(kind="prompt", name="rest", appends=True),
        )
    )
    guidance = Guidance(
        files={"prompts/opening.md": "Open: {{brief}}", "prompts/rest.md": "Go on: {{input}}"}
    )

    draft = await write_draft(
        BRIEF, guidance, settings, ScriptedModel(["It rises.", "It falls."]), ScriptedCommands()
    )

    assert draft.text == "It rises.\n\nIt falls."


async def test_a_prompt_without_variables_is_given_what_the_settings_say() -> None:
    settings = Settings(steps=(PromptStep(kind="prompt", name="draft", given=("rules", "brief")),))
    guide = "## Rules for post\n\n- Be brief. <!-- r1 -->\n- No jargon <!-- r2 -->\n"
    model = ScriptedModel(["It rises."])

    await write_draft(
        BRIEF,
        Guidance(files={"CLAUDE.md": guide, "prompts/draft.md": "You are a baker.\n"}),
        settings,
        model,
        ScriptedCommands(),
    )

    assert model.prompts == ["You are a baker.\n\nBe brief. No jargon.\n\nWhy bread rises."]
