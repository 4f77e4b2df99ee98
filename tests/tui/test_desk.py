"""Opening the desk, and going from place to place."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tui.sitting import OWN_WORDS, at_desk, goes, lines, sees, until
from tui.places import PLACES, PlaceName


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.id)
async def test_a_digit_leads_to_each_place(project: Path, place: PlaceName) -> None:
    async with at_desk(project) as pilot:
        await goes(pilot, place.id)
        others = {id_: words for id_, words in OWN_WORDS.items() if id_ != place.id}
        assert not [id_ for id_, words in others.items() if words in lines(pilot)]


async def test_a_click_on_its_name_leads_to_a_place(project: Path) -> None:
    async with at_desk(project) as pilot:
        await pilot.click("Bar", offset=(lines(pilot).splitlines()[0].index("History") + 2, 0))
        await until(pilot, lambda: pilot.app.current_mode == "history")
        await sees(pilot, OWN_WORDS["history"])


async def test_a_click_on_a_key_at_the_bottom_is_that_key(project: Path) -> None:
    async with at_desk(project) as pilot:
        bottom = lines(pilot).splitlines()[-1]
        await pilot.click("Keys", offset=(bottom.index("Help") + 2, 0))
        await until(pilot, lambda: pilot.app.screen.is_modal)
        await pilot.press("escape")
        await until(pilot, lambda: not pilot.app.screen.is_modal)
        await pilot.click("Keys", offset=(bottom.index("palette") + 2, 0))
        await until(pilot, lambda: pilot.app.screen.is_modal)


@pytest.mark.parametrize("width", [200, 80, 30, 12, 3])
async def test_the_keys_at_the_bottom_fit_any_window(project: Path, width: int) -> None:
    async with at_desk(project) as pilot:
        await pilot.resize_terminal(width, 24)
        await until(pilot, lambda: len(lines(pilot).splitlines()[-1]) <= width)
        assert ("^p palette" in lines(pilot)) == (width >= 12)
