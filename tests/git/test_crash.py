"""`kill -9` at any point of a commit: the next call finds a repository that is all before or all after."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import loop
from loop.errors import HistoryError, HistoryMoved
from loop.model import Entry, FileChange
from tests.conftest import GitProject

CHILD = """
import os, signal, sys
from loop.adapters.git import GitHistory
from loop.model import Entry, FileChange

left = int(sys.argv[2])

def stage(name):
    global left
    left -= 1
    if left == 0:
        print(name, flush=True)
        os.kill(os.getpid(), signal.SIGKILL)

history = GitHistory(sys.argv[1], stage=stage)
changes = [
    FileChange(path="CLAUDE.md", before="# How I write\\n", after="# Plainly\\n"),
    FileChange(path="examples/new one.md", before=None, after="new\\n"),
    FileChange(path="prompts/draft.md", before="Write it.\\n", after=None),
]
history.commit(changes, Entry(verb="decide", subject="accept 1"), expect=history.head())
print("done")
"""
BEFORE = {"CLAUDE.md": "# How I write\n", "prompts/draft.md": "Write it.\n"}
AFTER = {"CLAUDE.md": "# Plainly\n", "examples/new one.md": "new\n"}
STAGES = ("objects", "journal", "prepared", "branch", "file", "file", "file", "index")
PATHS = ("CLAUDE.md", "examples", "prompts")


def killed(project: GitProject, at: int) -> str:
    """Commit in a process that kills itself at the given stage; return the stage's name."""
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(project.root), str(at)],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(loop.__file__).parents[1],
    )
    return done.stdout.strip() or done.stderr


def on_disk(project: GitProject) -> dict[str, str]:
    return {
        str(place.relative_to(project.root)): place.read_text(encoding="utf-8")
        for folder in ("", "examples", "prompts")
        for place in project.root.joinpath(folder).glob("*")
        if place.is_file() and place.name != "notes.txt"
    }


def test_the_stages_are_all_there(git_project: GitProject) -> None:
    assert killed(git_project, len(STAGES) + 1) == "done"
    assert on_disk(git_project) == AFTER


@pytest.mark.parametrize("at", range(1, len(STAGES) + 1))
def test_the_next_call_finishes_what_was_begun(git_project: GitProject, at: int) -> None:
    start = git_project.history.head()
    git_project.write("notes.txt", "staged\n")
    git_project.git("add", "notes.txt")
    assert killed(git_project, at) == STAGES[at - 1]
    git_project.history.check()
    moved = git_project.history.head() != start
    assert moved == (at > STAGES.index("prepared") + 1)
    assert on_disk(git_project) == (AFTER if moved else BEFORE)
    assert git_project.history.read("HEAD", PATHS) == (AFTER if moved else BEFORE)
    assert git_project.git("status", "--porcelain") == "M  notes.txt\n"
    git_project.commit("CLAUDE.md", "# And on\n")
    assert git_project.history.dirty(PATHS) == ()


@pytest.mark.parametrize("at", range(1, len(STAGES) + 1))
def test_a_half_restored_file_is_never_taken_for_the_writers(git_project: GitProject, at: int) -> None:
    killed(git_project, at)
    assert git_project.history.dirty(PATHS) == ()


@pytest.mark.parametrize("at", [3, 4, 5, 8])
def test_what_the_writer_wrote_after_the_crash_stays(git_project: GitProject, at: int) -> None:
    killed(git_project, at)
    git_project.write("CLAUDE.md", "# My own words\n")
    git_project.write("examples/new one.md", "also mine\n")
    git_project.history.check()
    assert git_project.read("CLAUDE.md") == "# My own words\n"
    assert git_project.read("examples/new one.md") == "also mine\n"
    assert git_project.history.dirty(PATHS) == ("CLAUDE.md", "examples/new one.md")


def test_what_the_writer_staged_after_the_crash_stays(git_project: GitProject) -> None:
    killed(git_project, STAGES.index("branch") + 1)
    git_project.write("CLAUDE.md", "# My own words\n")
    git_project.git("add", "CLAUDE.md")
    git_project.history.check()
    assert git_project.git("show", ":CLAUDE.md") == "# My own words\n"
    assert git_project.read("CLAUDE.md") == "# My own words\n"


