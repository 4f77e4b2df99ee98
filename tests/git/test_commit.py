"""A commit through the adapter: exactly its files, byte for byte, and nothing of the writer's touched."""

from __future__ import annotations

import stat
import subprocess

import pytest

from loop.adapters.git import GitHistory
from loop.errors import DirtyGuidance, HistoryMoved, ProjectError, UsageError
from loop.model import Entry, FileChange
from tests.conftest import GitProject

ENTRY = Entry(verb="decide", subject="accept 1")
AWKWARD_PATHS = [
    "briefs/Über den Fluß.md",
    "briefs/料理 と パン.md",
    'briefs/it\'s "quoted".md',
    "briefs/[a-z]*?.md",
    "briefs/:(top)x.md",
    "briefs/-n.md",
    "briefs/👩‍💻.md",
    "briefs/a b\u00a0c.md",
]


def test_a_commit_changes_its_files_in_git_and_on_disk(git_project: GitProject) -> None:
    parent = git_project.history.head()
    sha = git_project.history.commit(
        [
            FileChange(path="CLAUDE.md", before="# How I write\n", after="# Plainly\n"),
            FileChange(path="prompts/draft.md", before="Write it.\n", after=None),
            FileChange(path="deep/er/new.md", before=None, after="new\n"),
        ],
        ENTRY,
        expect=parent,
    )
    assert git_project.history.head() == sha
    assert git_project.git("rev-parse", "HEAD^").strip() == parent
    assert git_project.git("ls-files").split() == ["CLAUDE.md", "deep/er/new.md", "notes.txt"]
    assert git_project.read("CLAUDE.md") == "# Plainly\n"
    assert git_project.read("deep/er/new.md") == "new\n"
    assert not (git_project.root / "prompts/draft.md").exists()
    assert git_project.clean()


def test_the_first_commit_of_a_repository(empty_project: GitProject) -> None:
    assert empty_project.history.head() == ""
    sha = empty_project.commit("CLAUDE.md", "# Hello\n")
    assert empty_project.history.head() == sha
    assert empty_project.clean()
    with pytest.raises(HistoryMoved):
        empty_project.commit("CLAUDE.md", "# Again\n", expect="")


def test_a_repository_with_long_ids(empty_project: GitProject) -> None:
    empty_project.git("init", "--quiet", "--object-format=sha256", "../long")
    project = GitProject(empty_project.root.parent / "long")
    first = project.commit("CLAUDE.md", "# Hello\n")
    project.commit("CLAUDE.md", None)
    assert len(first) == 64
    assert project.clean()
    assert project.history.read(first, [""]) == {"CLAUDE.md": "# Hello\n"}
    assert project.history.propose([], ENTRY, base=first) == 1


def test_an_entry_without_files_keeps_the_tree(git_project: GitProject) -> None:
    tree = git_project.git("rev-parse", "HEAD^{tree}")
    git_project.history.commit([], ENTRY, expect=git_project.history.head())
    assert git_project.git("rev-parse", "HEAD^{tree}") == tree


def test_staged_unstaged_and_untracked_work_stays_as_it_is(git_project: GitProject) -> None:
    git_project.write("staged.txt", "staged\n")
    git_project.git("add", "staged.txt")
    git_project.write("notes.txt", "staged notes\n")
    git_project.git("add", "notes.txt")
    git_project.write("notes.txt", "staged notes, and more\n")
    git_project.write("untracked.txt", "untracked\n")
    before = git_project.git("status", "--porcelain")
    git_project.commit("CLAUDE.md", "# Plainly\n")
    assert git_project.git("status", "--porcelain") == before
    assert git_project.git("show", ":notes.txt") == "staged notes\n"
    assert git_project.git("show", "--name-only", "--format=", "HEAD").split() == ["CLAUDE.md"]


def test_a_stale_base_is_refused_and_nothing_changes(git_project: GitProject) -> None:
    stale = git_project.history.head()
    newer = git_project.commit("CLAUDE.md", "# One\n")
    with pytest.raises(HistoryMoved) as refusal:
        git_project.commit("CLAUDE.md", "# Two\n", expect=stale)
    assert refusal.value.hint
    assert git_project.history.head() == newer
    assert git_project.read("CLAUDE.md") == "# One\n"
    assert git_project.clean()


def test_an_edit_made_while_the_model_thought_is_never_written_over(git_project: GitProject) -> None:
    head = git_project.history.head()
    git_project.write("CLAUDE.md", "# My new words\n")
    changes = [
        FileChange(path="prompts/draft.md", before="Write it.\n", after="Write it well.\n"),
        FileChange(path="CLAUDE.md", before="# How I write\n", after="# Plainly\n"),
    ]
    with pytest.raises(DirtyGuidance, match=r"CLAUDE\.md"):
        git_project.history.commit(changes, ENTRY, expect=head)
    assert git_project.history.head() == head
    assert git_project.read("CLAUDE.md") == "# My new words\n"
    assert git_project.read("prompts/draft.md") == "Write it.\n"


