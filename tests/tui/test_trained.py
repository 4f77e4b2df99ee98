"""Train: what came of a run, and what can be done with it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import pytest
from syrupy.assertion import SnapshotAssertion
from textual.widgets import OptionList

from loop.adapters.training.shelf import Shelf
from loop.events import Tell
from loop.model.adapters import Runtime
from loop.project import Project
from loop.verbs.training.collecting import base_of
from loop.wiring import World
from tests.cli.served import play_texts
from tests.loopback import Loopback
from tests.tui.sitting import LARGE, at_desk, lines, picture, sees, types, until
from tests.tui.training import (
    SIZES,
    PlayedTrainer,
    at_a_run,
    job_of,
    measured,
    some_way,
    started,
    stepped,
    words_for_tokens,
    world_of,
)
from tui.widgets.choices import Choices
from tui.widgets.prose import Prose


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
        await sees(pilot, "[2.229, 2.529] now. Where it began lies outside of the 95%")
        assert await picture(pilot) == screen


async def test_where_nothing_was_held_out_no_curve_waits_for_numbers(
    pairs: Path, trainer: PlayedTrainer
) -> None:
    alone = started(1).model_copy(update={"held_out": 0})
    trainer.goes(job_of(str(pairs), "notes-sft-1"), alone, stepped(1, 3.0))
    async with at_desk(pairs, LARGE, world_of(trainer)) as pilot:
        await at_a_run(pilot, "Surprise (loss)")
        assert "How far it moved" not in lines(pilot)
        trainer.ends("notes-sft-1", "done", best=1)
        await sees(pilot, "Nothing was measured: no held-out brief was corrected.")
        assert "The first numbers come soon" not in lines(pilot)


async def test_a_run_that_helped_nothing_says_so(pairs: Path, trainer: PlayedTrainer) -> None:
    trainer.goes(job_of(str(pairs), "notes-sft-1"), *some_way(10))
    trainer.ends("notes-sft-1", "done", best=0)
    async with at_desk(pairs, world=world_of(trainer)) as pilot:
        await at_a_run(pilot, "On texts that it never saw, nothing that it learned was better than its base.")


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


async def test_a_run_that_was_removed_elsewhere_is_simply_gone(pairs: Path, trainer: PlayedTrainer) -> None:
    for number in (1, 2):
        trainer.goes(job_of(str(pairs), f"notes-sft-{number}"), *some_way(3))
    async with at_desk(pairs, LARGE, world_of(trainer)) as pilot:
        await at_a_run(pilot, "notes-sft-2 is running.")
        del trainer.jobs["notes-sft-2"]
        await sees(pilot, "notes-sft-1 is running.")
        del trainer.jobs["notes-sft-1"]
        await sees(pilot, "What it is good for")
        await until(pilot, lambda: "notes-sft" not in lines(pilot))


async def test_runs_of_other_projects_are_not_here(pairs: Path, trainer: PlayedTrainer) -> None:
    trainer.goes(job_of("/elsewhere", "theirs-sft-1"), *some_way(3))
    async with at_desk(pairs, world=world_of(trainer)) as pilot:
        await pilot.press("7")
        await sees(pilot, "READY")
        assert "theirs" not in lines(pilot)


# -- what is done with it --------------------------------------------------------------------------


class Answered(World):
    """The embedded model and an adapter are answered by two that a test plays, under their own names."""

    trainer: ClassVar[PlayedTrainer]

    def open(self, path: str) -> Project:
        one = super().open(path)

        def by(name: str) -> Project:
            played = one.written_by("claude-sonnet-5-5" if name == "embedded" else "claude-haiku-5-5")
            model = played.settings.model.model_copy(update={"name": name})
            settings = played.settings.model_copy(update={"model": model})
            return replace(played, settings=settings, trainer=self.trainer)

        return replace(one, trainer=self.trainer, written_by=by)


async def test_it_is_compared_with_its_base_and_what_is_in_write_stays(
    pairs: Path, trainer: PlayedTrainer, claude: Loopback
) -> None:
    play_texts(claude, "Tea is, in many ways, a truly remarkable drink.", "Tea tastes of smoke.")
    trainer.goes(job_of(str(pairs), "notes-sft-1", base=base_of("")), *some_way(40))
    trainer.ends("notes-sft-1", "done", best=40)
    Answered.trainer = trainer
    before = {path: path.read_bytes() for path in pairs.rglob("*") if path.is_file() and _ours(path)}
    async with at_desk(pairs, LARGE, Answered) as pilot:
        await at_a_run(pilot, "c compares it with its base")
        await pilot.press("c")
        await sees(pilot, "Which brief shall both write?")
        await sees(pilot, "What is in Write stays as it is.")
        pilot.app.screen.query_one(OptionList).highlighted = 2
        await pilot.press("enter")
        await sees(pilot, "Two drafts of “tea”")
        sides = [side.text for side in pilot.app.screen.query(Prose)]
        assert sides == ["Tea is, in many ways, a truly remarkable drink.", "Tea tastes of smoke."]
        await sees(pilot, "Your final changes")
        titles = [str(label.render()) for label in pilot.app.screen.query("Compare Label")]
        assert titles == ["embedded", "adapter:notes-sft-1"]
    assert before == {path: path.read_bytes() for path in pairs.rglob("*") if path.is_file() and _ours(path)}


async def test_where_its_base_cannot_be_asked_who_writes_and_the_cost_are_said_before_anything_is_sent(
    pairs: Path, trainer: PlayedTrainer, claude: Loopback
) -> None:
    trainer.goes(job_of(str(pairs), "notes-sft-1", base="/models/Qwen2.5-0.5B"), *some_way(40))
    trainer.ends("notes-sft-1", "done", best=40)
    Answered.trainer = trainer
    sent = len(claude.requests)
    async with at_desk(pairs, LARGE, Answered) as pilot:
        await at_a_run(pilot, "c compares it with the model that writes here")
        await pilot.press("c")
        await sees(pilot, "Which brief shall both write?")
        pilot.app.screen.query_one(OptionList).highlighted = 2
        await pilot.press("enter")
        await sees(pilot, "Write both drafts?")
        says = "\n".join(str(part.render()) for part in pilot.app.screen.query("Confirm Static"))
        assert "(/models/Qwen2.5-0.5B) cannot be asked without the adapter: claude-sonnet-5-5 writes" in says
        assert "“notes-sft-1” and claude-sonnet-5-5 write “tea”." in says
        assert re.search(r"claude-sonnet-5-5\n.* question, .*\$", says)
        await pilot.press("escape")
        await sees(pilot, "notes-sft-1 is done.")
        assert len(claude.requests) == sent
        await pilot.press("c")
        await sees(pilot, "Which brief shall both write?")
        pilot.app.screen.query_one(OptionList).highlighted = 2
        await pilot.press("enter")
        await sees(pilot, "Write both drafts?")
        play_texts(claude, "Tea is, in many ways, a truly remarkable drink.", "Tea tastes of smoke.")
        await pilot.press("enter")
        await sees(pilot, "Two drafts of “tea”")
        titles = [str(label.render()) for label in pilot.app.screen.query("Compare Label")]
        assert titles == ["claude-sonnet-5-5", "adapter:notes-sft-1"]


async def test_the_embedded_model_is_not_said_to_be_the_base_of_what_was_trained_on_another(
    pairs: Path, trainer: PlayedTrainer
) -> None:
    settings = pairs / "redraft.toml"
    settings.write_text(_named(settings.read_text(encoding="utf-8"), "embedded"), encoding="utf-8")
    trainer.goes(job_of(str(pairs), "notes-sft-1", base="/models/Qwen2.5-0.5B"), *some_way(40))
    trainer.ends("notes-sft-1", "done", best=40)
    Answered.trainer = trainer
    async with at_desk(pairs, LARGE, Answered) as pilot:
        await at_a_run(pilot, "c compares it with the model that writes here")
        await pilot.press("c")
        await sees(pilot, "Which brief shall both write?")
        await pilot.press("enter")
        await sees(pilot, "Write both drafts?")
        await sees(pilot, "“notes-sft-1” and embedded write “rain”.")


def _ours(path: Path) -> bool:
    """Not git's, nor of the cache."""
    return not {".git", ".redraft"} & set(path.parts)


