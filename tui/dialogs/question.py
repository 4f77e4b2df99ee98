"""A question of a verb that is at work."""

from __future__ import annotations

from collections.abc import Iterable

from textual.widget import Widget
from textual.widgets import Input, Static

from tui.dialogs.window import Window
from tui.shown import content
from tui.widgets.one_line import AnswerLine


class Question(Window[str]):
    """The answer may be empty: the writer has nothing to say to it. Esc ends what is at work."""

    DEFAULT_CSS = """
    Question Static.question { text-style: bold; padding: 0 0 1 0; }
    Question Static.how { color: $text-muted; padding: 1 0 0 0; }
    """

    def __init__(self, question: str) -> None:
        super().__init__("A question")
        self._question = question

    def inside(self) -> Iterable[Widget]:
        """The question, a line for the answer, and how to go on."""
        yield Static(content(self._question), classes="question")
        yield AnswerLine()
        yield Static(
            "Enter goes on; alone, it leaves this one to the model. Esc stops, and keeps your answers.",
            classes="how",
            markup=False,
        )

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter gives the answer."""
        event.stop()
        self.dismiss(event.value.strip())
