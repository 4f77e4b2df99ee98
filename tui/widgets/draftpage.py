"""The page on which a draft is read."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.css.query import NoMatches
from textual.message import Message
from textual.widget import MountError, Widget
from textual.widgets import Static

from tui.shown import content, shown

if TYPE_CHECKING:
    from loop.model import MarginNote
    from tui.widgets.rendered import Rendered

_MOST_CHARACTERS = 120_000
_MOST_WIDGETS = 800
"""Of a longer draft the beginning is shown: each block is a widget, and thousands of them are slow."""
_ITEM = re.compile(r"[ \t]*(?:[-*+>|]|\d+[.)])")
"""Lines of lists, quotations and tables, which are several widgets in each other."""
_ITEM_COSTS = 8
_WIDE = 80
"""Cells from which on notes stand beside the text, and not below their passage."""


class Sheet(NamedTuple):
    """What shall stand on the page."""

    key: str = ""
    """Whose text it is: another key begins at the top."""
    text: str = ""
    notes: tuple[MarginNote, ...] = ()
    at: float | None = None
    """How far down it is opened, from 0 to 1; None: where the writer is, and another text at its top."""


class CheckNote(Static):
    """One note of a check."""

    DEFAULT_CSS = """
    CheckNote { height: auto; width: 1fr; padding: 0 1; color: $text-warning; }
    CheckNote.-below { margin: 0 2 1 3; }
    CheckNote.-current { text-style: reverse; }
    """


class DraftPage(VerticalScroll):
    """`show` puts a text there, rendered, with notes beside their passages; `tell` some plain words."""

    DEFAULT_CSS = """
    DraftPage { height: 1fr; }
    DraftPage > Horizontal { height: auto; }
    DraftPage #margin { width: 34; height: auto; display: none; }
    DraftPage.-beside #margin { display: block; }
    DraftPage #words { padding: 0 1; height: auto; }
    DraftPage #rest { padding: 0 1 1 1; color: $text-warning; display: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "scroll_down", "Down", id="page.down", show=False),
        Binding("k", "scroll_up", "Up", id="page.up", show=False),
    ]

    class Drawn(Message):
        """What was wanted stands there."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own word
        super().__init__(id=id)
        self._wanted = Sheet()
        self._sheet = Sheet()
        self._words = Content()
        self._whole = 0
        """Characters of the text that is wanted; the sheet may hold its beginning."""
        self._busy = self._over = False
        self._rendered: Rendered | None = None
        self._places: list[tuple[CheckNote, Widget | None]] = []
        """The notes in the order of their passages, each with the block that its passage stands in."""
        self._current = -1

    def compose(self) -> ComposeResult:
        """A place for words; what a draft needs comes with the first one."""
        yield Static(id="words", markup=False)

    # -- what stands there -------------------------------------------------------------------------

    @property
    def has_text(self) -> bool:
        """A text stands there, or is about to."""
        return bool(self._wanted.text)

    def tell(self, words: Content) -> None:
        """Put plain words there, and no text."""
        self._say(words)
        self._whole = 0
        self._want(Sheet())

    def show(self, sheet: Sheet) -> bool:
        """Put a text there. False: not all of it is shown."""
        self._say(Content())
        text, self._whole = beginning(sheet.text)
        self._want(sheet._replace(text=text))
        return len(text) == self._whole

    def _say(self, words: Content) -> None:
        if words != self._words:
            self._words = words
            place = self.query_one("#words", Static)
            place.update(words)
            place.display = bool(words.plain)

    def _want(self, sheet: Sheet) -> None:
        self._wanted = sheet
        if self._busy:
            return
        if sheet == self._sheet:
            self.post_message(self.Drawn())
        else:
            self._busy = True
            self._draw()

    @work
    async def _draw(self) -> None:
        """Follow what is wanted: one text after the other, and never two at once."""
        try:
            while self._sheet != self._wanted and not self._over:
                sheet = self._wanted
                await self._put(sheet)
                self._sheet = sheet
            self.post_message(self.Drawn())
        except (MountError, NoMatches):
            if not self._over:
                raise
        finally:
            self._busy = False

    def put_away(self) -> None:
        """The desk ends: what is being drawn may come to nothing, and nothing else begins."""
        self._over = True

    async def _put(self, sheet: Sheet) -> None:
        text, rendered = sheet.text, self._rendered
        if rendered is None:
            if not text:
                return
            from tui.widgets.rendered import Rendered

            self._rendered = rendered = Rendered()
            await self.mount(
                Horizontal(rendered, Vertical(id="margin")),
                Static(id="rest", markup=False),
            )
        await self._remove_notes()
        same, top = sheet.key == self._sheet.key and sheet.at is None, self.scroll_y
        if text != self._sheet.text:
            await rendered.update(shown(text))
        self._say_rest(len(text), self._whole)
        await self._put_notes(rendered, sheet.notes)
        if same:
            self.scroll_to(y=top, animate=False, force=True)
        else:
            self.call_after_refresh(self._open_at, sheet.at or 0.0)

    def _open_at(self, share: float) -> None:
        self.scroll_to(y=share * self.max_scroll_y, animate=False, force=True)

    def _say_rest(self, characters: int, of: int) -> None:
        rest = self.query_one("#rest", Static)
        rest.display = characters < of
        if rest.display:
            rest.update(
                f"This is the beginning: {characters:,} of {of:,} characters."
                " Nothing is lost: Correct and your editor show all of it."
            )

    # -- notes -------------------------------------------------------------------------------------

    async def _remove_notes(self) -> None:
        for remark, _ in self._places:
            await remark.remove()
        self._places, self._current = [], -1

    async def _put_notes(self, rendered: Rendered, notes: Sequence[MarginNote]) -> None:
        """Underline the passages; put each note beside its own, or below the paragraph."""
        self.set_class(bool(notes) and self.size.width >= _WIDE, "-beside")
        if not notes:
            return
        said: Counter[tuple[str, str]] = Counter()  # two checks may find fault with the same words
        found: list[tuple[MarginNote, Widget | None]] = []
        for note in notes:
            found.append((note, rendered.underline(note.quote, said[note.check, note.quote])))
            said[note.check, note.quote] += 1
        order = {widget: number for number, widget in enumerate(rendered.walk_children())}
        found.sort(key=lambda item: -1 if item[1] is None else order[item[1]])
        self._places = [(_check_note(number, *item), item[1]) for number, item in enumerate(found, start=1)]
        if self.has_class("-beside"):
            await self.query_one("#margin").mount(*(remark for remark, _ in self._places))
            self.call_after_refresh(self._align)
            return
        for remark, part in reversed(self._places):  # the last one first: each goes right below its paragraph
            remark.add_class("-below")
            below = {"before": 0} if part is None else {"after": rendered.top_of(part)}
            await rendered.mount(remark, **below)

    def _align(self) -> None:
        """Give each note in the margin the height of its paragraph."""
        if self._rendered is None or not self.has_class("-beside"):
            return
        top, bottom = self._rendered.region.y, 0
        for remark, part in self._places:
            gap = max(0, part.region.y - top - bottom) if part is not None else 0
            remark.styles.margin = (gap, 0, 0, 0)
            bottom += gap + remark.outer_size.height

    def on_resize(self) -> None:
        """Notes go beside the text or below it, as there is room."""
        if self._places and self.has_class("-beside") != (self.size.width >= _WIDE):
            self._sheet = self._sheet._replace(notes=())
            self._want(self._wanted)
        else:
            self.call_after_refresh(self._align)

    def step(self) -> bool:
        """Go to the next note; False when there is none."""
        if not self._places:
            return False
        self._current = (self._current + 1) % len(self._places)
        for number, (remark, _) in enumerate(self._places):
            remark.set_class(number == self._current, "-current")
        self.scroll_to_widget(self._places[self._current][0], animate=False)
        return True

    def sentences(self) -> tuple[list[str], int]:
        """The sentences of the text, and which of them is selected; else which is the first in sight."""
        from tui.passages import sentences_of

        text = self._sheet.text
        said = [text[span.start : span.end] for span in sentences_of(text)]
        places = self._rendered.places(said) if self._rendered is not None and text else []
        found = [(number, place) for number, place in enumerate(places) if place is not None]
        selections = self.screen.selections
        chosen = [
            number
            for number, place in found
            if place.part in selections and place.before_end_of(selections[place.part])
        ]
        in_sight = [number for number, place in found if place.row >= self.region.y]
        return said, (chosen or in_sight or [number for number, _ in found][-1:] or [0])[0]


def beginning(text: str) -> tuple[str, int]:
    """As much of the beginning as can be shown, in whole lines if it has any; and the length of all of it.

    Line ends are plain in it.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    end, widgets = 0, 0
    while end < min(len(text), _MOST_CHARACTERS) and widgets < _MOST_WIDGETS:
        following = text.find("\n", end) + 1 or len(text)
        widgets += _ITEM_COSTS if _ITEM.match(text, end, following) else 1
        end = following
    if end > _MOST_CHARACTERS:  # in the middle of a line
        end = max(text.rfind("\n", 0, _MOST_CHARACTERS), 0) or _MOST_CHARACTERS
    return text[:end], len(text)


def _check_note(number: int, note: MarginNote, part: Widget | None) -> CheckNote:
    said = f"“{note.quote}” " if note.quote and part is None else ""
    return CheckNote(content(f"‹{number} {said}{note.message}"), markup=False)
