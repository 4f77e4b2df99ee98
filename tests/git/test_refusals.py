"""When git cannot commit, redraft says why and what to type, and changes nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import loop
from loop.adapters.git import GitHistory, scrub_environment
from loop.errors import HistoryError, UsageError
from tests.conftest import GitProject

HERE = Path(loop.__file__).parents[1]


def refused(history: GitHistory, *words: str) -> HistoryError:
    with pytest.raises(HistoryError) as refusal:
        history.check()
    said = f"{refusal.value.message} {refusal.value.hint}"
    for word in words:
        assert word in said
    return refusal.value


def conflict(project: GitProject, *command: str) -> None:
    """Run a git command that stops at a conflict in CLAUDE.md."""
    project.git("switch", "--quiet", "-c", "other")
    project.commit("CLAUDE.md", "# Other\n")
    project.git("switch", "--quiet", "main")
    project.commit("CLAUDE.md", "# Main\n")
    subprocess.run(["git", *command], cwd=project.root, check=False, capture_output=True)


def test_a_healthy_repository_passes(git_project: GitProject) -> None:
    git_project.history.check()


def test_an_empty_repository_passes(empty_project: GitProject) -> None:
    empty_project.history.check()


def test_a_folder_without_git(tmp_path: Path) -> None:
    refused(GitHistory(tmp_path), "not in a git repository", "git init")


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    refused(GitHistory(tmp_path / "nowhere"), "no folder")


def test_gits_own_storage(git_project: GitProject) -> None:
    refused(GitHistory(git_project.root / ".git"), "git's own storage")


@pytest.mark.parametrize(
    ("command", "word"),
    [
        (("merge", "other"), "git merge --abort"),
        (("rebase", "other"), "git rebase --abort"),
        (("cherry-pick", "other"), "git cherry-pick --abort"),
        (("revert", "--no-edit", "HEAD~1", "HEAD"), ""),
    ],
)
def test_work_under_way_in_git(git_project: GitProject, command: tuple[str, ...], word: str) -> None:
    conflict(git_project, *command)
    if not word:
        subprocess.run(["git", "revert", "--no-commit", "HEAD"], cwd=git_project.root, check=False)
        word = "git revert --abort"
    before = git_project.git("status", "--porcelain"), git_project.git("rev-parse", "HEAD")
    refused(git_project.history, word)
    with pytest.raises(HistoryError):
        git_project.commit("notes.txt", "no\n")
    assert before == (git_project.git("status", "--porcelain"), git_project.git("rev-parse", "HEAD"))


def test_a_detached_head(git_project: GitProject) -> None:
    git_project.git("checkout", "--quiet", "--detach")
    refused(git_project.history, "detached HEAD", "git switch")
    with pytest.raises(HistoryError, match="detached"):
        git_project.commit("CLAUDE.md", "# No\n")


def test_an_unknown_writer_is_asked_for_a_name(git_project: GitProject, home: Path) -> None:
    home.joinpath(".gitconfig").unlink()
    refused(git_project.history, "does not know your name", "git config --global user.name", "--author")
    with pytest.raises(HistoryError, match="does not know your name"):
        git_project.commit("CLAUDE.md", "# No\n")
    assert git_project.clean()
    git_project.history.set_identity("Zoë O'Neil", "zoe@example.org")
    git_project.history.check()
    git_project.commit("CLAUDE.md", "# Yes\n")
    assert next(git_project.history.log()).author == "Zoë O'Neil"
    assert not home.joinpath(".gitconfig").exists()


@pytest.mark.parametrize(
    ("name", "email"), [("", "a@b"), ("-x", "a@b"), ("A\nB", "a@b"), ("A", ""), ("A", "<a@b>")]
)
def test_an_identity_that_git_would_garble(git_project: GitProject, name: str, email: str) -> None:
    with pytest.raises(UsageError):
        git_project.history.set_identity(name, email)


def test_another_git_program_at_work(git_project: GitProject) -> None:
    lock = git_project.root / ".git/index.lock"
    lock.touch()
    with pytest.raises(HistoryError, match="Another git program") as refusal:
        git_project.commit("CLAUDE.md", "# No\n")
    assert str(lock) in refusal.value.hint
    assert git_project.read("CLAUDE.md") == "# How I write\n"


def test_a_locked_branch(git_project: GitProject) -> None:
    (git_project.root / ".git/refs/heads/main.lock").touch()
    with pytest.raises(HistoryError, match="Another git program"):
        git_project.commit("CLAUDE.md", "# No\n")
    (git_project.root / ".git/refs/heads/main.lock").unlink()
    assert git_project.clean()


def in_child(code: str, environment: dict[str, str]) -> str:
    """What a new process with this environment prints."""
    command = [sys.executable, "-c", "from loop.adapters.git import GitHistory\n" + code]
    done = subprocess.run(command, cwd=HERE, env=environment, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


CHECK = """
import sys
from loop.errors import RedraftError
try:
    GitHistory({root!r}).check()
    print("fine")
