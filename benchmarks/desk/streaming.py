"""A draft that streams into Write, against the same text put there at once."""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual.widgets import Markdown

from benchmarks.desk.driving import at, quiet, until
from benchmarks.desk.figures import Figure
from benchmarks.desk.screen import environment
from benchmarks.desk.texts import blog, drafted, measured, prose
from tui.calls import Call, Calls

if TYPE_CHECKING:
    from loop.model import Record
    from tui.app import Desk

_WORDS = 5_000
_CHUNK = 4
_PACE = 400
"""Characters a second: about a hundred tokens, as hosted models write."""
_ROUNDS = 3
_BRIEF = "sourdough"


def streaming() -> Iterator[Figure]:
    """What it costs to see a draft come."""
    with tempfile.TemporaryDirectory() as folder:
        home = environment(folder)
        project = blog(folder, home)
        found: dict[str, list[float]] = {"at-once": [], "streamed": []}
        for _ in range(_ROUNDS):
            for kind, seconds in found.items():
                seconds.append(measured("benchmarks.desk.streaming", (kind, str(project)), home)["cpu"])
    once, streamed = (min(seconds) for seconds in found.values())
    yield Figure(
        f"CPU of streaming {_WORDS} words beyond the same text at once",
        streamed - once,
        0.5,
        "s",
        f"streamed {streamed:.2f} s; at once, and as long on the screen, {once:.2f} s; pieces of {_CHUNK} "
        f"characters, {_PACE} characters a second for {len(prose(_WORDS)) / _PACE:.0f} s; the "
        f"model's own part left out; the least of {_ROUNDS} each",
    )


class _Played(Calls):
    """Calls whose `run` tells a text piece by piece, at a steady pace, and asks no model."""

    text = ""
    used = 0.0
    """Seconds of CPU that went into making the pieces, and waiting between them."""

    def start(self, name: str, request: Record) -> Call:
        """`run` is played; all else is done."""
        if name != "run":
            return super().start(name, request)
        call = Call(name)
        threading.Thread(target=self._play, args=(call,), daemon=True).start()
        return call

    def _play(self, call: Call) -> None:
        from loop.events import DraftReady, StepStarted, TextChunk
        from loop.model import Draft
        from loop.verbs import run

        begun = time.monotonic()
        call.tell(StepStarted(brief=_BRIEF, step="draft", number=1, of=1))
        for start in range(0, len(self.text), _CHUNK):
            call.tell(TextChunk(brief=_BRIEF, step="draft", text=self.text[start : start + _CHUNK]))
            time.sleep(max(0.0, begun + start / _PACE - time.monotonic()))
        self.used = time.thread_time()
        call.tell(DraftReady(brief=_BRIEF, words=_WORDS))
        drafted(Path(self.folder), _BRIEF, self.text)
        draft = Draft(brief=_BRIEF, text=self.text, version="0" * 12, model="test")
        written = run.Written(brief=_BRIEF, path=f"drafts/{_BRIEF}.md", drafts=(draft,))
        call.settle(run.Result(version="0" * 12, written=(written,)))


async def _cpu(kind: str, folder: str) -> float:
    from loop.wiring import World
    from tui.app import Desk

    text = prose(_WORDS)
    calls = _Played(World(folder=folder), folder)
    desk = Desk(None, folder)
    desk.calls = calls
    async with at(desk) as pilot:
        await until(lambda: desk.status is not None)
        desk.brief = _BRIEF
        await quiet()
        calls.text = prose(40)
        await pilot.press("enter")  # what is loaded with the first draft is no part of it
        await quiet()
        used, calls.used = time.process_time(), 0.0
        calls.text = text
        if kind == "at-once":
            drafted(Path(folder), _BRIEF, text)
            desk.changed()
        else:
            await pilot.press("enter")
        await asyncio.sleep(len(text) / _PACE + 0.5)
        await until(lambda: _shown(desk) == text.rstrip())
        await quiet(0.5)
        return time.process_time() - used - calls.used


def _shown(desk: Desk) -> str:
    found: Any = desk.screen.query(Markdown)
    return found.first().source.rstrip() if found else ""


def main() -> None:
    kind, folder = sys.argv[1:]
    sys.stdout.write(json.dumps({"cpu": asyncio.run(_cpu(kind, folder))}))


if __name__ == "__main__":
    main()
