"""Train: a run that is followed, wherever it was begun and wherever the writer is."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from syrupy.assertion import SnapshotAssertion

from loop.model.runs import Alarmed, Begun
from tests.tui.sitting import LARGE, at_desk, desk_of, goes, lines, picture, sees, until
from tests.tui.training import (
    BEGAN,
    SIZES,
    PlayedTrainer,
    at_a_run,
    job_of,
    measured,
    preferring,
    some_way,
    started,
    stepped,
    world_of,
)
from tui.told import Told
from tui.trained import Trained
from tui.widgets.runs import run_page


@SIZES
async def test_a_run_that_was_begun_elsewhere_is_followed_by_itself(
    pairs: Path, trainer: PlayedTrainer, screen: SnapshotAssertion, size: tuple[int, int]
) -> None:
    async with at_desk(pairs, size, world_of(trainer)) as pilot:
        await goes(pilot, "train")
        trainer.goes(job_of(str(pairs), "notes-sft-1"), *some_way(11))
        await sees(pilot, "step 11 of 40")
        trainer.says("notes-sft-1", *some_way(23)[14:])
        await sees(pilot, "step 23 of 40, about 2 min left")
        await sees(pilot, "2.464 [2.314, 2.614] n=6")
        assert await picture(pilot) == screen


@SIZES
async def test_preferences_have_two_curves_more_and_alarms_are_said_in_words(
    pairs: Path, trainer: PlayedTrainer, screen: SnapshotAssertion, size: tuple[int, int]
) -> None:
    alarm = Alarmed(
        step=31,
        name="forgetting",
        says="It learns what to avoid, but your own sentences get less likely, too.",
        advice="The best so far is kept. Hold it to them: redraft train plan --method dpo --anchor 1",
        action="stopped",
    )
    trainer.goes(job_of(str(pairs), "notes-dpo-1", "dpo"), *preferring(31), alarm)
    async with at_desk(pairs, size, world_of(trainer)) as pilot:
        await at_a_run(pilot, "step 31 of 40")
        await sees(pilot, "80% of held-out pairs, more than before")
        await sees(pilot, "! It learns what to avoid")
        await sees(pilot, "Hold it to them: press p, then set How")
        assert await picture(pilot) == screen


async def test_a_curve_is_read_point_by_point_while_new_ones_come(
    pairs: Path, trainer: PlayedTrainer
) -> None:
    trainer.goes(job_of(str(pairs), "notes-sft-1"), *some_way(12))
    async with at_desk(pairs, LARGE, world_of(trainer)) as pilot:
        await at_a_run(pilot, "step 12: learned 2.502")
        pilot.app.screen.query_one("#run-loss").focus()
        await pilot.press("home")
        await sees(pilot, "before it began: held out 3.010")
        trainer.says("notes-sft-1", stepped(13, 2.4))
        await sees(pilot, "step 13 of 40")
        assert "before it began" in lines(pilot)


async def test_stop_asks_first(pairs: Path, trainer: PlayedTrainer) -> None:
    trainer.goes(job_of(str(pairs), "notes-sft-1"), *some_way(3))
    async with at_desk(pairs, world=world_of(trainer)) as pilot:
        await at_a_run(pilot, "step 3 of 40")
        await pilot.press("s")
        await sees(pilot, "Stop the training of “notes-sft-1”?")
        await pilot.press("escape")
        assert trainer.stopped == []
        await pilot.press("s")
        await sees(pilot, "Stop the training of “notes-sft-1”?")
        await pilot.press("enter")
        await sees(pilot, "It saves a checkpoint and ends.")
        assert trainer.stopped == ["notes-sft-1"]
        trainer.ends("notes-sft-1", "stopped", best=3)
        await sees(pilot, "The best so far is kept. g goes on where it was stopped.")
        assert "7 Train…" not in lines(pilot)


@SIZES
async def test_a_run_that_was_cut_off_says_so_and_goes_on(
    pairs: Path, trainer: PlayedTrainer, screen: SnapshotAssertion, size: tuple[int, int]
) -> None:
    trainer.goes(job_of(str(pairs), "notes-sft-1"), *some_way(23))
    trainer.dies("notes-sft-1")
    async with at_desk(pairs, size, world_of(trainer)) as pilot:
        await at_a_run(pilot, "It ended without a word")
        assert await picture(pilot) == screen
        await pilot.press("g")
        await sees(pilot, "Go on with the training of “notes-sft-1”?")
        assert trainer.resumed == []
        await pilot.press("enter")
        await sees(pilot, "“notes-sft-1” goes on, also when you leave the desk.")
        assert trainer.resumed == ["notes-sft-1"]
        trainer.says("notes-sft-1", started(step=20), stepped(21, 2.0))
        await sees(pilot, "step 21 of 40")


async def test_a_failure_says_what_to_do_and_shows_what_the_programs_wrote(
    pairs: Path, trainer: PlayedTrainer
) -> None:
    trainer.goes(job_of(str(pairs), "notes-sft-1"), *some_way(3))
    trainer.logs["notes-sft-1"] = "Traceback: out of memory [/red]"
    async with at_desk(pairs, world=world_of(trainer)) as pilot:
        await at_a_run(pilot, "step 3 of 40")
        await pilot.press("1")
        trainer.ends("notes-sft-1", "failed", says="There was not enough memory.")
        await sees(pilot, "✗ The training of “notes-sft-1” failed. There was not enough memory.")
        await pilot.press("7")
        await sees(pilot, "→ Close other programs, then: press g on “notes-sft-1”")
        await pilot.press("l")
        await sees(pilot, "Traceback: out of memory [/red]")


async def test_alarms_from_before_a_run_went_on_are_not_shown_again(
    pairs: Path, trainer: PlayedTrainer
) -> None:
    alarm = Alarmed(step=5, name="drift", says="It moved too far.", advice="Try less.", action="stopped")
    trainer.goes(job_of(str(pairs), "notes-sft-1"), *some_way(12), alarm)
    trainer.dies("notes-sft-1")
    async with at_desk(pairs, LARGE, world_of(trainer)) as pilot:
        await at_a_run(pilot, "! It moved too far. Try less.")
        trainer.running.add("notes-sft-1")
        anew = Alarmed(step=0, name="anew", says="It begins anew.", advice="Wait.", action="goes_on")
        trainer.says("notes-sft-1", Begun(at=BEGAN), anew, started(step=10), stepped(11, 2.0))
        await sees(pilot, "step 11 of 40")
        await sees(pilot, "! It begins anew. Wait.")
        assert "It moved too far" not in lines(pilot)


async def test_going_from_run_to_run_in_a_hurry_loses_nothing(pairs: Path, trainer: PlayedTrainer) -> None:
    trainer.goes(job_of(str(pairs), "notes-sft-1"), *some_way(3))
    trainer.ends("notes-sft-1", "done")
    trainer.goes(job_of(str(pairs), "notes-sft-2"), *some_way(5))
    trainer.ends("notes-sft-2", "done")
    trainer.goes(job_of(str(pairs), "notes-sft-3"), *some_way(12))
    async with at_desk(pairs, LARGE, world_of(trainer)) as pilot:
        await at_a_run(pilot, "step 12 of 40")
        place = pilot.app.screen
        assert isinstance(place, Trained)
        place.action_run(1)
        place.action_run(1)
        await sees(pilot, "notes-sft-1 is done.")
        for _ in range(5):
            place.action_run(1)
        await until(pilot, lambda: place.told.name == "notes-sft-2" and place.told.heard)
        place.action_run(-1)
        place.read_runs(choose="notes-sft-3")
        place.read_runs(choose="notes-sft-3")
        await sees(pilot, "step 12 of 40")
        trainer.says("notes-sft-3", *some_way(13)[15:])
        await sees(pilot, "step 13: learned 2.467")
        assert place.told.heard == len(trainer.said["notes-sft-3"])
        assert [one.step for one in place.told.steps] == list(range(1, 14))


async def test_a_run_that_the_writer_chose_stays_though_another_one_begins(
    pairs: Path, trainer: PlayedTrainer
) -> None:
    trainer.goes(job_of(str(pairs), "notes-sft-1"), *some_way(3))
    trainer.ends("notes-sft-1", "stopped", best=3)
    trainer.goes(job_of(str(pairs), "notes-sft-2"), *some_way(5))
    trainer.ends("notes-sft-2", "done", best=5)
    async with at_desk(pairs, LARGE, world_of(trainer)) as pilot:
        await at_a_run(pilot, "notes-sft-2 is done.")
        await pilot.press("right_square_bracket")
        await sees(pilot, "notes-sft-1 was stopped.")
        trainer.goes(job_of(str(pairs), "notes-sft-3"), *some_way(3))
        await sees(pilot, "“notes-sft-3” is being trained, too: [ and ] lead to it.")
        await sees(pilot, "notes-sft-1 was stopped.")


async def test_what_is_asked_for_is_done_with_the_run_that_was_named(
    pairs: Path, trainer: PlayedTrainer
) -> None:
    trainer.goes(job_of(str(pairs), "notes-sft-1"), *some_way(3))
    trainer.ends("notes-sft-1", "stopped", best=3)
    async with at_desk(pairs, LARGE, world_of(trainer)) as pilot:
        await at_a_run(pilot, "notes-sft-1 was stopped.")
        await pilot.press("u")
        await sees(pilot, "Let “notes-sft-1” write in this project?")
        await pilot.press("escape", "g")
        await sees(pilot, "Go on with the training of “notes-sft-1”?")
        trainer.goes(job_of(str(pairs), "notes-sft-2"), *some_way(3))
        trainer.ends("notes-sft-2", "stopped", best=3)
        place = desk_of(pilot).afar.place
        assert isinstance(place, Trained)
        place.read_runs(choose="notes-sft-2")
        await until(pilot, lambda: place.told.name == "notes-sft-2")
        await pilot.press("enter")
        await until(pilot, lambda: trainer.resumed)
        assert trainer.resumed == ["notes-sft-1"]


async def test_wherever_the_writer_is_the_bar_says_that_something_is_trained(
    pairs: Path, trainer: PlayedTrainer
) -> None:
    """Though the place was never gone to; and how it ended is said there."""
    trainer.goes(job_of(str(pairs), "notes-sft-1"), *some_way(3))
    alarm = Alarmed(step=3, name="memory", says="It ran out.", advice="Slower.", action="goes_on")
    async with at_desk(pairs, LARGE, world_of(trainer)) as pilot:
        await sees(pilot, "7 Train…")
        trainer.says("notes-sft-1", alarm)
        await sees(pilot, "7 Train!")
        trainer.ends("notes-sft-1", "failed", says="The disk is full.")
        await sees(pilot, "✗ The training of “notes-sft-1” failed. The disk is full.")
        assert "7 Train!" in lines(pilot)
        await at_a_run(pilot, "notes-sft-1 failed.")
        assert "7 Train " in lines(pilot)


async def test_an_alarm_that_was_read_is_not_signed_again_but_a_new_one_is(
    pairs: Path, trainer: PlayedTrainer
) -> None:
    alarm = Alarmed(step=3, name="memory", says="It ran out.", advice="Slower.", action="goes_on")
    trainer.goes(job_of(str(pairs), "notes-sft-1"), *some_way(3), alarm)
    async with at_desk(pairs, LARGE, world_of(trainer)) as pilot:
        await sees(pilot, "7 Train!")
        await at_a_run(pilot, "! It ran out.")
        await goes(pilot, "write")
        afar = desk_of(pilot).afar
        afar.took(trainer.runs())
        assert "train" not in desk_of(pilot).alarmed
        trainer.says("notes-sft-1", stepped(4, 2.8), alarm.model_copy(update={"step": 4}))
        afar.took(trainer.runs())
        await sees(pilot, "7 Train!")
        await at_a_run(pilot, "step 4 of 40")
        await goes(pilot, "write")
        trainer.says("notes-sft-1", Begun(at=BEGAN))  # it goes on from a checkpoint: nothing was said since
        afar.took(trainer.runs())
        assert "train" not in desk_of(pilot).alarmed
        trainer.says("notes-sft-1", started(step=3), alarm)
        afar.took(trainer.runs())
        await sees(pilot, "7 Train!")


def page_of(trainer: PlayedTrainer, name: str, keymap: Mapping[str, str] = MappingProxyType({})) -> str:
    """What the place says of a run, in lines that are long enough for all of it."""
    told = Told(name)
    told.hear(trainer.events(name))
    return run_page(trainer.state(name), told, (), keymap, 200).plain


def test_what_an_alarm_stopped_goes_on_all_the_same_or_begins_anew() -> None:
    trainer = PlayedTrainer()
    alarms = {
        "drift": "Go on all the same, and not be stopped by this again:  press g on “notes-sft-1”",
        "diverged": "Begin anew at half the rate:  press p, then set More …, learning rate to ",
        "first_step": "Begin anew:  press p, then set How to SFT",
    }
    for name, does in alarms.items():
        alarm = Alarmed(step=3, name=name, says="It is enough.", advice="Look.", action="stopped")
        trainer.goes(job_of("/notes", "notes-sft-1"), *some_way(3), alarm)
        trainer.ends("notes-sft-1", "stopped", best=0)
        assert does in page_of(trainer, "notes-sft-1")
        assert "is kept" not in page_of(trainer, "notes-sft-1")  # there is nothing better than its base


def test_what_is_to_be_known_of_a_run_is_said_however_it_ended() -> None:
    trainer = PlayedTrainer()
    trainer.goes(job_of("/notes", "notes-sft-1"), *some_way(3))
    trainer.ends("notes-sft-1", "done", best=3, says="What was made of older weights is gone.")
    said = "What was made of older weights is gone.  → Close other programs, then: press g on “notes-sft-1”"
    assert said in page_of(trainer, "notes-sft-1")


def test_the_numbers_are_those_of_what_is_kept() -> None:
    trainer = PlayedTrainer()
    trainer.goes(job_of("/notes", "notes-dpo-1", "dpo"), *preferring(30))
    assert "which is kept" not in page_of(trainer, "notes-dpo-1")
    trainer.ends("notes-dpo-1", "done", best=20)
    said = page_of(trainer, "notes-dpo-1")
    assert "2.610 → 2.580 [2.430, 2.730] n=6 (loss)" in said
    assert "12% of what it may (KL 0.0600 of 0.5)" in said
    assert "70% of held-out pairs" in said
    assert "0.320 (margin)" in said
    assert "unseen texts: at step 20, which is kept" in said
    trainer.ends("notes-dpo-1", "done", best=0)  # nothing is: it is to be seen how far it came
    assert "80% of held-out pairs" in page_of(trainer, "notes-dpo-1")


def test_what_is_seen_of_the_reason_why_a_run_was_cut_off_is_the_only_reason() -> None:
    trainer = PlayedTrainer()
    trainer.goes(job_of("/notes", "notes-sft-1"), *some_way(3))
    trainer.dies("notes-sft-1", "The disk is full.")
    said = page_of(trainer, "notes-sft-1")
    assert "The disk is full.  → press g on “notes-sft-1”" in said
    assert "What was saved is there." in said
    assert "power cut" not in said
    trainer.dies("notes-sft-1")
    assert "a power cut, or memory that ran out" in page_of(trainer, "notes-sft-1")


def test_going_on_in_vain_leaves_what_was_there_and_its_own_numbers() -> None:
    trainer = PlayedTrainer()
    trainer.left["notes-sft-1"] = 3
    trainer.goes(job_of("/notes", "notes-sft-1"), *some_way(3))
    trainer.dies("notes-sft-1")
    assert "What it had learned before it went on is kept, and can be used." in page_of(
        trainer, "notes-sft-1"
    )
    trainer.ends("notes-sft-1", "failed", says="The disk is full.")
    said = page_of(trainer, "notes-sft-1")
    assert "is kept, and can be used." in said
    assert "Nothing better" not in said


def test_keys_of_the_writers_own_are_named_in_what_is_said_of_a_run() -> None:
    own = {"train.stop": "f2", "train.resume": "f3", "train.log": "f4"}
    trainer = PlayedTrainer()
    trainer.goes(job_of("/notes", "notes-sft-1"), *some_way(3))
    assert "F2 stops it, F4 shows its log." in page_of(trainer, "notes-sft-1", own)
    trainer.dies("notes-sft-1")
    assert "F3 goes on from the last checkpoint; F4 shows" in page_of(trainer, "notes-sft-1", own)
    trainer.ends("notes-sft-1", "stopped", best=3)
    assert "F3 goes on where it was stopped." in page_of(trainer, "notes-sft-1", own)
    trainer.ends("notes-sft-1", "failed", says="The disk is full.")
    assert "F4 shows what its programs wrote; F3 tries" in page_of(trainer, "notes-sft-1", own)


async def test_numbers_that_are_none_break_no_curve(pairs: Path, trainer: PlayedTrainer) -> None:
    nan, inf = float("nan"), float("inf")
    odd = measured(2, nan, nan)
    trainer.goes(job_of(str(pairs), "notes-sft-1"), started(), stepped(1, nan), stepped(2, inf), odd)
    async with at_desk(pairs, LARGE, world_of(trainer)) as pilot:
        await at_a_run(pilot, "step 2 of 40")
        trainer.says("notes-sft-1", stepped(3, 2.5))
        await sees(pilot, "step 3: learned 2.500")