def test_a_file_that_already_reads_as_the_change_wants_is_simply_kept(git_project: GitProject) -> None:
    git_project.write("CLAUDE.md", "# Plainly\n")
    modified = (git_project.root / "CLAUDE.md").stat().st_mtime_ns
    git_project.history.commit(
        [FileChange(path="CLAUDE.md", before="# How I write\n", after="# Plainly\n")],
        ENTRY,
        expect=git_project.history.head(),
    )
    assert git_project.clean()
    assert (git_project.root / "CLAUDE.md").stat().st_mtime_ns == modified


def test_a_file_that_the_writer_deleted_goes_from_history_too(git_project: GitProject) -> None:
    (git_project.root / "prompts/draft.md").unlink()
    gone = FileChange(path="prompts/draft.md", before=None, after=None)
    git_project.history.commit([gone], ENTRY, expect=git_project.history.head())
    assert git_project.clean()
    assert "prompts/draft.md" not in git_project.history.read("HEAD", [""])


@pytest.mark.parametrize("path", AWKWARD_PATHS)
def test_any_file_name_a_writer_may_choose(git_project: GitProject, path: str) -> None:
    git_project.commit(path, "one\n")
    git_project.commit(path, "two\n")
    assert git_project.history.read("HEAD", [path]) == {path: "two\n"}
    assert len(list(git_project.history.log(paths=[path]))) == 2
    git_project.write(path, "three\n")
    assert git_project.history.dirty([path]) == (path,)
    assert git_project.history.dirty(["briefs"]) == (path,)


@pytest.mark.parametrize(
    "attributes", ["", "* text=auto\n", "*.md text eol=crlf\n", "*.md ident working-tree-encoding=UTF-16\n"]
)
@pytest.mark.parametrize("conversion", ["true", "input", "false"])
def test_every_byte_is_kept_whatever_git_is_told_to_convert(
    git_project: GitProject, conversion: str, attributes: str
) -> None:
    git_project.git("config", "core.autocrlf", conversion)
    git_project.git("config", "core.safecrlf", "false")
    (git_project.root / ".git/info/attributes").write_text(attributes, encoding="utf-8")
    for text in ("a\r\nb\r\n", "a\nb\n", "a\r\nb\nc\rd", "no end", "", "$Id$ é\n"):
        git_project.commit("drafts/x.md", text)
        assert git_project.read("drafts/x.md") == text
        assert git_project.history.read("HEAD", ["drafts"]) == {"drafts/x.md": text}


def test_line_ends_that_git_itself_converted_are_not_an_edit(git_project: GitProject) -> None:
    git_project.write("CLAUDE.md", "# How I write\r\n")
    git_project.history.commit(
        [FileChange(path="CLAUDE.md", before="# How I write\n", after="# Plainly\n")],
        ENTRY,
        expect=git_project.history.head(),
    )
    assert git_project.read("CLAUDE.md") == "# Plainly\n"


def test_the_mode_of_a_file_stays(git_project: GitProject) -> None:
    place = git_project.root / "CLAUDE.md"
    place.chmod(0o755)
    git_project.git("commit", "--quiet", "-am", "mode")
    git_project.commit("CLAUDE.md", "# Plainly\n")
    assert stat.S_IMODE(place.stat().st_mode) == 0o755
    assert git_project.clean()


def test_hooks_do_not_run_and_commits_are_unsigned(git_project: GitProject) -> None:
    for name in ("pre-commit", "commit-msg", "post-commit", "reference-transaction", "post-index-change"):
        hook = git_project.root / ".git/hooks" / name
        hook.write_text(f"#!/bin/sh\ntouch {git_project.root}/ran-{name}\nexit 1\n", encoding="utf-8")
        hook.chmod(0o755)
    git_project.git("config", "commit.gpgSign", "true")
    git_project.git("config", "user.signingKey", "nobody")
    git_project.commit("CLAUDE.md", "# Plainly\n")
    assert not list(git_project.root.glob("ran-*"))
    assert "gpgsig" not in git_project.git("cat-file", "commit", "HEAD")


