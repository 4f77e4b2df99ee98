"""The start screen: projects are made, adopted and opened."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import Iterator
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion
from textual.widgets import Input

from tests.cli.conftest import Redraft, git
from tests.cli.served import corrected, play, play_texts
from tests.loopback import Loopback
from tests.tui.sitting import (
    LARGE,
    OWN_WORDS,
    SMALL,
    at_desk,
    desk_of,
    goes,
    lines,
    picture,
    sees,
    types,
    until,
)
from tests.tui.starting import chooses, fills, outside, window
from tests.wire import Silence
from tui.dialogs.help import rows
from tui.places import PLACES
from tui.widgets.choices import Choices


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "160x48"])
async def test_outside_a_project_a_writer_sees_how_to_begin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, screen: SnapshotAssertion, size: tuple[int, int]
) -> None:
    async with outside(tmp_path, monkeypatch, size) as pilot:
        await sees(pilot, "A personal blog")
        assert await picture(pilot) == screen


async def test_no_place_is_promised_where_there_is_no_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with outside(tmp_path, monkeypatch) as pilot:
        await sees(pilot, "A personal blog")
        told = {row.says for row in rows(pilot.app.screen)}
        assert "Everything that can be done" in told
        assert not told & {place.title for place in PLACES}
        await pilot.press("2")
        await pilot.pause()
        assert pilot.app.current_mode == "start"


async def test_a_project_is_made_from_a_template_and_the_desk_is_on_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with outside(tmp_path, monkeypatch) as pilot:
        await pilot.press("3")  # there is no place to go to yet
        await sees(pilot, "Your projects")
        await chooses(pilot, "template:newsletter")
        await sees(pilot, "Makes")
        await fills(pilot, "Input", "letters")
        await pilot.press("enter")
        await sees(pilot, "Choose a brief and press Enter")
        assert desk_of(pilot).sub_title == "letters"
        assert "letters" in lines(pilot).splitlines()[0]
        assert desk_of(pilot).calls.folder == str(tmp_path / "letters")
        assert git(tmp_path / "letters", "log", "--format=%s") == "new: a redraft project\n"


async def test_a_folder_that_is_taken_is_said_and_the_name_is_still_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tmp_path.joinpath("my-blog").mkdir()
    tmp_path.joinpath("my-blog/diary.txt").write_text("mine", encoding="utf-8")
    async with outside(tmp_path, monkeypatch) as pilot:
        await chooses(pilot, "template:blog")
        await sees(pilot, "Makes")
        await pilot.press("enter")
        await sees(pilot, "is not empty.")
        assert tmp_path.joinpath("my-blog/diary.txt").read_text(encoding="utf-8") == "mine"
        await chooses(pilot, "template:blog")
        await sees(pilot, "Makes")
        assert pilot.app.screen.query_one(Input).value == str(tmp_path / "my-blog")


async def test_a_claude_code_folder_is_adopted_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tmp_path.joinpath("CLAUDE.md").write_text("# Mine\n", encoding="utf-8")
    async with outside(tmp_path, monkeypatch) as pilot:
        await chooses(pilot, "adopt")
        await sees(pilot, "Adopts")
        await pilot.press("enter")
        await until(pilot, lambda: desk_of(pilot).status is not None)
        assert tmp_path.joinpath("CLAUDE.md").read_text(encoding="utf-8") == "# Mine\n"


async def test_a_folder_is_opened_by_its_path_which_tab_completes(
    project: Path, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.rename(home / "my 茶")
    async with outside(tmp_path, monkeypatch) as pilot:
        await pilot.press("o")
        await sees(pilot, "Type a name or a path")
        await types(pilot, "~/my")
        await pilot.press("tab")
        await until(pilot, lambda: pilot.app.screen.query_one(Input).value == "~/my 茶/")
        await pilot.press("enter")
        await until(pilot, lambda: desk_of(pilot).status is not None)
        assert "my 茶" in lines(pilot).splitlines()[0]


async def test_a_folder_that_is_no_project_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with outside(tmp_path, monkeypatch) as pilot:
        for typed in (".", "nowhere"):
            await pilot.press("o")
            await sees(pilot, "Tab completes folders")
            await fills(pilot, "Input", typed)
            await pilot.press("enter")
            await sees(pilot, "is not a redraft project" if typed == "." else "There is no folder")


async def opened(root: Path) -> None:
    """Open a project once, so that it is a recent one."""
    async with at_desk(root) as pilot:
        await until(pilot, lambda: str(root) in desk_of(pilot).world.recent())


@pytest.fixture
def others(tmp_path: Path, redraft: Redraft) -> list[Path]:
    """Two projects beside the first."""
    roots = [tmp_path / "second", tmp_path / "third"]
    for root in roots:
        assert redraft("new", root, "--template", "blog").code == 0
    return roots


async def test_from_a_project_another_one_is_opened_and_the_way_back_is_esc(
    project: Path, others: list[Path]
) -> None:
    other = others[0]
    await opened(other)
    async with at_desk(project) as pilot:
        desk = desk_of(pilot)
        await until(pilot, lambda: desk.sub_title == "notes")
        desk.brief = "tea"
        await pilot.press("5")
        desk.action_open_another()
        await sees(pilot, "Your projects")
        await sees(pilot, "second")
        await pilot.press("escape")
        await sees(pilot, OWN_WORDS["write"])
        assert desk.brief == "tea"
        desk.action_open_another()
        await sees(pilot, "Your projects")
        await chooses(pilot, f"open:{other}")
        await sees(pilot, "Choose a brief and press Enter")
        assert (desk.sub_title, desk.current_mode) == ("second", "write")
        assert desk.brief != "tea"
        assert desk.status is not None
        assert desk.status.root == str(other)


async def test_a_second_enter_while_a_project_opens_changes_nothing(
    project: Path, others: list[Path]
) -> None:
    await opened(others[0])
    async with at_desk(project) as pilot:
        desk = desk_of(pilot)
        desk.action_open_another()
        await sees(pilot, "second")
        listed = pilot.app.screen.query_one(Choices)
        listed.go_to(f"open:{others[0]}")
        for _ in range(3):
            listed.action_select()  # quicker than the first of them can be answered
            await asyncio.sleep(0.01)
        await until(pilot, lambda: desk.current_mode == "write" and desk.sub_title == "second")


@pytest.fixture
def terminal() -> Iterator[None]:
    """Garbage is looked for as where a terminal opens the desk: not before the first place is there."""
    before = gc.get_threshold()
    gc.disable()
    yield
    gc.set_threshold(*before)
    gc.enable()


@pytest.mark.usefixtures("terminal")
async def test_what_is_not_needed_any_more_is_freed_where_no_project_is_open_yet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with outside(tmp_path, monkeypatch) as pilot:
        await until(pilot, gc.isenabled)


@pytest.mark.usefixtures("terminal")
async def test_what_a_place_needed_is_freed_a_moment_after_the_writer_has_come_to_another_one(
    project: Path,
) -> None:
    class Held:
        """Something that holds itself."""

    async with at_desk(project) as pilot:
        await until(pilot, gc.isenabled)
        held = Held()
        held.itself = held  # type: ignore[attr-defined]
        left = weakref.ref(held)
        gc.collect(1)  # it is old now
        del held
        await goes(pilot, "history")
        await until(pilot, lambda: left() is None)


@pytest.fixture
def done(project: Path, redraft: Redraft, claude: Loopback) -> Path:
    """A project in which every draft has its final."""
    play_texts(claude, *["We utilize a kettle outdoors."] * 3)
    corrected(project, redraft, "tea", "rain", "bread")
    return project


async def test_where_every_draft_has_its_final_the_next_step_is_named(
    done: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await opened(done)
    async with outside(done.parent, monkeypatch) as pilot:
        await chooses(pilot, f"open:{done}")
        await sees(pilot, "What comes next: Learn (4)")


async def test_what_is_at_work_is_not_ended_by_another_project_without_a_yes(
    project: Path, others: list[Path], claude: Loopback
) -> None:
    play(claude, Silence(20))
    await opened(others[0])
    async with at_desk(project) as pilot:
        desk = desk_of(pilot)
        await until(pilot, lambda: desk.brief)
        await pilot.press("enter")
        await until(pilot, lambda: desk.at_work() == ["run"])
        desk.action_open_another()
        await sees(pilot, "Your projects")
        await chooses(pilot, f"open:{others[0]}")
        await sees(pilot, "Still at work in “notes”: writing a draft. It would be stopped.")
        await pilot.press("n")
        await sees(pilot, "“second” is not opened. Esc goes back.")
        assert (desk.sub_title, desk.at_work()) == ("notes", ["run"])
        await chooses(pilot, f"open:{others[0]}")
        await sees(pilot, "Still at work in “notes”")
        await pilot.press("y")
        await sees(pilot, "Choose a brief and press Enter")
        assert desk.sub_title == "second"
        await until(pilot, lambda: not desk.at_work())


async def test_recent_projects_stand_newest_first_and_those_that_are_gone_do_not(
    project: Path, others: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for root in (project, *others):
        await opened(root)
    others[0].rename(tmp_path / "elsewhere")
    async with outside(tmp_path, monkeypatch) as pilot:
        await sees(pilot, "Enter opens it.")
        shown = [line[:38].strip() for line in lines(pilot).splitlines()]
        assert "second" not in shown
        assert shown.index("third") < shown.index("notes")


async def test_git_asks_who_writes_when_a_project_is_made(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch, screen: SnapshotAssertion
) -> None:
    home.joinpath(".gitconfig").write_text("[user]\n\tuseConfigOnly = true\n", encoding="utf-8")
    async with outside(tmp_path, monkeypatch) as pilot:
        await chooses(pilot, "template:blog")
        await sees(pilot, "Makes")
        await pilot.press("enter")
        await sees(pilot, "Who writes here?")
        assert await picture(pilot) == screen
        await fills(pilot, "#name", "Ann Lee 茶")
        await pilot.press("enter")
        await types(pilot, "ann")
        await pilot.press("enter")
        await sees(pilot, "an address such as")
        await types(pilot, "@example.org")
        await pilot.press("enter")
        await sees(pilot, "Choose a brief and press Enter")
        assert git(tmp_path / "my-blog", "log", "--format=%an <%ae>") == "Ann Lee 茶 <ann@example.org>\n"


async def test_git_asks_who_writes_for_any_verb_of_a_project(project: Path, home: Path) -> None:
    from loop.errors import UnknownWriter
    from loop.verbs import critique
    from tests.cli.conftest import written

    written(project, "tea", "Tea is good.")
    home.joinpath(".gitconfig").write_text("[user]\n\tuseConfigOnly = true\n", encoding="utf-8")
    request = critique.Request(brief="tea", text="Too short.")
    async with at_desk(project) as pilot:
        desk = desk_of(pilot)
        worker = desk.run_worker(desk.perform("critique", request), exit_on_error=False)
        await sees(pilot, "Who writes here?")
        await pilot.press("escape")
        await until(pilot, lambda: worker.is_finished)
        assert isinstance(worker.error, UnknownWriter)
        worker = desk.run_worker(desk.perform("critique", request))
        await sees(pilot, "Who writes here?")
        await fills(pilot, "#name", "Ann")
        await fills(pilot, "#email", "ann@example.org")
        await pilot.press("enter")
        await until(pilot, lambda: worker.is_finished)
        assert git(project, "log", "-1", "--format=%an %s") == "Ann critique: tea: Too short.\n"


async def test_settings_that_break_are_said_with_their_line_and_read_again_when_they_are_mended(
    project: Path, screen: SnapshotAssertion
) -> None:
    settings = project / "redraft.toml"
    good = settings.read_text(encoding="utf-8")
    async with at_desk(project) as pilot:
        settings.write_text(good.replace("[gate]", "[gaet]"), encoding="utf-8")
        desk_of(pilot).changed()
        await sees(pilot, "unknown key “gaet”")
        assert await window(pilot) == screen
        settings.write_text(good.replace('name = "notes"', "name = "), encoding="utf-8")
        await pilot.press("r")
        await sees(pilot, "redraft.toml, line 2")
        settings.write_text(good.replace("notes", "diary"), encoding="utf-8")
        await until(pilot, lambda: desk_of(pilot).status.pipeline == "diary")  # type: ignore[union-attr]
        await sees(pilot, OWN_WORDS["write"])
        assert "This project cannot be read" not in lines(pilot)


async def test_a_project_that_cannot_be_read_leaves_the_way_to_another_one(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.joinpath("redraft.toml").write_text("[[steps]\n", encoding="utf-8")
    async with outside(project.parent, monkeypatch) as pilot:
        await pilot.press("o")
        await sees(pilot, "Tab completes folders")
        await types(pilot, "notes")
        await pilot.press("enter")
        await sees(pilot, "This project cannot be read")
        await pilot.press("o")
        await sees(pilot, "Your projects")