except RedraftError as error:
    print(type(error).__name__, error.message, "->", error.hint)
"""


def test_git_that_is_not_installed(git_project: GitProject, tmp_path: Path) -> None:
    said = in_child(CHECK.format(root=str(git_project.root)), {**os.environ, "PATH": str(tmp_path)})
    assert said.startswith("HistoryError Git is not installed")
    assert "apt install git" in said


def test_git_that_is_too_old(git_project: GitProject, tmp_path: Path) -> None:
    old = tmp_path / "git"
    old.write_text("#!/bin/sh\necho git version 2.17.1\n", encoding="utf-8")
    old.chmod(0o755)
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    said = in_child(CHECK.format(root=str(git_project.root)), {**os.environ, "PATH": path})
    assert said.startswith("HistoryError This git is too old: git version 2.17.1")
    assert "2.25" in said


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs users")
@pytest.mark.parametrize("protected", ["prompts", ".git"])
def test_a_folder_that_may_not_be_written(git_project: GitProject, protected: str) -> None:
    git_project.history.set_identity("Somebody", "somebody@example.org")
    hand_over(git_project.root)
    git_project.root.joinpath(protected).chmod(0o555)
    said = as_somebody(lambda: str(git_project.commit("prompts/draft.md", "No.\n")))
    git_project.root.joinpath(protected).chmod(0o755)
    assert "protected" in said
    assert git_project.read("prompts/draft.md") == "Write it.\n"
    assert as_somebody(lambda: str(git_project.history.dirty([""]))) == "()"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs two users")
def test_a_repository_of_another_user(git_project: GitProject) -> None:
    hand_over(git_project.root)
    refused(git_project.history, "belongs to another user", "safe.directory")


NOBODY = 65534


def hand_over(root: Path) -> None:
    """As root nothing is forbidden: give the folder to somebody who is not."""
    if os.geteuid() == 0:
        for folder in root.parents:
            if folder.stat().st_mode & 0o077 == 0:
                folder.chmod(0o755)
        for place in (root, *root.rglob("*")):
            os.chown(place, NOBODY, NOBODY)


def as_somebody(do: Callable[[], str]) -> str:
    """What `do` returns, or the error's message, in a process without root's rights."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        if os.geteuid() == 0:
            os.setgid(NOBODY)
            os.setuid(NOBODY)
        try:
            said = do()
        except Exception as error:  # noqa: BLE001 - told to the parent
            said = f"{type(error).__name__}: {error}"
        os.write(writer, said.encode())
        os._exit(0)
    os.close(writer)
    os.waitpid(child, 0)
    with os.fdopen(reader, encoding="utf-8") as answer:
        return answer.read()


def test_what_points_git_elsewhere_is_scrubbed(git_project: GitProject, tmp_path: Path) -> None:
    code = """
import os
from loop.adapters.git import scrub_environment
scrub_environment()
print(sorted(name for name in os.environ if name.startswith("GIT_")))
print(GitHistory({root!r}).dirty(["CLAUDE.md"]))
"""
    hostile = {
        "GIT_DIR": str(tmp_path / "elsewhere"),
        "GIT_INDEX_FILE": str(tmp_path / "index"),
        "GIT_WORK_TREE": str(tmp_path),
        "GIT_EXTERNAL_DIFF": "false",
        "GIT_AUTHOR_NAME": "Ann",
        "GIT_CONFIG_COUNT": "1",
    }
    said = in_child(code.format(root=str(git_project.root)), {**os.environ, **hostile})
    assert said == "['GIT_AUTHOR_NAME', 'GIT_CONFIG_NOSYSTEM']\n()\n"
    assert callable(scrub_environment)
