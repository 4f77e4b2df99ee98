"""Every key of the desk by its id, and what is wrong with the keys that a user chose."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from textual.binding import Binding
from textual.dom import DOMNode
from textual.keys import KEY_ALIASES, KEY_TO_UNICODE_NAME, Keys, _normalize_key_list, key_to_character
from textual.screen import ModalScreen

import tui

_WITH_KEYS = (
    "app",
    "draft_on_page",
    "manners",
    "place",
    "ways_back",
    "places",
    "correcting",
    "dialogs",
    "widgets",
)
"""The modules and packages that bind keys; the others are for a browser and a terminal, and may need more."""
_EVERYWHERE = ("app", "go", "place", "split")
"""What the ids of keys begin with that work beside all others."""
_MODIFIERS = {"ctrl", "alt", "shift", "super", "meta", "hyper"}
_NAMED = {key.value for key in Keys} | set(KEY_ALIASES) | set(KEY_TO_UNICODE_NAME)


class Bound(NamedTuple):
    """A key as a class of ours declares it."""

    owner: type[DOMNode]
    binding: Binding

    def home(self) -> str:
        """What its id begins with."""
        return (self.binding.id or "").partition(".")[0]


def every() -> Iterator[Bound]:
    """Every binding of a place, a window or a widget of ours. Imports all of them: not while one waits."""
    for name in _modules():
        for _, kind in inspect.getmembers(importlib.import_module(name), inspect.isclass):
            if kind.__module__ == name and issubclass(kind, DOMNode) and "BINDINGS" in vars(kind):
                for binding in Binding.make_bindings(vars(kind)["BINDINGS"]):
                    yield Bound(kind, binding)


def _modules() -> Iterator[str]:
    for module in pkgutil.iter_modules(tui.__path__):
        if module.name in _WITH_KEYS:
            name = f"tui.{module.name}"
            yield name
            if module.ispkg:
                yield from (
                    inside.name
                    for inside in pkgutil.iter_modules(importlib.import_module(name).__path__, f"{name}.")
                )


def wrong(keymap: Mapping[str, str], source: str) -> list[str]:
    """A sentence for each id that is not known, each key that is none, and each that means two things."""
    known: dict[str, list[Bound]] = {}
    for bound in every():
        known.setdefault(bound.binding.id or "", []).append(bound)
    said = []
    for id_, keys in keymap.items():
        if id_ not in known:
            from loop.nearest import nearest_hint

            said.append(f"{source}: there is no “{id_}”. {nearest_hint(id_, list(known))}")
            continue
        said += [
            f"{source}: “{key}”, for {id_}, is no key. Such as: ctrl+r, f5, x."
            for key in _keys(keys)
            if not _is_key(key)
        ]
        said += _clashes(id_, keys, known, keymap, source)
    return said


def _clashes(
    id_: str, keys: str, known: Mapping[str, list[Bound]], keymap: Mapping[str, str], source: str
) -> Iterator[str]:
    for other, bounds in known.items():
        if other == id_ or not _side_by_side(known[id_][0], bounds[0]):
            continue
        if other in keymap and other < id_:
            continue  # said when it was its turn
        theirs = keymap[other] if other in keymap else ",".join(bound.binding.key for bound in bounds)
        for key in sorted(_keys(keys) & _keys(theirs)):
            yield f"{source}: {key} means {bounds[0].binding.description} ({other}) already, beside {id_}."


def _side_by_side(one: Bound, other: Bound) -> bool:
    """True when both keys may be there at a time. Over a window only few of the app's are."""
    if one.home() == other.home():
        return True
    far = [bound for bound in (one, other) if bound.home() in _EVERYWHERE]
    if any(issubclass(bound.owner, ModalScreen) for bound in (one, other)):
        return any(bound.binding.priority for bound in far)
    return bool(far)


def _keys(typed: str) -> set[str]:
    return set(_normalize_key_list(typed).split(","))


def _is_key(key: str) -> bool:
    *modifiers, name = key.split("+")
    return set(modifiers) <= _MODIFIERS and (name in _NAMED or key_to_character(name) is not None)
