"""A brief is written or changed, in a window."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on, work
from textual.await_complete import AwaitComplete
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Checkbox, Input, Label

from loop.adapters.unsaved import Unsaved
from loop.errors import RedraftError
from tui.dialogs.window import Window
from tui.shown import content
from tui.widgets.one_line import OneLine
from tui.widgets.prose import Prose
from tui.widgets.tick import Tick
from tui.widgets.unkept import Unkept

if TYPE_CHECKING:
    from loop.verbs.brief import Result
    from tui.app import Desk


_OF, _HELD_OUT = "of", "held_out"
"""What is written down beside a text: the state of the brief that it was made of, and the tick."""


class EditBrief(Window[str]):
    """The answer is the name of the brief that was kept. `old` is the one to change; None makes a new one.

    It closes when the brief is kept: until then what was typed stays, also when the desk ends.
    """

    DEFAULT_CSS = """
    EditBrief .row { height: 1; }
    EditBrief .row Label { width: 8; color: $text-muted; }
    EditBrief .row Input { width: 1fr; border: none; height: 1; padding: 0 1; }
    EditBrief Checkbox { border: none; padding: 0; height: 1; background: $surface; }
    EditBrief Prose { height: 7; margin: 0 0 1 0; }
    EditBrief #wrong { color: $text-error; height: auto; width: 1fr; }
    """
    WRITES = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "keep", "Keep", id="edit_brief.keep", priority=True),
    ]

    def __init__(self, old: Result | None = None, *, default_type: str = "") -> None:
        super().__init__("New brief" if old is None else f"Brief: {old.brief}")
        self._old = old
        self._type = default_type if old is None else old.type
        self._keeping = False
        self._typed: Unsaved | None = None
        """What is neither kept nor thrown away."""
        self._done_with = False
        self._at_first: dict[str, str] = {}
        """What the fields hold before the writer types."""
        self._waits: Unkept | None = None

    def inside(self) -> Iterable[Widget]:
        """Name, what it is about, type, and whether it is held out."""
        old = self._old
        if old is None:
            with Horizontal(classes="row"):
                yield Label("Name")
                yield OneLine(
                    placeholder="a title, or nothing: the first words below", id="name", compact=True
                )
        yield Label(content("What shall be written, in a few lines:"))
        yield Prose("" if old is None else old.text, id="about")
        with Horizontal(classes="row"):
            yield Label("Type")
            yield OneLine(self._type, placeholder="the project's own", id="type", compact=True)
        held_out = old is not None and old.split == "held_out"
        yield Tick("held out: it only measures, nothing is learned from it", held_out, compact=True)
        yield Label("", id="wrong", markup=False)
        self._waits = Unkept(cast("Desk", self.app).calls.folder, lambda: self._typed)
        yield self._waits

    def on_mount(self) -> None:
        """Begin with the name, or with the text of a brief that has one."""
        about = self.query_one(Prose)
        about.move_cursor(about.document.end)
        (self.query_one("#name") if self._old is None else about).focus()
        self._at_first = {str(field.id): field.value for field in self.query(Input)}
        self._bring_back()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter leads on."""
        event.stop()
        self.focus_next()

    # -- what was typed, and is not kept yet -------------------------------------------------------

    @work
    async def _bring_back(self) -> None:
        """Go on with what was typed here when the desk ended; Ctrl+Z shows what stood there before."""
        if self._waits is None:
            return
        try:
            back = await self._waits.begin(f"brief:{self._old.brief if self._old else ''}", "", most=1)
        except RedraftError as error:
            self._say(f"{error.message} {error.hint}".rstrip())
            return
        for one in back.texts:
            self._fill(one)
            moved = one.notes.get(_OF, "") != self._made_of
            says = f"{back.says} The brief was changed since: Ctrl+Z shows it." if moved else back.says
            self.say(says, "Esc, and Esc once more, throws it away", level="warning" if moved else "info")
        if not back.texts and not back.busy:
            self.say(back.says, back.hint)
        self._waits.soon()

    def _fill(self, back: Unsaved) -> None:
        """Put a text there, and what stood beside it; what the writer has typed meanwhile stays."""
        about = self.query_one(Prose)
        first = "" if self._old is None else self._old.text
        for text in (back.text, *([about.taken()] if about.taken() != first else [])):
            about.replace(text, (0, 0), about.document.end)
            about.history.checkpoint()
        for field in self.query(Input):
            if field.value == self._at_first.get(str(field.id)):
                field.value = back.notes.get(str(field.id), field.value)
        self.query_one(Checkbox).value = bool(back.notes.get(_HELD_OUT))

    @property
    def _made_of(self) -> str:
        return self._old.id if self._old is not None else ""

    @on(Input.Changed)
    @on(Prose.Changed)
    @on(Checkbox.Changed)
    def write_down(self) -> None:
        """It is another one: it is written down in a moment."""
        self._look()
        if self._waits is not None:
            self._waits.soon()

    def _look(self) -> None:
        self._typed = None
        if self.changed and not self._done_with:
            notes = {str(field.id): field.value for field in self.query(Input)} | {_OF: self._made_of}
            notes[_HELD_OUT] = "yes" if self.query_one(Checkbox).value else ""
            self._typed = Unsaved(text=self.query_one(Prose).taken(), at=time.time(), notes=notes)

    def on_unkept_failed(self, event: Unkept.Failed) -> None:
        """It is said once; typing goes on."""
        error = event.error
        self.say(f"What you type is not written down: {error.message}", error.hint, level="warning")

    def on_unkept_recovered(self) -> None:
        """What was said of it is true no more."""
        self.say("")

    def unkept(self) -> str:
        """Only what could not be written down would be lost."""
        self.put_away()
        return "" if self._waits is not None and self._waits.holds else super().unkept()

    def put_away(self) -> None:
        """What is typed is written down: the next window of this brief begins with it."""
        if self._waits is not None:
            self._look()
            self._waits.now()

    def dismiss(self, result: str | None = None) -> AwaitComplete:
        """What is kept or thrown away waits no more; what came back and was not looked at does."""
        done = result is not None or self.changed
        self._done_with, self._typed = True, None
        if self._waits is not None and done:
            self._waits.done_with("")
        return super().dismiss(result)

    def on_unmount(self) -> None:
        """Nobody types here any more."""
        if self._waits is not None:
            self._waits.leave()

    # -- keeping it --------------------------------------------------------------------------------

    def action_keep(self) -> None:
        """Keep the brief; what is wrong with it is said here."""
        if not self._keeping:
            self._keep()

    @work
    async def _keep(self) -> None:
        from loop.verbs import brief

        about, old = self.query_one(Prose).taken(), self._old
        if not about.strip():
            self._say("Say in a few lines what shall be written.")
            return
        held_out = self.query_one(Checkbox).value
        name = old.brief if old is not None else self.query_one("#name", Input).value.strip()
        request = brief.Request(
            brief=name or _first_words(about),
            text=about,
            type=self.query_one("#type", Input).value.strip() or None,
            held_out=held_out,
            train=not held_out,
            replace=old is not None,
            over=old.id if old is not None else "",
        )
        self._keeping = self.query_one(Prose).read_only = True
        try:
            kept = await cast("Desk", self.app).perform("brief", request)
        except RedraftError as error:
            self._say(f"{error.message} {error.hint if old is None else ''}".rstrip())
        else:
            self.dismiss(cast("Result", kept).brief)
        finally:
            self._keeping = self.query_one(Prose).read_only = False

    def _say(self, words: str) -> None:
        self.query_one("#wrong", Label).update(content(words))


def _first_words(text: str) -> str:
    """What a brief without a name is called after."""
    line = next((line for line in text.splitlines() if line.strip()), "")
    return f"{line.strip()} " if line else ""
