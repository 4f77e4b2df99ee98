"""A folder is asked for: to be made, adopted or opened."""

from __future__ import annotations

from collections.abc import Iterable

from textual.widget import Widget
from textual.widgets import Input, Static

from loop.wiring import absolute
from tui.dialogs.window import Window
from tui.shown import content
from tui.widgets.folder_input import FolderInput


class AskFolder(Window[str]):
    """The answer is an absolute path. `does` says what Enter does with it: `Makes`, `Opens`."""

    DEFAULT_CSS = """
    AskFolder Static.says { padding: 0 0 1 0; }
    AskFolder Static#whole { color: $text-muted; padding: 1 0 0 0; }
    """

    def __init__(self, title: str, says: str, *, does: str, folder: str, value: str = "") -> None:
        super().__init__(title)
        self._says, self._does, self._folder = says, does, folder
        self._input = FolderInput(value, folder=folder)

    def inside(self) -> Iterable[Widget]:
        """A sentence, the line, and the whole path."""
        yield Static(content(self._says), classes="says")
        yield self._input
        yield Static(id="whole")

    def on_mount(self) -> None:
        """Say the whole path."""
        self._show(self._input.value)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Say the whole path of what is typed."""
        self._show(event.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter gives the answer."""
        event.stop()
        if event.value.strip():
            self.dismiss(absolute(event.value.strip(), self._folder))

    def _show(self, typed: str) -> None:
        whole = absolute(typed.strip(), self._folder) if typed.strip() else ""
        says = f"{self._does} {whole}" if whole else "Type a name or a path; ~ is your home."
        self.query_one("#whole", Static).update(content(f"{says}\nTab completes folders."))
