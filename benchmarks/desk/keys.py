"""A keystroke in a long final, with what differs from the draft marked, against a bare text area.

What is marked is read off the lines as they are drawn; it has to be what a fresh comparison of both texts
gives.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from textual.app import App, ComposeResult
from textual.events import Key
from textual.geometry import Region
from textual.widgets import TextArea

from benchmarks.desk.driving import SIZE, at, quiet, until
from benchmarks.desk.figures import Figure, milliseconds
from benchmarks.desk.screen import environment
from benchmarks.desk.texts import blog, drafted, edited, measured, prose

if TYPE_CHECKING:
    from tui.widgets.prose import Prose

_WORDS = 20_000
_EDITS = 200
_ROUNDS = 3
_KEYS = "and the bread was good while it rained outside in the garden "
_MORE = "and then the bread was gone "
"""Typed behind them, to see how soon the marks are right after the last key."""
_PACE = 0.06
"""Seconds between two keys: a quick typist."""
_AFTER = 2.0
"""Seconds after the last key in which the marks must be right."""
_NEVER = 99.0
"""Seconds that stand for marks that were not right in the end."""


def keystrokes() -> Iterator[Figure]:
    """What a key costs, and how long what is marked is behind."""
    with tempfile.TemporaryDirectory() as folder:
        home = environment(folder)
        text = prose(_WORDS)
        project = blog(folder, home)
        drafted(project, "sourdough", text, edited(text, _EDITS))
        rounds: dict[str, list[dict[str, Any]]] = {"bare": [], "desk": []}
        for _ in range(_ROUNDS):
            for kind, found in rounds.items():
                found.append(measured("benchmarks.desk.keys", (kind, str(project)), home))
    middle = {
        kind: {name: statistics.median(one[name] for one in found) for name in ("seconds", "slow", "cpu")}
        for kind, found in rounds.items()
    }
    bare, desk = middle["bare"], middle["desk"]
    size = f"a final of {_WORDS} words with {_EDITS} changes, {len(_KEYS)} keys {milliseconds(_PACE)} apart, "
    size += f"median of {_ROUNDS} rounds in processes of their own"
    for name, which in (("seconds", "median key"), ("slow", "95th of 100 keys")):
        yield Figure(
            f"a keystroke in the final of Correct against a bare text area, {which}",
            desk[name] / bare[name],
            2.0,
            how=f"handled and drawn: {milliseconds(desk[name])} against {milliseconds(bare[name])}; {size}",
        )
    yield Figure(
        "the screen's CPU for a key, what follows it included",
        desk["cpu"] / bare["cpu"],
        2.0,
        how=f"{milliseconds(desk['cpu'])} a key against {milliseconds(bare['cpu'])}",
    )
    behind = [one["behind"] for one in rounds["desk"]]
    yield Figure(
        f"what is marked is right after the last key, worst of {_ROUNDS}",
        max(behind),
        0.5,
        "s",
        f"{rounds['desk'][0]['marks']:,} marked letters are what a fresh comparison marks, after "
        + ", ".join("not at all" if seconds == _NEVER else f"{seconds:.2f} s" for seconds in behind),
    )


class _Bare(App[None]):
    """A text area as it comes, on half of the screen."""

    CSS = f"TextArea {{ width: {SIZE[0] // 2}; border: none; }}"

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text

    def compose(self) -> ComposeResult:
        yield TextArea(self.text)


async def _bare(text: str) -> dict[str, Any]:
    app = _Bare(text)
    async with at(app):
        return await _typed(app.query_one(TextArea))


async def _desk(folder: str) -> dict[str, Any]:
    from tui.app import Desk
    from tui.widgets.prose import Prose
    from tui.widgets.sides import Sides

    app = Desk(None, folder)
    async with at(app) as pilot:
        await until(lambda: app.status is not None)
        app.brief = "sourdough"
        await pilot.press("3")
        await until(lambda: app.screen.query("#final"))
        area = app.screen.query_one("#final", Prose)
        await until(lambda: len(area.text) > _WORDS and _marked(area))
        text, offset = area.taken(), area.offset_of(_middle(area))
        text = text[:offset] + _KEYS + _MORE + text[offset:]
        wanted = _differing(app.screen.query_one("#draft", Prose).taken(), text)
        assert wanted != _marked(area), "the keys would change nothing that is marked"
        typed = await _typed(area)
        await _keys(area, _MORE)
        last = time.monotonic()
        assert area.taken() == text
        sides = app.screen.query_one(
            Sides
        )  # what is known is looked at first: reading the lines costs time itself
        await until(
            lambda: (sides.fresh and _marked(area) == wanted) or time.monotonic() - last > _AFTER, every=0.02
        )
        behind = time.monotonic() - last if _marked(area) == wanted else _NEVER
        return {**typed, "marks": len(wanted), "behind": behind}


def _marked(area: Prose) -> set[int]:
    """Where a letter of the final is drawn as one that the draft has not."""
    look = area.get_component_rich_style("prose--added", partial=True)
    return {
        area.offset_of((row, column))
        for row in range(area.document.line_count)
        for span in area.get_line(row).spans
        if span.style == look
        for column in range(span.start, span.end)
    }


def _differing(draft: str, final: str) -> set[int]:
    """Where a letter of the final is one that the draft has not, compared anew."""
    from feedback.align import changes, compared

    found = changes(draft, compared(draft, final))
    return {
        place
        for change in found
        for place in range(change.final_start, change.final_end)
        if final[place] != "\n"
    }


def _middle(area: TextArea) -> tuple[int, int]:
    """The beginning of a paragraph in the middle of the text."""
    return area.document.line_count // 2 // 2 * 2, 0


async def _typed(area: TextArea) -> dict[str, Any]:
    """Type in the middle of the text: the median key, the slow ones, and CPU a key with what it sets off."""
    area.focus()
    area.move_cursor(_middle(area), center=True)
    await quiet()
    used = time.thread_time()
    times = await _keys(area, _KEYS)
    await asyncio.sleep(_AFTER)
    cpu = (time.thread_time() - used) / len(_KEYS)
    return {"seconds": statistics.median(times), "slow": statistics.quantiles(times, n=20)[-1], "cpu": cpu}


async def _keys(area: TextArea, keys: str) -> list[float]:
    """Press keys at a typist's pace: seconds until each stood on the screen."""
    times = []
    for char in keys:
        before = len(area.text)
        start = time.perf_counter()
        area.post_message(Key("space" if char == " " else char, char))
        await until(lambda: len(area.text) != before, every=0)  # noqa: B023 - it is waited for at once
        area.render_lines(Region(0, 0, *area.size))
        times.append(time.perf_counter() - start)
        await asyncio.sleep(max(0.0, _PACE - times[-1]))
    return times


def main() -> None:
    kind, folder = sys.argv[1:]
    bare = kind == "bare"
    found = asyncio.run(_bare(edited(prose(_WORDS), _EDITS)) if bare else _desk(folder))
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
