"""What a limit counts, as numbers: to compare a draft with its final."""

from __future__ import annotations

from loop.model import Measure
from pipelines.mending import marks
from pipelines.mending.document import document, words
from pipelines.mending.limits import blocks_of, paragraphs_of, sentences_of

PER_UNIT: frozenset[Measure] = frozenset(("sentence_words", "paragraph_sentences"))
"""Measures with one value per sentence or paragraph; the others have one for the whole piece."""


def measure(text: str, name: Measure) -> tuple[float, ...]:
    """The values of a measure.

    sentence_words        words of each sentence, in order (headings aside; lists and quotes count)
    paragraph_sentences   sentences of each paragraph, in order (no list items, no quotes)
    piece_words           words of the piece, headings included; one value
    headings, list_items  how many there are; one value
    the others            how often the mark stands there; a run such as `!!!` is one; one value

    Code blocks, tables, front matter and HTML count for nothing; inline code and an address are one
    word each. Without sentences or paragraphs the result is empty.
    """
    asked = document(text)
    if name == "sentence_words":
        return tuple(float(words(part.view[start:end])) for part, (start, end) in sentences_of(asked))
    if name == "paragraph_sentences":
        return tuple(float(size) for _, size in paragraphs_of(asked))
    if name == "piece_words":
        return (float(sum(words(part.view) for part in asked.parts)),)
    if name in {"headings", "list_items"}:
        return (float(len(blocks_of(asked, name))),)
    return (float(sum(len(marks.spans(part, name)) for part in asked.parts)),)
