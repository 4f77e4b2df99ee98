"""The passage of a draft that a quote means."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import regex

from loop.text.sentences import Span
from loop.text.words import tokens

_QUOTES = '"“”„‟«»「」『』＂'
_APOSTROPHES = "'‘’‚‛‹›＇`´"
_DASHES = "-‐‑‒–—―−"
_LEAST_SCORE = 85
"""Below this likeness (0..100) a quote does not mean the passage."""
_LONGER = 1.2
"""A quote that is so many times as long as the draft is not from it."""


def anchor(draft: str, quote: str, place: int = 1) -> Span | None:
    """Where a draft says what is quoted: word for word, or else nearly; None when it does not.

    `place`: which of the passages that say it, counting from 1. What no passage says exactly means the
    most similar one, if it is 85% alike, widened to whole words.
    """
    wanted = quote.strip()
    if not wanted:
        return None
    said = list(islice(places(draft, wanted), place))
    if said or place > 1:
        return said[place - 1] if len(said) >= place else None
    if len(wanted) > _LONGER * len(draft):
        return None
    from rapidfuzz import fuzz  # only a quote that is not found exactly needs it

    found = fuzz.partial_ratio_alignment(_folded(wanted), _folded(draft), score_cutoff=_LEAST_SCORE)
    if found is None:
        return None
    return _whole_words(draft, found.dest_start, found.dest_end)


def places(draft: str, quote: str) -> Iterator[Span]:
    """Every passage that says what is quoted, in order.

    Those that say it exactly; where there is none, those that say it whatever the blank space, the case
    and the shape of quotes and dashes.
    """
    wanted = quote.strip()
    start = draft.find(wanted) if wanted else -1
    exact = start >= 0
    while start >= 0:
        yield Span(start, start + len(wanted))
        start = draft.find(wanted, start + 1)
    if wanted and not exact:
        for match in regex.finditer(_lenient(wanted), draft, regex.IGNORECASE):
            yield Span(match.start(), match.end())


def place_of(draft: str, span: Span) -> int:
    """Which of the passages with the same words this one is, counting from 1."""
    return 1 + sum(1 for one in places(draft, draft[span.start : span.end]) if one.start < span.start)


def _lenient(wanted: str) -> str:
    """A pattern for the same words in any case, with any blank space and any shape of marks."""
    classes = [(shapes, f"[{regex.escape(shapes)}]") for shapes in (_QUOTES, _APOSTROPHES, _DASHES)]

    def sign_pattern(sign: str) -> str:
        return next((pattern for shapes, pattern in classes if sign in shapes), regex.escape(sign))

    return r"\s+".join("".join(map(sign_pattern, word)) for word in wanted.split())


def _folded(text: str) -> str:
    """The text in lower case and with plain marks, character by character, so that offsets stay."""
    lower = "".join(sign.lower() if len(sign.lower()) == 1 else sign for sign in text)
    return lower.translate(_PLAIN_MARKS)


_PLAIN_MARKS = str.maketrans(
    {**dict.fromkeys(_QUOTES, '"'), **dict.fromkeys(_APOSTROPHES, "'"), **dict.fromkeys(_DASHES, "-")}
)


def _whole_words(draft: str, start: int, end: int) -> Span | None:
    touched = [token for token in tokens(draft) if token.start < end and start < token.end]
    return Span(touched[0].start, touched[-1].end) if touched else None
