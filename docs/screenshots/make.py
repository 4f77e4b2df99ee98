"""Pictures of the desk for the README, from real rounds with the embedded model: `make screenshots`."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from textual.pilot import Pilot

from loop.wiring import World
from tui.app import Desk
from tui.widgets.prose import Prose

HERE = Path(__file__).parent
SIZE = (120, 36)
HIGH = (120, 46)
"""So high, History has the curves below the list."""
CELL = 12.2
"""How wide a cell is in Textual's pictures."""
PATIENCE = 300.0
"""Seconds until something must be there: learning writes some thirty drafts."""


class Piece(NamedTuple):
    """A brief that is drafted and corrected before the pictures are taken."""

    brief: str
    seed: int
    says: str = ""
    """What the writer says of the draft."""
    learns: bool = False
    """After it, the writer learns, and accepts."""


PIECES = (
    Piece("repair-cafe", 3),
    Piece("night-train", 2, "No exclamation marks.", learns=True),
    Piece("paper-notebook", 2, "Shorter sentences: at most 25 words.", learns=True),
    Piece("balcony-tomatoes", 2),
)
BRIEF = "sourdough"
SAID = "Too grand. At most three sentences per paragraph. Sign off with 'Until the next loaf.'"
PLAINER = (
    (r"\b(?:just|always|truly|literally|indeed|unabashedly|really) ", ""),
    ("!", "."),
    (" – ", ", "),
    (r"\bamazing\b", "good"),
    (r"\bthe most delicious\b", "good"),
    (r"\bindividuals\b", "people"),
    (r"\bin order to\b", "to"),
    (r"\ba meticulous process that requires\b", "takes"),
    (r"In a world where [^,.]*, the", "The"),
    (r"(?<!\S)[^.!?\n]*\b(?:passion|journey|universe|world|desire|memories|reminder)\b[^.!?\n]*[.!?] ?", ""),
    (r" (?:This|The above) (?:anecdote|answer|advice|recipe|sentence)\b[^.]*\.", ""),
)
"""The writer's habits: what is left out, or put in plainer words, wherever a draft has it."""


def main() -> None:
    """Make a project, walk through some rounds, and keep the pictures."""
    with tempfile.TemporaryDirectory() as folder:
        _by_itself(folder)
        root = Path(folder, "my-blog")
        _redraft("new", str(root), "--template", "blog", "--model", "embedded")
        for piece in PIECES:
            _work_on(root, piece)
        asyncio.run(_at_desk(root))


def _by_itself(home: str) -> None:
    """Nothing of the person who makes the pictures is in them: not their settings, their keys, their name."""
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH", "LANG") if name in os.environ}
    os.environ.clear()
    os.environ.update(kept, HOME=home)
    for setting in (("user.name", "A Writer"), ("user.email", "writer@example.org")):
        subprocess.run(["git", "config", "--global", *setting], check=True)


def _redraft(*words: str) -> None:
    subprocess.run([sys.executable, "-m", "loop", *words], check=True)


def _work_on(root: Path, piece: Piece) -> None:
    here = ("-C", str(root))
    _redraft("run", piece.brief, "--seed", str(piece.seed), *here)
    draft = (root / "drafts" / f"{piece.brief}.md").read_text(encoding="utf-8")
    final = root.parent / "final.md"
    final.write_text(plainer(draft), encoding="utf-8")
    _redraft("correct", piece.brief, "--file", str(final), *here)
    if piece.says:
        _redraft("critique", piece.brief, piece.says, *here)
    if piece.learns:
        _redraft("learn", "--accept", *here)
        _redraft("measure", *here)


def plainer(text: str) -> str:
    """A draft as the writer would have it."""
    for old, new in PLAINER:
        text = re.sub(old, new, text)
    return text


async def _at_desk(root: Path) -> None:
    desk = Desk(World(folder=str(root)), str(root))
    desk.animation_level = "none"
    async with desk.run_test(size=SIZE) as pilot:
        await _sees(pilot, BRIEF)
        desk.brief = BRIEF
        await pilot.press("enter")
        await _sees(pilot, "is written")
        await _keep(pilot, "write")
        await pilot.press("s", "enter")
        await _sees(pilot, "Enter keeps it")
        await pilot.press(*("space" if char == " " else char for char in SAID), "enter")
        await _sees(pilot, "Kept.")
        await pilot.press("3")
        await _sees(pilot, "Nothing is changed yet")
        await _correct(pilot)
        await _keep(pilot, "correct")
        await pilot.press("ctrl+s")
        await _sees(pilot, "The final is kept")
        await pilot.press("4")
        await _sees(pilot, "critique")
        await pilot.press("enter")
        await _sees(pilot, "Where it comes from")
        await _keep(pilot, "proposal")
        await pilot.press("t")
        await _sees(pilot, "95 times of 100")
        await _keep(pilot, "test")
        await pilot.press("g")
        await _sees(pilot, "With the whole proposal")
        await _keep(pilot, "guide")
        await pilot.press("escape", "a")
        await _sees(pilot, "Your guide learned")
        await pilot.resize_terminal(*HIGH)
        await pilot.press("5")
        await _sees(pilot, "pieces)")
        await _keep(pilot, "history")


async def _correct(pilot: Pilot[None]) -> None:
    """What the writer does to the draft; then they go through the changes, and keep the first."""
    await pilot.press("enter")
    await _until(pilot, lambda: isinstance(pilot.app.focused, Prose))
    page = pilot.app.focused
    if not isinstance(page, Prose):
        raise TypeError("the writer's text has not the focus")
    if (final := plainer(page.text)) == page.text:
        raise LookupError("the model writes another draft now: choose other words in PLAINER")
    page.replace(final, page.document.start, page.document.end)
    await _sees(pilot, "not kept yet")
    await pilot.press("escape")
    await _sees(pilot, "Change 1 of")
    await pilot.press("k", "down")
    await _sees(pilot, "1 of")


async def _sees(pilot: Pilot[None], words: str) -> None:
    await _until(pilot, lambda: words in " ".join(re.sub("[│▌]", " ", _text(pilot)).split()))


async def _until(pilot: Pilot[None], holds: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not holds():
        if time.monotonic() > end:
            raise TimeoutError(_text(pilot))
        await pilot.pause(0.1)
    await pilot.pause(0.3)


def _text(pilot: Pilot[None]) -> str:
    strips = pilot.app.screen._compositor.render_strips()  # noqa: SLF001 - what stands on the screen
    return "\n".join("".join(segment.text for segment in strip) for strip in strips)


async def _keep(pilot: Pilot[None], name: str) -> None:
    """One picture, once the screen is still; fonts are the reader's own, nothing is fetched."""
    await pilot.pause(1)
    svg = pilot.app.export_screenshot(title="redraft")
    svg = re.sub(r"@font-face \{.*?\}\s*|<!--.*?-->\s*", "", svg, flags=re.DOTALL)
    svg = re.sub(r'x="([\d.]+)" y="([\d.]+)" textLength="([\d.]+)"([^>]*)>((?:&#160;)+)', _begins_later, svg)
    HERE.joinpath(f"{name}.svg").write_text(svg, encoding="utf-8")


def _begins_later(found: re.Match[str]) -> str:
    """A text without the blanks it begins with: some programs leave them out, and put the rest there."""
    left, top, width, more, blanks = found.groups()
    gone = CELL * blanks.count(";")
    return f'x="{float(left) + gone:g}" y="{top}" textLength="{float(width) - gone:g}"{more}>'


if __name__ == "__main__":
    main()
