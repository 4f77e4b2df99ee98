"""A box to tick, in a window or below the text."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Checkbox


class Tick(Checkbox):
    """A box with a sign in it only when it is ticked: Textual's own differs by colour alone."""

    @property
    def _button(self) -> Content:
        return Content("[x]" if self.value else "[ ]")
