"""A full disk: a sentence a writer understands, and what was there before stays."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import loop
from tests.cli.conftest import Redraft, git, written
from tests.cli.served import corrected, play
from tests.loopback import Loopback
from tests.wire import Says

FULL = """
import asyncio, resource, signal, sys
from pathlib import Path
from tests.tui.sitting import at_desk, desk_of, lines, sees, types
from tests.tui.correcting import edits

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # a file that grows further is an error, as on a full disk

async def main(folder, limit, what):
    async with at_desk(Path(folder)) as pilot:
        desk_of(pilot).brief = "tea"
        if what == "run":
            await sees(pilot, "tea ·")
        elif what == "critique":
            await pilot.press("2")
            await sees(pilot, "Nothing is said yet.")
            await pilot.press("enter")
            await types(pilot, "Warmer, please.")
        else:
            await pilot.press("3")
            await sees(pilot, "of the draft ·")
            await edits(pilot, "Tea. " * 40_000)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
        await pilot.press("ctrl+s" if what == "correct" else "enter")
        await sees(pilot, "no space left")
        print(lines(pilot))

asyncio.run(main(sys.argv[1], int(sys.argv[2]), sys.argv[3]))
"""


def full(project: Path, limit: int, what: str) -> str:
    """What the desk shows when no file can grow beyond so many bytes."""
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(project), str(limit), what],
        env={**os.environ, "PYTHONPATH": str(Path(loop.__file__).parents[1])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def state(project: Path) -> tuple[str, dict[str, bytes]]:
    """HEAD, and every file of the writer's."""
    folders = ("briefs", "drafts", "finals", "critiques", "pairs")
    files = [path for folder in folders for path in project.glob(f"{folder}/*")]
    return git(project, "rev-parse", "HEAD"), {str(path): path.read_bytes() for path in files}


@pytest.mark.parametrize("limit", [0, 50_000], ids=["nothing fits", "the text does not fit"])
def test_a_final_that_finds_no_space_leaves_the_old_one(
    project: Path, redraft: Redraft, claude: Loopback, limit: int
) -> None:
    corrected(project, redraft, "tea")
    before = state(project)
    shown = full(project, limit, "correct")
    assert "Tea. Tea." in shown  # what was typed is there
    assert state(project) == before


@pytest.mark.parametrize("limit", [0, 50_000], ids=["nothing fits", "the text does not fit"])
def test_a_draft_that_finds_no_space_leaves_the_old_one(project: Path, claude: Loopback, limit: int) -> None:
    written(project, "tea", "The old draft.\n")
    before = state(project)
    play(claude, *[Says(pieces=("We drink tea outdoors. " * 100,) * 30)] * 2)
    full(project, limit, "run")
    assert state(project) == before


def test_a_critique_that_finds_no_space_can_be_said_again(project: Path, claude: Loopback) -> None:
    written(project, "tea", "The old draft.\n")
    before = state(project)
    shown = full(project, 0, "critique")
    assert "Warmer, please." in shown
    assert state(project) == before
