"""Writes the writer's text down while they type, away from the keys, and brings it back."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple

from textual.message import Message
from textual.widget import Widget

from loop.adapters.roots import find_root
from loop.adapters.unsaved import Found, Unsaved, UnsavedText
from loop.errors import RedraftError

_SOON = 0.5
"""Seconds after a key until the text is written down."""
_AGAIN = 3.0
"""Seconds until it is tried again, where it could not be written."""


class Back(NamedTuple):
    """What lay there from before."""

    texts: tuple[Unsaved, ...] = ()
    """Texts that go on here, newest first."""
    other: Found | None = None
    """One of an earlier draft, or that was set aside: to be shown, but not in the place of this one."""
    says: str = ""
    """A sentence for the writer; empty when there was nothing."""
    hint: str = ""
    """What they may do."""
    busy: bool = False
    """All of it belongs to another redraft, which is at work on it."""


class Unkept(Widget):
    """Asks `snapshot` for the text, which is None when all of it is kept."""

    DEFAULT_CSS = "Unkept { display: none; }"

    class Failed(Message):
        """The text could not be written down; it is tried again."""

        def __init__(self, error: RedraftError) -> None:
            super().__init__()
            self.error = error

    class Recovered(Message):
        """It could be written down after all."""

    def __init__(self, folder: str, snapshot: Callable[[], Unsaved | None]) -> None:
        super().__init__()
        self._folder = folder
        self._snapshot = snapshot
        self._store: UnsavedText | None = None
        self._other: Found | None = None
        self._waiting = False
        self._failed = False

    async def begin(self, name: str, about: str, *, most: int | None = None) -> Back:
        """Look after the text of this name from now on; say what lies there from before.

        At most so many of the texts come back: the older ones wait for the next time.
        """
        self.leave()
        beginning = asyncio.ensure_future(asyncio.to_thread(_begun, self._folder, name, about, most))
        try:
            store, back = await asyncio.shield(beginning)
        except asyncio.CancelledError:
            beginning.add_done_callback(_let_go)
            raise
        self._store, self._other = store, back.other
        return back

    @property
    def holds(self) -> bool:
        """What was typed is written down, or will be."""
        return self._store is not None and not self._failed

    @property
    def failed(self) -> bool:
        """What was typed last could not be written down."""
        return self._failed

    def soon(self) -> None:
        """The text is another one."""
        if not self._waiting and self._store is not None:
            self._waiting = True
            self.set_timer(_AGAIN if self._failed else _SOON, self._write)

    async def _write(self) -> None:
        self._waiting = False
        store = self._store
        if store is None:
            return
        text, turn = self._snapshot(), store.turn()
        try:
            await asyncio.to_thread(_put, store, text, turn)
        except RedraftError as error:
            self._ended(error)
            self.soon()
        else:
            self._ended(None, says=text is not None)

    def now(self) -> None:
        """Write it down before anything else is done: the desk ends, or another text comes."""
        if self._store is None:
            return
        text = self._snapshot()
        try:
            _put(self._store, text, self._store.turn())
        except RedraftError as error:
            self._ended(error)
        else:
            self._ended(None, says=text is not None)

    def _ended(self, error: RedraftError | None, *, says: bool = True) -> None:
        """How it went is said once, until it goes otherwise."""
        if error is not None and not self._failed:
            self.post_message(self.Failed(error))
        elif error is None and self._failed and says:
            self.post_message(self.Recovered())
        self._failed = error is not None

    def set_aside(self) -> None:
        """Another text takes the place of this one, which is offered again, but not put in its place."""
        text = self._snapshot()
        if self._store is None or text is None:
            return
        aside = text.model_copy(update={"about": _aside(text.about)})
        try:
            self._store.set_aside(aside, self._store.turn())
        except RedraftError as error:
            self._ended(error)
            return
        self._other = next((one for one in self._store.found() if one.unsaved == aside), self._other)

    def written_anew(self, name: str, text: Unsaved | None) -> None:
        """Another text than the one that is looked after is this now; None: nothing of it waits."""
        store = UnsavedText(find_root(self._folder), name)
        store.take_over(*(found for found in store.found() if not found.alive))
        try:
            if text is None:
                store.clear()
            else:
                store.set_aside(text, store.turn())
        except RedraftError as error:
            self._ended(error)
        finally:
            store.leave()

    def leave(self) -> None:
        """Go on with another text, or with none: this one waits where it is written."""
        self.now()
        if self._store is not None:
            self._store.leave()
        self._store = None

    def done_with(self, text: str) -> None:
        """The project has this text now, or nobody wants it; what was typed meanwhile is written down."""
        if self._store is not None and self._snapshot() is None:
            self._store.clear()
            if self._other is not None and self._other.unsaved.text == text:
                self.throw_away()
        else:
            self.now()

    def throw_away(self) -> bool:
        """What was there from before is not wanted; False when there is nothing of it."""
        if self._store is None or not (self._store.took_over or self._other):
            return False
        self._store.clear()
        if self._other is not None:
            self._store.remove(self._other)
        self._other = None
        return True


def _let_go(begun: asyncio.Future[tuple[UnsavedText, Back]]) -> None:
    """Nobody goes on with what was taken over: whoever comes next may."""
    if not begun.cancelled() and begun.exception() is None:
        begun.result()[0].leave()


def _put(store: UnsavedText, text: Unsaved | None, turn: int) -> None:
    if text is None:
        store.rest(turn)
    else:
        store.write(text, turn)


def _aside(about: str) -> str:
    """What a text that was set aside is about: never what is written now."""
    return f"{about} set aside"


def _begun(folder: str, name: str, about: str, most: int | None) -> tuple[UnsavedText, Back]:
    store = UnsavedText(find_root(folder), name)
    found = store.found()
    left = [one for one in found if not one.alive]
    ours = [one for one in left if one.unsaved.about == about][:most]
    mine = store.take_over(*ours)
    busy = [one for one in found if one.alive or (one in ours and one not in mine)]
    other = next((one for one in left if one.unsaved.about != about), None)
    says, hint = _told(mine, busy, other, about)
    torn = store.unreadable()
    if torn:
        says = f"{says} A text of yours that was not kept cannot be made out: {torn[0]}".strip()
        hint = hint or "Look into it with an editor, and delete it when nothing in it is wanted."
    only_theirs = bool(busy) and not (mine or other or torn)
    return store, Back(tuple(one.unsaved for one in mine), other, says, hint, only_theirs)


def _told(mine: Sequence[Found], busy: Sequence[Found], other: Found | None, about: str) -> tuple[str, str]:
    """What is said of the texts that lie there, and what the writer may do."""
    if mine:
        says = f"Your text of {_when(mine[0].unsaved.at)}, not kept yet, is back."
        return says, "Ctrl+Z: what was there before;  Esc and u: throw it away"
    if busy:
        says = f"Another redraft is at work on this text, since {_when(busy[0].unsaved.at)}."
        return says, "Neither writes over the other; what is kept last is the final."
    if other is not None:
        aside = other.unsaved.about == _aside(about)
        what = "was set aside for this one" if aside else "is about an earlier draft"
        says = f"A text of {_when(other.unsaved.at)} that was not kept {what}."
        return says, "Ctrl+Y shows it, Ctrl+Z goes back here;  Esc and u: throw it away"
    return "", ""


def _when(at: float) -> str:
    """The time; with the day, if it is not today's."""
    moment = datetime.fromtimestamp(at).astimezone()
    today = datetime.fromtimestamp(time.time()).astimezone().date()
    return moment.strftime("%H:%M" if moment.date() == today else "%Y-%m-%d %H:%M")
