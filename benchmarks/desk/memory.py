"""What the desk's process holds after many rounds of writing and learning, against after a few.

A round is what a writer does with keys: a changed brief, its draft in Write, a critique in Say, learning and
the proposal's pages in Learn, a no, and the critique deleted: it would be one more on the screen every time.
What a round leaves on disk stays: replies, account, commits. A large project costs more to read than a small
one, so that a new desk does the next rounds on it, too: what the old one holds beyond that came with time.
"""

from __future__ import annotations

import asyncio
import ctypes
import ctypes.util
import gc
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual.pilot import Pilot
from textual.widgets import TextArea

from benchmarks.desk.driving import at, until
from benchmarks.desk.figures import Figure
from benchmarks.desk.screen import environment
from benchmarks.desk.texts import measured
from tui.places import PLACES
from tui.widgets.ready import Ready

if TYPE_CHECKING:
    from tui.app import Desk

_FEW, _MANY = 50, 500
_STEP = 10
"""Rounds between two looks. What is resident goes up and down by some percent, as the heap is cut up, so that
the middle one of three looks counts.
"""
_LOOKS = 0.3
"""Seconds that the writer looks at each page of a proposal."""
_KEY = "sk-ant-test-0123456789"
_SERVE = (
    "from tests.loopback import main; from tests.wire import Says; "
    f"rounds = range(1, {_MANY + _FEW + 1}); "
    "main(Says(pieces=[word for n in rounds for word in ('We ', 'use ', f'kettle{n}. ')]))"
)
_SETTINGS = """\
[pipeline]
name = "notes"
type = "note"
[[steps]]
kind = "prompt"
name = "draft"
[[steps]]
kind = "checks"
refine = false
[model]
name = "claude-sonnet-5-5"
[learn]
reviser = "mine"
[gate]
samples = 1
held_out = 1
[budget]
calls = 100000
tokens = 100000000
usd = 100000.0
"""


def memory() -> Iterator[Figure]:
    """Resident size and objects after many rounds against after a few."""
    with tempfile.TemporaryDirectory() as folder, _server() as address:
        home = {**environment(folder), "ANTHROPIC_API_KEY": _KEY, "ANTHROPIC_BASE_URL": address}
        home["MALLOC_ARENA_MAX"] = "1"  # else each thread has a heap of its own, and chance decides
        project = str(_project(Path(folder), home))
        found, anew = (
            measured("benchmarks.desk.memory", (project, str(first), str(last), str(_STEP)), home)
            for first, last in ((1, _MANY), (_MANY + 1, _MANY + _FEW))
        )
    rounds = f"after {_MANY} rounds of writing, saying, learning and deciding by keys against after {_FEW}"
    sizes, objects = found["sizes"], found["objects"]
    before, after = _around(sizes, _FEW), _around(sizes, _MANY - _STEP)
    yield Figure(
        f"memory of the desk's process {rounds}",
        (after / before - 1) * 100,
        5.0,
        "%",
        f"resident, everything that is free given back, every {_STEP} rounds: " + _megabytes(sizes),
    )
    new = _around(anew["sizes"], _FEW)
    yield Figure(
        f"the same against a new process after the next {_FEW} rounds of the same project",
        (after / new - 1) * 100,
        5.0,
        "%",
        f"{after / 1e6:.1f} MB, and " + _megabytes(anew["sizes"]),
    )
    before, after = _around(objects, _FEW), _around(objects, _MANY - _STEP)
    yield Figure(
        f"objects that Python holds {rounds}",
        (after / before - 1) * 100,
        5.0,
        "%",
        f"{before:,.0f} blocks, then {after:,.0f}",
    )


def _megabytes(sizes: Sequence[int]) -> str:
    return ", ".join(f"{size / 1e6:.1f}" for size in sizes) + " MB"


def _around(found: Sequence[int], rounds: int) -> float:
    """The middle one of three looks, at this many rounds and beside."""
    at = rounds // _STEP - 1
    return statistics.median(found[max(0, at - 1) : at + 2])


@contextmanager
def _server() -> Iterator[str]:
    """Anthropic on this computer, in a process of its own."""
    command = [sys.executable, "-c", _SERVE]
    root = str(Path(__file__).resolve().parents[2])
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": root},
    ) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.communicate()


def _project(folder: Path, home: dict[str, str]) -> Path:
    """Three briefs, one of them held out."""
    root = folder / "notes"
    files = {
        "CLAUDE.md": "# How I write\n\nPlain words.\n\n## Rules for note\n\n- Be brief. <!-- r1 -->\n",
        "redraft.toml": _SETTINGS,
        "prompts/draft.md": "{{guidance}}\n\nWrite about this: {{brief}}\n",
        "checks.toml": "",
        "briefs/tea.md": "Why tea tastes better outdoors.\n",
        "briefs/rain.md": "The sound of rain on a tent.\n",
        "briefs/bread.md": "---\nsplit: held_out\n---\nThe smell of fresh bread.\n",
    }
    for path, text in files.items():
        root.joinpath(path).parent.mkdir(parents=True, exist_ok=True)
        root.joinpath(path).write_text(text, encoding="utf-8")
    for command in (
        ["git", "-C", str(root), "init", "-q"],
        ["git", "-C", str(root), "add", "-A"],
        ["git", "-C", str(root), "commit", "-qm", "start"],
    ):
        subprocess.run(command, check=True, capture_output=True, env=home)
    return root


