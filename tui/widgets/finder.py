"""Find and replace in the editor, below the text."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable
from itertools import islice
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Button, Checkbox, Input, Label

from tui.widgets.editor import Editor
from tui.widgets.one_line import OneLine
from tui.widgets.prose import Mark, marks_of
from tui.widgets.tick import Tick

_MOST = 10_000
"""More places are not marked."""


def places(
    text: str, wanted: str, *, case: bool, whole: bool, most: int | None = None
) -> list[tuple[int, int]]:
    """Where the words stand: all places, or at most so many."""
    if not wanted:
        return []
    pattern = re.escape(wanted)
    if whole:
        pattern = rf"(?<!\w){pattern}(?!\w)"
    found: Iterable[re.Match[str]] = re.finditer(pattern, text, 0 if case else re.IGNORECASE)
    return [match.span() for match in islice(found, most)]


class Finder(Horizontal):
    """A line to find with, and a second to replace with. Every place is marked, and counted."""

    DEFAULT_CSS = """
    Finder { height: auto; background: $surface; display: none; }
    Finder.-open { display: block; }
    Finder #words { width: 1fr; height: auto; }
    Finder #ways { width: auto; height: auto; }
    Finder #ways Horizontal { width: auto; }
    Finder Horizontal { height: 1; }
    Finder .replacing { display: none; }
    Finder.-replace .replacing { display: block; }
    Finder Label { padding: 0 1; width: 9; }
    Finder #found { width: auto; min-width: 14; }
    Finder Input { width: 1fr; }
    Finder Checkbox { width: auto; }
    Finder Button { margin: 0 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "Close", id="correct.find_close"),
        Binding("down,f3", "step(1)", "Next", id="correct.find_next"),
        Binding("up,shift+f3", "step(-1)", "Previous", id="correct.find_previous"),
    ]

    class Closed(Message):
        """The writer is done with finding."""

    class Replaced(Message):
        """So many places were replaced at once."""

        def __init__(self, many: int) -> None:
            super().__init__()
            self.many = many

    def __init__(self, editor: Editor) -> None:
        super().__init__(id="finder")
        self._editor = editor
        self._found: list[tuple[int, int]] = []

    def compose(self) -> ComposeResult:
        """What is looked for, how many, how; what is put there."""
        with Vertical(id="words"):
            with Horizontal():
                yield Label("Find")
                yield OneLine(id="wanted", compact=True, select_on_focus=True)
            with Horizontal(classes="replacing"):
                yield Label("With")
                yield OneLine(id="instead", compact=True)
        with Vertical(id="ways"):
            with Horizontal():
                yield Label(id="found")
                yield Tick("Case", id="case", compact=True)
                yield Tick("Whole words", id="whole", compact=True)
            with Horizontal(classes="replacing"):
                yield Button("Replace", id="one", compact=True)
                yield Button("Replace all", id="all", compact=True)

    def open(self, *, replace: bool) -> None:
        """Begin, with what is selected."""
        self.add_class("-open")
        self.set_class(replace, "-replace")
        wanted = self._wanted
        chosen = self._editor.selected_text
        if chosen and "\n" not in chosen:
            wanted.value = chosen
        wanted.focus()
        self.look()

    @property
    def wanted(self) -> str:
        """What is looked for, or was last."""
        return self._wanted.value

    @property
    def _wanted(self) -> Input:
        return self.query_one("#wanted", Input)

    @property
    def is_open(self) -> bool:
        """It is on the screen."""
        return self.has_class("-open")

    def action_close(self) -> None:
        """Go back to the text, at the place that was found last."""
        self.remove_class("-open", "-replace")
        self._editor.mark("found", [])
        self._editor.mark("found-now", [])
        self.post_message(self.Closed())

    def look(self) -> None:
        """Find it again: the words, or the text, are others now."""
        if self.is_open:
            self._look_anew()

    @work(exclusive=True, group="find")
    async def _look_anew(self) -> None:
        await self._look()

    async def _look(self) -> None:
        self._found = await self._search(_MOST)
        self._editor.mark("found", marks_of(self._found, "found"))
        self._count()

    async def _search(self, most: int | None) -> list[tuple[int, int]]:
        """The places in the text as it is once nobody types for as long as this takes."""
        while True:
            text = self._editor.taken()
            found = await asyncio.to_thread(
                places,
                text,
                self.wanted,
                case=self.query_one("#case", Checkbox).value,
                whole=self.query_one("#whole", Checkbox).value,
                most=most,
            )
            if text == self._editor.taken():
                return found

    def on_input_changed(self, event: Input.Changed) -> None:
        """Look while it is typed."""
        event.stop()
        if event.input.id == "wanted":
            self.look()

    def on_checkbox_changed(self, event: Checkbox.Changed) -> None:
        """Look in another way."""
        event.stop()
        self.look()

    async def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter finds the next one; or replaces this one."""
        event.stop()
        if event.input.id == "wanted":
            self.action_step(1)
        else:
            await self._replace()

    async def on_button_pressed(self, event: Button.Pressed) -> None:
        """Replace by mouse."""
        event.stop()
        if event.button.id == "one":
            await self._replace()
        else:
            await self._replace_all()

    def action_step(self, by: int) -> None:
        """Go to the next place behind the cursor, or the one before it; round at the ends."""
        if not self._found:
            return
        start, end = self._editor.selected
        if by > 0:
            found = next((place for place in self._found if place[0] >= max(end, start + 1)), self._found[0])
            if start == end:
                found = next((place for place in self._found if place[0] >= start), self._found[0])
        else:
            found = next((place for place in reversed(self._found) if place[1] <= start), self._found[-1])
        self._editor.select(*found)
        self._editor.mark("found-now", [Mark(*found, "current")])
        self._count()

    async def again(self, by: int) -> bool:
        """Go to the next place with what was looked for, without the line; False where there is none."""
        self._found = await self._search(_MOST)
        self.action_step(by)
        if not self.is_open:
            self._editor.mark("found-now", [])
        return bool(self._found)

    async def _replace(self) -> None:
        """Put the new words where the found ones are selected, and go on to the next."""
        await self._look()
        if self._editor.selected in self._found:
            start, end = self._editor.selected
            instead = self.query_one("#instead", Input).value
            self._editor.replace_passage(start, end, instead)
            self._editor.select(start + len(instead), start + len(instead))
            await self._look()
        self.action_step(1)

    async def _replace_all(self) -> None:
        """Every place at once: one step to take back."""
        found = await self._search(None)
        if not found:
            return
        text, instead = self._editor.taken(), self.query_one("#instead", Input).value
        first, last = found[0][0], found[-1][1]
        pieces, position = [], first
        for start, end in found:
            pieces += [text[position:start], instead]
            position = end
        self._editor.replace_passage(first, last, "".join(pieces))
        self.post_message(self.Replaced(len(found)))
        await self._look()

    def _count(self) -> None:
        many = len(self._found)
        more = "+" if many == _MOST else ""
        says = f"{many}{more} found" if many else "not found"
        if self._editor.selected in self._found:
            says = f"{self._found.index(self._editor.selected) + 1} of {many}{more}"
        self.query_one("#found", Label).update(says if self.wanted else "")
