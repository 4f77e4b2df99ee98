"""The history in memory, which other tests rely on, behaves like the one in git."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from loop.adapters.files import LocalFiles
from loop.errors import DirtyGuidance, HistoryError, HistoryMoved, UsageError
from loop.model import Entry, FileChange
from loop.ports import Files, History
from tests.conftest import GitProject
from tests.fakes import MemoryFiles, MemoryHistory

Both = tuple[Files, History]


@pytest.fixture(params=["git", "memory"])
def both(request: pytest.FixtureRequest, empty_project: GitProject) -> Both:
    if request.param == "git":
        return LocalFiles(empty_project.root), empty_project.history
    files = MemoryFiles()
    return files, MemoryHistory(files)


def change(path: str, before: str | None, after: str | None) -> FileChange:
    return FileChange(path=path, before=before, after=after)


def say(subject: str, **trailers: str) -> Entry:
    return Entry(verb="decide", subject=subject, trailers=trailers)


def test_a_history_grows_and_is_read_at_any_commit(both: Both) -> None:
    files, history = both
    assert (history.head(), list(history.log()), history.resolve("HEAD")) == ("", [], None)
    one = history.commit([change("CLAUDE.md", None, "1")], say("one", Version="aaaa"), expect="")
    files.write("notes.md", "mine")
    two = history.commit(
        [change("CLAUDE.md", "1", None), change("prompts/a.md", None, "é\r\n")], say("two"), expect=one
    )
    assert history.head() == two
    assert history.read(one, ["CLAUDE.md", "prompts"]) == {"CLAUDE.md": "1"}
    assert history.read(two, ["CLAUDE.md", "prompts/"]) == {"prompts/a.md": "é\r\n"}
    assert history.read("", [""]) == {}
    assert not files.exists("CLAUDE.md")
    assert files.read("prompts/a.md") == "é\r\n"
    assert history.dirty(["prompts"]) == ()
    assert history.dirty([""]) == ("notes.md",)
    assert [entry.subject for entry in history.log()] == ["two", "one"]
    assert [entry.subject for entry in history.log(paths=["prompts"])] == ["two"]
    assert [entry.subject for entry in history.log(paths=["prompts/*.md"])] == ["two"]
    assert list(history.log(paths=["prompts/*.txt", "*.toml"])) == []
    assert [entry.subject for entry in history.log(limit=1)] == ["two"]
    assert [entry.subject for entry in history.log(rev=one)] == ["one"]
    assert history.resolve("HEAD~1") == history.resolve(one[:10]) == one
    assert history.resolve("nothing") is None
    assert next(history.log(rev=one)).trailers == {"Version": "aaaa"}
    with pytest.raises(HistoryError):
        history.read("nothing", [""])


def test_what_is_in_the_way_is_refused(both: Both) -> None:
    files, history = both
    one = history.commit([change("a.md", None, "1")], say("one"), expect="")
    with pytest.raises(HistoryMoved):
        history.commit([change("a.md", "1", "2")], say("two"), expect="")
    files.write("a.md", "mine")
    with pytest.raises(DirtyGuidance):
        history.commit([change("a.md", "1", "2")], say("two"), expect=one)
    assert (history.head(), files.read("a.md")) == (one, "mine")
    history.commit([change("a.md", "1", "mine")], say("two"), expect=one)
    with pytest.raises(UsageError):
        history.commit([], say("x", Brief="a\nb"), expect=history.head())


def test_proposals_are_numbered_once(both: Both) -> None:
    files, history = both
    base = history.commit([change("a.md", None, "1")], say("one"), expect="")
    numbers = [history.propose([change("a.md", "1", "2")], say("try"), base=base) for _ in range(2)]
    assert numbers == [1, 2]
    assert history.read(history.proposals()[2].sha, [""]) == {"a.md": "2"}
    assert history.proposals()[2].parent == base
    assert (files.read("a.md"), history.head()) == ("1", base)
    history.drop_proposal(2)
    history.commit([], say("reject 2", Proposal="2"), expect=base)
    assert history.propose([], say("next"), base=base) == 3
    with pytest.raises(UsageError):
        history.drop_proposal(2)


@pytest.mark.parametrize("make", [lambda files: files.list, lambda files: files.folders])
def test_listings_agree(both: Both, make: Callable[[Files], Callable[[str], object]]) -> None:
    files, _ = both
    for path in ("a/b.md", "a/c/d.md", "e.md"):
        files.write(path, "")
    expected = {"list": [("e.md",), ("a/b.md",), ()], "folders": [("a",), ("a/c",), ()]}
    listing = make(files)
    found = [tuple(p for p in listing(folder) if p != ".git") for folder in ("", "a", "x")]  # type: ignore[attr-defined]
    assert found == expected[listing.__name__]
