"""What the history tells: files at a commit, the log, proposals, and what differs from HEAD."""

from __future__ import annotations

import itertools
import os
import shutil
from pathlib import Path

import pytest

from loop.errors import HistoryError, ProjectError, UsageError
from loop.model import Entry, FileChange
from tests.conftest import GitProject


def test_files_of_an_old_commit_are_read_without_a_checkout(git_project: GitProject) -> None:
    old = git_project.history.head()
    git_project.commit("CLAUDE.md", "# New\n\nwith\0".replace("\0", "") + "é\r\n")
    git_project.commit("prompts/refine.md", "")
    assert git_project.history.read(old, ["CLAUDE.md", "prompts"]) == {
        "CLAUDE.md": "# How I write\n",
        "prompts/draft.md": "Write it.\n",
    }
    assert git_project.history.read("HEAD", ["prompts/"]) == {
        "prompts/draft.md": "Write it.\n",
        "prompts/refine.md": "",
    }
    assert git_project.history.read("HEAD", ["CLAUDE"]) == {}
    assert git_project.history.read("HEAD", [""])["CLAUDE.md"] == "# New\n\nwithé\r\n"
    assert git_project.history.read("", ["CLAUDE.md"]) == {}


def test_a_file_that_is_no_text_is_named(git_project: GitProject) -> None:
    (git_project.root / "CLAUDE.md").write_bytes(b"caf\xe9\n")
    git_project.git("commit", "--quiet", "-am", "latin")
    with pytest.raises(ProjectError, match=r"CLAUDE\.md.*byte 3 is 0xe9"):
        git_project.history.read("HEAD", ["CLAUDE.md"])


def test_a_byte_order_mark_is_not_text(git_project: GitProject) -> None:
    (git_project.root / "CLAUDE.md").write_bytes(b"\xef\xbb\xbf# Hi\n")
    git_project.git("commit", "--quiet", "-am", "mark")
    assert git_project.history.read("HEAD", ["CLAUDE.md"]) == {"CLAUDE.md": "# Hi\n"}
    change = FileChange(path="CLAUDE.md", before="# Hi\n", after="# Hello\n")
    git_project.history.commit([change], Entry(verb="edit", subject="x"), expect=git_project.history.head())
    assert git_project.clean()


@pytest.mark.parametrize("name", ["nowhere", "-x", "--output=x", "", "a\0b", "HEAD~99"])
def test_a_revision_that_is_none(git_project: GitProject, name: str) -> None:
    assert git_project.history.resolve(name) is None
    if name:
        with pytest.raises((HistoryError, UsageError)):
            git_project.history.read(name, ["CLAUDE.md"])
    with pytest.raises((HistoryError, UsageError)):
        list(git_project.history.log(rev=name))


def test_a_revision_is_resolved_as_git_does(git_project: GitProject) -> None:
    first = git_project.history.head()
    second = git_project.commit("CLAUDE.md", "# Two\n")
    git_project.git("tag", "-a", "v1", "-m", "one", first)
    assert git_project.history.resolve("HEAD") == second
    assert git_project.history.resolve("HEAD~1") == first
    assert git_project.history.resolve("v1") == first
    assert git_project.history.resolve(second[:8]) == second


def test_the_log_is_newest_first_and_knows_paths_limits_and_parents(git_project: GitProject) -> None:
    start = git_project.history.head()
    one = git_project.commit("CLAUDE.md", "# One\n", subject="one")
    git_project.commit("prompts/draft.md", "Two\n", subject="two")
    three = git_project.commit("CLAUDE.md", "# Three\n", subject="three")
    log = list(git_project.history.log())
    assert [entry.subject for entry in log] == ["three", "two", "one", "start"]
    assert [entry.verb for entry in log] == ["decide", "decide", "decide", ""]
    assert log[-1].parent == ""
    assert [entry.sha for entry in git_project.history.log(paths=["CLAUDE.md"])] == [three, one, start]
    assert next(git_project.history.log(paths=["CLAUDE.md"])).parent == log[1].sha
    assert [entry.subject for entry in git_project.history.log(limit=2)] == ["three", "two"]
    assert [entry.sha for entry in git_project.history.log(rev=one)] == [one, start]
    assert log[0].when.startswith("20")
    assert log[0].when[-6] in "+-"


def test_an_empty_history_has_an_empty_log(empty_project: GitProject) -> None:
    assert list(empty_project.history.log()) == []
    assert empty_project.history.proposals() == {}
    assert empty_project.history.resolve("HEAD") is None


def test_a_log_that_is_left_early_ends_git(git_project: GitProject) -> None:
    for number in range(30):
        git_project.commit("CLAUDE.md", f"# {number}\n", subject="x" * 5000)
    assert len(list(itertools.islice(git_project.history.log(), 3))) == 3
    assert len(list(git_project.history.log())) == 31


