"""What the user likes on the screen, applied when the desk opens and remembered when it is changed."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from textual.app import App

from loop.adapters import preferences
from loop.errors import RedraftError
from tui.themes import THEMES

if TYPE_CHECKING:
    from tui.app import Desk

_PAUSE = 0.3
"""Seconds in which more may change before it is written down."""


class Tastes:
    """Theme, keys and widths of panes."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._liked = preferences.liked()
        self.keys: Mapping[str, str] = self._liked.keys
        """Id of a binding -> the keys that the user gave it."""
        self.keys_file = str(preferences.folder() / preferences.KEYS_FILE)
        self.panes = dict(self._liked.panes)
        """Name of a border -> cells of the pane before it."""
        self._unwritten: dict[str, Callable[[], None]] = {}
        """What shall be written down, by what it is about."""
        self._one_at_a_time = threading.Lock()
        for theme in THEMES:
            desk.register_theme(theme)
        chosen = os.environ.get("TEXTUAL_THEME") or self._liked.theme
        chosen = chosen if chosen in desk.available_themes else THEMES[0].name
        desk.set_reactive(App.theme, chosen)  # what watches it is called when the desk opens, and only then
        if self.keys:
            desk.set_keymap(dict(self.keys))

    def check(self) -> None:
        """Say what is wrong with the files, once the first place is on the screen."""
        if self.keys or self._liked.complaints:
            self._desk.run_worker(self._check(), group="tastes")

    async def _check(self) -> None:
        said = list(self._liked.complaints)
        if self.keys:
            from tui.keymap import wrong

            said += await asyncio.to_thread(wrong, self.keys, preferences.KEYS_FILE)
        for sentence in said:
            self._desk.notify(sentence, severity="warning", markup=False, timeout=20)

    def keep_theme(self, name: str | None) -> None:
        """Remember a theme; None: none was chosen."""
        if name:
            self._keep("theme", partial(preferences.keep_theme, name))

    def keep_pane(self, name: str, cells: int) -> None:
        """Remember the width of a pane."""
        self.panes[name] = cells
        self._keep(f"panes.{name}", partial(preferences.keep_pane, name, cells))

    def put_away(self) -> None:
        """The desk ends: what waits is written down."""
        with suppress(RedraftError):  # nobody is there any more who could be told
            self._write()

    def _keep(self, what: str, write: Callable[[], None]) -> None:
        """Write it down soon: of what changes again and again, the last counts."""
        self._unwritten[what] = write
        self._desk.run_worker(self._write_soon(), group="keep", exclusive=True)

    async def _write_soon(self) -> None:
        await asyncio.sleep(_PAUSE)
        try:
            await asyncio.to_thread(self._write)
        except RedraftError as error:
            self._desk.say(error.message, "It holds until you leave.", level="warning")

    def _write(self) -> None:
        with self._one_at_a_time:
            while self._unwritten:
                _, write = self._unwritten.popitem()
                write()
