"""Git does not know the writer yet: a name and an address."""

from __future__ import annotations

from collections.abc import Iterable

from textual.widget import Widget
from textual.widgets import Input, Label, Static

from tui.dialogs.window import Window
from tui.widgets.one_line import AnswerLine

Identity = tuple[str, str]
"""Name and e-mail address."""


class Introduce(Window[Identity]):
    """The answer is the name and the address under which every step is kept, in this project."""

    DEFAULT_CSS = """
    Introduce Static { padding: 0 0 1 0; }
    Introduce Static#missing { color: $text-warning; padding: 0; }
    """

    def __init__(self) -> None:
        super().__init__("Who writes here?")

    def inside(self) -> Iterable[Widget]:
        """Two lines."""
        yield Static(
            "Every step is kept under your name, in this project and on this computer only. Git, which keeps "
            "it, does not know your name yet. Enter goes from line to line.",
            markup=False,
        )
        yield Label("Your name")
        yield AnswerLine(id="name", placeholder="Ann Lee")
        yield Label("Your e-mail address")
        yield AnswerLine(id="email", placeholder="ann@example.org")
        yield Static("", id="missing", markup=False)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter goes from the name to the address, and from there on."""
        event.stop()
        name, email = (self.query_one(f"#{field}", Input).value.strip() for field in ("name", "email"))
        if event.input.id == "name" and name:
            self.query_one("#email", Input).focus()
        elif not name or "@" not in email or set("<>\n") & set(name + email):
            self.query_one("#missing", Static).update("A name, and an address such as ann@example.org.")
        else:
            self.dismiss((name, email))
