"""The desk in a real terminal: killed while one types, closed, and the writer's own editor."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import written
from tests.tui.bare_terminal import BareTerminal

DRAFT = "Tea is good.\n"
COUNTING = """
import pathlib, signal, threading, time
signal.signal(signal.SIGHUP, signal.SIG_IGN)  # nobody is told that the terminal is gone
def count():
    while True:
        looking = [thread for thread in threading.enumerate() if thread.name == "hang-up"]
        pathlib.Path(COUNTS).write_text(str(len(looking)), encoding="ascii")
        time.sleep(0.1)
threading.Thread(target=count, daemon=True).start()
"""
"""Writes down how many threads look after the terminal, again and again."""


@pytest.fixture
def drafted(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("STATE", "DATA", "CONFIG"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    written(project, "tea", DRAFT)
    return project


def unsaved(folder: Path) -> Callable[[str], Callable[[], bool]]:
    """Whether some words are written down."""
    place = folder.parent / "state"

    def holds(words: str) -> Callable[[], bool]:
        return lambda: any(words in file.read_text(encoding="utf-8") for file in place.rglob("*.json"))

    return holds


def at_correct(desk: BareTerminal) -> BareTerminal:
    """A writer who goes on with the first draft, and is in their text."""
    desk.until("Write").types("3").until("b lists those").types("b").until("Which draft?")
    return desk.types("\r").until("of the draft").types("\r").until("List")


def test_a_text_survives_a_kill_while_it_is_typed(drafted: Path) -> None:
    holds = unsaved(drafted)
    with BareTerminal(drafted) as desk:
        at_correct(desk).types("My words: ").wait(holds("My words: Tea is good."))
        desk.types("more")
        desk.kill()
    with BareTerminal(drafted) as desk:
        at_correct(desk).types("\x13").until("The final is kept")
    assert drafted.joinpath("finals/tea.md").read_text(encoding="utf-8").startswith("My words: ")
    assert not holds("")()


def test_what_is_typed_and_pasted_arrives_sign_by_sign(drafted: Path) -> None:
    typed = "Dites\u00a0: «\u202fnon\u202f». می\u200cخواهم 👩\u200d👧 soft\u00adhyphen. "
    pasted = "x\x1b[31mred\x1b[0m t t k x [b]bold[/b] 東京 end. "
    with BareTerminal(drafted) as desk:
        at_correct(desk).types(typed).types(f"\x1b[200~{pasted}\x1b[201~")
        desk.wait(unsaved(drafted)("東京 end."))
        desk.types("\x13").until("The final is kept")
    kept = drafted.joinpath("finals/tea.md").read_text(encoding="utf-8")
    assert kept == f"{typed}{pasted}{DRAFT}"


def test_a_text_survives_a_closed_window(drafted: Path) -> None:
    with BareTerminal(drafted) as desk:
        at_correct(desk).types("My words: ").until("not kept yet")
        desk.wait(unsaved(drafted)("My words: "))
        desk.kill(signal.SIGHUP)
    with BareTerminal(drafted) as desk:
        at_correct(desk).until("My words: ")


def test_ones_own_editor_and_back(drafted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "ed"
    program.write_text(
        '#!/bin/sh\necho "In my own editor" ; printf "precious\\n" >> "$1"\n', encoding="utf-8"
    )
    program.chmod(0o755)
    monkeypatch.setenv("EDITOR", str(program))
    with BareTerminal(drafted) as desk:
        at_correct(desk).types("My ").until("not kept yet")
        desk.types("\x07").until("In my own editor").until("precious").until("what you saved in your editor")
        desk.types("\x13").until("The final is kept")
    assert drafted.joinpath("finals/tea.md").read_text(encoding="utf-8") == f"My {DRAFT}precious\n"
    assert not list((tmp_path / "state").rglob("unsaved/*"))


def test_one_thread_looks_after_the_terminal_however_often_it_was_lent(
    drafted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EDITOR", "true")
    counts = tmp_path / "counts"
    with BareTerminal(drafted, begins=f"COUNTS = {str(counts)!r}\n{COUNTING}") as desk:
        at_correct(desk)
        for _ in range(3):
            desk.types("\x07").until("Nothing was changed in your editor").looks(0.7)
        assert counts.read_text(encoding="ascii") == "1"
        desk.hangs_up()
        assert desk.dies() == 129


def test_an_editor_that_fails_leaves_the_text(drafted: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDITOR", "false")
    with BareTerminal(drafted) as desk:
        at_correct(desk).types("My ").until("not kept yet")
        desk.types("\x07").until("ended with exit code 1")
        desk.types("\x13").until("The final is kept")
    assert drafted.joinpath("finals/tea.md").read_text(encoding="utf-8") == f"My {DRAFT}"


@pytest.mark.parametrize(
    ("editor", "says"), [("false", "ended with exit code 1"), ("nosuch", "not be started")]
)
def test_an_editor_that_fails_on_the_settings_gives_the_desk_back(
    drafted: Path, monkeypatch: pytest.MonkeyPatch, editor: str, says: str
) -> None:
    monkeypatch.setenv("EDITOR", editor)
    with BareTerminal(drafted) as desk:
        desk.until("Write").types("6").until("Who does what").types("e").until(says)
        desk.types("?").until("Keys lie outside every project")
