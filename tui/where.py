"""Which verb is done where at the desk, for the palette and for hints written for a command line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from textual.keys import format_key

from tui.places import PLACES


class Spot(NamedTuple):
    """Where a verb is at home."""

    place: str = ""
    """The id of the place; empty: nowhere, it has a form of its own."""
    binding: str = ""
    """The id of the key that does it there; empty: being there is enough."""
    key: str = ""
    """That key, unless the user has given it another one."""
    starts: bool = False
    """Choosing the verb in the palette does what the key does: it only shows or asks something at first."""


FORM = Spot()

WHERE: Mapping[str, Spot] = {
    "new": FORM,
    "demo": FORM,
    "doctor": FORM,
    "models": Spot("models"),
    "key": Spot("models", "models.key", "a", starts=True),
    "trust": Spot("models", "models.trust", "t", starts=True),
    "brief": Spot("write", "write.new", "n", starts=True),
    "run": Spot("write", "write.run", "enter"),
    "show": Spot("write"),
    "correct": Spot("correct"),
    "critique": Spot("say", "say.speak", "enter", starts=True),
    "pick": Spot("write", "write.pick", "p"),
    "withdraw": FORM,
    "import": FORM,
    "learn": Spot("learn", "learn.learn", "l"),
    "tidy": Spot("learn", "learn.tidy", "T"),
    "decide": Spot("learn"),
    "measure": FORM,
    "curve": Spot("history", "history.curves", "c", starts=True),
    "why": Spot("say", "say.why", "w"),
    "status": Spot("write"),
    "log": Spot("history"),
    "diff": Spot("history", "history.compare", "v"),
    "undo": Spot("history", "history.undo", "u", starts=True),
    "redo": Spot("history", "history.redo", "U", starts=True),
    "rollback": Spot("history", "history.rollback", "b"),
    "recall": Spot("history", "history.recall", "r", starts=True),
    "train": Spot("train", "train.plan", "p", starts=True),
    "dataset": Spot("train", "train.rows", "d"),
    "adapters": FORM,
    "export": Spot("train", "train.export", "e"),
}
"""Verb -> where it is at home. Everything can be done from its form, too."""

ACTIONS: Mapping[tuple[str, str], Spot] = {
    ("key", "list"): Spot("models"),
    ("key", "remove"): Spot("models", "models.remove", "x"),
    ("key", "set"): Spot("models", "models.key", "a"),
    ("models", "fetch"): Spot("models", "models.fetch", "f"),
    ("dataset", "check"): Spot("train", "train.rows", "d"),
    ("train", "plan"): Spot("train", "train.plan", "p"),
    ("train", "sft"): Spot("train", "train.plan", "p"),
    ("train", "dpo"): Spot("train", "train.plan", "p"),
    ("train", "status"): Spot("train"),
    ("train", "watch"): Spot("train"),
    ("train", "stop"): Spot("train", "train.stop", "s"),
    ("train", "log"): Spot("train", "train.log", "l"),
    ("train", "--resume"): Spot("train", "train.resume", "g"),
    ("run", "--model"): FORM,
    ("diff", "--model-a"): FORM,
    ("diff", "--model-b"): FORM,
    ("adapters", "use"): Spot("train", "train.use", "u"),
    ("adapters", "remove"): Spot("train", "train.remove", "x"),
}
"""Verb and its first word, or an option -> where just that is at home."""

LINES: Mapping[str, str] = {
    "method": "How",
    "base": "Base model",
    "quick": "Test run",
    "distill-guide": "Guide",
    "long": "Long texts",
    "more": "More …",
}
"""Option of a training run -> the line of its plan that sets it; `more`: all others, by their names."""

_TITLES = {place.id: place.title for place in PLACES}
_KEYS = {place.id: place.key for place in PLACES}
_NAMES = {"⏎": "Enter", "⌫": "Backspace", "pgup": "PgUp", "pgdn": "PgDn"}
"""Keys that Textual shortens or draws."""


def spoken(key: str) -> str:
    """A key as a person calls it: `Ctrl+Y`, `F8`, `PgUp`."""
    *modifiers, name = key.split("+")
    shown = format_key(name)
    shown = _NAMES.get(shown, shown)
    if modifiers or len(shown) > 1:
        shown = f"{shown[:1].upper()}{shown[1:]}"
    return "+".join([*(modifier.capitalize() for modifier in modifiers), shown])


def leads_to(place: str, keymap: Mapping[str, str]) -> str:
    """The key that leads to a place: its digit, or the first that the user chose."""
    return spoken(keymap.get(f"go.{place}", _KEYS[place]).partition(",")[0].strip())


def named(spot: Spot, keymap: Mapping[str, str], here: str = "") -> str:
    """A spot as one says it: `History (5)`, or `History (5), then u`; nothing for a form.

    `here` is the place in which it is said: a key that works there is named alone, as `press u`.
    """
    if spot.place not in _KEYS:  # a form, or no place of the bar
        return ""
    if spot.binding and spot.place == here:
        return f"press {keymap.get(spot.binding, spot.key)}"
    then = f", then {keymap.get(spot.binding, spot.key)}" if spot.binding else ""
    return f"{_TITLES[spot.place]} ({leads_to(spot.place, keymap)}){then}"
