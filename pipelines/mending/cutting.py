"""Taking words out of a sentence so that nobody sees where they stood."""

from __future__ import annotations

from collections.abc import Sequence

import regex

from loop.text.sentences import Span
from pipelines.mending.casing import ARTICLE, article_for
from pipelines.mending.document import MARK_MASK, Document, Part, wordless
from pipelines.mending.edits import Edit, in_part, unclosed, without_blocks, without_sentences

_PAIRS = (
    *(("**", "**"), ("__", "__"), ("*", "*"), ("_", "_")),
    *(("“", "”"), ('"', '"'), ("‘", "’"), ("(", ")"), ("[", "]")),
)
_AFTER_START = regex.compile(r"\s*[,;:]?\s*(?:[–—-]+\s+)?")
_NOTHING = regex.compile(r"[\s,–—-]*")
_CLOSERS = frozenset(",.;:!?)…”’。！？，")
_END_MARKS = frozenset(".;:!?)…。！？")
_OPENERS = frozenset("([“‘—–;:")
_JOINERS = regex.compile(
    r"(?<!\p{L})(?:and|but|so|or|because|that|yet|then|which|if|when)\Z", regex.IGNORECASE
)
_FIRST_LETTER = regex.compile(r"[\"'“‘(\[*_]*(\p{Ll})")


def deletions(document: Document, part: Part, spans: Sequence[Span]) -> list[Edit]:
    """Edits that take the spans (of the part's view, in order) out and tidy up behind them.

    A block without any words left goes as a whole, so does a sentence.
    """
    view = part.view
    merged = _merged(view, [_wrapped(view, span) for span in spans])
    bounds = [0, *(at for span in merged for at in span), len(view)]
    if all(wordless(view, start, end) for start, end in zip(bounds[::2], bounds[1::2], strict=True)):
        return without_blocks(document, [part.number])
    edits = []
    emptied: set[int] = set()
    for span in merged:
        first, last = part.sentence_at(span.start), part.sentence_at(span.end - 1)
        start, end = part.sentences[first].start, max(span.end, part.sentences[last].end)
        if not wordless(view, span.end, end):
            edits.append(_cut(part, span, starts=wordless(view, start, span.start)))
        elif not wordless(view, start, span.start):
            edits.append(_cut(part, span, starts=False))
        else:
            emptied.update(range(first, last + 1))
    if emptied and len(emptied) < len(part.sentences):
        edits += without_sentences(part, emptied)
    elif emptied:
        edits += without_blocks(document, [part.number])
    return edits


def _merged(view: str, spans: Sequence[Span]) -> list[Span]:
    merged: list[Span] = []
    for span in spans:
        if merged and _NOTHING.fullmatch(view, merged[-1].end, max(merged[-1].end, span.start)):
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return merged


def _wrapped(view: str, span: Span) -> Span:
    """The span with the quotes, brackets and emphasis that hold nothing else."""
    start, end = span
    widened = True
    while widened:
        widened = False
        for opening, closing in _PAIRS:
            if start >= len(opening) and view.startswith(opening, start - len(opening)):
                if view.startswith(closing, end):
                    start, end = start - len(opening), end + len(closing)
                    widened = True
                    break
                if opening == "[" and view.startswith(MARK_MASK, end):
                    start -= 1
                    while view.startswith(MARK_MASK, end):
                        end += 1
                    widened = True
                    break
    return Span(start, end)


def _cut(part: Part, span: Span, *, starts: bool) -> Edit:
    view = part.view
    start, end = span
    if starts:
        match = _AFTER_START.match(view, end)
        end = match.end() if match else end
        letter = _FIRST_LETTER.match(view, end)
        mark = unclosed(part, start, end)
        if letter is not None and _first_cased(view[start:end]).isupper():
            opening = view[end : letter.start(1)]
            return in_part(part, start, letter.end(1), mark + opening + letter.group(1).upper())
        return in_part(part, start, end, mark)
    start, end = _commas(view, start, end)
    start, end = _spaces(view, start, end)
    mark = unclosed(part, start, end)
    article = ARTICLE.search(view, max(0, span.start - 12), span.start)
    if article is not None and end > start:
        fitting = article_for(article.group(), view[span.start : span.end], view[end : end + 40].lstrip())
        if fitting != article.group() and not mark:
            return in_part(part, article.start(), end, fitting + view[article.end() : start])
    return in_part(part, start, end, mark)


def _first_cased(text: str) -> str:
    return next((letter for letter in text if letter.isalpha()), "")


def _commas(view: str, start: int, end: int) -> tuple[int, int]:
    """The cut with the commas that made it an aside."""
    left, right = _blank_before(view, start), _blank_after(view, end)
    before, after = view[left - 1 : left], view[right : right + 1]
    if before == "," and (after == "," or not after or after in _END_MARKS):
        return left - 1, right + 1 if after == "," else end
    if after == "," and (before in _OPENERS or _JOINERS.search(view, max(0, left - 10), left)):
        return start, right + 1
    return start, end


def _spaces(view: str, start: int, end: int) -> tuple[int, int]:
    """The cut with one of the spaces around it, so that a single one stays (or none before a mark)."""
    left, right = _blank_before(view, start), _blank_after(view, end)
    after = view[right : right + 1]
    if not after or after in _CLOSERS:
        return left, right if after else end
    if left == start:
        return (start, right) if view[left - 1 : left] in _OPENERS else (start, end)
    if right == end:
        return start, end
    return (start, right) if "\n" in view[left:start] or "\r" in view[left:start] else (left, end)


def _blank_before(view: str, position: int) -> int:
    while position and view[position - 1].isspace():
        position -= 1
    return position


def _blank_after(view: str, position: int) -> int:
    while position < len(view) and view[position].isspace():
        position += 1
    return position
