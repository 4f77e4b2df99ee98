"""The manners of the desk: how it copies, leaves, and ends when a bug of ours ends it."""

from __future__ import annotations

import re
import time
from typing import Any, ClassVar

from rich.text import Text
from textual.actions import SkipAction
from textual.app import App
from textual.binding import Binding, BindingType
from textual.screen import Screen

from loop.errors import RedraftError

_SOON = 3.0
"""Seconds within which a second Ctrl+C leaves."""


class Mannered(App[None], inherit_bindings=False):
    """What the desk would do on any project, or on none."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "quit", "Quit", id="app.quit", show=False, priority=True),
        Binding("ctrl+c", "interrupt", "Copy, or twice: quit", id="app.interrupt", show=False, priority=True),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._interrupted = 0.0
        self._leaving: Screen[Any] | None = None
        """The question whether the writer leaves."""

    def get_key_display(self, binding: Binding) -> str:
        """The keys of the bar: F8 as it stands on the keyboard."""
        shown = super().get_key_display(binding)
        return shown.upper() if re.fullmatch(r"f\d+", shown) else shown

    # -- copying -----------------------------------------------------------------------------------

    def copy(self, text: str) -> None:
        """Put a text on the clipboard, by the best way there is, and say by which."""
        self._clipboard = text
        self._copy(text)

    def copy_to_clipboard(self, text: str) -> None:
        """Copy what was marked, here or by Textual's own widgets."""
        self.copy(text)

    def _copy(self, text: str) -> None:
        write = None if self._driver is None or self.is_headless else self._driver.write

        async def away() -> None:
            import asyncio

            from loop.adapters.clipboard import copy

            try:
                self.say(await asyncio.to_thread(copy, text, write), level="info")
            except RedraftError as error:
                self.say(error.message, error.hint)

        self.run_worker(away(), group="copy", exclusive=True)

    def say(self, message: str, hint: str = "", *, level: str = "error") -> None:
        """Say something wherever the writer is."""
        raise NotImplementedError

    # -- leaving -----------------------------------------------------------------------------------

    def unkept(self) -> str:
        """What would be lost, as a sentence; empty: nothing."""
        raise NotImplementedError

    def at_work(self) -> list[str]:
        """The verbs that would be stopped."""
        raise NotImplementedError

    async def action_quit(self) -> None:
        """Leave; ask only when something would be lost."""
        lost = self.unkept()
        if not lost:
            self.leave()
            return
        from tui.dialogs.confirm import Confirm
        from tui.shown import content

        def answered(yes: bool | None) -> None:  # noqa: FBT001 - Textual's own signature
            if yes:
                self.leave()

        if self._leaving not in self.screen_stack:
            self._leaving = question = Confirm("Leave all the same?", content(lost))
            self.push_screen(question, answered)

    def leave(self) -> None:
        """Leave now; say what was stopped by it."""
        from tui.calls import in_words, kept_of

        stopped = self.at_work()
        said = f"Stopped: {in_words(stopped)}.{kept_of(*stopped)}"
        self.exit(message=Text(said) if stopped else None)

    async def action_interrupt(self) -> None:
        """Ctrl+C: copies what is marked; without a mark the second one in a row leaves."""
        from textual.widgets import Input, TextArea

        if isinstance(self.focused, Input | TextArea) and self.focused.selected_text:
            raise SkipAction
        if self.screen.get_selected_text():
            raise SkipAction
        now = time.monotonic()
        if now - self._interrupted < _SOON:
            await self.action_quit()
            return
        self._interrupted = now
        self.say("Press Ctrl+C again to leave.", level="info")

    # -- a bug -------------------------------------------------------------------------------------

    def _fatal_error(self) -> None:
        """End because of a bug of ours: whoever opened the desk reports it, without the writer's words."""
        self._close_messages_no_wait()

    def panic(self, *renderables: Any) -> None:
        """End in the same way for errors that would draw themselves."""
        del renderables
        self._close_messages_no_wait()

    async def run_async(self, **settings: Any) -> None:
        """Run until the writer leaves. Raises what ended it otherwise."""
        await super().run_async(**settings)
        if self._exception is not None:
            raise self._exception
