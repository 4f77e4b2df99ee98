"""Models and set-up: what can be asked, keys that are never shown, money, trust."""

from __future__ import annotations

import io
import logging
import re
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion
from textual.events import Key
from textual.pilot import Pilot

import tui.app
from loop.adapters.keys import Keys
from loop.adapters.models.tuned.model import TunedModel
from loop.wiring import World
from tests.cli.conftest import Redraft
from tests.cli.served import KEY, SETTINGS
from tests.loopback import Loopback
from tests.tui.sitting import LARGE, OWN_WORDS, SMALL, at_desk, desk_of, lines, picture, sees, types, until
from tui.app import Desk
from tui.widgets.choices import Choices

SECRET = "sk-ant-hunter2-never-to-be-seen"
PROGRAM = """
[[steps]]
kind = "command"
name = "typography"
argv = ["sed", "[red]s/a/b/"]
"""


async def at_models(pilot: Pilot[None]) -> None:
    """Go there, and wait until everybody was looked for."""
    await pilot.press("6")
    await until(pilot, lambda: "Who does what" in lines(pilot))
    await until(pilot, lambda: not any(worker.is_running for worker in pilot.app.screen.workers))
    await until(pilot, lambda: desk_of(pilot).status is not None)


@pytest.fixture
def spent(project: Path, redraft: Redraft, claude: Loopback) -> Path:
    """A project in which Claude wrote one draft, with a cap for the month."""
    assert redraft("-C", project, "run", "tea").code == 0
    text = f"{SETTINGS}\n[budget]\nmonth_usd = 0.01\n"
    project.joinpath("redraft.toml").write_text(text, encoding="utf-8")
    return project


async def at_a_key(pilot: Pilot[None]) -> None:
    """Where the key for Anthropic is typed."""
    await at_models(pilot)
    await pilot.press("a")
    await sees(pilot, "Whose key?")
    await pilot.press("enter")
    await sees(pilot, "It is not shown")


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "160x48"])
async def test_steps_and_money_stand_there_at_a_glance(
    spent: Path, screen: SnapshotAssertion, size: tuple[int, int]
) -> None:
    async with at_desk(spent, size) as pilot:
        await at_models(pilot)
        await sees(pilot, "of $0.01")
        # what is installed on this computer is no part of the picture
        shown = await picture(pilot) if size == LARGE else (await picture(pilot)).partition("╭─ Models")[0]
        assert "\n".join(line[:78].rstrip() for line in shown.splitlines()[:18]) == screen


async def test_which_models_can_be_asked_is_said_and_what_is_missing_for_the_others(spent: Path) -> None:
    async with at_desk(spent, LARGE) as pilot:
        await at_models(pilot)
        await sees(pilot, "● test-model")
        await sees(pilot, "key from ANTHROPIC_API_KEY")
        await sees(pilot, "Not yet")
        await sees(pilot, "○ <provider>/<model>")
        await sees(pilot, "press a: openai")
        await sees(pilot, "✓ Python")
        assert "redraft key" not in lines(pilot)
        assert KEY not in lines(pilot)


async def test_a_key_is_entered_without_being_shown_anywhere(
    project: Path, home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    seen = io.StringIO()
    async with at_desk(project) as pilot:
        await at_a_key(pilot)
        for char in SECRET:
            await pilot.press(char)
            seen.write(lines(pilot))
        seen.write(pilot.app.export_screenshot())
        await pilot.press("enter")
        await sees(pilot, "The key for anthropic is kept in")
        await at_models(pilot)
        seen.write(lines(pilot))
        await sees(pilot, "keys.json")
        await pilot.press("pagedown", "end")
        seen.write(lines(pilot))
    stored = home / ".config/redraft/keys.json"
    assert SECRET in stored.read_text(encoding="utf-8")
    assert SECRET[:8] not in seen.getvalue()
    assert SECRET not in caplog.text
    everywhere = [
        path for path in (*home.rglob("*"), *project.rglob("*")) if path.is_file() and path != stored
    ]
    assert not [path for path in everywhere if SECRET.encode() in path.read_bytes()]


async def test_a_key_that_changes_who_writes_says_so(project: Path, home: Path) -> None:
    settings = project / "redraft.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(
        re.sub(r'(?m)^name = "(?!notes|draft)[^"]*"$', 'name = "auto"', text), encoding="utf-8"
    )
    async with at_desk(project) as pilot:
        await at_a_key(pilot)
        await types(pilot, SECRET)
        await pilot.press("enter")
        await sees(pilot, "from now on claude-sonnet-5-5 does, and is paid for it.")


async def test_what_is_no_key_is_refused_without_being_repeated(project: Path) -> None:
    async with at_desk(project) as pilot:
        await at_a_key(pilot)
        await types(pilot, "hunter2 hunter2")
        await pilot.press("enter")
        await sees(pilot, "That is no key")
        assert "hunter2" not in lines(pilot)


class Careless(Keys):
    """Keys that fall over with the key in their hands."""

    def set(self, provider: str, secret: str) -> str:
        raise ZeroDivisionError(secret)


class CarelessWorld(World):
    def keys(self) -> Keys:
        return Careless(Path("nowhere"), {})


async def test_a_bug_while_a_key_is_stored_shows_no_key(project: Path, home: Path) -> None:
    desk = Desk(CarelessWorld(folder=str(project)), str(project))
    async with desk.run_test(size=SMALL) as pilot:
        await sees(pilot, OWN_WORDS["write"])
        await pilot.press("6")
        await sees(pilot, "Who does what")
        await pilot.press("a")
        await sees(pilot, "Whose key?")
        await pilot.press("enter")
        await sees(pilot, "It is not shown")
        await types(pilot, SECRET)
        await pilot.press("enter")
        await sees(pilot, "failed by a bug in redraft")
        assert SECRET not in lines(pilot)
    assert not [path for path in home.rglob("*") if path.is_file() and SECRET.encode() in path.read_bytes()]