def test_a_commit_of_the_writers_after_the_crash_is_the_last_word(git_project: GitProject) -> None:
    killed(git_project, STAGES.index("branch") + 1)
    git_project.write("CLAUDE.md", "# Committed by hand\n")
    git_project.git("commit", "--quiet", "-m", "mine", "--", "CLAUDE.md")
    git_project.history.check()
    assert git_project.read("CLAUDE.md") == "# Committed by hand\n"
    assert git_project.read("examples/new one.md") == "new\n"
    assert not (git_project.root / "prompts/draft.md").exists()
    assert git_project.clean()


def test_another_branch_is_not_given_the_files(git_project: GitProject) -> None:
    git_project.git("branch", "other")
    killed(git_project, STAGES.index("branch") + 1)
    git_project.git("symbolic-ref", "HEAD", "refs/heads/other")
    git_project.history.check()
    assert on_disk(git_project) == BEFORE
    assert git_project.clean()


def test_the_first_commit_of_a_repository_survives_a_crash(empty_project: GitProject) -> None:
    empty_project.write("CLAUDE.md", "# How I write\n")
    empty_project.write("prompts/draft.md", "Write it.\n")
    killed(empty_project, STAGES.index("branch") + 1)
    empty_project.history.check()
    assert on_disk(empty_project) == AFTER
    assert empty_project.history.dirty(PATHS) == ()


def test_a_damaged_journal_is_named(git_project: GitProject) -> None:
    killed(git_project, STAGES.index("branch") + 1)
    journal = git_project.root / ".git/redraft/journal.json"
    journal.write_text("{", encoding="utf-8")
    with pytest.raises(HistoryError, match=r"journal\.json") as refusal:
        git_project.history.check()
    assert "delete" in refusal.value.hint


def test_of_two_processes_one_wins_and_the_other_is_told(git_project: GitProject) -> None:
    command = [sys.executable, "-c", CHILD, str(git_project.root), "0"]
    folder = Path(loop.__file__).parents[1]
    both = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=folder)
        for _ in range(2)
    ]
    said = [process.communicate() for process in both]
    won = [out.strip() == "done" for out, _ in said]
    assert any(won)
    for (_, complaint), fine in zip(said, won, strict=True):
        assert fine or "HistoryMoved" in complaint or "DirtyGuidance" in complaint
    assert on_disk(git_project) == AFTER
    assert git_project.clean()


def test_a_commit_that_lands_between_is_never_lost(git_project: GitProject) -> None:
    """The writer's own git commits in the middle of ours: compare-and-swap refuses ours."""
    from loop.adapters.git import GitHistory

    def stage(name: str) -> None:
        if name == "prepared":
            git_project.git("commit", "--quiet", "--allow-empty", "-m", "mine")

    history = GitHistory(git_project.root, stage=stage)
    change = FileChange(path="CLAUDE.md", before="# How I write\n", after="# Plainly\n")
    with pytest.raises(HistoryMoved):
        history.commit([change], Entry(verb="decide", subject="x"), expect=history.head())
    assert git_project.git("log", "-1", "--format=%s").strip() == "mine"
    assert git_project.read("CLAUDE.md") == "# How I write\n"
    assert git_project.clean()


def test_an_interrupted_commit_is_finished_or_undone_at_once(git_project: GitProject) -> None:
    from loop.adapters.git import GitHistory

    def stage(name: str) -> None:
        if name == "prepared":
            raise KeyboardInterrupt

    history = GitHistory(git_project.root, stage=stage)
    change = FileChange(path="CLAUDE.md", before="# How I write\n", after="# Plainly\n")
    with pytest.raises(KeyboardInterrupt):
        history.commit([change], Entry(verb="decide", subject="x"), expect=history.head())
    assert not (git_project.root / ".git/redraft/journal.json").exists()
    assert git_project.clean()


def test_a_child_of_this_test_really_dies(git_project: GitProject) -> None:
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(git_project.root), "4"],
        check=False,
        capture_output=True,
        cwd=Path(loop.__file__).parents[1],
    )
    assert done.returncode == -9
    assert os.path.exists(git_project.root / ".git/redraft/journal.json")  # noqa: PTH110
