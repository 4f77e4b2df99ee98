"""One paragraph of a prompt file at a time: replaced, taken out or added, every other byte kept."""

from __future__ import annotations

from typing import NamedTuple

from loop.errors import ProposalRejected
from pipelines.bullets import BREAK
from pipelines.edits import Edit, apply, line_end_of

_QUOTED = 60


class _Paragraph(NamedTuple):
    """A run of lines that are not blank."""

    start: int
    end: int
    text: str
    """Without the blank space around it, with plain newlines."""


def paragraphs_of(text: str) -> tuple[str, ...]:
    """The paragraphs as operations quote them: no blank space around, plain newlines."""
    return tuple(one.text for one in _paragraphs(text))


def replace_paragraph(text: str, old: str, new: str, source: str) -> str:
    """The text with `new` in place of the paragraph `old`.

    Raises ProposalRejected when `old` is not exactly one paragraph of it, or `new` is not one paragraph.
    """
    found, index = _find(text, old, source)
    paragraph = found[index]
    return apply(text, [Edit(paragraph.start, paragraph.end, _one(new, line_end_of(text)))])


def insert_paragraph(text: str, old: str, new: str, source: str) -> str:
    """The text with the paragraph `new` behind the paragraph `old`. Raises ProposalRejected likewise."""
    found, index = _find(text, old, source)
    paragraph = found[index]
    line_end = line_end_of(text)
    return apply(text, [Edit(paragraph.end, paragraph.end, line_end * 2 + _one(new, line_end))])


def delete_paragraph(text: str, old: str, source: str) -> str:
    """The text without the paragraph `old` and one of the gaps around it.

    Raises ProposalRejected likewise.
    """
    found, index = _find(text, old, source)
    if index:
        return apply(text, [Edit(found[index - 1].end, found[index].end, "")])
    following = found[1].start if len(found) > 1 else found[0].end
    return apply(text, [Edit(found[0].start, following, "")])


def _find(text: str, old: str, source: str) -> tuple[list[_Paragraph], int]:
    wanted = BREAK.sub("\n", old).strip()
    if not wanted:
        raise ProposalRejected(
            f"It does not say which paragraph of {source} is meant.", hint="Quote the paragraph whole."
        )
    found = _paragraphs(text)
    places = [number for number, one in enumerate(found) if one.text == wanted]
    if len(places) != 1:
        quoted = wanted if len(wanted) <= _QUOTED else wanted[:_QUOTED] + "…"
        times = f"{len(places)} times" if places else "not as a paragraph"
        raise ProposalRejected(
            f"“{quoted}” stands in {source} {times}; it must stand there exactly once.",
            hint="Quote one paragraph whole, word for word.",
        )
    return found, places[0]


def _one(new: str, line_end: str) -> str:
    found = _paragraphs(new)
    if len(found) != 1:
        raise ProposalRejected(
            f"The new text is {len(found) or 'no'} paragraphs; one operation is for one paragraph.",
            hint="Make it one paragraph, or one operation for each.",
        )
    return BREAK.sub(line_end, found[0].text)


def _paragraphs(text: str) -> list[_Paragraph]:
    found: list[_Paragraph] = []
    start = end = -1
    position = 0
    while position <= len(text):
        match = BREAK.search(text, position)
        stop = match.start() if match else len(text)
        if text[position:stop].strip():
            start = position if start < 0 else start
            end = stop
        elif start >= 0:
            found.append(_paragraph(text, start, end))
            start = -1
        position = match.end() if match else len(text) + 1
    if start >= 0:
        found.append(_paragraph(text, start, end))
    return found


def _paragraph(text: str, start: int, end: int) -> _Paragraph:
    return _Paragraph(start, end, BREAK.sub("\n", text[start:end]).strip())
