"""The draft beside the writer's text: what differs is marked while they type, and both scroll together."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection
from typing import NamedTuple

from textual import work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.geometry import Offset
from textual.message import Message
from textual.widgets import Label, TextArea

from loop.model import Change
from tui.shown import content
from tui.widgets.changelist import DraftSide, FinalPage
from tui.widgets.changes import draft_marks, final_marks
from tui.widgets.prose import Prose
from tui.widgets.split import Split
from tui.widgets.verdicts import opposite

_PAUSE = 0.12
"""Seconds without a key until the texts are compared."""


class Comparison(NamedTuple):
    """The draft and a text of the writer's, compared."""

    text: str | None
    """The writer's text; None: nothing was compared yet."""
    changes: tuple[Change, ...] = ()
    effort: float = 0.0
    words: int = 0
    measured: bool = False
    """Effort and words are of this text; they come a moment after the Changes."""


def differing(draft: str, text: str) -> tuple[Change, ...]:
    """Slow for a long text: never on the screen's own thread."""
    from feedback.align import changes, compared

    return changes(draft, compared(draft, text))


def measured(draft: str, text: str) -> tuple[float, int]:
    """Effort and words; the same holds."""
    from feedback.align import compared
    from feedback.effort import effort
    from loop.text.words import count_words

    return effort(draft, compared(draft, text)), count_words(text)


class Sides(Split):
    """`load` puts a draft and a text there; `now` is how they compare, as soon as it is known."""

    DEFAULT_CSS = """
    Sides .side { width: 1fr; height: 1fr; }
    Sides Label { width: 1fr; background: $panel; color: $text-muted; padding: 0 1; }
    Sides.-only-final #draft-side, Sides.-only-final Divider { display: none; }
    Sides.-only-draft #final-side, Sides.-only-draft Divider { display: none; }
    Sides.-alone Label { display: none; }
    Sides.-alone #final-side { max-width: 88; }
    Sides.-alone { align-horizontal: center; }
    """

    class Compared(Message):
        """The texts were compared again."""

        def __init__(self, before: Comparison, now: Comparison) -> None:
            super().__init__()
            self.before = before
            self.now = now

    class Measured(Message):
        """Effort and words are known again."""

    class Typed(Message):
        """The writer's text is another one now."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own word
        self.draft = DraftSide(read_only=True, id="draft")
        self.final = FinalPage(id="final")
        self._titles = (Label(id="draft-title"), Label(id="final-title"))
        super().__init__(
            Vertical(self._titles[0], self.draft, id="draft-side", classes="side"),
            Vertical(self._titles[1], self.final, id="final-side", classes="side"),
            id=id,
        )
        self.now = Comparison(None)
        self._typed_at = 0.0
        self._waiting = False
        self._aligning = False

    def compose(self) -> ComposeResult:
        """Both texts, the border between them half way."""
        yield from super().compose()

    def on_mount(self) -> None:
        """Each side follows the other."""
        self.watch(self.draft, "scroll_y", lambda: self._follow(self.draft), init=False)
        self.watch(self.final, "scroll_y", lambda: self._follow(self.final), init=False)

    def entitle(self, *titles: str) -> None:
        """What stands above the draft, and above the text."""
        for label, title in zip(self._titles, titles, strict=True):
            label.update(content(title))

    def load(self, draft: str, text: str) -> None:
        """Begin with these."""
        self.now = Comparison(None)
        self.draft.load_text(draft)
        self.final.load_text(text)

    @property
    def fresh(self) -> bool:
        """What is marked is what differs."""
        return self.now.text == self.final.taken()

    async def settled(self) -> Comparison:
        """How the texts compare, once nobody types for as long as that takes."""
        while not self.fresh:
            before, text = self.now, self.final.taken()
            found = await asyncio.to_thread(differing, self.draft.taken(), text)
            if text == self.final.taken():
                self.now = Comparison(text, found, before.effort, before.words)
                self.post_message(self.Compared(before, self.now))
                self._measure(text)
        return self.now

    @work(exclusive=True, group="measure")
    async def _measure(self, text: str) -> None:
        effort, words = await asyncio.to_thread(measured, self.draft.taken(), text)
        if self.now.text == text:
            self.now = self.now._replace(effort=effort, words=words, measured=True)
            self.post_message(self.Measured())

    @work(exclusive=True, group="compare")
    async def _compare(self) -> None:
        await self.settled()

    def again(self) -> None:
        """Another draft: compare at once."""
        self.now = self.now._replace(text=None)
        self._compare()

    def only(self, side: str) -> None:
        """Show one side (`draft`, `final`), or both."""
        self.set_class(side == "final", "-only-final")
        self.set_class(side == "draft", "-only-draft")
        self.call_after_refresh(self.align)

    def turn(self) -> str:
        """Show both sides, then the text alone, then the draft alone; gives what is shown."""
        shown = ("final", "draft", "")
        now = next((side for side in shown if side and self.has_class(f"-only-{side}")), "")
        side = shown[(shown.index(now) + 1) % len(shown)]
        self.only(side)
        return side

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """The writer types: compare when they pause."""
        event.stop()
        if event.text_area is not self.final:
            return
        self._typed_at = time.monotonic()
        self.post_message(self.Typed())
        if not self._waiting:
            self._waiting = True
            self.set_timer(_PAUSE, self._paused)

    def _paused(self) -> None:
        still = _PAUSE - (time.monotonic() - self._typed_at)
        if still > 0:
            self.set_timer(still, self._paused)
            return
        self._waiting = False
        self._compare()

    def mark(self, current: str, excluded: Collection[str]) -> None:
        """Mark what differs, if it is known for the texts as they are."""
        if self.fresh:
            self.draft.mark("changes", draft_marks(self.now.changes, current, excluded))
            self.final.mark("changes", final_marks(self.now.changes, current, excluded))

    def show(self, change: Change) -> None:
        """Both sides show a Change; the writer's cursor goes there."""
        self._aligning = True
        try:
            self.final.show_offset(change.final_start)
            self.draft.show_offset(change.draft_start)
        finally:
            self._aligning = False
        self._follow(self.final, at=change.final_start)

    # -- scrolling ---------------------------------------------------------------------------------

    def align(self) -> None:
        """Bring the draft to where the writer is."""
        self._follow(self.final)

    def _follow(self, leader: Prose, at: int | None = None) -> None:
        """The other side shows the same passage at the same height."""
        if self._aligning or not leader.wrap_width:
            return
        follower = self.final if leader is self.draft else self.draft
        if not follower.wrap_width:
            return
        top = round(leader.scroll_y)
        row = _row_of(leader, at) if at is not None else self._anchor(leader, top)
        place = leader.offset_of(leader.wrapped_document.offset_to_location(Offset(0, row)))
        other = opposite(self.now.changes, place, draft=leader is self.draft)
        self._aligning = True
        try:
            follower.scroll_to(y=_row_of(follower, other) - (row - top), animate=False, immediate=True)
        finally:
            self._aligning = False

    def _anchor(self, leader: Prose, top: int) -> int:
        """The row that is held level: the cursor's, or else one in the upper part of the window."""
        height = leader.size.height
        row = _row_of(leader, leader.offset_of(leader.cursor_location))
        if leader.has_focus and top <= row < top + height:
            return row
        return min(top + height // 3, max(0, leader.wrapped_document.height - 1)) if top else 0


def _row_of(prose: Prose, offset: int) -> int:
    return prose.wrapped_document.location_to_offset(prose.location_of(offset)).y
