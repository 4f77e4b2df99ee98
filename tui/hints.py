"""Hints that say what to type, turned into what one does at the desk."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from loop.verbs import VERBS, Verb
from tui.where import ACTIONS, FORM, LINES, WHERE, Spot, named

if TYPE_CHECKING:
    from loop.asking import Asked

_VERBS = {verb.name: verb for verb in VERBS}
_COMMAND = re.compile(rf"redraft\s+(?P<verb>{'|'.join(_VERBS)})(?![\w-])")
_NEXT = re.compile(r""" (?P<word>"[^"\n]*"|'[^'\n]*'|[<>]|\.{1,2}(?=\s|$)|[^\s"'`;,()“”]*[^\s"'`;,()“”.:])""")
_ASIDE = re.compile(r"\s*\([^()\n]*--[a-z][^()\n]*\)")
"""`(or --stdin)`: there is nothing like it at the desk."""
_OPTION = re.compile(r"(?<![\w-])--([a-z][a-z-]*)")
_TYPE = re.compile(r"\b[Tt]ype: $")
_AGAIN = (("Type the command again", "Do it again"), ("type the command again", "do it again"))
ANEW = "Enter plans it anew"
"""What a plan is said for in its own window."""
_ANYTHING = {"NAME", "FOLDER", "..."}
"""What stands in a hint for a word of the writer's own."""
_PLAN = WHERE["train"]
_NO_SETTINGS = {"yes", "detach", "resume", "require", "rows"}
"""Options of training that no line of the plan sets."""


def at_desk(said: str, keymap: Mapping[str, str] | None = None, here: str = "") -> str:
    """The text with every command in it named by its place and key; all else stays as it is.

    `keymap` has the keys that the user chose, `here` is the id of the place in which it is said, or of its
    window: `plan`.
    """
    for typed, done in _AGAIN:
        said = said.replace(typed, done)
    parts: list[str] = []
    at = 0
    while found := _COMMAND.search(said, at):
        details, end = _details(_VERBS[found["verb"]], said, found.end())
        asks = _TYPE.search(said, at, found.start())
        between = said[at : asks.start() if asks else found.start()]
        spot = _spot(found["verb"], details, keymap or {}, here)
        if asks and asks[0].startswith("T"):
            spot = f"{spot[0].upper()}{spot[1:]}"
        parts += [_plain(between) if at else between, spot]
        at = end
    return "".join([*parts, _plain(said[at:])]) if at else said


def in_a_form(said: str) -> str:
    """What a field says of itself, without the dashes of a command line."""
    return _OPTION.sub(r"“\1”", at_desk(said))


def _spot(verb: str, details: list[str], keymap: Mapping[str, str], here: str) -> str:
    """A command as a place and a key."""
    action = ACTIONS.get((verb, details[0])) if details else None
    if option := next((one for one in details if (verb, f"--{one.partition(' ')[0]}") in ACTIONS), ""):
        action = ACTIONS[verb, f"--{option.partition(' ')[0]}"]
        if action is FORM:
            return _form(verb, _filled(_VERBS[verb], details), keymap)
        if (verb, option) == ("train", "resume") and any(one.partition(" ")[0] == "base" for one in details):
            return _form(verb, [f"action {details[0]}", *details[1:]], keymap)  # no key asks for a folder
        details = [one for one in details[1:] if one != option]
    elif action is not None:
        details = ["method dpo"] * (details[0] == "dpo") + details[1:]
    if verb in {"train", "dataset"}:
        return _in_training(action or WHERE[verb], details, keymap, here)
    if verb == "adapters" and action is not None:
        return _on_run(action, details[0] if details else "", keymap, here)
    if verb == "pick" and len(details) > 1:  # what is picked there is the take that one looks at
        takes = named(Spot("write"), keymap)
        return f"{takes}, take {details[1]}, then {keymap.get(WHERE[verb].binding, WHERE[verb].key)}"
    where = named(action or WHERE[verb], keymap, here) or f"{_palette(keymap)}, {verb}"
    return f"{where}: {', '.join(details)}" if details else where


def _form(verb: str, details: list[str], keymap: Mapping[str, str]) -> str:
    """What only the form of a verb can do, in the palette."""
    return f"{_palette(keymap)}, {verb}, {keymap.get('palette.form', 'ctrl+o').title()}: {', '.join(details)}"


def _filled(verb: Verb, details: list[str]) -> list[str]:
    """The details with the names of their fields; what is typed without one is the next argument."""
    from loop.asking import asked

    fields = asked(verb.load().Request)
    options = {field.public for field in fields if field.argument is None}
    words = (field.public for field in fields for _ in range(_times(field)) if field.argument)
    return [
        one if one.partition(" ")[0] in options else f"{next(words, '')} {one}".strip() for one in details
    ]


def _palette(keymap: Mapping[str, str]) -> str:
    return keymap.get("app.palette", "ctrl+p").title()


def _in_training(spot: Spot, details: list[str], keymap: Mapping[str, str], here: str) -> str:
    """A command about training: the line of the plan that sets an option, or a key and the run it is for."""
    options = {option: value for option, _, value in (one.partition(" ") for one in details)}
    options = {option: value for option, value in options.items() if option not in _NO_SETTINGS}
    plans = spot.binding == _PLAN.binding
    name = "" if plans else options.pop("name", "")
    if options:
        lines = ", ".join(_line(option, value) for option, value in options.items())
        return f"set {lines}" if here == "plan" else f"{named(_PLAN, keymap, here)}, then set {lines}"
    return ANEW if plans and here == "plan" else _on_run(spot, name, keymap, here)


def _on_run(spot: Spot, name: str, keymap: Mapping[str, str], here: str) -> str:
    where = named(spot, keymap, here)
    return f"{where} on “{name}”" if name and name not in _ANYTHING else where


def _line(option: str, value: str) -> str:
    said = LINES.get(option) or f"{LINES['more']}, {option.replace('-', ' ')}"
    value = value.upper() if option == "method" else value
    return f"{said} to {value}" if value and value not in _ANYTHING else said


def _details(verb: Verb, said: str, at: int) -> tuple[list[str], int]:
    """What is said behind a verb that matters here too, and where the command ends.

    A word belongs to it when it is an option, an option's value, or one of the verb's own arguments.
    """
    from loop.asking import asked

    fields = asked(verb.load().Request)
    options = {f"--{field.public}": field for field in fields if field.argument is None}
    free = sum(_times(field) for field in fields if field.argument)
    files = {
        option
        for field in fields
        for option in ((field.source and field.source.option), (field.files and field.files.option))
    }
    details: list[str] = []
    while found := _NEXT.match(said, at):
        word = found["word"]
        if word in files or word in "<>":
            value = _NEXT.match(said, found.end())
            at = value.end() if value else found.end()
            continue
        if word.startswith("--"):
            value = _NEXT.match(said, found.end())
            takes = word in options and options[word].shape not in {"switch", "text"}
            if word in options or word != "--stdin":
                details.append(f"{word[2:]} {value['word']}" if takes and value else word[2:])
            at = value.end() if takes and value else found.end()
            continue
        if not free:
            break
        free -= 1
        if word.strip("\"'") not in _ANYTHING:
            details.append(word)
        at = found.end()
    return details, at


def _times(field: Asked) -> int:
    """How many words may be typed for one of a verb's own arguments."""
    return 99 if field.shape == "several" else 1


def _plain(said: str) -> str:
    """What stands between commands, without their options."""
    return _OPTION.sub(r"“\1”", _ASIDE.sub("", said))
