"""Say: the draft with what was said about it in the margin, and a line to say more."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on, work
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import TextArea

from feedback.anchor import places
from loop.text.sentences import Span
from tui.dialogs.confirm import Confirm
from tui.margined import Margined
from tui.notes import Notes
from tui.passages import place_of
from tui.remarks import MarginDraft, about_passage, understood
from tui.shown import content
from tui.widgets.margin import Margin
from tui.widgets.unkept import Unkept
from tui.widgets.unsent import Said, Unsent
from tui.widgets.words import Words

if TYPE_CHECKING:
    from loop.verbs import critique
    from loop.verbs.parts.critiques import KeptCritique


class Here(Margined):
    """The place in which a writer says what is wrong with a draft."""

    NAME: ClassVar[str] = "say"
    HELP: ClassVar[str] = """
Read the draft, and say in plain words what is wrong with it.

- Select a passage with **Shift+arrows**, the mouse, or **v** (the sentence; again: the paragraph). Nothing
  selected means the whole draft.
- **Enter** opens the line below. **Enter** there keeps what you said, **Ctrl+J** begins a new line, **Esc**
  keeps your words for later, and so does a crash or a closed window.
- In the margin stands what you said, how it was understood, and what the checks found (quieter). **n** and
  **p** go through it, **Tab** leads there; **Enter** on a check's note answers it.
- **e** says it in other words, **d** deletes it: until it was learned from. Nothing is learned before you go
  to Learn (4).
