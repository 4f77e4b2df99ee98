"""A model's reply as a piece of writing: what it wrapped around the piece goes, half a sentence goes."""

from __future__ import annotations

import regex

from loop.text.blocks import blocks
from loop.text.sentences import sentences

_FENCE = regex.compile(r"[ ]{0,3}(`{3,}|~{3,})[ \t]*(?i:markdown|md|text|txt|plaintext)?[ \t]*\r?\n")
_QUOTES = (('"', '"'), ("“", "”"))
_LETTER = regex.compile(r"\p{L}")
_MARKS = ".!?…。！？｡؟۔।॥"
_CLOSERS = "\"'”’»)]」』）*_"


def tidy(text: str, *, complete: bool = True) -> str:
    """The piece without blank lines around it, nor a code fence or quotation marks around all of it.

    A fence or quotation that is part of the piece stays. When the reply was cut (`complete` is False)
    an opened fence around all of it counts too.
    """
    piece = strip_blank_lines(text)
    fence = _FENCE.match(piece)
    if fence is not None:
        found = blocks(piece)
        mark = fence.group(1)
        last = piece[piece.rfind("\n") + 1 :].strip()
        closed = last.startswith(mark) and not last.strip(mark[0])
        if len(found) == 1 and closed:
            piece = strip_blank_lines(piece[fence.end() : piece.rfind("\n") + 1])
        elif len(found) == 1 and not complete:
            piece = strip_blank_lines(piece[fence.end() :])
    for opening, closing in _QUOTES:
        inner = piece[1:-1]
        wrapped = len(piece) > 2 and piece[0] == opening and piece[-1] == closing
        if wrapped and opening not in inner and closing not in inner:
            return strip_blank_lines(inner)
    return piece


def whole_sentences(text: str) -> str:
    """A piece that was cut somewhere, without its last, unfinished sentence, list item or heading.

    A piece that is one unfinished sentence is given back as it is.
    """
    found = list(blocks(text))
    last = found.pop() if found else None
    if last is None:
        return text
    if not last.protected and last.kind != "heading":
        for span in reversed(sentences(last.text)):
            sentence = last.text[span.start : span.end]
            if _LETTER.search(sentence) and sentence.rstrip(_CLOSERS).endswith(tuple(_MARKS)):
                return text[: last.start + span.end]
    while found and found[-1].kind == "heading":
        found.pop()
    return text[: found[-1].end] if found else text


def strip_blank_lines(text: str) -> str:
    """The text without blank lines around it; the indentation of the first line stays."""
    body = text.rstrip()
    lead = len(body) - len(body.lstrip())
    return body[max(body.rfind("\n", 0, lead), body.rfind("\r", 0, lead)) + 1 :]
