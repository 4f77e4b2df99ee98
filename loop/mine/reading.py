"""One edit pair, read closely: the small edits inside its Changes, and the sentences that went."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from rapidfuzz.distance import Levenshtein

from feedback.evidence import PairEvidence
from loop.text.blocks import blocks
from loop.text.sentences import Span, sentences
from loop.text.words import PARAGRAPH_BREAK, Token, tokens

START = "\ue000"
"""Stands in a folded text where a sentence begins."""
_SAME_QUOTES = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"'})
_COVERED = 0.8
_KEPT = 0.4
_REWRITTEN = 0.65
_REWRITTEN_WORDS = 8


class Edit(NamedTuple):
    """One replacement or deletion of a few words: `draft.tokens[first:last]` -> `final.tokens[...]`."""

    first: int
    last: int
    final_first: int
    final_last: int
    changes: tuple[str, ...]
    """Ids of the Changes it is a part of."""


class Text(NamedTuple):
    """A text with its words and sentences; what is protected (code, tables) counts as neither."""

    text: str
    tokens: tuple[Token, ...]
    sentences: tuple[Span, ...]
    """Spans in `text`, headings and list items too."""
    folded: str
    """All units in small letters with single spaces around, each sentence behind START."""


class Gone(NamedTuple):
    """A sentence of the draft that the final has no longer."""

    text: str
    change: str
    span: Span
    """Where it stood in the draft."""


class PairReading(NamedTuple):
    """An edit pair as the families of habits look at it."""

    draft: Text
    final: Text
    """As far as the writer wants it learned from: excluded Changes are left as in the draft."""
    edits: tuple[Edit, ...]
    gone: tuple[Gone, ...]
    new: tuple[str, ...]
    """Sentences of the final that the draft did not have."""
    kept_draft: str
    """The draft without the sentences that are gone: what the writer worked on."""


def fold(text: str) -> str:
    """Small letters and straight quotes: how phrases are compared."""
    return text.translate(_SAME_QUOTES).casefold()


def folded_words(phrase: str) -> str:
    """A phrase as it stands in `Text.folded`, without the spaces around it."""
    return " ".join(fold(token.text) for token in tokens(phrase) if token.text != PARAGRAPH_BREAK)


def read_text(text: str) -> Text:
    """Read a text: cost grows with its length."""
    units: list[Token] = []
    spans: list[Span] = []
    pieces: list[str] = []
    for block in blocks(text):
        if block.protected:
            continue
        offset = block.start + len(block.marker)
        body = text[offset : block.end]
        whole = (Span(0, len(body)),) if block.kind == "heading" else sentences(body)
        for start, end in whole:
            spans.append(Span(offset + start, offset + end))
            here = offset + start
            found = [
                Token(word, here + first, here + last, is_word)
                for word, first, last, is_word in tokens(body[start:end])
                if word != PARAGRAPH_BREAK
            ]
            units += found
            pieces.append(START)
            pieces += [fold(token.text) for token in found]
    return Text(text, tuple(units), tuple(spans), f" {' '.join(pieces)} ")


def read_pair(item: PairEvidence) -> PairReading:
    """Read an edit pair: cost grows with the length of both texts."""
    draft, final = read_text(item.pair.draft), read_text(_learnable(item))
    places = _places(item)
    gone = _whole(
        draft,
        final,
        (_Piece(one.draft_start, one.draft_end, one.after, one.id) for one in item.changes),
    )
    new = _whole(
        final,
        draft,
        (_Piece(places[one.id], places[one.id] + len(one.after), one.before, one.id) for one in item.changes),
    )
    lost = {span for span, _ in gone}
    return PairReading(
        draft=draft,
        final=final,
        edits=tuple(_edits(draft, final, item, places)),
        gone=tuple(Gone(draft.text[span.start : span.end], change, span) for span, change in gone),
        new=tuple(final.text[span.start : span.end] for span, _ in new),
        kept_draft=_without(draft, lost),
    )


def _learnable(item: PairEvidence) -> str:
    if not item.pair.excluded:
        return item.pair.final
    pieces = []
    position = 0
    for change in sorted((*item.changes, *item.facts), key=lambda change: change.draft_start):
        pieces += [item.pair.draft[position : change.draft_start], change.after]
        position = max(position, change.draft_end)
    return "".join((*pieces, item.pair.draft[position:]))


class _Piece(NamedTuple):
    """What one Change took out of, or put into, a text: `text[start:end]`."""

    start: int
    end: int
    other: str
    """What stands there in the other text."""
    change: str


def _whole(text: Text, other: Text, pieces: Iterable[_Piece]) -> list[tuple[Span, str]]:
    """Sentences that went (or came) as a whole, with the Change they went in."""
    starts = [span.start for span in text.sentences]
    found: dict[Span, str] = {}
    for piece in pieces:
        if not text.text[piece.start : piece.end].strip():
            continue
        there = {fold(token.text) for token in tokens(piece.other)}
        for number in range(max(0, bisect_left(starts, piece.start) - 1), len(starts)):
            span = text.sentences[number]
            if span.start >= piece.end:
                break
            overlap = min(span.end, piece.end) - max(span.start, piece.start)
            if overlap < _COVERED * (span.end - span.start):
                continue
            words = [fold(token.text) for token in tokens(text.text[span.start : span.end])]
            kept = sum(1 for word in words if word in there)
            if kept < _KEPT * len(words) and f" {' '.join(words)} " not in other.folded:
                found[span] = piece.change
    return list(found.items())


def _without(text: Text, lost: set[Span]) -> str:
    pieces = []
    position = 0
    for span in text.sentences:
        if span in lost:
            pieces.append(text.text[position : span.start])
            position = span.end
    return "".join((*pieces, text.text[position:]))


def _places(item: PairEvidence) -> dict[str, int]:
    """Where each Change stands in what may be learned from: excluded Changes shift the later ones."""
    places: dict[str, int] = {}
    shift = 0
    for change in sorted((*item.changes, *item.facts), key=lambda change: change.draft_start):
        places[change.id] = change.draft_start + shift if item.pair.excluded else change.final_start
        shift += len(change.after) - len(change.before)
    return places


def _edits(draft: Text, final: Text, item: PairEvidence, places: Mapping[str, int]) -> list[Edit]:
    draft_starts = [token.start for token in draft.tokens]
    found: list[Edit] = []
    for change in item.changes:
        if not change.before.strip():
            continue
        first = bisect_left(draft_starts, change.draft_start)
        last = bisect_left(draft_starts, change.draft_end)
        start = places[change.id]
        after = _between(final, start, start + len(change.after))
        found += _small(draft, final, (first, last), after, change.id)
    return sorted(found)


def _between(text: Text, start: int, end: int) -> tuple[int, int]:
    def key(token: Token) -> int:
        return token.start

    return bisect_left(text.tokens, start, key=key), bisect_left(text.tokens, end, key=key)


def _small(
    draft: Text, final: Text, before: tuple[int, int], after: tuple[int, int], change: str
) -> list[Edit]:
    """The minimal edits inside one Change; none for a passage that was written anew."""
    old = [fold(token.text) for token in draft.tokens[slice(*before)]]
    new = [fold(token.text) for token in final.tokens[slice(*after)]]
    steps = [step for step in Levenshtein.opcodes(old, new) if step.tag != "equal"]
    changed = sum(max(step.src_end - step.src_start, step.dest_end - step.dest_start) for step in steps)
    if len(old) > _REWRITTEN_WORDS and new and changed > _REWRITTEN * max(len(old), len(new)):
        return []
    found: list[Edit] = []
    for step in steps:
        edit = Edit(
            before[0] + step.src_start,
            before[0] + step.src_end,
            after[0] + step.dest_start,
            after[0] + step.dest_end,
            (change,),
        )
        if found and found[-1].last == edit.first and found[-1].final_last == edit.final_first:
            found[-1] = found[-1]._replace(last=edit.last, final_last=edit.final_last)
        else:
            found.append(edit)
    return found
