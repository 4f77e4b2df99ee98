"""The right side of Write: which brief it is, its takes, the page, and a quiet line."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.content import Content
from textual.widgets import Static

from loop.counts import count, money
from tui.shown import content
from tui.widgets.draftpage import DraftPage, Sheet
from tui.widgets.taketabs import TakeTabs

if TYPE_CHECKING:
    from loop.verbs.show import Result as Shown
    from loop.verbs.status import BriefStatus
    from tui.widgets.growing import Growing
    from tui.writing import Writing


NO_DRAFT = "This is the brief. It has no draft yet: Enter writes it."
WELCOME = (
    "No brief is here yet. A brief says in a few lines what shall be written.\n\n"
    "n   writes one here; or save a file in the folder briefs/ with any editor."
)
_FEW = 100
"""New characters that are drawn soon: so a slow model writes word by word, and a fast one by whole lines."""
_SOON, _LATER = 0.4, 0.9
"""Seconds between two draws, when few characters came and when more did."""
_COUNTED = 0.9
"""Seconds between two looks at how far it is."""
_SHARE = 0.05
"""Of the time, how much may go into a draft that grows: what takes long to draw is drawn less often."""


class Pace:
    """When it is worth to draw a draft that grows: each time costs about as much as a keystroke."""

    def __init__(self) -> None:
        self._key = ""
        self._length = 0
        self._at = self._again = 0.0
        """When it was drawn last, and from when on it may be drawn again."""
        self._said: tuple[str, bool] = ("", False)
        self._told = 0.0

    def draws(self, key: str, length: int) -> bool:
        """Whether a text that is so long by now is drawn now."""
        now, new = time.monotonic(), length - self._length
        wait = _SOON if new < _FEW else _LATER
        if key == self._key and now < max(self._again, self._at + wait):
            return False
        self._key, self._length, self._at = key, length, now
        return True

    def drawn(self) -> None:
        """It is drawn: what took long is not done again soon."""
        self._again = self._at + (time.monotonic() - self._at) / _SHARE

    def tells(self, key: str, *, stopping: bool, draws: bool) -> bool:
        """Whether it is said now how far it is; while a text comes, only when it `draws`: in one paint."""
        now = time.monotonic()
        wait = _COUNTED if draws else 2 * _COUNTED
        if (key, stopping) == self._said and now < self._told + wait:
            return False
        self._said, self._told = (key, stopping), now
        return True


class DraftPane(Vertical):
    """Shows a draft that is there, one that is being written, or words in its place."""

    DEFAULT_CSS = """
    DraftPane > #sheet { height: 1fr; layers: page growing; }
    DraftPane Growing { layer: growing; background: $background; }
    DraftPane > #head { height: 1; padding: 0 1; background: $surface; text-style: bold; }
    DraftPane.-in-it > #head { text-style: bold reverse; }
    DraftPane > #line { height: auto; max-height: 4; padding: 0 1; color: $text-muted; }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own word
        super().__init__(id=id)
        self._said: dict[str, str] = {}
        self._growing: Growing | None = None
        """Lies over the page while a draft is written, and until it is drawn."""
        self._writes = False
        self._pace = Pace()

    def compose(self) -> ComposeResult:
        """From top to bottom."""
        yield Static(id="head", markup=False)
        yield TakeTabs()
        with Container(id="sheet"):
            yield DraftPage()
        yield Static(id="line", markup=False)

    @property
    def has_draft(self) -> bool:
        """A draft stands here, or comes."""
        return self._growing is not None or self.query_one(DraftPage).has_text

    def on_descendant_focus(self) -> None:
        """The keyboard is here: the line above shows it."""
        self.set_class(self.has_focus_within, "-in-it")

    def on_descendant_blur(self) -> None:
        """The keyboard is elsewhere, or on the page that takes the place of the growing one."""
        self.set_class(self.has_focus_within, "-in-it")

    def show_draft(self, brief: str, row: BriefStatus | None, draft: Shown, warning: str) -> None:
        """A draft that is there, and what the writer should know of it."""
        from loop.text.words import count_words  # the first paint does without it

        self._head(brief, row)
        self.query_one(TakeTabs).show(draft.takes, draft.take, draft.picked)
        at = self._growing.share if self._growing is not None else None
        self._writes = False
        sheet = Sheet(f"{brief}/{draft.take or 1}", draft.text, draft.notes, at)
        whole = self.query_one(DraftPage).show(sheet)
        said = [count(count_words(draft.text), "word") if whole else count(len(draft.text), "character")]
        said += [] if whole else ["its beginning is shown; Correct and your editor have all of it"]
        said += ["it breaks off here"] if draft.stopped else []
        said += [f"{count(len(draft.notes), 'note')} of the checks (m)"] if draft.notes else []
        said += [f"! {warning}"] if warning else []
        said += [" → ".join(draft.steps)] if draft.steps else []
        said += [money(draft.usage.usd)] if draft.usage.usd else []
        self.say(" · ".join(said))

    def show_writing(self, writing: Writing, row: BriefStatus | None, take: int) -> None:
        """A draft as far as it came; `take` counts from 1. Mostly nothing is to be done yet."""
        self._writes = True
        key, text = f"{writing.brief}/{take}", writing.take(take).text
        draws = self._pace.draws(key, len(text))
        if draws:
            self._grow(key, text)
        if self._pace.tells(key, stopping=writing.stopping, draws=draws):
            self._head(writing.brief, row, "being written")
            self.query_one(TakeTabs).show(writing.takes, take, 0)
            stops = "It stops; what came is kept…" if writing.stopping else "Esc stops it and keeps what came"
            self.say(f"{writing.line(take, time.monotonic())}   {stops}")

    def _grow(self, key: str, text: str) -> None:
        """Put there what came."""
        if self._growing is None:
            from tui.widgets.growing import Growing

            self._growing = Growing()
            self.query_one("#sheet").mount(self._growing)
            page = self.query_one(DraftPage)
            page.visible = False
            page.can_focus = False  # whoever reads, reads what grows
            if page.has_focus:
                self._growing.focus()
        self._growing.show(key, text)
        self._pace.drawn()

    def on_draft_page_drawn(self) -> None:
        """The draft that was written stands on the page: what it grew on is put away."""
        if not self._writes:
            self._put_away_growing()

    def _put_away_growing(self) -> None:
        self._writes = False
        self._pace = Pace()
        if self._growing is not None:
            page = self.query_one(DraftPage)
            page.visible = page.can_focus = True
            if self._growing.has_focus:
                page.focus()
            self._growing.remove()
            self._growing = None

    def show_words(self, words: str, after: str, brief: str, row: BriefStatus | None) -> None:
        """Words, where there is no draft, and quieter ones behind them."""
        self._head(brief, row)
        self._put_away_growing()
        self.query_one(TakeTabs).show(0, 0, 0)
        quiet = Content.styled(f"\n\n{after}" if after else "", "$text-muted")
        self.query_one(DraftPage).tell(Content.assemble(content(words), quiet))
        self.say("")

    def say(self, words: str) -> None:
        """Put a sentence on the quiet line."""
        self._put("#line", words)

    def _put(self, where: str, words: str) -> None:
        before = self._said.get(where, "")
        if before != words:
            self._said[where] = words
            place = self.query_one(where, Static)
            # on as many rows as before: nothing is laid out while numbers count up
            width = max(1, place.content_size.width)
            rows = [content(text).get_height({}, width) for text in (before, words)]
            place.update(content(words), layout=rows[0] != rows[1])

    def _head(self, brief: str, row: BriefStatus | None, state: str = "") -> None:
        parts = [brief, *([row.type, state or row.state] if row is not None else [])]
        parts += ["held out"] if row is not None and row.split == "held_out" else []
        self._put("#head", " · ".join(parts))