- **w** tells why a sentence is there; on something that was learned from, the rule it became.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "speak", "Say it", id="say.speak"),
        Binding("v", "select", "Select", id="say.select"),
        Binding("e", "edit", "Edit", id="say.edit"),
        Binding("d", "delete", "Delete", id="say.delete"),
        Binding("w", "why", "Why?", id="say.why"),
        Binding("n", "step(1)", "Next", id="say.next"),
        Binding("p,N", "step(-1)", "Remark before", id="say.previous", show=False),
        Binding("y", "copy", "Copy the draft, or what is selected", id="say.copy", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._unsent = Unsent(self.desk.calls.folder)
        self._editing = ""
        self._passage: tuple[str, int] | None = None
        self._sending = False

    def body(self) -> Iterable[Widget]:
        """The draft and its margin, and the line that opens below them."""
        yield from super().body()
        yield Words(id="say-words")
        yield self._unsent

    @property
    def _words(self) -> Words:
        return self.query_one(Words)

    # -- words that are not sent -------------------------------------------------------------------

    def leaves_draft(self) -> None:
        """Close the line; what was typed waits there."""
        if self._words.open:
            self._words.end()
            self._entitle()

    def comes_to_draft(self, draft: MarginDraft) -> None:
        """Look for words from before."""
        self._look_for_unsent(draft.brief)

    def said_of(self) -> list[str]:
        """Words that wait are named."""
        waits = self._unsent.of(self.desk.brief) and not self._words.open
        return ["words not sent yet (Enter)"] if waits else []

    @work
    async def _look_for_unsent(self, brief: str) -> None:
        """Bring back what was typed about a draft before the desk ended."""
        back = await self._unsent.look(brief)
        if not back or self._draft is None or self._draft.brief != brief:
            return
        new = self._unsent.of(brief)
        if new and new.passage and not self._page.selected():
            quote, place = new.passage
            found = list(places(self._page.text, quote))
            self._page.select_passage(found[min(place, len(found)) - 1] if found else None)
        self._entitle()
        self.say(
            "Words that you typed here and did not send are back.",
            "Enter goes on with them" if new else "n goes to what you said, and e goes on with them",
        )

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Without a draft, keys that are about one are grey."""
        if self._draft is None and action in {"speak", "select", "edit", "delete", "why", "step", "copy"}:
            return None
        return super().check_action(action, parameters)

    def unkept(self) -> str:
        """Only what could not be written down would be lost."""
        return self._unsent.lost

    def put_away(self) -> None:
        """The desk ends, perhaps all of a sudden: the words are written down."""
        self._unsent.now()

    def on_unmount(self) -> None:
        """Nobody types here any more."""
        self._unsent.leave()

    def on_unkept_failed(self, event: Unkept.Failed) -> None:
        """It is said once; typing goes on."""
        self.say(
            f"Your words could not be written down for now: {event.error.message}",
            "Go on; it is tried again. Enter keeps them in the project.",
            level="error",
        )

    def on_unkept_recovered(self) -> None:
        """They are safe again."""
        self.say("Your words are written down again.")

    # -- saying ------------------------------------------------------------------------------------

    @on(Margin.Opened)
    def _opened(self, event: Margin.Opened) -> None:
        """Enter in the margin: other words for a critique, an answer to a check."""
        if self._kept() is not None:
            self.action_edit()
        elif event.remark.start is not None:
            self._page.select_passage(Span(event.remark.start, event.remark.end))
            self.action_speak()
        else:
            self._page.select_passage(None)
            self.action_speak()

    def _kept(self) -> KeptCritique | None:
        """The critique that keys are about."""
        remark = self._margin.current
        return self._draft.kept(remark.id) if self._draft and remark else None

    def action_speak(self) -> None:
        """Open the line, about what is selected."""
        if self._draft is None:
            return
        self._editing = ""
        text, selected = self._page.text, self._page.selected()
        # What it is about stays what it was when the line was opened, whatever becomes of the draft.
        self._passage = (
            (text[selected.start : selected.end], place_of(text, selected)[0]) if selected else None
        )
        self._open(f"About {about_passage(text, selected)}:")

    def action_edit(self) -> None:
        """Open the line with what was said."""
        kept = self._kept()
        if kept is None:
            self.say("No critique is chosen.", "n goes to the next")
        elif kept.learned:
            self._refuse(kept)
        else:
            self._editing = kept.id
            self._open("In other words:", kept.critique.text)

    def _open(self, about: str, text: str = "") -> None:
        self.say("")
        unsent = self._unsent.of(self.desk.brief, self._editing)
        self._words.begin(about, unsent.words if unsent else text)
        self._entitle()
        self.call_after_refresh(self._page.scroll_cursor_visible)

    @on(TextArea.Changed, "#say-words TextArea")
    def _typed(self) -> None:
        """Words that are no critique yet are written down."""
        if self._draft is None or not self._words.open:
            return
        text = self._words.text
        kept = self._draft.kept(self._editing)
        new = text.strip() and not (kept and text.strip() == kept.critique.text)
        passage = None if self._editing else self._passage
        self._unsent.put(self._draft.brief, self._editing, Said(text, passage) if new else None)

    def action_leave(self) -> None:
        """Leave the line; in the text, select nothing."""
        if self._words.open:
            self.leaves_draft()
        elif self.focused is self._page:
            self._page.select_passage(None)
        self.go_home()

    @on(Words.Sent)
    def _sent(self, event: Words.Sent) -> None:
        """Keep what was said."""
        if self._draft is None or self._sending:
            return
        kept = self._draft.kept(self._editing)
        if not event.text.strip() or (kept and event.text.strip() == kept.critique.text):
            self._unsent.sent(self._draft.brief, self._editing)
            self._words.end()
            self.go_home()
            self._entitle()
            return
        self._sending = True
        self.say("Keeping it…")
        self.attempt(partial(self._keep, self._draft, event.text, self._editing), self._is_kept, group="keep")

    async def _keep(self, draft: MarginDraft, text: str, editing: str) -> tuple[critique.Result, list[str]]:
        from loop.verbs import critique

        told, brief = Notes(), draft.brief
        quote, place = self._passage if self._passage and not editing else (None, 1)
        request = critique.Request(
            brief=brief,
            text=text,
            quote=quote,
            place=place,
            replaces=editing,
            of="" if editing else draft.id,
        )
        try:
            result = await self.desk.perform("critique", request, told.hear)
        finally:
            self._sending = False
        unsent = self._unsent.of(brief, editing)
        if unsent is None or unsent.words == text:  # else the writer goes on with it
            self._unsent.sent(brief, editing)
        if self._words.open and (self.desk.brief, self._editing, self._words.text) == (brief, editing, text):
            self._words.end()
            self._page.select_passage(None)
            self.go_home()
        return cast("critique.Result", result), told

    def _is_kept(self, done: tuple[critique.Result, list[str]]) -> None:
        result, told = done
        self._wanted = result.id
        self.say(
            " ".join(told) or f"Kept. {understood(result.wishes)}",
            "4 learns from it" if result.wishes else "",
        )
        self.desk.changed()

    # -- taking back -------------------------------------------------------------------------------

    def action_delete(self) -> None:
        """Ask, and delete the critique."""
        kept = self._kept()
        if kept is None:
            self.say("No critique is chosen.", "n goes to the next")
        elif kept.learned:
            self._refuse(kept)
        else:
            self._ask_and_delete(self.desk.brief, kept)

    @work
    async def _ask_and_delete(self, brief: str, kept: KeptCritique) -> None:
        question = Confirm("Delete this critique?", content(kept.critique.text))
        if await self.app.push_screen_wait(question):
            self.attempt(partial(self._withdraw, brief, kept.id), self._is_withdrawn, group="keep")

    async def _withdraw(self, brief: str, id_: str) -> None:
        from loop.verbs import withdraw

        await self.desk.perform("withdraw", withdraw.Request(brief=brief, id=id_))
        self._unsent.sent(brief, id_)

    def _is_withdrawn(self, _: None) -> None:
        self.say("Deleted: nothing is learned from it.")
        self.desk.changed()

    def _refuse(self, kept: KeptCritique) -> None:
        became = f": it became {' and '.join(kept.rules)}" if kept.rules else ""
        self.say(
            f"This was learned from{became}. It stays as it is.", "w shows the rule" if kept.rules else ""
        )
