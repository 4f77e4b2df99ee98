"""Results as words for a person; `--json` never comes here."""

from __future__ import annotations

import importlib

from loop.model import Record

_HOMES = {
    "starting": ("new", "doctor", "models", "key", "trust", "status"),
    "writing": ("brief", "run", "show", "correct", "critique", "pick", "withdraw", "import", "export"),
    "learning": ("learn", "tidy", "decide", "measure", "curve", "why"),
    "history": ("log", "diff", "undo", "redo", "rollback", "recall"),
    "tuning": ("train",),
    "shelf": ("adapters",),
    "demo": ("demo",),
    "training": ("dataset",),
}


def render(verb: str, result: Record) -> str:
    """What a verb's result says, for a terminal or a pipe."""
    home = next(module for module, verbs in _HOMES.items() if verb in verbs)
    module = importlib.import_module(f"loop.render.{home}")
    text: str = module.RENDER[verb](result)
    return text