class Ready(Shelf):
    """The real shelf, on which every adapter was made ready at another time."""

    async def settle(self, name: str, tell: Tell) -> Runtime:
        why = "there is no GPU, and llama.cpp is the quickest on a processor"
        return Runtime(way="engine", why=why, digest="2" * 12, context=2048)


class Shelving(World):
    """The world with that shelf."""

    trainer: ClassVar[PlayedTrainer]
    root: ClassVar[Path]

    def open(self, path: str) -> Project:
        return replace(super().open(path), trainer=self.trainer)

    def adapters(self) -> Ready:
        return Ready(self.root, tuple)


async def test_u_asks_and_then_it_writes_in_this_project(
    pairs: Path, trainer: PlayedTrainer, tmp_path: Path
) -> None:
    job = job_of(str(pairs), "notes-sft-quick-1", quick=20)
    Shelving.trainer, Shelving.root = trainer, tmp_path / "shelf"
    folder = Shelving.root / job.name
    folder.mkdir(parents=True)
    folder.joinpath("job.json").write_text(job.model_dump_json(), encoding="utf-8")
    trainer.goes(job, *some_way(40))
    trainer.ends(job.name, "done", best=40)
    async with at_desk(pairs, LARGE, Shelving) as pilot:
        await at_a_run(pilot, "u writes with it")
        await pilot.press("u")
        await sees(pilot, "Let “notes-sft-quick-1” write in this project?")
        await sees(pilot, "It comes from a test run, and is not worth using")
        assert "adapter:" not in (pairs / "redraft.toml").read_text(encoding="utf-8")
        await pilot.press("enter")
        await sees(pilot, "adapter:notes-sft-quick-1 writes in")
        await pilot.press("escape")
        await sees(pilot, "“notes-sft-quick-1” writes here from now on.")
        assert 'name = "adapter:notes-sft-quick-1"' in (pairs / "redraft.toml").read_text(encoding="utf-8")


