"""What a writer does with the draft on the page: go through its notes, copy it, ask where it comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from tui.place import Place
from tui.widgets.draftpage import DraftPage

if TYPE_CHECKING:
    from loop.verbs.show import Result as Shown


class DraftOnPage(Place):
    """A place with a DraftPage; `shown_draft` is what stands there."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("m", "note", "Next note", id="write.note", show=False),
        Binding("w", "why", "Why is this sentence here?", id="write.why", show=False),
        Binding("y", "copy", "Copy the draft", id="write.copy", show=False),
    ]

    @property
    def shown_draft(self) -> Shown | None:
        """The draft on the page; None while there is none, or it is still being written."""
        raise NotImplementedError

    def action_note(self) -> None:
        """Go to the next note of the checks."""
        if not self.query_one(DraftPage).step():
            self.say("There is no note of the checks here.")

    def action_copy(self) -> None:
        """Copy the draft that is on the page."""
        if self.shown_draft is None:
            self.say("There is no draft here yet.")
        else:
            self.desk.copy(self.shown_draft.text)

    def action_why(self) -> None:
        """Open the window that says where a sentence comes from: the selected one, or the first in sight."""
        draft = self.shown_draft
        if draft is None:
            self.say("There is no draft here yet.")
            return
        if draft.takes > 1 and draft.take != draft.picked:
            self.say("Only the draft itself tells where it comes from.", "p makes this take the draft")
            return
        sentences, at = self.query_one(DraftPage).sentences()
        if not sentences:
            self.say("There is no sentence here.")
            return
        from tui.dialogs.why import Why

        self.say("")
        self.app.push_screen(Why(self.desk.brief, *sentences, at=at))
