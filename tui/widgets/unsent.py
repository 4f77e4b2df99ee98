"""Words about a draft that were typed and not sent: they wait, whatever ends the desk."""

from __future__ import annotations

import asyncio
import time
from typing import NamedTuple

from loop.adapters.unsaved import Unsaved
from tui.widgets.unkept import Unkept


class Said(NamedTuple):
    """Words, and what they are about."""

    words: str
    passage: tuple[str, int] | None = None
    """The passage, and which of those that read the same; None: the whole draft, or a critique."""


class Unsent(Unkept):
    """What was not sent, by its brief and the critique that it says anew (empty: it is a new one).

    What is about the brief that is `look`ed at is written down while it is typed.
    """

    def __init__(self, folder: str) -> None:
        super().__init__(folder, self._unsaved)
        self._said: dict[tuple[str, str], Said] = {}
        self._brief = ""
        self._turn = asyncio.Lock()

    def of(self, brief: str, critique: str = "") -> Said | None:
        """What was not sent about a draft, or a critique of it."""
        return self._said.get((brief, critique))

    def put(self, brief: str, critique: str, said: Said | None) -> None:
        """It says this now; None: there is nothing to send."""
        if said is None:
            self._said.pop((brief, critique), None)
        else:
            self._said[brief, critique] = said
        self.soon()

    def sent(self, brief: str, critique: str) -> None:
        """It is kept as a critique, or its words are given up: nothing of it waits any more."""
        self._said.pop((brief, critique), None)
        if brief == self._brief:
            self.done_with("")
        else:
            self.written_anew(f"say:{brief}", self._unsaved(brief))

    @property
    def lost(self) -> str:
        """What would be lost now, as a sentence; empty: nothing."""
        self.now()
        there = self._unsaved() is not None and self.failed
        return (
            f"Your words about “{self._brief}” are not sent, and could not be written down anywhere else."
            if there
            else ""
        )

    async def look(self, brief: str) -> bool:
        """Look after the words about this brief's draft. True: some from before are back."""
        async with self._turn:
            self.leave()
            self._brief = brief
            back = await self.begin(f"say:{brief}", "")
            came = False
            for one in back.texts:
                found = {"": Said(one.text, (one.quote, one.place) if one.quote else None)}
                found |= {critique: Said(words) for critique, words in one.notes.items()}
                for critique, said in found.items():
                    if said.words and (brief, critique) not in self._said:
                        self._said[brief, critique] = said
                        came = True
            self.soon()
            return came

    def _unsaved(self, brief: str | None = None) -> Unsaved | None:
        wanted = self._brief if brief is None else brief
        mine = {critique: said for (about, critique), said in self._said.items() if about == wanted}
        if not mine:
            return None
        new = mine.pop("", Said(""))
        quote, place = new.passage or ("", 1)
        notes = {critique: said.words for critique, said in mine.items()}
        return Unsaved(text=new.words, at=time.time(), quote=quote, place=place, notes=notes)
