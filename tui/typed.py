"""What a terminal sends, as keys and pasted texts."""

from __future__ import annotations

import sys
from collections.abc import Generator, Iterable
from time import monotonic

from textual import events
from textual._xterm_parser import BRACKETED_PASTE_END, BRACKETED_PASTE_START, XTermParser
from textual.constants import ESCAPE_DELAY
from textual.driver import Driver
from textual.message import Message

_NO_SIGNS = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""Unicode's categories of what is not part of a line of text: controls, halves of signs, ends of lines."""


class Key(events.Key):
    """A key for a sign that Python does not call printable, and that is typed into texts all the same.

    No-break spaces (French), joiners that part letters or bind them (Persian, emoji), soft hyphens.
    """

    is_printable = True

    def copy(self) -> Key:
        """The same key."""
        return Key(self.key, self.character)


class Typed(XTermParser):
    """Textual's own, but a paste is one text whatever is in it, and every sign that is typed arrives.

    Textual takes an escape sequence within a paste for keys: parts of the text would be typed before the
    rest, or be done as commands.
    """

    def __init__(self, debug: bool = False) -> None:  # noqa: FBT001, FBT002 - as Textual calls it
        super().__init__(debug)
        self._pasted: list[str] | None = None
        """What came of a paste that has not ended."""
        self._held, self._held_since = "", 0.0
        """What may be the first half of a paste's beginning."""

    def feed(self, data: str) -> Iterable[Message]:
        """The keys and texts in what came; nothing came: it was the end."""
        held, self._held = self._held, ""
        if not data:
            yield from super().feed(held) if held else ()
            yield from super().feed(data)
            return
        data = held + data
        while data:
            if self._pasted is None:
                typed, start, data = data.partition(BRACKETED_PASTE_START)
                if not start and (half := _half_of_a_start(typed)):
                    typed, self._held, self._held_since = typed[:-half], typed[-half:], monotonic()
                if typed:
                    yield from map(_whole, super().feed(typed))
                self._pasted = [] if start else None
            else:
                data = yield from self._paste(self._pasted, data)

    def tick(self) -> Iterable[Message]:
        """Called again and again: what was held back, and nothing followed it, is what it looks like."""
        if self._held and monotonic() - self._held_since > ESCAPE_DELAY:
            held, self._held = self._held, ""
            yield from map(_whole, super().feed(held))
        yield from super().tick()

    def _paste(self, pasted: list[str], data: str) -> Generator[Message, None, str]:
        """Take what came for pasted, up to where that ends; gives what is behind it."""
        before = "".join(pasted[-len(BRACKETED_PASTE_END) :])[-len(BRACKETED_PASTE_END) :]
        text, end, rest = (before + data).partition(BRACKETED_PASTE_END)
        if not end:
            pasted.append(data)
            return ""
        whole = "".join(pasted)
        self._pasted = None
        whole = whole[: len(whole) - len(before)] + text
        yield events.Paste(whole.replace("\x00", ""))
        return rest


def _half_of_a_start(typed: str) -> int:
    """How many signs at the end may begin a paste; fewer than three may be keys of their own."""
    longest = len(BRACKETED_PASTE_START) - 1
    return next((n for n in range(longest, 2, -1) if typed.endswith(BRACKETED_PASTE_START[:n])), 0)


def _whole(message: Message) -> Message:
    """A key for a sign of a text is one that Textual writes into it."""
    if not isinstance(message, events.Key) or message.is_printable:
        return message
    import unicodedata  # most keys never ask for it

    sign = message.character
    if sign is None or len(sign) != 1 or unicodedata.category(sign) in _NO_SIGNS:
        return message
    return Key(message.key, sign)


def arrives_whole(driver: type[Driver]) -> type[Driver]:
    """The driver, for which what is typed and pasted is read like this."""
    for module in {sys.modules[base.__module__] for base in driver.__mro__}:
        if hasattr(module, "XTermParser"):
            vars(module)["XTermParser"] = Typed  # it makes its parser by this name, deep within its loop
    return driver
