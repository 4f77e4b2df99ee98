"""Curly and straight quotation marks."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from pipelines.mending.document import Document, Part
from pipelines.mending.edits import Edit, in_part

_STRAIGHT = {"“": '"', "”": '"', "„": '"', "‟": '"', "‘": "'", "’": "'", "‚": "'", "‛": "'"}
_CURLY_MARK = regex.compile("[“”„‟‘’‚‛]")
_DOUBLE = regex.compile('["“”]')
_SINGLE = regex.compile("'")
_CLIPPED = regex.compile(r"'(?:\d0s|tis|twas|em|til|cause|n|round|bout)(?![\p{L}\p{N}])", regex.IGNORECASE)
_BEFORE_OPENING = frozenset(" \t\r\n([{—–-/*_“‘\"'")


def straight(_document: Document, part: Part) -> Iterator[Edit]:
    """Every curly mark as a straight one."""
    for match in _CURLY_MARK.finditer(part.view):
        yield in_part(part, *match.span(), _STRAIGHT[match.group()])


def curly(_document: Document, part: Part) -> Iterator[Edit]:
    """Every straight mark as the curly one that its place asks for; feet and inches stay."""
    view = part.view
    opened = False
    for match in _DOUBLE.finditer(view):
        at = match.start()
        if match.group() != '"':
            opened = match.group() == "“"
            continue
        before = view[at - 1] if at else " "
        if before.isdigit() and not opened:
            continue
        opened = before in _BEFORE_OPENING and not (opened and _ends(view, at))
        yield in_part(part, at, at + 1, "“" if opened else "”")
    for match in _SINGLE.finditer(view):
        at = match.start()
        before = view[at - 1] if at else " "
        after = view[at + 1 : at + 2]
        if before.isdigit() and not after.isalpha():
            continue
        opens = before in _BEFORE_OPENING and after.strip() and _CLIPPED.match(view, at) is None
        yield in_part(part, at, at + 1, "‘" if opens else "’")


def _ends(view: str, at: int) -> bool:
    """True when blank space or an end follows the mark: it closes, whatever stands before it."""
    after = view[at + 1 : at + 2]
    return not after or after.isspace() or after in ".,;:!?)"
