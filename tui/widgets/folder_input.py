"""A line for a path: Tab completes folders, as in a shell."""

from __future__ import annotations

import asyncio
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.widgets import Input

from loop.adapters.typed_paths import completed


class FolderInput(Input):
    """`folder` is where the writer stands; Tab goes to the next field where nothing is to be completed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "complete", "Complete", id="folder.complete", show=False),
        Binding("enter", "submit", "Do it", id="folder.submit"),
    ]

    def __init__(self, value: str = "", *, folder: str, id: str | None = None) -> None:  # noqa: A002
        super().__init__(value, id=id, select_on_focus=False)
        self._folder = folder

    @work(exclusive=True)
    async def action_complete(self) -> None:
        """Complete what stands before the cursor."""
        found = await asyncio.to_thread(completed, self.value, self._folder)
        if found == self.value:
            self.screen.focus_next()
        else:
            self.value = found
            self.cursor_position = len(found)
