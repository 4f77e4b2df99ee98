"""A file of the project cannot be read: what is wrong, the editor, and another try."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar, cast

from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Static

from loop.errors import ConfigError, RedraftError
from loop.settings import SETTINGS_FILE
from tui.dialogs.window import Window
from tui.shown import content

if TYPE_CHECKING:
    from tui.app import Desk

_FILE = re.compile(r"[\w./-]+\.(?:toml|md|json)\b")


class Mend(Window[None]):
    """It closes by itself once the file can be read."""

    DEFAULT_CSS = """
    Mend Static { padding: 0 0 1 0; }
    Mend #wrong { color: $text-error; text-style: bold; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("e", "edit", "Open the file", id="mend.edit"),
        Binding("enter,r", "again", "Try again", id="mend.again"),
        Binding("o", "another", "Another project", id="mend.another"),
    ]

    def __init__(self, error: ConfigError) -> None:
        super().__init__("This project cannot be read")
        self._error: RedraftError = error

    def inside(self) -> Iterable[Widget]:
        """The sentence with file and line, and what to do."""
        yield Static(id="wrong")
        yield Static(id="how")

    def on_mount(self) -> None:
        """Say it."""
        self.show(self._error)

    @property
    def file(self) -> str:
        """The file that is named first."""
        found = _FILE.match(self._error.message)
        return found[0] if found else SETTINGS_FILE

    def show(self, error: RedraftError) -> None:
        """Say what is wrong now."""
        self._error = error
        self.query_one("#wrong", Static).update(content(f"✗ {error.message}"))
        how = f"{error.hint}\n\n" if error.hint else ""
        self.query_one("#how", Static).update(
            content(f"{how}e opens {self.file} in your editor; it is read again afterwards. Nothing is lost.")
        )

    def action_edit(self) -> None:
        """Open the file, and read the project again."""
        from tui.editor import edit

        desk = cast("Desk", self.app)
        try:
            edit(desk, self.file)
        except RedraftError as error:
            self.query_one("#how", Static).update(content(f"{error.message}\n{error.hint}"))
            return
        desk.changed()

    def action_again(self) -> None:
        """Read the project again."""
        cast("Desk", self.app).changed()

    def action_another(self) -> None:
        """Go where another project can be opened."""
        self.dismiss(None)
        cast("Desk", self.app).action_open_another()
