"""A long verb outside of any place; what came of it goes on to whoever asked for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.dialogs.doing import Doing

if TYPE_CHECKING:
    from loop.model import Record


class Work(Doing):
    """Closes by itself when it is done. A failure stays on the screen until Esc."""

    DEFAULT_CSS = """
    Work > #window { height: auto; }
    Work VerticalScroll { height: auto; max-height: 16; }
    """

    def __init__(self, title: str, verb: str, request: Record) -> None:
        super().__init__(verb, request)
        self._title = title
        self.remove_class("-wide")
        self.result: Record | None = None
        """What the verb gave; None when it failed or was stopped."""

    def hint(self, typed: str) -> str:
        """Without a project there are no places: a key is added at the start."""
        if not self.desk.in_project:
            typed = typed.replace("redraft key set", "Esc twice, then a at the start:")
        return super().hint(typed)

    async def _show(self, result: Record) -> None:
        """Nothing is read here."""
        self.result = result
        self.dismiss(True)
