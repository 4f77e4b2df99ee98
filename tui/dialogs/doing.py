"""A verb at work in a window of its own: what it tells, how it ends, and what came of it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar, cast

from textual import work
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widget import Widget
from textual.widgets import Static

from loop.errors import RedraftError
from loop.events import Event, Progress
from loop.render.layout import flowed, in_a_window
from loop.render.telling import Teller
from loop.verbs import fault_of
from tui.calls import Stopped, kept_of
from tui.dialogs.window import Window
from tui.hints import at_desk
from tui.shown import content, styled

if TYPE_CHECKING:
    from loop.model import Record
    from tui.app import Desk

_TEXTS = {"show", "why", "diff", "log"}
"""Verbs that print people's texts: a command that is named in one is meant as it stands."""


class Doing(Window[bool]):
    """The answer is True when it was done; None when it failed or was stopped."""

    DEFAULT_CSS = """
    Doing #now { color: $text-muted; }
    Doing .error { color: $text-error; text-style: bold; }
    Doing VerticalScroll { height: 1fr; }
    Doing VerticalScroll:focus { background-tint: transparent 0%; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "Stop, then close", id="doing.close"),
        Binding("enter", "enter", "Close", id="doing.done", show=False),
        Binding("y", "copy", "Copy", id="doing.copy"),
        Binding("j,down", "scroll(1)", "Down", id="doing.down", show=False),
        Binding("k,up", "scroll(-1)", "Up", id="doing.up", show=False),
    ]

    def __init__(self, verb: str, request: Record) -> None:
        super().__init__(verb)
        self.add_class("-wide")
        self._verb = verb
        self._request = request
        self._done: bool | None = None
        self._stop = asyncio.Event()
        self._ended = False
        self._said: list[str] = []
        self._result = ""
        self._teller = Teller()

    @property
    def desk(self) -> Desk:
        """The app."""
        return cast("Desk", self.app)

    def inside(self) -> Iterable[Widget]:
        """What was told, what goes on now, and at last the result."""
        with VerticalScroll():
            yield Static(id="told", markup=False)
            yield Static("At work … Esc stops it.", id="now", markup=False)
            yield Static(id="result", markup=False)

    def on_mount(self) -> None:
        """Begin."""
        self.query_one(VerticalScroll).focus()
        self._begin()

    @work
    async def _begin(self) -> None:
        try:
            result = await self.desk.perform(self._verb, self._request, self._hear, self._stop)
        except Stopped:
            self._end(f"Stopped.{kept_of(self._verb)}")
        except RedraftError as error:
            self._fail(error)
        else:
            self._done = True
            await self._show(result)
        self.desk.changed()

    async def _show(self, result: Record) -> None:
        """Say what came of it, as the command line does."""
        room = self.query_one(VerticalScroll).scrollable_content_region.width
        text = await asyncio.to_thread(_rendered, self._verb, result, max(40, room - 1))
        self._result = text if self._verb in _TEXTS else at_desk(text, self.desk.keymap)
        fault = fault_of(self._verb, result)
        if fault is not None:
            self._fail(fault)
        else:
            self._end("" if self._result else "Done.")
        self.query_one("#result", Static).update(styled(self._result))
        if getattr(result, "copy_", False):
            self.desk.copy(result.text)  # type: ignore[attr-defined]

    def hint(self, typed: str) -> str:
        """What to do, said for the desk."""
        return at_desk(typed, self.desk.keymap)

    def _hear(self, event: Event) -> None:
        words = at_desk(self._teller.words(event), self.desk.keymap)
        if not words:
            return
        if isinstance(event, Progress):
            self.query_one("#now", Static).update(content(f"{words} … Esc stops it."))
            return
        self._said.append(words)
        self.query_one("#told", Static).update(content("\n".join(self._said)))
        self.query_one(VerticalScroll).scroll_end(animate=False)

    def _fail(self, error: RedraftError) -> None:
        self._done = None
        hint = self.hint(error.hint)
        self._end(f"✗ {error.message}" + (f"\n  → {hint}" if hint else ""), "error")

    def _end(self, said: str, level: str = "") -> None:
        self._ended = True
        now = self.query_one("#now", Static)
        now.update(content(said))
        now.set_classes(level)
        now.display = bool(said)

    def action_close(self) -> None:
        """Stop it while it is at work; close the window afterwards."""
        if self._ended:
            self.dismiss(self._done)
        else:
            self._stop.set()
            self.query_one("#now", Static).update("Stopping …")

    def action_enter(self) -> None:
        """Close the window when it is done; nothing is stopped by Enter."""
        if self._ended:
            self.dismiss(self._done)

    def action_copy(self) -> None:
        """Copy what came of it."""
        plain = styled(self._result).plain or "\n".join(self._said)
        if plain:
            self.desk.copy(plain)

    def action_scroll(self, by: int) -> None:
        """Scroll by a line."""
        self.query_one(VerticalScroll).scroll_relative(y=by, animate=False)


def _rendered(verb: str, result: Record, cells: int) -> str:
    from loop.render import render

    with in_a_window(cells):
        return flowed(render(verb, result))
