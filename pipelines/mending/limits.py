"""What `limit` finds and mends: a measure that is outside its bounds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from loop.model import Check, Measure
from loop.text.sentences import Span
from pipelines.mending import marks, shape
from pipelines.mending.document import Document, Part, words
from pipelines.mending.edits import Edit, Finding, Outcome, finding
from pipelines.mending.splitting import split

NAMES: Mapping[Measure, tuple[str, str]] = {
    "sentence_words": ("word", "words"),
    "paragraph_sentences": ("sentence", "sentences"),
    "piece_words": ("word", "words"),
    "headings": ("heading", "headings"),
    "list_items": ("list item", "list items"),
    "exclamation_marks": ("exclamation mark", "exclamation marks"),
    "question_marks": ("question mark", "question marks"),
    "emoji": ("emoji", "emoji"),
    "dashes": ("dash", "dashes"),
    "semicolons": ("semicolon", "semicolons"),
    "parentheses": ("aside in brackets", "asides in brackets"),
    "bold": ("passage in bold", "passages in bold"),
}
"""What a measure counts: one, and several."""


def limited(document: Document, check: Check) -> Outcome:
    """Every place where the measure is outside `low`..`high`."""
    measure = check.measure
    if measure == "sentence_words":
        return _sentences(document, check)
    if measure == "paragraph_sentences":
        return _paragraphs(document, check)
    if measure == "piece_words":
        return _piece(document, check)
    if measure in {"headings", "list_items"}:
        return _blocks(document, check)
    return _marks(document, check)


def sentences_of(document: Document) -> list[tuple[Part, Span]]:
    """Every sentence of the prose, with its part."""
    return [(part, span) for part in document.parts if part.is_prose for span in part.sentences]


def paragraphs_of(document: Document) -> list[tuple[Part, int]]:
    """Every paragraph with the number of its sentences."""
    return [
        (part, len(shape.groups(part)))
        for part in document.parts
        if part.is_prose and part.block.kind == "paragraph"
    ]


def blocks_of(document: Document, measure: Measure) -> list[Part]:
    """The headings, or the list items."""
    kind = "heading" if measure == "headings" else "list_item"
    return [part for part in document.parts if part.block.kind == kind]


def _sentences(document: Document, check: Check) -> Outcome:
    findings: list[Finding] = []
    edits: list[Edit] = []
    for part, span in sentences_of(document):
        size = words(part.view[span.start : span.end])
        bound = _bound(size, check)
        if bound:
            message = f"A sentence of {_count(size, 'sentence_words')}; {bound}."
            findings.append(finding(document, part.start + span.start, part.start + span.end, message))
        if check.high is not None and size > check.high:
            edits += split(part, span, check.high)
    return Outcome(findings, edits)


def _paragraphs(document: Document, check: Check) -> Outcome:
    findings: list[Finding] = []
    edits: list[Edit] = []
    for part, size in paragraphs_of(document):
        bound = _bound(size, check)
        if bound:
            message = f"A paragraph of {_count(size, 'paragraph_sentences')}; {bound}."
            findings.append(finding(document, part.start, part.end, message))
        if check.high is not None and size > check.high:
            edits += shape.broken(document, part, max(1, int(check.high)))
    return Outcome(findings, edits)


def _piece(document: Document, check: Check) -> Outcome:
    size = sum(words(part.view) for part in document.parts)
    bound = _bound(size, check)
    if not bound:
        return Outcome()
    end = len(document.text)
    found = finding(document, end, end, f"The piece has {_count(size, 'piece_words')}; {bound}.")
    edits: Sequence[Edit] = ()
    if check.high is not None and size > check.high:
        edits = shape.shortened(document, check.low or 0, check.high)
    return Outcome([found], edits)


def _blocks(document: Document, check: Check) -> Outcome:
    measure = check.measure or "headings"
    parts = blocks_of(document, measure)
    findings = _too_few(document, len(parts), check)
    surplus = parts[_kept(check, len(parts)) :]
    findings += [
        finding(document, part.block.start, part.end, _surplus(number, len(parts), check))
        for number, part in enumerate(surplus, len(parts) - len(surplus) + 1)
    ]
    mend: Callable[[Document, Sequence[Part]], list[Edit]]
    mend = shape.without_headings if measure == "headings" else shape.joined
    return Outcome(findings, mend(document, surplus))


def _marks(document: Document, check: Check) -> Outcome:
    measure = check.measure or "exclamation_marks"
    found = [(part, span) for part in document.parts for span in marks.spans(part, measure)]
    findings = _too_few(document, len(found), check)
    kept = _kept(check, len(found))
    by_part: dict[int, tuple[Part, list[Span]]] = {}
    for number, (part, span) in enumerate(found[kept:], kept + 1):
        message = _surplus(number, len(found), check)
        findings.append(finding(document, part.start + span.start, part.start + span.end, message))
        by_part.setdefault(part.number, (part, []))[1].append(span)
    return Outcome(findings, marks.mended(document, measure, list(by_part.values())))


def _kept(check: Check, count: int) -> int:
    return count if check.high is None else min(count, int(check.high))


def _too_few(document: Document, count: int, check: Check) -> list[Finding]:
    if check.low is None or count >= check.low:
        return []
    end = len(document.text)
    size = _count(count, check.measure or "headings")
    return [finding(document, end, end, f"The piece has {size}; at least {check.low:g}.")]


def _surplus(number: int, of: int, check: Check) -> str:
    one = NAMES[check.measure or "headings"][0]
    if not check.high or check.high < 1:
        return f"{'An' if one[0] in 'aeiou' else 'A'} {one}; none is wanted."
    return f"{one.capitalize()} {number} of {of}; at most {_count(int(check.high), check.measure)}."


def _bound(size: int, check: Check) -> str:
    """`at most 20` or `at least 5`; empty when the size is within bounds."""
    if check.high is not None and size > check.high:
        return f"at most {check.high:g}"
    return f"at least {check.low:g}" if check.low is not None and size < check.low else ""


def _count(size: int, measure: Measure | None) -> str:
    one, several = NAMES[measure or "headings"]
    return f"{size} {one if size == 1 else several}"
