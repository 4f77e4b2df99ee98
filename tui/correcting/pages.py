"""The draft beside the writer's text, with what differs, the list of it, and the line below."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import BindingType
from textual.content import Content
from textual.events import DescendantFocus
from textual.widget import Widget
from textual.widgets import Label, TextArea

from loop.adapters.unsaved import Unsaved
from loop.counts import count
from tui.place import Place
from tui.shown import content
from tui.widgets.changelist import ChangeLine, ChangeList, FinalPage
from tui.widgets.finder import Finder
from tui.widgets.sides import Sides
from tui.widgets.speller import Speller
from tui.widgets.split import WIDENING
from tui.widgets.unkept import Unkept
from tui.widgets.verdicts import Verdicts, said_of, touching

if TYPE_CHECKING:
    from loop.verbs.parts.critiques import KeptCritique

_LONG = 20_000
"""The words of a longer selection are counted away from the screen."""


class Pages(Place):
    """Both texts, and what is known about them; `base` is the text that the project has."""

    DEFAULT_CSS = """
    Pages.-writing ChangeList { display: none; }
    Pages #empty { display: none; padding: 1 2; width: 1fr; height: 1fr; }
    Pages.-empty #empty { display: block; }
    Pages.-empty Sides, Pages.-empty ChangeLine { display: none; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [*WIDENING]

    def __init__(self) -> None:
        super().__init__()
        self.verdicts = Verdicts()
        self.brief = ""
        self.current = ""
        self.base = ""
        self.base_excluded: set[str] = set()
        self.about = ""
        self.source = ""
        self.critiques: Sequence[KeptCritique] = ()
        self._selected = 0

    def action_widen(self, cells: int) -> None:
        """Move the border between draft and text, from the list too."""
        self.sides.action_widen(cells)

    def body(self) -> Iterable[Widget]:
        """Both texts, finding, the list, the line."""
        self.sides = Sides(id="sides")
        self.final: FinalPage = self.sides.final
        self.finder = Finder(self.final)
        self.list = ChangeList(id="changes")
        self.line = ChangeLine(id="line")
        self.speller = Speller(self.final, self.attempt)
        self.safe = Unkept(self.desk.calls.folder, self._snapshot)
        yield Label(id="empty")
        yield self.sides
        yield self.finder
        yield self.list
        yield self.line
        yield self.speller
        yield self.safe

    def home(self) -> Widget | None:
        """The list of changes."""
        return self.list

    def empty(self, says: str) -> None:
        """There is no text to work on."""
        self.about = ""
        self.add_class("-empty")
        self.refresh_bindings()
        self.query_one("#empty", Label).update(content(says))
        self.list.put((), self.verdicts, "", nothing="b: the drafts there are")

    def ask(self, title: str, what: Content, then: Callable[[], None]) -> None:
        """Do something only after a yes."""
        from tui.dialogs.confirm import Confirm

        self.app.push_screen(Confirm(title, what), lambda yes: then() if yes else None)

    @property
    def dirty(self) -> bool:
        """There is something that is not in the project."""
        now = self.sides.now
        compared = None if now.text is None else now.changes
        said = self.verdicts.differ(self.base_excluded, compared)
        return self.about != "" and (said or self.final.taken() != self.base)

    def _snapshot(self) -> Unsaved | None:
        """What would be lost."""
        if not self.dirty:
            return None
        return Unsaved(
            text=self.final.taken(),
            at=time.time(),
            about=self.about,
            cursor=self.final.cursor,
            excluded=tuple(sorted(self.verdicts.excluded)),
            notes=self.verdicts.notes,
            looked=tuple(sorted(self.verdicts.looked)),
        )

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        """Where one writes, the list makes room."""
        writing = event.widget is self.final or self.finder in event.widget.ancestors
        self.set_class(writing, "-writing")
        if writing:
            self.at(self.final.cursor)
        else:
            self.draw()

    def on_descendant_blur(self) -> None:
        """The text is left: it is written down, with the place of the cursor."""
        self.safe.soon()

    def on_sides_typed(self) -> None:
        """Another text: to be written down, found in, spelled."""
        self.safe.soon()
        self.finder.look()
        self.speller.soon()
        self.tell()

    def on_sides_compared(self, event: Sides.Compared) -> None:
        """What differs is known again."""
        self.verdicts.follow(event.before.changes, event.now.changes)
        self.hear_again()
        if self.final.has_focus:
            self.at(self.final.cursor)
        self.draw()

    def hear(self, critiques: Sequence[KeptCritique]) -> None:
        """These are the project's critiques now: what they say of Changes stands with these."""
        if critiques != self.critiques:
            self.critiques = critiques
            self.hear_again()
            self.draw()

    def hear_again(self) -> None:
        """The Changes, or what is said of them, are others now."""
        known = self.sides.now.text is not None  # else they are of another draft, until it is compared
        changes = self.sides.now.changes if known else ()
        self.verdicts.said = said_of(changes, self.critiques, self.sides.draft.taken())

    def on_sides_measured(self) -> None:
        """Words and effort are known again."""
        self.tell()

    def on_text_area_selection_changed(self, event: TextArea.SelectionChanged) -> None:
        """The Change at the cursor is the one that keys are about."""
        if event.text_area is self.final:
            if self.final.has_focus and self.sides.fresh:
                self.at(self.final.cursor)
            self._count_selection()
        elif event.text_area is self.sides.draft and event.text_area.has_focus:
            self.at(self.sides.draft.offset_of(event.text_area.cursor_location), draft=True)

    def at(self, place: int, *, draft: bool = False) -> None:
        """The cursor is at a place: the Change there is the current one."""
        ids = [change.id for change in touching(self.sides.now.changes, place, draft=draft)]
        current = self.current if self.current in ids else next(iter(ids), "")
        if current != self.current:
            self.current = current
            self.mark()

    def _count_selection(self) -> None:
        if (chosen := self.final.selected_text) or self._selected:
            self._count_words(chosen)

    @work(exclusive=True, group="selection")
    async def _count_words(self, chosen: str) -> None:
        from loop.text.words import count_words

        slow = len(chosen) > _LONG
        self._selected = await asyncio.to_thread(count_words, chosen) if slow else count_words(chosen)
        self.tell()

    def draw(self) -> None:
        """Show what differs, and what was said about it."""
        if not self.has_class("-writing"):
            if self.about:
                self.list.put(self.sides.now.changes, self.verdicts, self.current)
            self.current = self.list.chosen
        self.mark()

    def mark(self) -> None:
        """The same without the list."""
        self.sides.mark(self.current, self.verdicts.excluded)
        self.tell()

    def tell(self) -> None:
        """The line below."""
        if not self.about:
            return
        now = self.sides.now
        words = count(now.words, "word")
        if self._selected and self.final.selected_text:
            words = f"{self._selected:,} of {words} selected"
        clean = "kept" if self.source == "final" else "as it was drafted"
        state = "not kept yet" if self.dirty else clean
        self.line.tell(now.changes, self.verdicts, self.current, words=words, effort=now.effort, state=state)
