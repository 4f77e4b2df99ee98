"""A place that nobody sees reads nothing, and is up to date when the writer comes back."""

from __future__ import annotations

from pathlib import Path

from loop.model import Record
from tests.cli.conftest import Redraft, written
from tests.tui.sitting import at_desk, desk_of, sees
from tests.tui.writing import at_tea
from tui.calls import Call, Calls


class Counting(Calls):
    """Remembers what was asked for."""

    asked: list[Record]

    def start(self, name: str, request: Record) -> Call:
        self.asked.append(request)
        return super().start(name, request)


async def test_say_and_train_read_nothing_while_one_is_elsewhere(project: Path, redraft: Redraft) -> None:
    written(project, "tea", "Tea is warm.\n")
    written(project, "rain", "Rain is loud.\n")
    async with at_desk(project) as pilot:
        desk = desk_of(pilot)
        await sees(pilot, "Rain is loud.")
        await pilot.press("7")
        await sees(pilot, "0 of 50 pairs")
        await pilot.press("2")
        await sees(pilot, "Rain is loud.")
        await pilot.press("1")
        counting = Counting(desk.world, str(project))
        counting.asked = []
        desk.calls = counting
        await at_tea(pilot)
        await sees(pilot, "Tea is warm.")
        await pilot.press("k")
        await sees(pilot, "Rain is loud.")
        await pilot.press("j")
        await sees(pilot, "Tea is warm.")
        final = project.parent / "final.md"
        final.write_text("Tea is hot.\n", encoding="utf-8")
        assert redraft("-C", project, "correct", "tea", "--file", final).code == 0
        desk.changed()
        await sees(pilot, "tea edited")
        asked = [type(request).__module__ for request in counting.asked]
        assert not [request for request in counting.asked if getattr(request, "critiques", False)]
        assert "loop.verbs.export" not in asked
        await pilot.press("2")
        await sees(pilot, "Tea is warm.")
        await pilot.press("7")
        await sees(pilot, "0 of 50 pairs; 1 more cannot be learned")