async def test_one_that_writes_elsewhere_is_removed_once_that_is_known(
    pairs: Path, trainer: PlayedTrainer, state: Path
) -> None:
    """Its folder is a real one; nobody has to know of an option that does it all the same."""
    job = job_of(str(pairs), "notes-sft-1")
    folder = state.parent / "data" / "redraft" / "adapters" / "notes-sft-1"
    folder.mkdir(parents=True)
    folder.joinpath("job.json").write_text(job.model_dump_json(), encoding="utf-8")
    settings = pairs / "redraft.toml"
    settings.write_text(f'{settings.read_text()}\n# name = "embedded"\n', encoding="utf-8")
    settings.write_text(_named(settings.read_text(), "adapter:notes-sft-1"), encoding="utf-8")
    trainer.goes(job, *some_way(3))
    trainer.ends("notes-sft-1", "failed", says="The disk is full.")
    async with at_desk(pairs, LARGE, world_of(trainer)) as pilot:
        await at_a_run(pilot, "notes-sft-1 failed.")
        await pilot.press("x")
        await sees(pilot, "Remove “notes-sft-1”?")
        says = "\n".join(str(part.render()) for part in pilot.app.screen.query("Confirm Static"))
        assert "nothing can be written there any more until another model is named" in says
        await pilot.press("escape")
        assert folder.is_dir()
        await pilot.press("x")
        await sees(pilot, "Remove “notes-sft-1”?")
        await pilot.press("enter")
        await sees(pilot, "“notes-sft-1” is gone.")
        assert not folder.exists()


def _named(settings: str, model: str) -> str:
    return re.sub(r'(?m)^name = "claude[^"]*"', f'name = "{model}"', settings)


# -- for real --------------------------------------------------------------------------------------


@pytest.mark.slow
async def test_from_enter_to_an_adapter_of_ones_own_and_out_again(
    pairs: Path, state: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The real trainer, on a base of a few thousand numbers; it goes on while there is no desk.

    Only the tokens are words: their tokenizer is looked at elsewhere, and would unpack the embedded model.
    """
    pytest.importorskip("peft")
    monkeypatch.setattr("loop.adapters.training.programs.ask", words_for_tokens)
    from tests.train.conftest import save_tiny_base

    base = save_tiny_base(tmp_path_factory.mktemp("base") / "tiny-llama")
    async with at_desk(pairs, LARGE) as pilot:
        await pilot.press("7", "p")
        await sees(pilot, "Looking at your texts")
        settings = pilot.app.screen.query_one(Choices)
        settings.go_to("quick")
        await pilot.press("space")
        settings.go_to("base")
        await pilot.press("space")
        await sees(pilot, "Which base model?")
        await types(pilot, str(base))
        await pilot.press("enter")
        await sees(pilot, "Enter makes the plan anew.")
        await pilot.press("enter")
        await sees(pilot, "This is a test run", 240)
        await sees(pilot, "on tiny-llama")
        await pilot.press("enter")
        await sees(pilot, "notes-sft-quick-1 is running.", 240)
    async with at_desk(pairs, LARGE) as pilot:
        await pilot.press("7")
        await sees(pilot, "notes-sft-quick-1 is done.", 240)
        await sees(pilot, "How surprised it is by 1 text that it never saw")
        folder = state.parent / "data" / "redraft" / "adapters" / "notes-sft-quick-1"
        assert json.loads((folder / "card.json").read_text(encoding="utf-8"))["quick"] == 20
        assert (folder / "adapter" / "adapter_model.safetensors").is_file()
        await pilot.press("x")
        await sees(pilot, "It learned from 2 rows.")
        await pilot.press("enter")
        await sees(pilot, "“notes-sft-quick-1” is gone.")
        await sees(pilot, "What it is good for")
        assert "notes-sft-quick-1 is done" not in lines(pilot)
