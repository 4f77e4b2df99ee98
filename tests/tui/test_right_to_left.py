"""A text that is written from right to left: it is shown, corrected and kept as it is."""

from __future__ import annotations

from pathlib import Path

from rich.cells import cell_len
from syrupy.assertion import SnapshotAssertion

from tests.cli.conftest import written
from tests.tui.correcting import correcting, edits, here, text
from tests.tui.sitting import SMALL, at_desk, desk_of, goes, lines, picture, sees

DRAFT = """\
# תה בחוץ

למה תה טעים יותר בחוץ? אנחנו משתמשים בקומקום של 2 ליטר 🫖 ובמים מהנחל.

شاي in the rain, وهذا كل شيء.
"""
FINAL = DRAFT.replace("משתמשים בקומקום", "לוקחים קומקום")


async def test_a_draft_from_right_to_left_stands_in_each_place_and_no_frame_is_moved(project: Path) -> None:
    written(project, "tea", DRAFT)
    async with at_desk(project) as pilot:
        desk_of(pilot).brief = "tea"
        for place in ("write", "say", "correct"):
            await pilot.press("escape")
            await goes(pilot, place)
            for words in ("תה בחוץ", "למה תה טעים", "وهذا كل شيء"):
                await sees(pilot, words)
            rows = lines(pilot).split("\n")
            assert all(cell_len(row) <= SMALL[0] for row in rows)
            column = {cell_len(row.partition("│")[0]) for row in rows if "│" in row}
            assert len(column) == 1, column


async def test_a_draft_from_right_to_left_is_corrected(project: Path, screen: SnapshotAssertion) -> None:
    written(project, "tea", DRAFT)
    async with correcting(project) as pilot:
        await edits(pilot, FINAL)
        assert [(change.before, change.after) for change in here(pilot).sides.now.changes] == [
            ("משתמשים בקומקום", "לוקחים קומקום")
        ]
        assert await picture(pilot) == screen
        await pilot.press("ctrl+s")
        await sees(pilot, "The final is kept: 1 change")
        assert text(pilot) == FINAL
    assert project.joinpath("finals/tea.md").read_text(encoding="utf-8") == FINAL