def _resident() -> int:
    """Bytes, after everything that is free was given back."""
    gc.collect()
    if (library := ctypes.util.find_library("c")) is not None:
        ctypes.CDLL(library).malloc_trim(0)
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


class _Writer:
    """A writer at the desk, with keys alone; only the brief is another one each time, changed outside."""

    def __init__(self, desk: Desk, pilot: Pilot[Any], project: Path) -> None:
        self._desk = desk
        self._pilot = pilot
        self._project = project

    async def round(self, number: int) -> None:
        """Write, say, learn, decide, take it back."""
        await self._writes(number)
        await self._says(f"Never say 'kettle{number}'.")
        await self._learns()
        await self._deletes(number)

    async def _writes(self, number: int) -> None:
        brief, record = self._project / "briefs/tea.md", self._project / "drafts/tea.json"
        brief.write_text(f"Why tea tastes better outdoors, part {number}.\n", encoding="utf-8")
        before = record.stat().st_mtime_ns if record.exists() else 0
        await self._goes("1")
        self._desk.brief = "tea"
        await self._pilot.press("enter")
        await until(lambda: record.exists() and record.stat().st_mtime_ns != before and not self._desk.busy)

    async def _says(self, words: str) -> None:
        file = self._project / "critiques/tea.md"
        await self._goes("2")
        await until(lambda: self._desk.screen.query_one("#say-text", TextArea).text)
        await self._pilot.press("enter")
        await until(self._in_a_text)
        await self._pilot.press(*("space" if char == " " else char for char in words), "enter")
        await until(lambda: file.exists() and words in file.read_text(encoding="utf-8"))
        await until(lambda: not self._in_a_text())

    async def _learns(self) -> None:
        await self._goes("4")
        await until(lambda: self._desk.status is not None and self._desk.status.fresh.critiques)
        ready = self._desk.screen.query_one(Ready)
        await self._pilot.press("l")
        await until(lambda: self._state() == "proposal" or ready.ended)
        assert not ready.ended, ready.ended
        for view in "tgdw":
            await self._pilot.press(view)
            await self._pilot.pause(_LOOKS)
        await self._pilot.press("r")
        await until(lambda: self._desk.screen.is_modal)
        await self._pilot.press("y")
        await until(lambda: not self._desk.screen.is_modal and self._state() == "ready")

    async def _deletes(self, number: int) -> None:
        file = self._project / "critiques/tea.md"
        await self._goes("2")
        await self._pilot.press("n", "d")
        await until(lambda: self._desk.screen.is_modal)
        await self._pilot.press("y")
        await until(lambda: file.read_text(encoding="utf-8").count("(withdrawn)") == number)
        await until(lambda: not self._desk.screen.is_modal)

    async def _goes(self, key: str) -> None:
        place = next(place.id for place in PLACES if place.key == key)
        await self._pilot.press(key)
        await until(lambda: self._desk.current_mode == place)

    def _in_a_text(self) -> bool:
        focused = self._desk.focused
        return isinstance(focused, TextArea) and not focused.read_only

    def _state(self) -> str:
        state: str = getattr(self._desk.screen, "state", "")
        return state


async def _rounds(folder: str, first: int, last: int, step: int) -> dict[str, object]:
    from tui.app import Desk

    desk = Desk(None, folder)
    sizes: list[int] = []
    objects: list[int] = []
    async with at(desk) as pilot:
        await until(lambda: desk.status is not None)
        writer = _Writer(desk, pilot, Path(folder))
        for number in range(first, last + 1):
            await writer.round(number)
            if number % step == 0:
                sizes.append(_resident())
                objects.append(sys.getallocatedblocks())
    return {"sizes": sizes, "objects": objects}


def _refuse_a_home_that_is_used() -> None:
    """The account, the recent projects and texts that are not kept lie below it: never a writer's own."""
    own = Path(tempfile.gettempdir()).resolve()
    elsewhere = [name for name in os.environ if name.startswith("XDG_")]
    if elsewhere or not Path.home().resolve().is_relative_to(own):
        sys.exit(f"This spends and writes as a user does: only with HOME below {own}, and no XDG_ folders.")


def main() -> None:
    _refuse_a_home_that_is_used()
    folder, *numbers = sys.argv[1:]
    first, last, step = map(int, numbers)
    sys.stdout.write(json.dumps(asyncio.run(_rounds(folder, first, last, step))))


if __name__ == "__main__":
    main()
