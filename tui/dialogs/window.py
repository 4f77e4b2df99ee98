"""The base of all small windows: a frame in the middle, Esc closes it, and a row of keys below."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Generic, TypeVar

from textual.app import ComposeResult
from textual.await_complete import AwaitComplete
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Label

from tui.shown import content
from tui.widgets.keys import Keys
from tui.widgets.says import Says

Answer = TypeVar("Answer")


class Window(ModalScreen[Answer | None], Generic[Answer]):
    """Composes `inside`; its answer is None when it is closed with Esc."""

    DEFAULT_CSS = """
    Window { align: center middle; }
    Window > #window {
        width: 76; max-width: 96%; height: auto; max-height: 90%;
        border: round $primary; background: $surface; padding: 0 1;
    }
    Window.-wide > #window { width: 96%; height: 90%; }
    Window Says { display: none; padding: 0; }
    Window Label.title { text-style: bold; padding: 0 0 1 0; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "Close", id="window.close"),
        Binding("question_mark,f1", "app.help", "Help", id="window.help", show=False),
    ]

    WRITES: ClassVar[bool] = False
    """What is filled in here would be a loss: it is asked about before it is thrown away."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title = title
        self._answered: tuple[Answer | None] | None = None
        """The answer that was given while something else was on the screen."""
        self._safe: list[object] | None = None
        """What is filled in and lies elsewhere, too: at first all that is there."""
        self._warned: list[object] | None = None
        """What the writer was told would be thrown away."""

    def on_mount(self) -> None:
        """What stands here now was not filled in by the writer."""
        self._safe = self._filled_in()

    def compose(self) -> ComposeResult:
        """The title, what it is about, the keys."""
        with Vertical(id="window"):
            yield Label(content(self._title), classes="title")
            yield from self.inside()
            yield Says()
        yield Keys()

    def inside(self) -> Iterable[Widget]:
        """What the window is about."""
        raise NotImplementedError

    def say(self, message: str, hint: str = "", *, level: str = "info") -> None:
        """Put a sentence on the last line of the window: `info`, `warning` or `error`."""
        says = self.query_one(Says)
        says.display = bool(message)
        says.say(message, hint, level=level)

    def dismiss(self, result: Answer | None = None) -> AwaitComplete:
        """Close with an answer: at once, or as soon as the writer is back from what lies over it."""
        if self.is_active:
            return super().dismiss(result)
        self._answered = (result,)
        return AwaitComplete()

    def on_screen_resume(self) -> None:
        """Close, if it was answered meanwhile."""
        if self._answered is not None:
            self.dismiss(*self._answered)

    @property
    def changed(self) -> bool:
        """The writer has filled something in."""
        return self.WRITES and self._safe not in (None, self._filled_in())

    def unkept(self) -> str:
        """What would be lost if the desk ended now, as a sentence; empty: nothing."""
        return f"What you filled in is not kept: {self._title}." if self.changed else ""

    def put_away(self) -> None:
        """The desk ends, perhaps all of a sudden: write down what must outlive it."""

    def action_close(self) -> None:
        """Leave without an answer; what would be lost by that is said first."""
        if self.changed and self._warned != self._filled_in():
            self._warned = self._filled_in()
            self.say("What you filled in is not kept yet.", "Esc once more throws it away", level="warning")
        else:
            self.dismiss(None)

    def _filled_in(self) -> list[object]:
        if not self.WRITES:
            return []
        from textual.widgets import TextArea

        fields = self.query("Input, TextArea, Checkbox, Select, Switch")
        return [one.text if isinstance(one, TextArea) else getattr(one, "value", None) for one in fields]
