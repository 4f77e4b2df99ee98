"""Borders between panes, by mouse and by key."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets import Input, Static

from loop.adapters import preferences
from tests.cli.conftest import written
from tests.tui.correcting import correcting, edits
from tests.tui.sitting import LARGE, SMALL, at_desk, lines, sees, until
from tui.place import Place
from tui.widgets.files import Files, Pair
from tui.widgets.split import Divider, Split


class Panes(Place):
    """Three panes."""

    NAME = "write"

    def body(self) -> Iterator[Widget]:
        one, two, three = Input(id="one"), Static("two", id="two"), Static("three", id="three")
        one.styles.width, two.styles.width, three.styles.width = 20, 16, "1fr"
        yield Split(one, two, three, id="panes")


def widths(pilot: Pilot[None]) -> list[int]:
    return [pilot.app.screen.query_one(f"#{name}").outer_size.width for name in ("one", "two", "three")]


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["small", "large"])
async def test_a_border_is_dragged(project: Path, size: tuple[int, int]) -> None:
    async with at_desk(project, size) as pilot:
        await pilot.app.push_screen(Panes())
        await pilot.pause()
        border = pilot.app.screen.query(Divider).first()
        for by, after in ((5, 25), (-3, 22)):
            x, y = border.region.x, border.region.y + 3
            await pilot.mouse_down(offset=(x, y))
            await pilot.hover(offset=(x + by, y))
            await pilot.mouse_up(offset=(x + by, y))
            await until(pilot, lambda after=after: widths(pilot)[0] == after)  # type: ignore[misc]
        assert widths(pilot) == [22, 16, size[0] - 22 - 16 - 2]
        await pilot.hover(offset=(40, 10))
        assert widths(pilot)[0] == 22


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["small", "large"])
async def test_no_pane_can_be_pushed_out(project: Path, size: tuple[int, int]) -> None:
    async with at_desk(project, size) as pilot:
        await pilot.app.push_screen(Panes())
        await pilot.pause()
        pilot.app.screen.query_one("#one", Input).can_focus = False
        panes = pilot.app.screen.query_one(Split)
        for by, count in ((2, 90), (-2, 90)):
            for _ in range(count):
                panes.action_widen(by)
                await pilot.pause()
            assert min(widths(pilot)) >= 12
            assert sum(widths(pilot)) == size[0] - 2
        assert widths(pilot)[0] == 12


async def test_keys_move_it_and_it_is_there_the_next_day(project: Path) -> None:
    async with at_desk(project) as pilot:
        await pilot.app.push_screen(Panes())
        await pilot.pause()
        pilot.app.screen.query_one("#two").can_focus = True
        pilot.app.screen.query_one("#two").focus()
        await pilot.press("greater_than_sign", "greater_than_sign", "less_than_sign")
        await until(pilot, lambda: widths(pilot)[0] == 22)
        await until(pilot, lambda: preferences.liked().panes.get("panes.one") == 22)
    async with at_desk(project) as pilot:
        await pilot.app.push_screen(Panes())
        await until(pilot, lambda: widths(pilot)[0] == 22)


class Both(Place):
    """A file before and after."""

    NAME = "write"

    def body(self) -> Iterator[Widget]:
        yield Files([Pair("CLAUDE.md", "Plain words.", "Plain words, please.", ("then", "now"))])

    def home(self) -> Widget:
        return self.query_one(Files)


def border(pilot: Pilot[None]) -> int:
    """The column of the border between two texts."""
    columns = {line.find("│") for line in lines(pilot).splitlines()[3:12]}
    assert len(columns) == 1
    return columns.pop()


async def test_the_border_between_two_versions_moves(project: Path) -> None:
    async with at_desk(project) as pilot:
        await pilot.app.push_screen(Both())
        await sees(pilot, "Plain words, please.")
        before = border(pilot)
        await pilot.press("greater_than_sign", "greater_than_sign")
        await until(pilot, lambda: border(pilot) == before + 4)
        await pilot.press("tab", "less_than_sign")
        await until(pilot, lambda: border(pilot) == before + 2)


async def test_the_border_beside_a_draft_moves_from_the_list_of_changes_too(
    project: Path, state: Path
) -> None:
    written(project, "tea", "Tea is good.\n" * 12)
    async with correcting(project) as pilot:
        before = border(pilot)
        await pilot.press("greater_than_sign")
        await until(pilot, lambda: border(pilot) == before + 2)


async def test_the_list_of_changes_is_as_tall_as_one_likes_the_next_day_too(
    project: Path, state: Path
) -> None:
    draft = "\n\n".join(f"Paragraph {number} says little." for number in range(12)) + "\n"
    written(project, "tea", draft)

    def seen(pilot: Pilot[None]) -> int:
        shown = [line for line in lines(pilot).splitlines() if "style: little → much" in line]
        return sum("Change" not in line for line in shown)

    async with correcting(project, LARGE) as pilot:
        await edits(pilot, draft.replace("little", "much"))
        await pilot.press("escape")
        await until(pilot, lambda: seen(pilot) == 5)
        await pilot.press("plus", "plus", "minus")
        await until(pilot, lambda: seen(pilot) == 7)
        await until(pilot, lambda: preferences.liked().panes.get("changes.rows") == 8)
    async with correcting(project, LARGE) as pilot:
        await pilot.press("escape")
        await until(pilot, lambda: seen(pilot) == 7)
        await pilot.press(*["minus"] * 9)
        await until(pilot, lambda: seen(pilot) == 3)


async def test_a_width_is_kept_when_one_leaves_at_once(project: Path) -> None:
    async with at_desk(project) as pilot:
        await pilot.app.push_screen(Panes())
        await pilot.pause()
        pilot.app.screen.query_one("#two").can_focus = True
        pilot.app.screen.query_one("#two").focus()
        await pilot.press("greater_than_sign", "greater_than_sign")
        assert "panes.one" not in preferences.liked().panes  # many keys are one writing
    assert preferences.liked().panes["panes.one"] == 24


async def test_what_was_wide_in_a_large_window_leaves_room_in_a_small_one(project: Path) -> None:
    preferences.keep_pane("panes.one", 120)
    async with at_desk(project, LARGE) as pilot:
        await pilot.app.push_screen(Panes())
        await until(pilot, lambda: widths(pilot)[0] == 120)
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: widths(pilot)[2] >= 12)
        assert widths(pilot)[1] >= 12
        await pilot.resize_terminal(160, 48)
        await until(pilot, lambda: widths(pilot)[0] == 120)
