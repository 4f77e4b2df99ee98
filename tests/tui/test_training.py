"""Train: a plan that is approved, and a run that is followed."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from textual.pilot import Pilot
from textual.widgets import Input

from loop.errors import TrainingError
from loop.events import Tell
from loop.verbs import train
from loop.verbs.training.collecting import base_of
from tests.tui.sitting import LARGE, at_desk, desk_of, picture, sees, types, until
from tests.tui.training import (
    SIZES,
    PlayedTrainer,
    job_of,
    some_way,
    words_for_tokens,
    world_of,
)
from tui.dialogs.plan import Plans
from tui.widgets.choices import Choices


async def plans(pilot: Pilot[None]) -> Plans:
    """Open the window with the plan, and wait until the plan is there."""
    await pilot.press("7")
    await sees(pilot, "READY")
    await pilot.press("enter")
    await sees(pilot, "Enter starts it.")
    assert isinstance(pilot.app.screen, Plans)
    return pilot.app.screen


# -- the plan --------------------------------------------------------------------------------------


@SIZES
async def test_enter_shows_what_a_run_would_do_and_what_speaks_against_it(
    pairs: Path, trainer: PlayedTrainer, screen: SnapshotAssertion, size: tuple[int, int]
) -> None:
    async with at_desk(pairs, size, world_of(trainer)) as pilot:
        await plans(pilot)
        await sees(pilot, "! You have 2 pairs. Below 50, rules and examples do more than training: Learn (4)")
        assert await picture(pilot) == screen
        await pilot.press("escape")
        await until(pilot, lambda: not pilot.app.screen.is_modal)
    assert trainer.jobs == {}


async def test_nothing_starts_before_enter_and_then_it_goes_on_without_the_desk(
    pairs: Path, trainer: PlayedTrainer
) -> None:
    async with at_desk(pairs, world=world_of(trainer)) as pilot:
        await plans(pilot)
        assert trainer.jobs == {}
        await pilot.press("enter")
        await sees(pilot, "“notes-sft-1” is being trained. It goes on when you leave the desk.")
        await sees(pilot, "It is being set up")
        await sees(pilot, "7 Train…")
        assert not trainer.jobs["notes-sft-1"].held
        assert desk_of(pilot).calls.at_work() == []


async def test_what_is_set_otherwise_is_planned_anew_and_trained_so(
    pairs: Path, trainer: PlayedTrainer
) -> None:
    async with at_desk(pairs, world=world_of(trainer)) as pilot:
        window = await plans(pilot)
        settings = window.query_one(Choices)
        for line in ("quick", "distill_guide", "long"):
            settings.go_to(line)
            await pilot.press("space")
        await sees(pilot, "Test run yes, on 20 pairs")
        await sees(pilot, "Guide left out of the prompts")
        await sees(pilot, "Long texts are split at paragraphs")
        await sees(pilot, "Enter makes the plan anew.")
        await pilot.press("enter")
        await sees(pilot, "This is a test run")
        await pilot.press("enter")
        await sees(pilot, "A test run: it shows that all works")
        job = trainer.jobs["notes-sft-quick-1"]
        assert job.quick == 20
        assert job.origin.distilled


async def test_every_other_number_can_be_set_too(pairs: Path, trainer: PlayedTrainer) -> None:
    async with at_desk(pairs, LARGE, world_of(trainer)) as pilot:
        window = await plans(pilot)
        window.query_one(Choices).go_to("more")
        await pilot.press("space")
        await sees(pilot, "More settings")
        pilot.app.screen.query_one(".field-epochs Input", Input).value = "7"
        pilot.app.screen.query_one(".field-name Input", Input).value = "mine"
        await pilot.press("ctrl+s")
        await sees(pilot, "name mine, epochs 7")
        await pilot.press("enter")
        await sees(pilot, "14, 7 rounds of 1 row a step")
        await pilot.press("enter")
        await until(pilot, lambda: "mine" in trainer.jobs)
        assert trainer.jobs["mine"].recipe.epochs == 7


async def test_another_base_is_asked_for(pairs: Path, trainer: PlayedTrainer) -> None:
    async with at_desk(pairs, world=world_of(trainer)) as pilot:
        window = await plans(pilot)
        window.query_one(Choices).go_to("base")
        await pilot.press("space")
        await sees(pilot, "Which base model?")
        await types(pilot, "some/model")
        await pilot.press("enter")
        await sees(pilot, "Base model some/model")
        await pilot.press("enter")
        await sees(pilot, "Enter starts it.")
        await pilot.press("enter")
        await until(pilot, lambda: trainer.jobs)
        assert trainer.jobs["notes-sft-1"].base == "some/model"


async def test_what_cannot_be_started_says_why_and_is_not(pairs: Path, trainer: PlayedTrainer) -> None:
    trainer.problems = ("It needs 9.0 GB of memory, and there are 8.0 GB.",)
    async with at_desk(pairs, world=world_of(trainer)) as pilot:
        await pilot.press("7")
        await sees(pilot, "READY")
        await pilot.press("p")
        await sees(pilot, "It cannot be started like this. Enter looks again.")
        await sees(pilot, "✗ Cannot start: It needs 9.0 GB of memory")
        await pilot.press("enter", "enter")
        await sees(pilot, "It cannot be started like this.")
        assert trainer.jobs == {}
        trainer.problems = ()
        await pilot.press("enter")
        await sees(pilot, "Enter starts it.")


async def test_the_way_that_the_pairs_allow_is_planned_and_trained(
    pairs: Path, trainer: PlayedTrainer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on the command line: with enough preferences, and a model that learned the finals."""
    monkeypatch.setattr("loop.verbs.training.planning.PREFERENCES", 1)
    base = base_of("")
    trainer.goes(job_of(str(pairs), "notes-sft-1", base=base), *some_way(40))
    trainer.ends("notes-sft-1", "done", best=40)
    async with at_desk(pairs, LARGE, world_of(trainer)) as pilot:
        typed = await desk_of(pilot).perform("train", train.Request())
        assert isinstance(typed, train.Result)
        assert typed.plan is not None
        assert typed.plan.job.recipe.method == "dpo"
        begins = "redraft train dpo --name notes-dpo-2 --tokens 2048 --start notes-sft-1 --yes"
        assert typed.start == begins
        await plans(pilot)
        await sees(pilot, "How as your pairs allow: it learns what you prefer to the drafts (DPO)")
        await pilot.press("enter")
        await sees(pilot, "is being trained")
        begun = trainer.jobs[typed.plan.job.name]
        assert begun.recipe.method == "dpo"
        assert begun.start == "/runs/notes-sft-1/adapter"


