"""Misspelt words of the editor, marked where they are seen."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import NamedTuple

from textual.widget import Widget

from loop.adapters.spelling import Spelling
from loop.errors import RedraftError
from tui.widgets.editor import Editor
from tui.widgets.prose import marks_of

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_NO_WORDS = re.compile(r"`[^`]*`|\w+://\S+|\S+@\S+|\S+/\S+|<!--.*?-->|\]\([^)]*\)")
_PAUSE = 0.3
"""Seconds without a key until words are looked up."""
_AT_ONCE = 20
"""Words that are looked up before what was found is shown."""


class Word(NamedTuple):
    """A word of the text."""

    start: int
    end: int
    text: str


def words_of(text: str, begin: int = 0) -> list[Word]:
    """The words that have a spelling: none in code, in addresses, with digits."""
    blank = _NO_WORDS.sub(lambda match: " " * len(match[0]), text)
    return [Word(begin + match.start(), begin + match.end(), match[0]) for match in _WORD.finditer(blank)]


def _words_from(text: str, at: int) -> list[Word]:
    """All words, those behind a place first."""
    words = words_of(text)
    return [word for word in words if word.start >= at] + [word for word in words if word.start < at]


class Speller(Widget):
    """Off until `start`; looks at what is on the screen when the writer pauses."""

    DEFAULT_CSS = "Speller { display: none; }"

    def __init__(self, editor: Editor, attempt: Callable[..., None]) -> None:
        super().__init__()
        self._editor, self._attempt = editor, attempt
        self._checker: Spelling | None = None
        self._soon = False

    @property
    def on(self) -> bool:
        """Misspelt words are marked."""
        return self._checker is not None

    def on_mount(self) -> None:
        """What is seen changes by scrolling, too."""
        self.watch(self._editor, "scroll_y", self.soon, init=False)

    def on_unmount(self) -> None:
        """End the checker with the place."""
        self.stop()

    async def start(self) -> str:
        """Mark misspelt words from now on; gives the dictionary's name. Raises RedraftError."""
        self._checker = await asyncio.to_thread(Spelling)
        self.soon()
        return self._checker.says

    def stop(self) -> None:
        """Mark nothing any more."""
        checker, self._checker = self._checker, None
        self._editor.mark("misspelt", [])
        if checker is not None:
            checker.close()

    def soon(self) -> None:
        """The text, or what is seen of it, is another one: look when the writer pauses."""
        if self.on and not self._soon:
            self._soon = True
            self.set_timer(_PAUSE, self._look)

    def _look(self) -> None:
        self._soon = False
        self._attempt(self._mark, group="spelling")

    async def _mark(self) -> None:
        editor, text = self._editor, self._editor.taken()
        rows = editor.wrapped_document._offset_to_line_info  # noqa: SLF001 - nobody else knows it
        top = min(round(editor.scroll_y), len(rows) - 1)
        bottom = min(top + editor.size.height, len(rows)) - 1
        starts = editor.document.starts()
        first, last = rows[top][0], rows[max(top, bottom)][0]
        seen = text[starts[first] : starts[last] + len(editor.document.get_line(last))]
        words = await asyncio.to_thread(words_of, seen, starts[first])  # a paragraph may be very long
        wrong: list[tuple[int, int]] = []
        for begin in range(0, len(words), _AT_ONCE):
            some = words[begin : begin + _AT_ONCE]
            found = await self._ask([word.text for word in some])
            if text != editor.taken() or found is None:
                return
            at = editor.cursor
            wrong += [(word.start, word.end) for word in some if word.text in found and word.end != at]
        editor.mark("misspelt", marks_of(wrong, "misspelt"))

    async def next(self) -> tuple[Word, tuple[str, ...]] | None:
        """The next misspelt word from the cursor on, round at the end, with what it may mean."""
        text, at = self._editor.taken(), self._editor.selected[1]
        words = await asyncio.to_thread(_words_from, text, at)
        for begin in range(0, len(words), _AT_ONCE):
            some = words[begin : begin + _AT_ONCE]
            found = await self._ask([word.text for word in some])
            if found is None:
                return None
            wrong = next((word for word in some if word.text in found), None)
            if wrong is not None:
                return wrong, found[wrong.text]
        return None

    async def add(self, word: str) -> None:
        """A word of the writer's own. Raises ProjectError."""
        if self._checker is not None:
            await asyncio.to_thread(self._checker.add, word)
            self.soon()

    async def _ask(self, words: list[str]) -> dict[str, tuple[str, ...]] | None:
        """What is wrong of these; None when the checker is gone."""
        checker = self._checker
        if checker is None:
            return None
        try:
            return await asyncio.to_thread(checker.look, words)
        except RedraftError:
            if checker is not self._checker:  # it was ended while it was asked
                return None
            self.stop()
            raise
