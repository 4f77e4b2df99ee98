"""Copying and leaving."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from textual.widget import Widget
from textual.widgets import Input, Static

from tests.cli.served import play
from tests.cli.sitting import CTRL_C, Sitting
from tests.loopback import Loopback
from tests.tui.learning import pair, waiting
from tests.tui.sitting import at_desk, desk_of, lines, sees, types, until
from tests.wire import Silence
from tui.dialogs.ask import Ask
from tui.dialogs.confirm import Confirm
from tui.dialogs.form import Form
from tui.place import Place

__all__ = ["pair", "waiting"]


@pytest.fixture(autouse=True)
def no_clipboard(monkeypatch: pytest.MonkeyPatch) -> None:
    """As over SSH, without tmux."""
    monkeypatch.setenv("SSH_TTY", "/dev/pts/9")
    monkeypatch.delenv("TMUX", raising=False)


async def test_ctrl_q_leaves_at_once_when_nothing_would_be_lost(project: Path) -> None:
    async with at_desk(project) as pilot:
        await pilot.press("ctrl+q")
        await pilot.pause()
        assert pilot.app._exit
        assert pilot.app.return_code == 0


async def test_ctrl_c_twice_leaves_and_the_first_says_so(project: Path) -> None:
    async with at_desk(project) as pilot:
        await pilot.press("ctrl+c")
        await sees(pilot, "Press Ctrl+C again to leave.")
        assert not pilot.app._exit
        await pilot.press("ctrl+c")
        await until(pilot, lambda: pilot.app._exit)


async def test_ctrl_c_leaves_from_a_window_too(project: Path) -> None:
    async with at_desk(project) as pilot:
        await pilot.press("ctrl+p", "ctrl+c", "ctrl+c")
        await until(pilot, lambda: pilot.app._exit)


async def test_ctrl_c_copies_what_is_marked_in_a_text(project: Path) -> None:
    async with at_desk(project) as pilot:
        await pilot.app.push_screen(Ask("Name?", value="sourdough"))
        pilot.app.screen.query_one(Input).select_all()
        await pilot.press("ctrl+c", "ctrl+c")
        await sees(pilot, "The text is in")
        assert pilot.app.clipboard == "sourdough"
        assert not pilot.app._exit
        await pilot.press("right", "ctrl+v")
        assert pilot.app.screen.query_one(Input).value == "sourdoughsourdough"


class Unkept(Place):
    """A place with a text that could not be put away."""

    NAME = "correct"

    def body(self) -> Iterable[Widget]:
        yield Static("A final")

    def unkept(self) -> str:
        return "Your final of tea could not be put away."


async def test_it_asks_only_when_a_text_would_be_lost(project: Path) -> None:
    async with at_desk(project) as pilot:
        await pilot.app.push_screen(Unkept())
        await pilot.press("ctrl+q")
        await sees(pilot, "Your final of tea could not be put away.")
        assert isinstance(pilot.app.screen, Confirm)
        await pilot.press("ctrl+q", "n")
        await until(pilot, lambda: not pilot.app.screen.is_modal)
        assert not pilot.app._exit
        await pilot.press("ctrl+q", "y")
        await until(pilot, lambda: pilot.app._exit)


async def test_it_asks_when_a_text_in_a_window_would_be_lost(project: Path, state: Path) -> None:
    state.joinpath("redraft").mkdir(parents=True)
    state.joinpath("redraft/unsaved").write_text("Nothing can be written down in a file's place.")
    async with at_desk(project) as pilot:
        await sees(pilot, "rain · note")
        await pilot.press("n")
        await sees(pilot, "What shall be written")
        await pilot.press("ctrl+q")  # nothing was typed
        await until(pilot, lambda: pilot.app._exit)
    async with at_desk(project) as pilot:
        await sees(pilot, "rain · note")
        await pilot.press("n", "tab")
        await types(pilot, "Ten reasons.")
        await pilot.press("ctrl+q")
        await sees(pilot, "What you filled in is not kept: New brief.")
        await pilot.press("n")
        await sees(pilot, "Ten reasons.")
        assert not pilot.app._exit


async def test_it_asks_when_choices_in_a_proposal_would_be_lost(project: Path, waiting: int) -> None:
    async with at_desk(project) as pilot:
        await pilot.press("4")
        await sees(pilot, "2 changes, all taken")
        await pilot.press("space")
        await sees(pilot, "2 changes, 1 taken")
        await pilot.press("1", "ctrl+q")
        await sees(pilot, "What you left out or reworded in proposal 1 is not accepted yet.")
        await pilot.press("n", "4", "space", "ctrl+q")  # taken again: nothing would be lost
        await until(pilot, lambda: pilot.app._exit)


async def test_a_verb_at_work_is_stopped_and_named(project: Path, home: Path, claude: Loopback) -> None:
    play(claude, Silence(20))
    async with at_desk(project) as pilot:
        await pilot.app.push_screen(Form("run"))
        await types(pilot, "tea")
        await pilot.press("enter")
        await sees(pilot, "tea: draft (1/2)")
        assert desk_of(pilot).at_work() == ["run"]
        await pilot.press("ctrl+q")
        await until(pilot, lambda: pilot.app._exit)
        place = home / ".local/state/redraft/unsaved"
        assert [str(said) for said in pilot.app._exit_renderables] == [
            f"Stopped: writing a draft. What came of the draft is in the project, or else in {place}."
        ]


async def test_copying_says_where_the_text_is(project: Path, home: Path) -> None:
    async with at_desk(project, (160, 48)) as pilot:
        desk_of(pilot).copy("[b]Words[/b] 中文\n")
        await sees(pilot, "The text is in")
        assert "Sent to your terminal" not in lines(pilot)  # there is none in a test
        kept = home / ".local/state/redraft/copied.txt"
        assert kept.read_text(encoding="utf-8") == "[b]Words[/b] 中文\n"
        assert kept.stat().st_mode & 0o77 == 0


# -- in a real terminal ------------------------------------------------------------------------------


@pytest.fixture
def sitting(project: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sitting]:
    monkeypatch.setenv("TERM", "xterm-256color")
    with Sitting(project) as sitting:
        yield sitting.until("Correct")


def test_ctrl_c_is_a_key(sitting: Sitting) -> None:
    sitting.types(CTRL_C).until("again to leave").types(CTRL_C)
    assert sitting.ends()[0] == 0


def test_a_bug_ends_with_a_report_and_a_whole_terminal(
    project: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Whatever is in a place is not in the report."""
    broken = tmp_path / "sitecustomize.py"
    broken.write_text(
        "import sys, importlib.abc, importlib.util\n"
        "import tui.places.history as history\n"
        "def body(self):\n    secret = 'my own words'\n    raise LookupError(secret)\n"
        "history.Here.body = body\n",
        encoding="utf-8",
    )
    monkeypatch.setenv("TERM", "xterm-256color")
    with Sitting(project, begins=f"exec(open({str(broken)!r}).read())") as sitting:
        sitting.until("Correct").types("5")
        code, seen = sitting.ends()
    assert code == 70
    after = seen.partition("\x1b[?1049l")[2]
    assert "This is a bug in redraft" in after
    assert "LookupError" in after
    assert "in body" in after
    assert "my own words" not in after
    assert "╭" not in after