async def test_a_second_training_is_refused_in_a_sentence_and_not_begun(
    pairs: Path, trainer: PlayedTrainer
) -> None:
    async with at_desk(pairs, LARGE, world_of(trainer)) as pilot:
        await plans(pilot)
        trainer.goes(job_of("/elsewhere", "theirs-1"), *some_way(3))
        await pilot.press("enter")
        await sees(pilot, "✗ “theirs-1” (/elsewhere) is being trained, and two at once would take each other")
        await sees(pilot, "Nothing was begun. Enter plans it again.")
        assert list(trainer.jobs) == ["theirs-1"]
        trainer.ends("theirs-1", "done")
        await pilot.press("enter")
        await sees(pilot, "Enter starts it.")
        await pilot.press("enter", "enter")
        await sees(pilot, "is being trained. It goes on")
        assert len(trainer.jobs) == 2


async def test_rows_that_could_not_be_looked_over_are_said_to_be_so(
    pairs: Path, trainer: PlayedTrainer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(program: str, request: Mapping[str, Any], tell: Tell, *, downloads: bool = False) -> Any:
        raise TrainingError("The base model is damaged.", hint="redraft train plan --base NAME")

    monkeypatch.setattr("loop.adapters.training.programs.ask", fails)
    async with at_desk(pairs, LARGE, world_of(trainer)) as pilot:
        await pilot.press("7")
        await sees(pilot, "✗ The base model is damaged.")
        await sees(pilot, "→ press p, then set Base model")
        await pilot.press("d")
        await sees(pilot, "The rows could not be looked over: The base model is damaged.")
        monkeypatch.setattr("loop.adapters.training.programs.ask", words_for_tokens)
        await pilot.press("r")
        await sees(pilot, "READY")
        await pilot.press("d")
        await sees(pilot, "Your training data")


async def test_without_anything_to_learn_from_the_plan_says_so(project: Path, trainer: PlayedTrainer) -> None:
    async with at_desk(project, world=world_of(trainer)) as pilot:
        await pilot.press("7")
        await sees(pilot, "Nothing yet.")
        await pilot.press("enter")
        await sees(pilot, "✗ There is nothing to learn from yet.")
        await sees(pilot, "Enter tries again.")


async def test_what_is_looked_over_holds_up_no_key_and_is_no_work_that_leaving_stops(
    pairs: Path, trainer: PlayedTrainer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def for_ever(
        program: str, request: Mapping[str, Any], tell: Tell, *, downloads: bool = False
    ) -> Any:
        await asyncio.sleep(60)

    monkeypatch.setattr("loop.adapters.training.programs.ask", for_ever)
    async with at_desk(pairs, world=world_of(trainer)) as pilot:
        await pilot.press("7")
        await sees(pilot, "the tokens are counted in the background …")
        await pilot.press("d")
        await sees(pilot, "The rows are still being looked over.")
        assert desk_of(pilot).calls.at_work() == []
        await pilot.press("e")
        await sees(pilot, "Export your pairs")