def test_a_merge_is_one_entry_and_its_side_is_left_out(git_project: GitProject) -> None:
    git_project.git("switch", "--quiet", "-c", "side")
    git_project.commit("CLAUDE.md", "# Side\n", subject="side")
    git_project.git("switch", "--quiet", "main")
    main = git_project.commit("notes.txt", "more\n", subject="main")
    git_project.git("merge", "--quiet", "-m", "merged", "side")
    merge, second, *_ = git_project.history.log()
    assert (merge.subject, merge.parent, second.subject) == ("merged", main, "main")
    assert [entry.subject for entry in git_project.history.log(paths=["CLAUDE.md"])] == ["merged", "start"]


def test_proposals_wait_beside_the_branch(git_project: GitProject) -> None:
    base = git_project.history.head()
    changes = [FileChange(path="CLAUDE.md", before="# How I write\n", after="# Plainly\n")]
    entry = Entry(verb="learn", subject="say less", body="Why.", trailers={"Gate": "accept", "Base": "ä"})
    assert git_project.history.propose(changes, entry, base=base) == 1
    assert git_project.history.propose(changes, entry, base=base) == 2
    assert git_project.history.head() == base
    assert git_project.clean()
    waiting = git_project.history.proposals()
    assert list(waiting) == [1, 2]
    assert (waiting[1].verb, waiting[1].subject, waiting[1].parent) == ("learn", "say less", base)
    assert waiting[1].trailers == {"Gate": "accept", "Base": "ä"}
    assert git_project.history.read(waiting[1].sha, ["CLAUDE.md"]) == {"CLAUDE.md": "# Plainly\n"}
    assert next(git_project.history.log(rev=waiting[1].sha)) == waiting[1]


def test_the_number_of_a_decided_proposal_is_not_given_again(git_project: GitProject) -> None:
    head = git_project.history.head()
    entry = Entry(verb="learn", subject="x")
    first = git_project.history.propose([], entry, base=head)
    second = git_project.history.propose([], entry, base=head)
    git_project.history.drop_proposal(first)
    assert git_project.history.propose([], entry, base=head) == 3
    git_project.history.drop_proposal(3)
    decision = Entry(verb="decide", subject="reject 3", trailers={"Proposal": "3"})
    git_project.history.commit([], decision, expect=head)
    assert git_project.history.propose([], entry, base=head) == 4
    assert list(git_project.history.proposals()) == [second, 4]
    with pytest.raises(UsageError, match="no proposal 3"):
        git_project.history.drop_proposal(3)


def test_proposals_survive_garbage_collection(git_project: GitProject) -> None:
    number = git_project.history.propose(
        [FileChange(path="new.md", before=None, after="kept\n")],
        Entry(verb="learn", subject="x"),
        base=git_project.history.head(),
    )
    git_project.git("gc", "--quiet", "--prune=now")
    sha = git_project.history.proposals()[number].sha
    assert git_project.history.read(sha, ["new.md"]) == {"new.md": "kept\n"}


def test_what_differs_from_head_is_listed(git_project: GitProject) -> None:
    assert git_project.history.dirty([""]) == ()
    git_project.write("CLAUDE.md", "# Edited\n")
    git_project.write("prompts/new.md", "new\n")
    git_project.write("prompts/staged.md", "new\n")
    git_project.git("add", "prompts/staged.md")
    (git_project.root / "prompts/draft.md").unlink()
    git_project.git("mv", "notes.txt", "prompts/moved é.txt")
    assert git_project.history.dirty(["CLAUDE.md", "prompts"]) == (
        "CLAUDE.md",
        "prompts/draft.md",
        "prompts/moved é.txt",
        "prompts/new.md",
        "prompts/staged.md",
    )
    assert git_project.history.dirty(["examples"]) == ()
    assert git_project.history.dirty(["CLAUDE"]) == ()


def test_many_complaints_of_git_block_nothing(
    git_project: GitProject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More than a pipe holds: git would wait for ever if nobody listened."""
    place = tmp_path / "bin" / "git"
    place.parent.mkdir()
    place.write_text('#!/bin/sh\nyes warning | head -c 300000 >&2\nexec "$REAL_GIT" "$@"\n', encoding="utf-8")
    place.chmod(0o755)
    monkeypatch.setenv("REAL_GIT", shutil.which("git") or "")
    monkeypatch.setenv("PATH", f"{place.parent}{os.pathsep}{os.environ['PATH']}")
    git_project.write("CLAUDE.md", "# Other\n")
    assert git_project.history.dirty([""]) == ("CLAUDE.md",)
    assert len(list(git_project.history.log())) == 1


def test_a_path_that_git_cannot_be_given_is_no_missing_git(git_project: GitProject) -> None:
    with pytest.raises(HistoryError, match="could not be started"):
        git_project.history.dirty(["a\0b"])
