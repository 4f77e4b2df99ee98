"""Text of models and files as it may stand on a screen: never as markup, never as a terminal's commands."""

from __future__ import annotations

import re

from textual.content import Content

_PICTURES = {code: 0x2400 + code for code in range(32) if chr(code) not in "\t\n"}
_PICTURES |= {0x7F: 0x2421} | dict.fromkeys(range(0x80, 0xA0), 0x2426)
_PICTURES |= dict.fromkeys((0x2028, 0x2029), 0x23CE)
"""Characters that would move a terminal's cursor, or worse -> a picture of each, one for one."""


def shown(text: str) -> str:
    """The text with a picture in the place of each control character: as long as before."""
    return text.translate(_PICTURES)


def content(text: str, style: str = "") -> Content:
    """The text for a widget, in a style; `[brackets]` in it mean nothing."""
    return Content.styled(shown(text), style) if style else Content(shown(text))


_CODES = {"1": "bold", "2": "dim", "4": "underline", "7": "reverse", "9": "strike"}
_CODES |= {"31": "$text-error", "32": "$text-success", "33": "$text-warning"}
_CODE = re.compile(r"\033\[(\d*)m")


def styled(text: str) -> Content:
    """What the command line says, with the styles that it says it in; nothing else in it is obeyed."""
    parts: list[Content] = []
    style = ""
    at = 0
    for found in _CODE.finditer(text):
        parts.append(content(text[at : found.start()], style))
        style = f"{style} {_CODES[found[1]]}".strip() if found[1] in _CODES else ""
        at = found.end()
    return Content("").join([*parts, content(text[at:], style)])
