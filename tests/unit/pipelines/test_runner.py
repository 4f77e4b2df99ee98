"""The runner: steps in order, failures alone, the same draft for the same seed."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from loop.errors import ConfigError, ModelError, ModelRefused, ModelUnavailable, UsageError
from loop.events import BriefFailed, DraftReady, Event, Note, StepStarted, TextChunk
from loop.model import Brief, Check, Draft, Guidance, ModelRequest, Reply, Usage
from loop.ports import Edited
from loop.settings import Settings
from pipelines.checkfile import dump_checks
from pipelines.runner import Job, write_draft, write_drafts
from tests.fakes_model import Answer, ScriptedModel

BRIEF = Brief(id="bread", text="Write about bread.", type="blog")
GUIDE = """# Voice

Plain.

## Rules for everything

- Say use, never utilize. <!-- r1 -->
- At most six words in a sentence. <!-- r2 -->
- Be warm. <!-- r3 -->

## Rules for letter

- Sign off. <!-- r4 -->
"""
CHECKS = (
    Check(id="c1", rule="r1", kind="replace", find="utilize", text="use"),
    Check(id="c2", rule="r2", kind="limit", measure="sentence_words", high=6),
)
FILES = {
    "CLAUDE.md": GUIDE,
    "checks.toml": dump_checks(CHECKS, ""),
    "prompts/draft.md": "{{guidance}}\n\n{{examples}}\n\nTask: {{brief}}\n",
    "prompts/polish.md": "Polish this: {{input}}",
}
LONG = "We utilize seven words in this one sentence."


class Shell:
    """Commands that turn the text to capitals, or print nothing."""

    def __init__(self) -> None:
        self.calls: list[tuple[tuple[str, ...], str, float]] = []

    async def filter(self, argv: Sequence[str], text: str, *, seconds: float) -> str:
        self.calls.append((tuple(argv), text, seconds))
        return "" if argv[0] == "true" else f"\n{text.upper()}\n"

    def trusted(self) -> bool:
        raise AssertionError

    def trust(self) -> None:
        raise AssertionError

    def leaving(self) -> str:
        return ""

    def edit(self, text: str, name: str) -> Edited:
        raise AssertionError

    def forget(self, place: str) -> None:
        raise AssertionError


def settings(*steps: dict[str, Any], told: str = "all", **model: Any) -> Settings:
    chosen = steps or ({"kind": "prompt", "name": "draft"},)
    return Settings.model_validate({"steps": chosen, "pipeline": {"told": told}, "model": model})


DRAFT = {"kind": "prompt", "name": "draft"}
CHECK = {"kind": "checks", "refine": False}
REFINE = {"kind": "checks"}


async def draft_with(
    model: ScriptedModel, chosen: Settings, *, files: dict[str, str] | None = None, **more: Any
) -> Draft:
    return await write_draft(
        BRIEF, Guidance(files={**FILES, **(files or {})}), chosen, model, Shell(), **more
    )


# --- prompt steps


async def test_steps_run_in_order_and_each_sees_what_the_one_before_wrote() -> None:
    model = ScriptedModel(["First text.", "Polished text."])
    chosen = settings(
        DRAFT, {"kind": "prompt", "name": "polish", "max_tokens": 9, "temperature": 0.1}, seed=5
    )
    draft = await draft_with(model, chosen)
    assert draft.text == "Polished text."
    assert [(step.step, step.kind, step.output) for step in draft.steps] == [
        ("draft", "prompt", "First text."),
        ("polish", "prompt", "Polished text."),
    ]
    assert model.prompts[1] == "Polish this: First text."
    first, second = model.requests
    assert (first.max_tokens, first.temperature, first.top_p, first.seed) == (16_000, 0.7, 0.95, 5)
    assert (second.max_tokens, second.temperature, second.seed) == (9, 0.1, 5)
    assert (draft.seed, draft.model, draft.brief) == (5, "scripted@1", "bread")
    assert draft.version == Guidance(files=FILES).version
    assert draft.usage.calls == 2


async def test_the_model_is_told_the_brief_the_guide_of_its_type_and_all_examples() -> None:
    model = ScriptedModel(["Text."])
    await draft_with(
        model, settings(), files={"examples/b-side.md": "Two {{brief}}\r\n", "examples/a.md": "One"}, seed=9
    )
    (prompt,) = model.prompts
    assert prompt == (
        "# Voice\n\nPlain.\n\n## Rules for everything\n\n- Say use, never utilize.\n"
        "- At most six words in a sentence.\n- Be warm.\n\n"
        "### Example: a\n\nOne\n\n### Example: b side\n\nTwo {{brief}}\n\nTask: Write about bread."
    )
    assert model.requests[0].seed == 9


async def test_rules_that_a_later_checks_step_mends_by_itself_need_not_be_told() -> None:
    model = ScriptedModel(lambda _: "Fine text.")
    await draft_with(model, settings(DRAFT, CHECK, told="unenforced"))
    await draft_with(model, settings(DRAFT, told="unenforced"))
    assert not any(words in model.prompts[0] for words in ("utilize", "At most six words"))
    assert "utilize" in model.prompts[1]


@pytest.mark.parametrize(
    ("reply", "piece"),
    [
        ("\n\n  Indented.\n\nEnd.  \n\n", "  Indented.\n\nEnd."),
        ("```markdown\n# Bread\n\nRise.\n```\n", "# Bread\n\nRise."),
        ("“Rise and shine.”", "Rise and shine."),
        ('"Rise," he said. "Shine."', '"Rise," he said. "Shine."'),
        ("```python\nprint()\n```", "```python\nprint()\n```"),
        ("Look:\n\n```\ncode\n```", "Look:\n\n```\ncode\n```"),
        ("```\na\n```\n\nand\n\n```\nb\n```", "```\na\n```\n\nand\n\n```\nb\n```"),
    ],
)
async def test_only_what_wraps_the_whole_reply_is_taken_off(reply: str, piece: str) -> None:
    assert (await draft_with(ScriptedModel([reply]), settings())).text == piece


@pytest.mark.parametrize("reply", ["", " \n", "```\n```", "“ ”"])
async def test_an_empty_reply_is_an_error_that_names_step_and_brief(reply: str) -> None:
    with pytest.raises(ModelError, match=r"empty reply to the step “draft” for “bread”"):
        await draft_with(ScriptedModel([reply]), settings())


@pytest.mark.parametrize(
    ("reply", "piece"),
    [
        ("One. Two is who", "One."),
        ("One is done. Two too.", "One is done. Two too."),
        ("# T\n\nWhole.\n\n## Next\n\nUnfinished and", "# T\n\nWhole."),
        ("Buy:\n\n- flour\n- wat", "Buy:\n\n- flour"),
        ("Whole.\n\n```\ncode", "Whole."),
        ("```markdown\nWhole. Unfin", "Whole."),
        ("one endless", "one endless"),
    ],
)
async def test_what_the_embedded_model_found_no_end_for_ends_with_its_last_whole_sentence(
    reply: str, piece: str
) -> None:
    told: list[Event] = []
    cut = Reply(text=reply, model="scripted@1", complete=False)
    draft = await draft_with(ScriptedModel([cut]), settings(name="embedded"), tell=told.append)
    assert draft.text == piece
    (note,) = [event for event in told if isinstance(event, Note)]
    assert note.level == "info"
    assert "512 tokens" in note.message


async def test_a_cached_reply_is_marked_so() -> None:
    reply = Reply(text="Text.", model="m", cached=True)
    draft = await draft_with(ScriptedModel([reply]), settings(DRAFT, CHECK))
    assert [step.cached for step in draft.steps] == [True, True]
    assert draft.usage == Usage()


# --- a pipeline that cannot run


@pytest.mark.parametrize(
    ("steps", "files", "says"),
    [
        ([{"kind": "prompt", "name": "other"}], {}, "prompts/other.md is missing"),
        ([{"kind": "prompt", "name": "polish"}], {}, "the first step has no {{input}}"),
        ([DRAFT], {"prompts/draft.md": "{{brief}} {{breif}}"}, "prompts/draft.md:1:11"),
        ([DRAFT], {"prompts/draft.md": "Go!"}, "never says what to write about"),
        ([CHECK, DRAFT], {}, "has nothing to check"),
        ([DRAFT, {"kind": "prompt", "name": "last"}], {"prompts/last.md": "{{"}, "not closed"),
    ],
)
async def test_a_broken_pipeline_is_refused_before_the_model_is_asked(
    steps: list[dict[str, Any]], files: dict[str, str], says: str
) -> None:
    model = ScriptedModel([])
    with pytest.raises(ConfigError) as caught:
        await draft_with(model, settings(*steps), files=files)
    assert says in caught.value.message
    assert caught.value.hint
    assert model.requests == []


# --- checks steps


async def test_a_checks_step_mends_what_it_can_and_notes_the_rest() -> None:
    draft = await draft_with(ScriptedModel([LONG]), settings(DRAFT, CHECK))
    assert draft.text == LONG.replace("utilize", "use")
    assert draft.steps[1].applied == ("c1",)
    assert [(note.check, note.rule) for note in draft.notes] == [("c2", "r2")]
    assert draft.usage.calls == 1


async def test_one_refine_pass_asks_for_exactly_the_notes_that_are_left() -> None:
    model = ScriptedModel([LONG, "Here we utilize six words. Good."])
    draft = await draft_with(model, settings(DRAFT, REFINE))
    assert draft.text == "Here we use six words. Good."
    assert draft.notes == ()
    assert draft.steps[1].applied == ("c1",)
    assert not draft.steps[1].cached
    assert draft.usage.calls == 2
    assert LONG.replace("utilize", "use") in model.prompts[1]
    assert "Voice" not in model.prompts[1]
    assert model.requests[1].temperature == 0


@pytest.mark.parametrize(
    "answer",
    [
        "We never use seven words in this sentence.",
        "Short.",
        "Good. " * 30,
        "",
        Reply(text="We use few words. In this sentence.", model="m", complete=False),
        UsageError("The prompt is 12 tokens too long."),
        ModelRefused("No."),
    ],
)
async def test_a_refined_piece_that_is_no_better_or_no_longer_the_piece_is_not_taken(answer: Answer) -> None:
    told: list[Event] = []
    draft = await draft_with(ScriptedModel([LONG, answer]), settings(DRAFT, REFINE), tell=told.append)
    assert draft.text == LONG.replace("utilize", "use")
    assert [note.check for note in draft.notes] == ["c2"]
    assert any(isinstance(event, Note) and "refine pass was not used" in event.message for event in told)


async def test_a_refined_piece_that_loses_a_code_block_is_not_taken() -> None:
    text = f"{LONG}\n\n```\nmake bread\n```"
    model = ScriptedModel([text, "We use few words here. Make good bread. Right now."])
    assert "```\nmake bread\n```" in (await draft_with(model, settings(DRAFT, REFINE))).text


async def test_a_model_that_cannot_be_reached_for_the_refine_pass_is_an_error() -> None:
    with pytest.raises(ModelUnavailable):
        await draft_with(ScriptedModel([LONG, ModelUnavailable("gone")]), settings(DRAFT, REFINE))


async def test_a_pipeline_without_a_prompt_never_asks_the_model() -> None:
    model = ScriptedModel([])
    shout = {"kind": "command", "name": "shout", "argv": ["shout"]}
    guidance = Guidance(files=FILES)
    brief = Brief(id="x", text=LONG)
    draft = await write_draft(brief, guidance, settings(shout, REFINE), model, Shell())
    assert draft.notes
    assert model.requests == []


# --- command steps


async def test_a_command_gets_the_draft_and_its_time_limit() -> None:
    shell = Shell()
    shout = {"kind": "command", "name": "shout", "argv": ["shout", "-x"], "seconds": 7}
    draft = await write_draft(
        BRIEF, Guidance(files=FILES), settings(DRAFT, shout), ScriptedModel(["Text."]), shell
    )
    assert draft.text == "TEXT."
    assert shell.calls == [(("shout", "-x"), "Text.", 7.0)]
    assert draft.steps[1].cached


async def test_a_command_that_prints_nothing_is_an_error_that_names_it() -> None:
    mute = {"kind": "command", "name": "mute", "argv": ["true"]}
    with pytest.raises(UsageError, match=r"“mute”.*true wrote nothing"):
        await draft_with(ScriptedModel(["Text."]), settings(DRAFT, mute))


# --- events


async def test_what_happens_is_told_in_order() -> None:
    told: list[Event] = []
    draft = await draft_with(ScriptedModel(["Fine text."]), settings(DRAFT, CHECK), tell=told.append)
    assert told[0] == StepStarted(brief="bread", step="draft", number=1, of=2)
    chunks = [event.text for event in told if isinstance(event, TextChunk)]
    assert (len(chunks), "".join(chunks).strip()) == (2, "Fine text.")
    assert told[-2] == StepStarted(brief="bread", step="checks", number=2, of=2, usage=draft.usage)
    assert isinstance(told[-1], DraftReady)
    assert (told[-1].words, told[-1].usage.calls) == (2, 1)


# --- several briefs


def jobs(count: int) -> list[Job]:
    return [
        Job(Brief(id=f"b{number}", text=f"About {number}."), Guidance(files=FILES), seed=number, take=number)
        for number in range(count)
    ]


async def test_one_failing_brief_leaves_the_others_and_the_order() -> None:
    def answer(request: ModelRequest) -> Answer:
        return ModelRefused("No.", "Ask differently.") if request.seed == 1 else f"Text {request.seed}."

    told: list[Event] = []
    results = await write_drafts(
        jobs(4), settings(), ScriptedModel(answer), Shell(), parallel=2, tell=told.append
    )
    assert results[1] == BriefFailed(brief="b1", message="No.", hint="Ask differently.", error="ModelRefused")
    assert results[1] in told
    assert [result.text for result in results if isinstance(result, Draft)] == [
        "Text 0.",
        "Text 2.",
        "Text 3.",
    ]
    assert sorted(event.take for event in told if isinstance(event, DraftReady)) == [0, 2, 3]


async def test_no_more_briefs_are_drafted_at_once_than_the_limit() -> None:
    for parallel in (1, 3):
        model = ScriptedModel(lambda _: "Some words.")
        await write_drafts(jobs(7), settings(), model, Shell(), parallel=parallel)
        assert model.most_at_once == parallel


async def test_stopping_a_batch_stops_every_brief() -> None:
    model = ScriptedModel(lambda _: "word " * 10_000)
    batch = asyncio.create_task(write_drafts(jobs(3), settings(), model, Shell(), parallel=2))
    for _ in range(20):
        await asyncio.sleep(0)
    batch.cancel()
    with pytest.raises(asyncio.CancelledError):
        await batch
    assert len(model.requests) == 2


async def test_nothing_to_do_is_done_at_once() -> None:
    assert await write_drafts([], settings(), ScriptedModel([]), Shell(), parallel=2) == ()
