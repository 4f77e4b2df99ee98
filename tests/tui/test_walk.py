"""One round in a real terminal, on the embedded model: from a new project to a rule, undo and rollback."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Redraft, git
from tests.tui.sitting import LARGE, SMALL
from tests.tui.terminal import Terminal


@pytest.mark.slow
@pytest.mark.model
@pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")
@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "160x48"])
def test_a_round_is_walked_in_a_real_terminal(
    redraft: Redraft, tmp_path: Path, home: Path, size: tuple[int, int]
) -> None:
    root = tmp_path / "my-blog"
    assert redraft("new", root, "--template", "blog").code == 0
    settings = root / "redraft.toml"
    said = settings.read_text(encoding="utf-8")
    quick = re.sub(r"^(samples|replay|held_out) = .*$", r"\1 = 1", said, flags=re.MULTILINE)
    settings.write_text(quick, encoding="utf-8")
    git(root, "commit", "-qam", "a short test is enough here")
    with Terminal(root, size=size, socket=home / "tmux") as terminal:
        write(terminal)
        say(terminal)
        correct(terminal)
        final = (root / "finals" / "balcony-tomatoes.md").read_text(encoding="utf-8")
        assert final.startswith("Early on. ")
        guide = (root / "CLAUDE.md").read_text(encoding="utf-8")
        learn(terminal)
        assert "Until the next tomato." in (root / "CLAUDE.md").read_text(encoding="utf-8")
        take_back(terminal)
        assert (root / "CLAUDE.md").read_text(encoding="utf-8") == guide
        roll_back(terminal)
        terminal.presses("C-q").sees("it ended with 0")
    learned = (root / "CLAUDE.md").read_text(encoding="utf-8")
    assert "Until the next tomato." in learned
    kept = git(root, "log", "--format=%s").splitlines()
    verbs = [subject.partition(":")[0] for subject in kept if ":" in subject]
    assert verbs == ["rollback", "undo", "decide", "correct", "critique", "new"]
    assert git(root, "status", "--porcelain", "CLAUDE.md", "checks.toml", "finals") == ""


def write(terminal: Terminal) -> None:
    terminal.sees("1 Write", "balcony-tomatoes", "no draft").presses("Enter")
    terminal.sees("is written", "drafted")


def say(terminal: Terminal) -> None:
    terminal.presses("s").sees("Nothing is said yet").presses("Enter").sees("Enter keeps it")
    terminal.types("End with 'Until the next tomato.'").presses("Enter")
    terminal.sees("Kept.", "mended by itself:")


def correct(terminal: Terminal) -> None:
    terminal.presses("3").sees("Your text", "No changes yet").presses("Enter").sees("F8")
    terminal.types("Early on. ").sees("Change 1 of 1").presses("C-s")
    terminal.sees("The final is kept")


def learn(terminal: Terminal) -> None:
    terminal.presses("Escape", "4").sees("1 critique").presses("Enter")
    terminal.sees("Proposal 1", "The test confirms it.").presses("t").sees("held-out briefs")
    terminal.presses("g").sees("With the whole proposal").presses("a")
    terminal.sees("Your guide learned")


def take_back(terminal: Terminal) -> None:
    terminal.presses("5").sees("accepted proposal 1", "now").presses("u")
    terminal.sees("Undo?").presses("Enter").sees("Taken back: “accepted proposal 1")


def roll_back(terminal: Terminal) -> None:
    """To the version of the accepted proposal, which stands below the entry of the undo."""
    terminal.presses("j", "b").sees("Go back?").presses("Enter").sees("You are back at version")


def test_the_command_opens_the_desk_where_a_person_watches(project: Path, home: Path) -> None:
    if shutil.which("tmux") is None:
        pytest.skip("tmux is not installed")
    with Terminal(project, size=SMALL, socket=home / "tmux") as terminal:
        terminal.sees("1 Write", "tea").presses("C-c").sees("again").presses("C-c").sees("it ended with 0")
    piped = subprocess.run(
        [sys.executable, "-P", "-m", "loop"], cwd=project, capture_output=True, text=True, check=False
    )
    assert "tea" in piped.stdout
