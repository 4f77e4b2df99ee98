"""What a writer would have an operation say, until its proposal is decided: it outlives the desk."""

from __future__ import annotations

import time
from collections.abc import Iterable
from functools import partial

from textual.message import Message

from loop.adapters.unsaved import Unsaved
from loop.model import Operation, Proposal, content_id
from tui.dialogs.words import OwnWords
from tui.widgets.unkept import Unkept

_IN_WORDS = "Enter keeps your words. A check follows them where it can; what becomes of it is said."
_BACK = "Your words from before are back."


def own_words(operation: Operation) -> str:
    """The words of it that a writer may change; empty for one that takes something out or moves it."""
    if operation.action in {"delete", "move"}:
        return ""
    if operation.target == "check" and operation.check is not None:
        from loop.mine.wording import says

        return says(operation.check)
    return operation.text


class Wordings(Unkept):
    """Asks for words, and looks after them while they are typed and until the proposal is decided."""

    class Said(Message):
        """The writer wants an operation of a proposal in these words; None: in those that counted before."""

        def __init__(self, proposal: Proposal, number: int, words: str | None) -> None:
            super().__init__()
            self.proposal = proposal
            self.number = number
            self.words = words

    def __init__(self, folder: str) -> None:
        super().__init__(folder, self._unsaved)
        self._words: dict[str, str] = {}
        self._back: set[str] = set()
        self._untold: set[str] = set()

    async def come_back(self) -> None:
        """Read what waits from before; what was typed meanwhile stays. Raises RedraftError."""
        back = await self.begin("learn", "", most=1)  # others wait for the next time
        for one in back.texts:
            fresh = {key: words for key, words in one.notes.items() if key not in self._words}
            self._words |= fresh
            self._back |= fresh.keys()
            self._untold |= fresh.keys()
        self.soon()

    def news(self, proposal: Proposal) -> list[int]:
        """Numbers of the operations whose words came back; each is told once."""
        found = [number for number in _numbers(proposal) if _key(proposal, number) in self._untold]
        self._untold -= {_key(proposal, number) for number in found}
        return found

    def waiting(self, proposal: Proposal) -> list[int]:
        """Numbers of the operations for which there are words of the writer's."""
        return [number for number in _numbers(proposal) if _key(proposal, number) in self._words]

    def ask(self, proposal: Proposal, number: int, text: str, wrong: str = "") -> None:
        """Ask for an operation's words: `text`, or those that wait. `wrong` says why these do not do."""
        key = _key(proposal, number)
        came_back = key in self._back
        says = wrong or (f"{_BACK} {_IN_WORDS}" if came_back else _IN_WORDS)
        first = text if wrong else self._words.get(key, text)
        several = proposal.operations[number - 1].target in {"prompt", "example"}

        def answered(words: str | None) -> None:
            if words is None and came_back:  # they wait on, as they came
                self.put(proposal, number, first)
            else:
                self._back.discard(key)
                self.post_message(self.Said(proposal, number, words))

        title, typed = f"Change {number} in your words", partial(self.put, proposal, number)
        window = OwnWords(title, first, says=says, several=several, typed=typed, safe=self._written_down)
        self.app.push_screen(window, answered)

    def _written_down(self) -> bool:
        self.now()
        return self.holds

    def put(self, proposal: Proposal, number: int, words: str | None) -> None:
        """These are the words now; None, or those of the proposal itself: none of the writer's own."""
        key = _key(proposal, number)
        own = own_words(proposal.operations[number - 1])
        if words is None or words.strip() in {"", own.strip()}:
            self._words.pop(key, None)
        else:
            self._words[key] = words
        self._changed()

    def tried(self, proposal: Proposal, number: int, words: str, *, taken: bool) -> None:
        """These words count now, or are none of the writer's own; others that came since stay."""
        if taken or self._words.get(_key(proposal, number)) == words:
            self.put(proposal, number, words if taken else None)

    def decided(self, proposal: Proposal) -> None:
        """Nothing of this proposal waits any more."""
        for number in _numbers(proposal):
            self._words.pop(_key(proposal, number), None)
        self._changed()

    def forget(self) -> None:
        """No proposal waits any more."""
        if self._words:
            self._words.clear()
            self._changed()

    def _changed(self) -> None:
        if self._words:
            self.soon()
        else:
            self.done_with("")

    def _unsaved(self) -> Unsaved | None:
        return Unsaved(text="", at=time.time(), notes=dict(self._words)) if self._words else None


def _numbers(proposal: Proposal) -> Iterable[int]:
    return range(1, len(proposal.operations) + 1)


def _key(proposal: Proposal, number: int) -> str:
    """Numbers of proposals are given again, and so are operations; not all of this together."""
    said = own_words(proposal.operations[number - 1])
    return content_id(proposal.created, proposal.base, str(number), said)