@pytest.mark.parametrize(
    "path",
    ["../out.md", "/etc/passwd", "a/../../b", ".git/hooks/x", "a/.GIT/config", "a\\b", "", "a//b", "a\nb"],
)
def test_a_path_that_is_not_in_the_project_is_refused(git_project: GitProject, path: str) -> None:
    head = git_project.history.head()
    with pytest.raises(ProjectError):
        git_project.history.commit([FileChange(path=path, before=None, after="x")], ENTRY, expect=head)
    with pytest.raises(ProjectError):
        git_project.history.propose([FileChange(path=path, before=None, after="x")], ENTRY, base=head)
    assert git_project.history.head() == head


def test_a_link_is_refused_before_it_is_replaced(git_project: GitProject) -> None:
    (git_project.root / "AGENTS.md").symlink_to("CLAUDE.md")
    with pytest.raises(ProjectError, match="is a link"):
        git_project.commit("AGENTS.md", "x\n")
    git_project.git("add", "AGENTS.md")
    git_project.git("commit", "--quiet", "-m", "link")
    with pytest.raises(ProjectError, match="is a link"):
        git_project.history.read("HEAD", [""])
    assert git_project.history.read("HEAD", ["CLAUDE.md"]) == {"CLAUDE.md": "# How I write\n"}


def test_a_project_may_be_a_folder_of_a_larger_repository(git_project: GitProject) -> None:
    part = GitProject(git_project.root / "blog é")
    part.write("CLAUDE.md", "# Blog\n")
    assert part.history.dirty([""]) == ("CLAUDE.md",)
    part.commit("CLAUDE.md", "# Blog\n")
    part.commit("CLAUDE.md", "# My blog\n")
    assert part.history.read("HEAD", ["CLAUDE.md"]) == {"CLAUDE.md": "# My blog\n"}
    assert git_project.history.read("HEAD", ["blog é"]) == {"blog é/CLAUDE.md": "# My blog\n"}
    assert len(list(part.history.log(paths=["CLAUDE.md"]))) == 2
    assert git_project.clean()


def test_a_linked_work_tree_has_a_history_of_its_own(git_project: GitProject) -> None:
    git_project.git("worktree", "add", "--quiet", "-b", "draft", "../second")
    second = GitProject(git_project.root.parent / "second")
    second.history.check()
    sha = second.commit("CLAUDE.md", "# Second\n")
    assert second.clean()
    assert git_project.clean()
    assert git_project.history.resolve("draft") == sha
    assert git_project.read("CLAUDE.md") == "# How I write\n"


def test_what_a_commit_says_is_read_back_word_for_word(git_project: GitProject) -> None:
    entry = Entry(
        verb="critique",
        subject="“Never say ‘utilize’” —\n  über alles",
        body="First.\n\nRedraft-Verb: forged\nRedraft-Version: forged\n\n---\nRedraft-Gate: forged",
        trailers={"Version": "abc", "Gate": "accept: 3 of 4", "Model": "embedded:x@1", "Note": ""},
    )
    git_project.history.commit([], entry, expect=git_project.history.head())
    found = next(git_project.history.log())
    assert (found.verb, found.subject) == ("critique", "“Never say ‘utilize’” — über alles")
    assert found.trailers == entry.trailers
    assert (found.author, found.version) == ("Ann Lee", "abc")


@pytest.mark.parametrize("value", ["a\nRedraft-Verb: new", "a\rb", "a\u2028b", "a\x85b", "a\0b"])
def test_a_trailer_cannot_be_forged_through_a_value(git_project: GitProject, value: str) -> None:
    with pytest.raises(UsageError, match="one line"):
        git_project.history.commit(
            [],
            Entry(verb="decide", subject="x", trailers={"Brief": value}),
            expect=git_project.history.head(),
        )


@pytest.mark.parametrize("key", ["Verb", "a b", "a:b", "", "a\nb"])
def test_a_trailer_has_a_plain_name(git_project: GitProject, key: str) -> None:
    with pytest.raises(UsageError):
        git_project.history.commit(
            [], Entry(verb="decide", subject="x", trailers={key: "v"}), expect=git_project.history.head()
        )


def test_a_repository_is_made_only_where_there_is_none(git_project: GitProject) -> None:
    head = git_project.history.head()
    git_project.history.init()
    assert git_project.history.head() == head
    GitHistory(git_project.root / "prompts").init()
    assert not (git_project.root / "prompts/.git").exists()
    own = git_project.root / "own"
    own.mkdir()
    GitHistory(own).init()
    assert (own / ".git").is_dir()


def test_the_writers_own_git_understands_the_repository(git_project: GitProject) -> None:
    for number in range(5):
        git_project.commit("CLAUDE.md", f"# {number}\n")
    done = subprocess.run(
        ["git", "fsck", "--strict"], cwd=git_project.root, check=True, capture_output=True, text=True
    )
    assert "error" not in done.stderr
    assert list((git_project.root / ".git/redraft").iterdir()) == [git_project.root / ".git/redraft/lock"]
