"""A project from the writer's own words, or from a conversation; nothing is kept before a yes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion
from textual.widgets import TextArea

from tests.cli.conftest import git
from tests.cli.served import play_texts
from tests.loopback import Loopback
from tests.tui.sitting import at_desk, desk_of, picture, sees, types, until
from tests.tui.starting import chooses, fills, outside, window
from tests.unit.loop.describe.material import KETTLE, plan
from tests.wire import Fault, Says


def question(text: str) -> str:
    return json.dumps({"question": text})


async def test_a_project_is_described_read_and_kept_on_a_yes(
    tmp_path: Path, anthropic: Loopback, monkeypatch: pytest.MonkeyPatch, screen: SnapshotAssertion
) -> None:
    tmp_path.joinpath("posts").mkdir()
    tmp_path.joinpath("posts/kettle.md").write_text(KETTLE, encoding="utf-8")
    play_texts(anthropic, plan())
    async with outside(tmp_path, monkeypatch) as pilot:
        await chooses(pilot, "words")
        await sees(pilot, "What do you write")
        assert await picture(pilot) == screen
        pilot.app.screen.query_one(TextArea).insert("Kitchen notes [bold]for weekdays[/bold].")
        await fills(pilot, "#samples", "posts/*.md")
        await fills(pilot, "#path", "kitchen")
        await pilot.press("ctrl+s")
        await sees(pilot, "This project is not kept yet")
        assert await window(pilot) == screen
        assert "My kettle sings" in str(anthropic.bodies[0])
        assert "[bold]for weekdays[/bold]" in str(anthropic.bodies[0])
        await sees(pilot, "draft → tighten → checks")
        await pilot.press("pagedown", "pagedown", "pagedown")
        await sees(pilot, "We use a kettle outdoors.")
        assert not list(tmp_path.glob("kitchen/.git/refs/heads/*"))
        await pilot.press("enter")
        await sees(pilot, "Kept: ")
        entries = git(tmp_path / "kitchen", "log", "--format=%s")
        assert entries == "new: a redraft project from a description\n"
        assert desk_of(pilot).sub_title == "kitchen"


async def test_a_project_that_waits_is_offered_again_when_it_is_opened(
    tmp_path: Path, anthropic: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    play_texts(anthropic, plan())
    async with outside(tmp_path, monkeypatch) as pilot:
        await chooses(pilot, "words")
        await sees(pilot, "What do you write")
        pilot.app.screen.query_one(TextArea).insert("Kitchen notes.")
        await pilot.press("ctrl+s")
        await sees(pilot, "This project is not kept yet")
        await pilot.press("n")
        await sees(pilot, "It is not kept yet.")
    async with at_desk(tmp_path / "my-project") as pilot:
        await sees(pilot, "This project is not kept yet")
        await sees(pilot, "Dry humour, no fuss.")
        await pilot.press("y")
        await sees(pilot, "Kept: ")
    assert git(tmp_path / "my-project", "log", "--format=%s").startswith("new: ")


async def test_what_it_costs_is_said_first_and_esc_stops_it_and_leaves_nothing(
    tmp_path: Path, anthropic: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    anthropic._script.append(Says(pieces=("{", *(" " for _ in range(400))), pause=0.05))
    async with outside(tmp_path, monkeypatch) as pilot:
        await chooses(pilot, "words")
        await sees(pilot, "What do you write")
        pilot.app.screen.query_one(TextArea).insert("Kitchen notes.")
        await pilot.press("ctrl+s")
        await sees(pilot, "The pipeline takes about 1 question")
        await until(pilot, lambda: anthropic.requests)
        await pilot.press("escape")
        await sees(pilot, "Stopped.")
        await pilot.press("escape")
        assert pilot.app.screen.query_one(TextArea).text == "Kitchen notes."
        assert not tmp_path.joinpath("my-project/redraft.toml").exists()


async def test_a_failure_is_said_with_what_to_do_and_the_words_stay(
    tmp_path: Path, anthropic: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    anthropic._script.append(Fault(401, "authentication_error", "[red]no[/red]"))
    async with outside(tmp_path, monkeypatch) as pilot:
        await chooses(pilot, "words")
        await sees(pilot, "What do you write")
        await pilot.press("ctrl+s")
        await sees(pilot, "Write a few words")
        pilot.app.screen.query_one(TextArea).insert("Kitchen notes.")
        await fills(pilot, "#samples", "nowhere/*.md")
        await pilot.press("ctrl+s")
        await sees(pilot, "There is no file nowhere/*.md.")
        tmp_path.joinpath("posts").mkdir()
        await fills(pilot, "#samples", "posts")
        await pilot.press("ctrl+s")
        await sees(pilot, "posts is a folder. Name the files in it: posts/*.md")
        await fills(pilot, "#samples", "")
        await pilot.press("ctrl+s")
        await sees(pilot, "refused the key: [red]no[/red].")
        await sees(pilot, "then a at the start: anthropic")
        await pilot.press("escape")
        assert pilot.app.screen.query_one(TextArea).text == "Kitchen notes."


async def test_without_a_larger_model_it_says_what_is_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with outside(tmp_path, monkeypatch) as pilot:
        await chooses(pilot, "words")
        await sees(pilot, "What do you write")
        pilot.app.screen.query_one(TextArea).insert("Kitchen notes.")
        await pilot.press("ctrl+s")
        await sees(pilot, "the embedded model is too small")
        assert "my-project" not in [path.name for path in tmp_path.iterdir()]


async def test_a_conversation_asks_in_windows(
    tmp_path: Path, anthropic: Loopback, monkeypatch: pytest.MonkeyPatch, screen: SnapshotAssertion
) -> None:
    play_texts(
        anthropic, question("How [long] is a note?"), question("What never?"), '{"enough": true}', plan()
    )
    async with outside(tmp_path, monkeypatch) as pilot:
        await chooses(pilot, "asked")
        await sees(pilot, "up to five questions")
        await pilot.press("ctrl+s")
        await sees(pilot, "What do you write, and for whom?")
        await types(pilot, "Kitchen notes")
        await pilot.press("enter")
        await sees(pilot, "How [long] is a note?")
        assert "How [long] is a note?" in await picture(pilot)
        await pilot.press("enter")
        await sees(pilot, "What never?")
        await types(pilot, "brands")
        await pilot.press("enter")
        await sees(pilot, "This project is not kept yet")
        told = str(anthropic.bodies[3])
        assert all(said in told for said in ("Kitchen notes", "(no answer)", "brands"))


async def test_a_conversation_that_is_stopped_keeps_the_answers(
    tmp_path: Path, anthropic: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    play_texts(anthropic, question("How long?"))
    async with outside(tmp_path, monkeypatch) as pilot:
        await chooses(pilot, "asked")
        await sees(pilot, "up to five questions")
        await pilot.press("ctrl+s")
        await sees(pilot, "What do you write, and for whom?")
        await types(pilot, "Kitchen notes")
        await pilot.press("enter")
        await sees(pilot, "How long?")
        await pilot.press("escape")
        await sees(pilot, "Your answers are kept.")
        await sees(pilot, "Stopped.")
    answers = tmp_path / "my-project/.redraft/answers.md"
    assert "Kitchen notes" in answers.read_text(encoding="utf-8")


async def test_leaving_the_desk_in_the_middle_of_a_question_ends_it(
    tmp_path: Path, anthropic: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with outside(tmp_path, monkeypatch) as pilot:
        await chooses(pilot, "asked")
        await sees(pilot, "up to five questions")
        await pilot.press("ctrl+s")
        await sees(pilot, "What do you write, and for whom?")
    assert not tmp_path.joinpath("my-project").exists()


async def test_without_a_key_the_form_says_so_before_a_word_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with outside(tmp_path, monkeypatch) as pilot:
        await chooses(pilot, "words")
        await sees(pilot, "No larger model can be reached yet. Esc, then a adds a key")
