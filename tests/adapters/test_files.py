"""Text files inside the project: exact, whole or not at all, and never outside."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loop.adapters.files import LocalFiles, unreadable, write_whole
from loop.errors import ProjectError, UsageError
from loop.names import file_name

OUTSIDE = [
    "../secret.md",
    "briefs/../../secret.md",
    "/etc/passwd",
    "briefs/./x.md",
    "briefs//x.md",
    "",
    ".",
    "..",
    "briefs\\x.md",
    "C:x.md",
    "a\0b.md",
    "a\nb.md",
    ".git/config",
    "briefs/.Git/x",
]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    (folder / "briefs").mkdir(parents=True)
    tmp_path.joinpath("secret.md").write_text("secret", encoding="utf-8")
    return folder


@pytest.mark.parametrize("text", ["a\r\nb\n", "", "é 料理 👩‍💻\u2028x\r", "no end"])
def test_text_comes_back_as_it_was_written(root: Path, text: str) -> None:
    files = LocalFiles(root)
    files.write("briefs/deep/x y'\".md", text)
    assert files.read("briefs/deep/x y'\".md") == text
    assert files.read_bytes("briefs/deep/x y'\".md") == text.encode()


@pytest.mark.parametrize("path", OUTSIDE)
def test_a_path_that_leads_outside_is_refused_by_every_method(root: Path, path: str) -> None:
    files = LocalFiles(root)
    for method in (files.read, files.read_bytes, files.exists, files.delete, files.absolute):
        with pytest.raises(ProjectError, match="not a path inside"):
            method(path)
    with pytest.raises(ProjectError):
        files.write(path, "x")
    if path:
        with pytest.raises(ProjectError):
            files.list(path)


def test_a_link_out_of_the_project_is_refused(root: Path) -> None:
    (root / "briefs/link.md").symlink_to(root.parent / "secret.md")
    (root / "drafts").symlink_to(root.parent)
    (root / "loop.md").symlink_to("loop.md")
    files = LocalFiles(root)
    for path in ("briefs/link.md", "drafts/secret.md", "drafts/new/x.md"):
        with pytest.raises(ProjectError, match="leads out of the project"):
            files.read(path)
        with pytest.raises(ProjectError, match="leads out of the project"):
            files.write(path, "x")
    with pytest.raises(ProjectError, match="leads out of the project"):
        files.list("drafts")
    with pytest.raises(ProjectError):
        files.read("loop.md")
    assert (root.parent / "secret.md").read_text(encoding="utf-8") == "secret"


def test_a_link_inside_the_project_is_followed(root: Path) -> None:
    files = LocalFiles(root)
    files.write("CLAUDE.md", "one")
    (root / "AGENTS.md").symlink_to("CLAUDE.md")
    assert files.read("AGENTS.md") == "one"
    files.write("AGENTS.md", "two")
    assert files.read("CLAUDE.md") == "two"
    assert (root / "AGENTS.md").is_symlink()
    (root / "hooks").symlink_to(".git")
    with pytest.raises(ProjectError):
        files.write("hooks/x", "no")


def test_a_project_behind_a_link_works(root: Path) -> None:
    (root.parent / "link").symlink_to(root)
    LocalFiles(root.parent / "link").write("x.md", "x")
    assert (root / "x.md").read_text(encoding="utf-8") == "x"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"caf\xe9", "byte 3 is 0xe9"),
        (b"ab\0c", "byte 2 is zero"),
        ("x".encode("utf-16"), "is not a text file"),
        (b"\xed\xa0\x80", "byte 0"),
    ],
)
def test_what_is_not_utf8_text_is_named_with_its_place(root: Path, data: bytes, said: str) -> None:
    (root / "briefs/x.md").write_bytes(data)
    with pytest.raises(ProjectError, match=said) as refusal:
        LocalFiles(root).read("briefs/x.md")
    assert "UTF-8" in refusal.value.hint
    assert LocalFiles(root).read_bytes("briefs/x.md") == data


def test_a_byte_order_mark_is_dropped(root: Path) -> None:
    (root / "briefs/x.md").write_bytes(b"\xef\xbb\xbf---\n")
    assert LocalFiles(root).read("briefs/x.md") == "---\n"


def test_files_that_are_missing_or_in_the_way(root: Path) -> None:
    files = LocalFiles(root)
    files.write("note", "x")
    with pytest.raises(ProjectError, match=r"no file “briefs/x\.md”"):
        files.read("briefs/x.md")
    with pytest.raises(ProjectError, match="is a folder"):
        files.read("briefs")
    with pytest.raises(ProjectError, match="is a folder"):
        files.write("briefs", "x")
    with pytest.raises(ProjectError, match="below a file"):
        files.read("note/x.md")
    with pytest.raises(ProjectError, match="below a file"):
        files.write("note/x.md", "x")
    with pytest.raises(ProjectError, match="too long"):
        files.write("x" * 300, "x")
    assert not files.exists("briefs")
    assert not files.exists("note/x.md")
    files.delete("gone.md")
    files.delete("note/x.md")
    with pytest.raises(ProjectError):
        files.write("half.md", "\ud83d")
    assert sorted(place.name for place in root.iterdir()) == ["briefs", "note"]


def test_a_listing_is_sorted_and_direct(root: Path) -> None:
    files = LocalFiles(root)
    for path in ("briefs/b.md", "briefs/a.md", "briefs/a.txt", "briefs/deep/c.md", "top.md", ".gitignore"):
        files.write(path, "")
    (root / "briefs/.redraft-0123abcd.tmp").touch()
    assert files.list("briefs", ".md") == ("briefs/a.md", "briefs/b.md")
    assert files.list("briefs/") == ("briefs/a.md", "briefs/a.txt", "briefs/b.md")
    assert files.list("") == (".gitignore", "top.md")
    assert files.folders("") == ("briefs",)
    assert files.folders("briefs") == ("briefs/deep",)
    assert files.list("nowhere") == ()
    assert files.folders("top.md") == ()


def test_writing_keeps_the_mode_and_leaves_nothing_behind(root: Path) -> None:
    files = LocalFiles(root)
    files.write("run.sh", "one")
    (root / "run.sh").chmod(0o750)
    files.write("run.sh", "two")
    assert stat.S_IMODE((root / "run.sh").stat().st_mode) == 0o750
    assert sorted(place.name for place in root.iterdir()) == ["briefs", "run.sh"]


def test_a_write_that_fails_leaves_the_old_file_whole(root: Path) -> None:
    """The limit on file sizes stands in for a full disk: the system refuses in the middle of a write."""
    import resource
    import signal

    files = LocalFiles(root)
    files.write("x.md", "old")
    old_handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        with pytest.raises(ProjectError, match="no space left"):
            files.write("x.md", "new" * 100_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, old_handler)
    assert files.read("x.md") == "old"
    assert files.list("") == ("x.md",)


@pytest.mark.parametrize("name", "ENOSPC EROFS EACCES EISDIR ENAMETOOLONG ENOENT ELOOP EIO".split())
def test_what_the_system_says_becomes_a_sentence(name: str) -> None:
    import errno

    number = getattr(errno, name)
    error = unreadable(OSError(number, os.strerror(number)), "x.md", "written")
    assert "x.md" in error.message
    assert error.message.endswith(".")
    assert error.hint
    assert "errno" not in error.message.lower()


@given(st.text())
def test_a_name_is_accepted_only_if_a_file_can_have_it(name: str) -> None:
    try:
        accepted = file_name(name)
    except UsageError:
        return
    assert accepted == name
    assert len(f"{name}.json".encode()) <= 255
    assert not {"/", "\\", "\0", "\n"} & set(name)
    assert not name.startswith(".")


@pytest.mark.parametrize("name", ["sourdough", 'it\'s "so"', "料理", "a b", "v1.2", "👩‍💻", "wait...", "-n"])
def test_a_writers_names_are_welcome(name: str, root: Path) -> None:
    assert file_name(name) == name
    LocalFiles(root).write(f"briefs/{name}.md", "x")
    assert LocalFiles(root).list("briefs") == (f"briefs/{name}.md",)


@pytest.mark.parametrize(
    "name", ["", " ", "../x", "..", ".", ".x", "a/b", "a\\b", "a\tb", "a\x7f", " a", "x" * 201]
)
def test_names_that_lead_elsewhere_are_refused(name: str) -> None:
    with pytest.raises(UsageError):
        file_name(name)


def test_a_killed_write_leaves_the_old_text_and_is_not_listed(root: Path) -> None:
    pid = os.fork()
    files = LocalFiles(root)
    if pid == 0:
        number = 0
        while True:
            number += 1
            write_whole(str(root / "x.md"), str(number % 10).encode() * 50_000)
    while not files.exists("x.md"):
        os.sched_yield()
    os.kill(pid, 9)
    os.waitpid(pid, 0)
    text = files.read("x.md")
    assert len(text) == 50_000
    assert len(set(text)) == 1
    assert files.list("") == ("x.md",)
