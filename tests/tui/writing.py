"""A writer at Write: where they are, and what lies in the project."""

from __future__ import annotations

from pathlib import Path

from textual.pilot import Pilot

from tests.cli.conftest import written
from tests.tui.sitting import sees


def saved(project: Path, brief: str = "tea") -> str:
    return project.joinpath(f"drafts/{brief}.md").read_text(encoding="utf-8")


async def at_tea(pilot: Pilot[None]) -> None:
    await sees(pilot, "rain · note")
    await pilot.press("j")
    await sees(pilot, "tea · note")


def with_takes(project: Path, brief: str, *texts: str) -> None:
    """Takes as `run --takes` leaves them; the first is the draft."""
    from loop.model import Draft
    from loop.store import DraftFile

    written(project, brief, texts[0])
    takes = tuple(Draft(brief=brief, text=text, version="0" * 12, model="test") for text in texts)
    file = DraftFile(draft=takes[0], takes=takes)
    project.joinpath(f"drafts/{brief}.json").write_text(file.model_dump_json(), encoding="utf-8")
