"""What others do to a project is noticed: another program, another redraft, another desk."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from watchfiles._rust_notify import RustNotify

from loop.adapters.watching import Watch
from tests.cli.conftest import git, written
from tests.cli.served import begun
from tests.tui.sitting import at_desk, desk_of, goes, sees, until

Opened = Callable[[Iterable[Path], bool], RustNotify]
SOON = 10.0
"""Seconds until a change must be noticed."""
QUIET = 0.7
"""Seconds in which nothing must be heard."""


class Ear:
    """Hears what a watch has to say."""

    def __init__(self) -> None:
        self.changed = threading.Event()
        self.gone: list[str] = []
        self.times = 0

    def hear(self) -> None:
        self.times += 1
        self.changed.set()

    def heard(self) -> bool:
        """Wait for a change; then listen for the next one."""
        came = self.changed.wait(SOON)
        self.changed.clear()
        return came


@contextmanager
def looked_after(root: Path, opened: Opened | None = None) -> Iterator[Ear]:
    """Somebody looks after the project, and has begun to."""
    ear = Ear()
    watch = Watch(str(root), ear.hear, ear.gone.append, opened)
    number = 0
    while not ear.changed.wait(0.3):  # it takes a moment to begin
        number += 1
        assert number < SOON / 0.3
        root.joinpath("checks.toml").write_text("\n" * number, encoding="utf-8")
    settle(ear)
    yield ear
    watch.stop()


@pytest.fixture
def ear(project: Path) -> Iterator[Ear]:
    with looked_after(project) as ear:
        yield ear


def settle(ear: Ear) -> None:
    while ear.changed.wait(QUIET):
        ear.changed.clear()


CHANGES: dict[str, Callable[[Path], object]] = {
    "a brief is written": lambda root: root.joinpath("briefs/new.md").write_text("Why?", encoding="utf-8"),
    "a brief is deleted": lambda root: root.joinpath("briefs/tea.md").unlink(),
    "the guide is edited": lambda root: root.joinpath("CLAUDE.md").write_text("Be kind.", encoding="utf-8"),
    "a prompt is put in place": lambda root: root.joinpath("prompts/x").replace(root / "prompts/draft.md"),
    "a commit is made": lambda root: git(root, "commit", "--allow-empty", "-qm", "more"),
    "the first draft is written": lambda root: written(root, "tea", "Tea."),
    "a proposal waits": lambda root: git(root, "update-ref", "refs/redraft/proposals/1", "HEAD"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_what_is_ours_is_noticed(project: Path, ear: Ear, change: Callable[[Path], object]) -> None:
    project.joinpath("prompts/x").write_text("{{brief}}", encoding="utf-8")
    assert ear.heard()
    settle(ear)
    change(project)
    assert ear.heard()


@pytest.mark.parametrize("change", ["a brief is written", "a commit is made", "the first draft is written"])
def test_a_disk_that_tells_nothing_is_looked_at_again_and_again(
    project: Path, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    monkeypatch.setenv("WATCHFILES_FORCE_POLLING", "true")
    with looked_after(project) as ear:
        CHANGES[change](project)
        assert ear.heard()


def test_where_a_system_gives_up_telling_it_is_asked_again_and_again(project: Path) -> None:
    def opened(places: Iterable[Path], asking: bool) -> RustNotify:  # noqa: FBT001 - as Watch calls it
        if not asking:
            raise RuntimeError("no more watches")
        return RustNotify(sorted(map(str, places)), False, True, 100, False, True)

    with looked_after(project, opened) as ear:
        CHANGES["a brief is written"](project)
        assert ear.heard()
        assert ear.gone == []


def test_where_nothing_can_be_noticed_it_is_said_once(project: Path) -> None:
    def opened(places: Iterable[Path], asking: bool) -> RustNotify:  # noqa: FBT001 - as Watch calls it
        raise PermissionError(13, "Permission denied")

    ear, end = Ear(), time.monotonic() + SOON
    Watch(str(project), ear.hear, ear.gone.append, opened)
    while not ear.gone and time.monotonic() < end:
        assert not ear.changed.wait(0.1)
    assert not ear.changed.wait(QUIET)
    assert ear.gone == [f"What others change in {project} is not noticed any more: Permission denied."]


def test_a_project_behind_a_link_is_looked_after(project: Path) -> None:
    link = project.with_name("link")
    link.symlink_to(project)
    with looked_after(link) as ear:
        CHANGES["a brief is written"](project)
        assert ear.heard()


def test_what_is_not_ours_is_not_noticed(project: Path, ear: Ear) -> None:
    for path in (".redraft/cache/a.json", "notes.txt", "briefs/.tea.md.swp", "briefs/tea.md~", "photos/a.md"):
        project.joinpath(path).parent.mkdir(parents=True, exist_ok=True)
        project.joinpath(path).write_text("mine", encoding="utf-8")
    git(project, "add", "notes.txt")
    assert not ear.changed.wait(QUIET)


def test_many_files_at_once_are_few_changes(project: Path, ear: Ear) -> None:
    before = ear.times
    for number in range(50):
        project.joinpath(f"briefs/b{number}.md").write_text("Why?", encoding="utf-8")
    assert ear.heard()
    settle(ear)
    assert ear.times - before < 10


def test_a_folder_that_was_made_meanwhile_is_looked_at_too(project: Path, ear: Ear) -> None:
    written(project, "tea", "Tea.")
    assert ear.heard()
    settle(ear)
    project.joinpath("drafts/tea.md").write_text("Mine.", encoding="utf-8")
    assert ear.heard()


def test_a_folder_that_goes_away_is_a_sentence_and_it_may_come_back(project: Path, ear: Ear) -> None:
    elsewhere = project.with_name("elsewhere")
    project.rename(elsewhere)
    end = threading.Event()
    for _ in range(100):
        if ear.gone:
            break
        end.wait(0.1)
    assert ear.gone == [f"The folder {project} is not there any more."]
    ear.changed.clear()
    elsewhere.rename(project)
    assert ear.heard()
    settle(ear)
    project.joinpath("briefs/new.md").write_text("Why?", encoding="utf-8")
    assert ear.heard()


async def test_a_desk_sees_what_is_typed_elsewhere(project: Path) -> None:
    written(project, "tea", "Tea is very good.")
    async with at_desk(project) as pilot:
        desk = desk_of(pilot)
        with begun(project, "critique", "tea", "Never say 'very'.") as typed:
            assert await asyncio.to_thread(typed.wait, 60) == 0
        await until(pilot, lambda: desk.status and [brief.critiques for brief in desk.status.briefs].count(1))


async def test_two_desks_see_each_others_work(project: Path) -> None:
    from loop.verbs import critique

    written(project, "tea", "Tea is very good.")
    async with at_desk(project) as one, at_desk(project) as other:
        await desk_of(one).perform("critique", critique.Request(brief="tea", text="Never say 'very'."))
        for pilot in (one, other):
            status = desk_of(pilot)
            await until(
                pilot,
                lambda desk=status: desk.status and [b.critiques for b in desk.status.briefs].count(1),  # type: ignore[misc]
            )


async def test_a_desk_whose_folder_goes_away_says_so_and_stays(project: Path) -> None:
    async with at_desk(project) as pilot:
        await until(pilot, lambda: True)
        await asyncio.to_thread(shutil.move, project, project.with_name("elsewhere"))
        await sees(pilot, "is not there any more")
        await goes(pilot, "history")


async def test_a_broken_settings_file_is_a_sentence_and_its_mending_is_noticed(project: Path) -> None:
    settings = project / "redraft.toml"
    good = settings.read_text(encoding="utf-8")
    async with at_desk(project) as pilot:
        settings.write_text("[pipelin]\n", encoding="utf-8")
        await sees(pilot, "redraft.toml")
        settings.write_text(good.replace('"notes"', '"letters"'), encoding="utf-8")
        await until(pilot, lambda: (status := desk_of(pilot).status) and status.pipeline == "letters")


def test_a_worktree_of_git_is_looked_after(project: Path) -> None:
    tree = project.with_name("tree")
    subprocess.run(["git", "worktree", "add", "-q", str(tree)], cwd=project, check=True)
    with looked_after(tree) as ear:
        git(tree, "commit", "--allow-empty", "-qm", "more")
        assert ear.heard()
