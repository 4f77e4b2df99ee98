"""Where in a draft a cursor points to, and where notes about it stand."""

from __future__ import annotations

from collections.abc import Sequence

from feedback.anchor import anchor, places
from loop.model import MarginNote
from loop.text.blocks import Block, blocks
from loop.text.sentences import Span, sentences

_CUT = "…"
"""What stands at the end of a note's quote that was shortened."""


def paragraph_at(text: str, offset: int) -> Span | None:
    """The paragraph, heading or list item in which an offset stands; None between two."""
    block = _block_at(text, offset)
    return _words_of(block) if block else None


def sentence_at(text: str, offset: int) -> Span | None:
    """The sentence in which an offset stands, or which follows in its paragraph; None between paragraphs."""
    paragraph = paragraph_at(text, offset)
    if paragraph is None:
        return None
    found = _sentences_in(text, paragraph)
    return next((span for span in found if offset <= span.end), found[-1] if found else None)


def sentences_of(text: str) -> list[Span]:
    """Every sentence of a text, in order; code, tables and the like have none."""
    return [
        span
        for block in blocks(text)
        if not block.protected
        for span in _sentences_in(text, _words_of(block))
    ]


def place_of(text: str, passage: Span) -> tuple[int, int]:
    """Which of the passages that read the same it is, counting from 1, and how many there are."""
    starts = [one.start for one in places(text, text[passage.start : passage.end])]
    return starts.index(passage.start) + 1 if passage.start in starts else 1, max(1, len(starts))


def trimmed(text: str, start: int, end: int) -> Span | None:
    """A passage without the blank space around it; None when there is nothing else."""
    piece = text[start:end]
    if not piece.strip():
        return None
    return Span(start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip()))


def plain(text: str, passage: tuple[int, int] | None) -> Span | None:
    """A passage of a text as it stands once line ends are line feeds, as the screen has them."""
    if passage is None:
        return None
    start, end = (offset - text.count("\r\n", 0, offset) for offset in passage)
    return Span(start, end)


def note_passages(text: str, notes: Sequence[MarginNote]) -> list[Span | None]:
    """Where each note of a check stands; notes with the same quote mean one passage after the other."""
    seen: dict[tuple[str, str], int] = {}
    found: list[Span | None] = []
    for note in notes:
        quote = note.quote.removesuffix(_CUT)
        if not quote:
            found.append(None)
            continue
        place = seen.get((note.check, quote), 0) + 1
        seen[note.check, quote] = place
        found.append(_whole_words(text, quote, place) or anchor(text, quote))
    return found


def _whole_words(text: str, quote: str, place: int) -> Span | None:
    whole = [
        span for span in places(text, quote) if not _cuts(text, span.start) and not _cuts(text, span.end)
    ]
    return whole[min(place, len(whole)) - 1] if whole else None


def _cuts(text: str, offset: int) -> bool:
    """True inside a word of a script that has spaces."""
    beside = text[max(0, offset - 1) : offset + 1]
    return len(beside) == 2 and all(sign.isalnum() and sign < "\u2e80" for sign in beside)


def _words_of(block: Block) -> Span:
    return Span(block.start + len(block.marker), block.end)


def _sentences_in(text: str, paragraph: Span) -> list[Span]:
    start, end = paragraph
    return [Span(start + span.start, start + span.end) for span in sentences(text[start:end])]


def _block_at(text: str, offset: int) -> Block | None:
    return next((block for block in blocks(text) if block.start <= offset <= block.end), None)
