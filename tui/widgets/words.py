"""The line in which a writer says something: it grows with what is typed."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Static

from tui.shown import content
from tui.widgets.prose import Prose


class _Line(Prose):
    """Enter sends, Ctrl+J begins a new line."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+j", "new_line", "New line", id="words.new_line", priority=True),
    ]

    async def _on_key(self, event: events.Key) -> None:
        if event.key == "enter":
            event.stop()
            event.prevent_default()
            self.post_message(Words.Sent(self.text))
            return
        await super()._on_key(event)

    def action_new_line(self) -> None:
        """Begin a new line of the text."""
        self.replace("\n", *self.selection, maintain_selection_offset=False)


class Words(Vertical):
    """What it is about, and below it the words; hidden until it is opened."""

    DEFAULT_CSS = """
    Words {
        height: auto; display: none; padding: 0 1;
        border-top: solid $primary; border-title-align: right; border-title-color: $text-muted;
    }
    Words.-open { display: block; }
    Words Static { text-style: bold; height: auto; max-height: 2; }
    Words TextArea {
        height: auto; min-height: 1; max-height: 7; border: none; padding: 0; background: $background;
    }
    Words TextArea:focus { border: none; }
    """

    class Sent(Message):
        """Enter: the words are meant."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    BORDER_TITLE = "Enter keeps it · Ctrl+J new line · Esc for later"

    def compose(self) -> ComposeResult:
        """What it is about, and the words."""
        yield Static(id="words-about", markup=False)
        yield _Line()

    @property
    def open(self) -> bool:
        """True while it can be seen."""
        return self.has_class("-open")

    @property
    def text(self) -> str:
        """What was typed."""
        return self.query_one(_Line).text

    def begin(self, about: str, text: str) -> None:
        """Open it with these words, ready to go on behind them."""
        self.query_one("#words-about", Static).update(content(about))
        line = self.query_one(_Line)
        line.load_text(text)
        line.move_cursor(line.document.end)
        self.add_class("-open")
        line.focus()

    def end(self) -> None:
        """Close it."""
        self.remove_class("-open")