class Program(TunedModel):
    """An adapter whose program was never started; it knows whether it was told to end."""

    closed = False

    def close(self) -> None:
        super().close()
        self.closed = True


async def test_the_programs_that_write_end_with_the_desk(project: Path) -> None:
    world = World(folder=str(project))
    program = Program(project, "tea", "adapter:tea@1", context=10)
    world._inside._programs["adapter:tea@1"] = program
    async with Desk(world, str(project)).run_test(size=SMALL) as pilot:
        await sees(pilot, OWN_WORDS["write"])
        assert not program.closed
    assert program.closed


class Falling(Desk):
    """Falls over while a key is in its hands."""

    CSS_PATH = str(Path(tui.app.__file__).with_name("desk.tcss"))

    def on_mount(self) -> None:
        secret = SECRET
        self.call_later(lambda: Key(secret, secret) and 1 // 0)


async def test_the_report_of_a_crash_has_nobodys_words_in_it(
    project: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(ZeroDivisionError) as crash:
        await Falling(World(folder=str(project)), str(project)).run_async(headless=True)
    from loop.render.bug import report

    out, err = capfd.readouterr()
    assert SECRET not in out + err + report(crash.value)
    assert "ZeroDivisionError" in report(crash.value)


async def test_a_key_is_removed_after_a_yes(project: Path, home: Path, redraft: Redraft) -> None:
    stored = home / ".config/redraft/keys.json"
    stored.parent.mkdir(parents=True)
    stored.write_text('{"keys": {"mistral": {"key": "abc"}}}', encoding="utf-8")
    stored.chmod(0o600)
    async with at_desk(project) as pilot:
        await at_models(pilot)
        await pilot.press("x")
        await sees(pilot, "Remove the key for mistral?")
        await pilot.press("escape")
        assert "mistral" in stored.read_text(encoding="utf-8")
        await pilot.press("x")
        await sees(pilot, "Remove the key for mistral?")
        await pilot.press("enter")
        await sees(pilot, "The key for mistral is removed")
        assert "mistral" not in stored.read_text(encoding="utf-8")
        await sees(pilot, "No key is there")


async def test_what_trust_allows_is_shown_first(
    project: Path, redraft: Redraft, screen: SnapshotAssertion
) -> None:
    settings = project / "redraft.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + PROGRAM, encoding="utf-8")
    async with at_desk(project) as pilot:
        await at_models(pilot)
        await sees(pilot, "! Not allowed yet")
        await pilot.press("t")
        await sees(pilot, "Do you trust this project with this?")
        assert "runs   sed [red]s/a/b/" in lines(pilot)
        await pilot.press("escape")
        await pilot.press("t")
        await sees(pilot, "Do you trust this project with this?")
        await pilot.press("enter")
        await sees(pilot, "Allowed, as it is now.")
        await pilot.press("t")
        await sees(pilot, "nothing that waits for your trust")


async def test_the_embedded_model_is_fetched_with_a_word_when_it_is_there(project: Path) -> None:
    async with at_desk(project) as pilot:
        await at_models(pilot)
        await pilot.press("f")
        await sees(pilot, "The embedded model is here.")


async def test_keys_that_cannot_be_read_are_said_with_what_to_do_and_looked_at_again(
    project: Path, home: Path
) -> None:
    stored = home / ".config/redraft/keys.json"
    stored.parent.mkdir(parents=True)
    async with at_desk(project) as pilot:
        await at_models(pilot)
        stored.write_text("[/nonsense", encoding="utf-8")
        stored.chmod(0o600)
        await pilot.press("r")
        await sees(pilot, "it is not what redraft writes")
        stored.unlink()
        await pilot.press("r")
        await sees(pilot, "No key is there")


async def test_where_no_editor_can_be_opened_the_file_is_named(project: Path) -> None:
    async with at_desk(project) as pilot:
        await at_models(pilot)
        await pilot.press("e")
        await sees(pilot, "No editor can be opened from in here.")
        await sees(pilot, "Change it in another window")


async def test_everything_can_be_reached_with_the_keyboard_in_a_small_window(project: Path) -> None:
    async with at_desk(project) as pilot:
        await at_models(pilot)
        assert "This computer" not in lines(pilot)
        await pilot.press("shift+tab", "end")
        await sees(pilot, "disk space")


async def enters(pilot: Pilot[None], model: str) -> None:
    """Press Enter on a model."""
    listed = pilot.app.screen.query_one("#models-list", Choices)
    listed.focus()
    listed.go_to(model)
    await pilot.press("enter")


async def test_enter_on_a_model_does_what_is_missing_for_it(project: Path) -> None:
    settings = project / "redraft.toml"
    server = '\n[servers]\nfarm = "http://models.example.invalid/v1"\n'
    settings.write_text(settings.read_text(encoding="utf-8") + server, encoding="utf-8")
    async with at_desk(project, LARGE) as pilot:
        await at_models(pilot)
        await enters(pilot, "<provider>/<model>")
        await sees(pilot, "Whose key?")
        await pilot.press("escape")
        await enters(pilot, "farm/…")
        await sees(pilot, "Do you trust this project with this?")
        await pilot.press("escape")
        await enters(pilot, "ollama/…")
        await sees(pilot, "ollama/…: nothing answers at")
        assert not pilot.app.screen.is_modal
