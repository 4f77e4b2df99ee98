"""What a piece must say at its opening, its closing, or anywhere."""

from __future__ import annotations

import regex

from loop.model import Check
from loop.text.blocks import Block, blocks
from pipelines.mending.document import Document, Part, document
from pipelines.mending.edits import Edit, Finding, Outcome, apply_edits, finding

_QUOTES = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "*": None, "_": None})
_BLANK = regex.compile(r"\s+")
_SAYS = {
    "opening": "Does not open with “{}”.",
    "closing": "Does not end with “{}”.",
    "anywhere": "Does not say “{}”.",
}


def required(asked: Document, check: Check) -> Outcome:
    """One finding when the text is not where it must be, and the edit that puts it there."""
    if _present(asked, check):
        return Outcome()
    shown = _BLANK.sub(" ", check.text).strip()
    at = len(asked.text) if check.place == "closing" else 0
    found: list[Finding] = [finding(asked, at, at, _SAYS[check.place].format(shown))]
    if check.place == "anywhere" or not insertable(check.text):
        return Outcome(found)
    for edit in _insertions(asked, check):
        mended = document(apply_edits(asked.text, [edit]))
        if _present(mended, check) and mended.protected == asked.protected:
            return Outcome(found, [edit])
    return Outcome(found)


def insertable(text: str) -> bool:
    """True when the text is prose that can stand as a paragraph of its own."""
    parts = document(text.strip()).parts
    return bool(parts) and len(parts) == len(blocks(text)) and all(part.is_prose for part in parts)


def _insertions(asked: Document, check: Check) -> list[Edit]:
    """Where the text could go, best place first: a code block that never ends swallows its end."""
    gap = asked.newline * 2
    new = gap.join(_lines(block, asked.newline) for block in blocks(check.text.strip()))
    if not asked.blocks:
        return [Edit(0, len(asked.text), new + asked.newline)]
    prose = [part.block for part in asked.parts if part.is_prose]
    last = Edit(asked.blocks[-1].end, asked.blocks[-1].end, gap + new)
    if check.place == "closing":
        return [last, *(Edit(block.end, block.end, gap + new) for block in prose[-1:])]
    first = asked.blocks[0].start
    before = [
        Edit(block.start, block.start, ahead + new + gap)
        for block in prose[:1]
        for ahead in ("", asked.newline)  # close behind marks alone, it would become one block with them
    ]
    return [*before, last, Edit(first, first, new + gap)]


def _lines(block: Block, newline: str) -> str:
    return newline.join(block.text.splitlines())


def _present(asked: Document, check: Check) -> bool:
    wanted = _plain(check.text)
    if check.place == "anywhere":
        return any(_stands(_plain(part.block.text), wanted) for part in asked.parts)
    size = max(1, len(blocks(check.text)))
    prose = [part for part in asked.parts if part.is_prose]
    near = prose[:size] if check.place == "opening" else prose[-size:]
    return any(_meets(text, wanted, check) for text in (_joined(near), _bare(near)))


def _joined(parts: list[Part]) -> str:
    return _plain(" ".join(part.block.text for part in parts))


def _bare(parts: list[Part]) -> str:
    return _plain(" ".join(part.view for part in parts))


def _meets(text: str, wanted: str, check: Check) -> bool:
    if check.place == "opening":
        after = text[len(wanted) : len(wanted) + 1]
        return text.startswith(wanted) and not (wanted[-1:].isalnum() and after.isalnum())
    at = len(text) - len(wanted)
    before = text[max(0, at - 1) : max(0, at)]
    return text.endswith(wanted) and not (wanted[:1].isalnum() and before.isalnum())


def _stands(text: str, wanted: str) -> bool:
    at = text.find(wanted)
    while at >= 0:
        end = at + len(wanted)
        before, after = text[max(0, at - 1) : at], text[end : end + 1]
        inside = (wanted[:1].isalnum() and before.isalnum()) or (wanted[-1:].isalnum() and after.isalnum())
        if not inside:
            return True
        at = text.find(wanted, at + 1)
    return False


def _plain(text: str) -> str:
    return _BLANK.sub(" ", text.translate(_QUOTES)).strip().casefold()
