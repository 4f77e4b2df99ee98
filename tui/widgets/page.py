"""A page that is read, on which a passage can be selected."""

from __future__ import annotations

from textual.widgets.text_area import Selection

from loop.text.sentences import Span
from tui.passages import paragraph_at, sentence_at, trimmed
from tui.widgets.prose import Prose


class PassagePage(Prose):
    """Prose that is read only. Passages are offsets into its text, without the blank space around them."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own word
        super().__init__(read_only=True, id=id)

    @property
    def cursor_offset_in_text(self) -> int:
        """Where the cursor stands."""
        return self.offset_of(self.cursor_location)

    def selected(self) -> Span | None:
        """The passage that is selected; None for nothing, or blank space."""
        start, end = sorted(map(self.offset_of, self.selection))
        return trimmed(self.text, start, end)

    def select_passage(self, passage: Span | None) -> None:
        """Select a passage, or nothing."""
        if passage is None:
            self.selection = Selection.cursor(self.cursor_location)
        else:
            self.selection = Selection(self.location_of(passage.start), self.location_of(passage.end))

    def select_more(self) -> bool:
        """Select the sentence at the cursor; then its paragraph; then nothing. False where there is none."""
        offset, selected = self.cursor_offset_in_text, self.selected()
        sentence, paragraph = sentence_at(self.text, offset), paragraph_at(self.text, offset)
        if selected is not None and selected == sentence != paragraph:
            self.select_passage(paragraph)
        else:
            self.select_passage(None if selected in {sentence, paragraph} else sentence)
        return sentence is not None
