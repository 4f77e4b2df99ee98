"""Train: what came of a run, and what can be done with it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.cli.conftest import Redraft
from tests.tui.sitting import LARGE, at_desk, lines, picture, sees
from tests.tui.training import (
    SIZES,
    PlayedTrainer,
    at_a_run,
    job_of,
    measured,
    some_way,
    started,
    stepped,
    world_of,
)
from tui.widgets.choices import Choices


@pytest.fixture
def tuned(pairs: Path, redraft: Redraft) -> Path:
    """A project with a model that learned from its pairs, in a test run."""
    done = redraft("-C", pairs, "train", "sft", "--quick", "20", "--epochs", "1", "--yes")
    assert done.code == 0, done.err
    return pairs


@SIZES
async def test_a_finished_run_says_what_was_gained_and_how_sure_that_is(
    pairs: Path, trainer: PlayedTrainer, screen: SnapshotAssertion, size: tuple[int, int]
) -> None:
    trainer.goes(job_of(str(pairs), "notes-sft-quick-1", quick=20), *some_way(40))
    trainer.ends("notes-sft-quick-1", "done", best=30)
    trainer.goes(job_of(str(pairs), "notes-sft-2"), started(), measured(0, 3.0, 0.0), stepped(1, 3.0))
    trainer.says("notes-sft-2", measured(1, 2.95, 0.01))
    trainer.ends("notes-sft-2", "done", best=1)
    async with at_desk(pairs, size, world_of(trainer)) as pilot:
        await at_a_run(pilot, "interval: this may be luck.")
        await sees(pilot, "Training (1 of 2: [ and ])")
        await pilot.press("right_square_bracket")
        await sees(pilot, "A test run")
        await sees(pilot, "[2.229, 2.529]; lower is better. Where it began lies outside of the 95%")
        assert await picture(pilot) == screen


async def test_a_run_that_helped_nothing_says_so(pairs: Path, trainer: PlayedTrainer) -> None:
    trainer.goes(job_of(str(pairs), "notes-sft-1"), *some_way(10))
    trainer.ends("notes-sft-1", "done", best=0)
    async with at_desk(pairs, world=world_of(trainer)) as pilot:
        await at_a_run(pilot, "On held-out texts nothing that it learned was better than its base.")


async def test_keys_that_can_do_nothing_are_grey_and_say_why(pairs: Path, trainer: PlayedTrainer) -> None:
    trainer.goes(job_of(str(pairs), "notes-sft-1"), *some_way(3))
    trainer.dies("notes-sft-1")
    async with at_desk(pairs, LARGE, world_of(trainer)) as pilot:
        await at_a_run(pilot, "u and c: not now. It is not finished.")
        place = pilot.app.screen
        assert place.check_action("use", ()) is None
        assert place.check_action("compare", ()) is None
        assert place.check_action("stop", ()) is False
        trainer.goes(job_of(str(pairs), "notes-sft-2"), *some_way(3))
        trainer.ends("notes-sft-2", "done", best=3)
        await sees(pilot, "notes-sft-2")
        await pilot.press("left_square_bracket")
        await sees(pilot, "notes-sft-2 is done.")
        assert all(place.check_action(action, ()) is True for action in ("use", "compare", "remove"))


async def test_runs_of_other_projects_are_not_here(pairs: Path, trainer: PlayedTrainer) -> None:
    trainer.goes(job_of("/elsewhere", "theirs-sft-1"), *some_way(3))
    async with at_desk(pairs, world=world_of(trainer)) as pilot:
        await pilot.press("7")
        await sees(pilot, "READY")
        assert "theirs" not in lines(pilot)


# -- for real --------------------------------------------------------------------------------------


@pytest.mark.slow
async def test_from_enter_to_an_adapter_of_ones_own(pairs: Path, state: Path) -> None:
    """The real trainer on the embedded model: a test run that goes on while there is no desk."""
    pytest.importorskip("peft")
    async with at_desk(pairs, LARGE) as pilot:
        await pilot.press("7")
        await sees(pilot, "tokens in the median one", 120)
        await pilot.press("d")
        await sees(pilot, "[[")
        await pilot.press("escape", "enter")
        await sees(pilot, "Enter starts it.", 240)
        pilot.app.screen.query_one(Choices).go_to("quick")
        await pilot.press("space", "enter")
        await sees(pilot, "This is a test run", 240)
        await pilot.press("enter")
        await sees(pilot, "notes-sft-quick-1 is running.", 240)
    async with at_desk(pairs, LARGE) as pilot:
        await pilot.press("7")
        await sees(pilot, "notes-sft-quick-1 is done.", 240)
        await sees(pilot, "On 1 text that it has never seen its loss went from")
    folder = state.parent / "data" / "redraft" / "adapters" / "notes-sft-quick-1"
    assert json.loads((folder / "card.json").read_text(encoding="utf-8"))["quick"] == 20
    assert (folder / "adapter" / "adapter_model.safetensors").is_file()


@pytest.mark.slow
async def test_a_tuned_model_writes_beside_the_draft_is_used_and_removed(tuned: Path) -> None:
    """By keys alone: compare, use, name another model, remove."""
    async with at_desk(tuned, LARGE) as pilot:
        await at_a_run(pilot, "u writes with it; c compares its draft; x removes it; l shows its log.")
        await pilot.press("c")
        await sees(pilot, "Which brief shall it write?")
        await pilot.press("enter")
        await sees(pilot, "Both are shown side by side.")
        await pilot.press("enter")
        await sees(pilot, "Two drafts alone say little", 120)
        await sees(pilot, "adapter:notes-sft-quick-1")
        await pilot.press("escape", "u")
        await sees(pilot, "adapter:notes-sft-quick-1 writes in", 120)
        await pilot.press("escape")
        await sees(pilot, "“notes-sft-quick-1” writes here from now on.")
        assert 'name = "adapter:notes-sft-quick-1"' in (tuned / "redraft.toml").read_text(encoding="utf-8")
        await pilot.press("x")
        await sees(pilot, "Remove “notes-sft-quick-1”?")
        await pilot.press("enter")
        await sees(pilot, "there it would be missing")
        settings = (tuned / "redraft.toml").read_text(encoding="utf-8")
        (tuned / "redraft.toml").write_text(
            settings.replace("adapter:notes-sft-quick-1", "embedded"), encoding="utf-8"
        )
        await pilot.press("x")
        await sees(pilot, "Remove “notes-sft-quick-1”?")
        await pilot.press("enter")
        await sees(pilot, "“notes-sft-quick-1” is gone.")
        await sees(pilot, "What it is good for")
        assert "notes-sft-quick-1 is done" not in lines(pilot)
