"""Families of replacements: spelling, contractions, commas, quotes, numbers, case of headings."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import regex

from loop.model import Check, Variant
from loop.text.spelling import american_of, british_of
from pipelines.mending import contractions, headings, numbers, quotes, serial
from pipelines.mending.casing import capitalised
from pipelines.mending.document import Document, Part, wordless
from pipelines.mending.edits import Edit, Outcome, finding, in_part

Family = Callable[[Document, Part], Iterator[Edit]]
"""Every place of a part that is not as the family has it, as the edit that makes it so."""

_WORD = regex.compile(r"(?<![\p{L}\p{N}_])(?<!\p{L}['’])\p{L}{3,}(?![\p{L}\p{N}_])")


def varied(document: Document, check: Check) -> Outcome:
    """Every place that another member of the family should stand at."""
    family, says = _FAMILIES[check.variant or "british"]
    edits = [edit for part in document.at(check.place) for edit in family(document, part)]
    found = []
    for edit in edits:
        old = document.text[edit.start : edit.end]
        message = says.format(old=old, new=edit.new)
        # A comma that is missing has no words of its own: the place before it is shown.
        found.append(finding(document, edit.start, max(edit.end, edit.start), message))
    return Outcome(found, edits)


def _spelling(other: Callable[[str], str | None]) -> Family:
    def family(_document: Document, part: Part) -> Iterator[Edit]:
        for match in _WORD.finditer(part.view):
            word = match.group()
            wanted = other(word.lower())
            if wanted is None or _is_name(part, match):
                continue
            yield in_part(part, *match.span(), _cased_like(wanted, word))

    return family


def _cased_like(wanted: str, word: str) -> str:
    if word.isupper():
        return wanted.upper()
    return capitalised(wanted) if word[0].isupper() else wanted


def _is_name(part: Part, match: regex.Match[str]) -> bool:
    """True for Pearl Harbor: a capital in the middle of a sentence, or with another one behind it."""
    word = match.group()
    if not word[0].isupper() or word.isupper() or part.block.kind == "heading":
        return False
    sentence = part.sentences[part.sentence_at(match.start())]
    if not wordless(part.view, sentence.start, match.start()):
        return True
    following = part.view[match.end() : match.end() + 2]
    return following[:1] == " " and following[1:].isupper()


_INSTEAD = "Says “{old}” instead of “{new}”."
_CASE = "The heading says “{old}” instead of “{new}”."
_FAMILIES: Mapping[Variant, tuple[Family, str]] = {
    "british": (_spelling(british_of), _INSTEAD),
    "american": (_spelling(american_of), _INSTEAD),
    "contracted": (contractions.contracted, _INSTEAD),
    "uncontracted": (contractions.uncontracted, _INSTEAD),
    "serial_comma": (serial.with_comma, "No comma before the last item of a list."),
    "no_serial_comma": (serial.without_comma, "A comma before the last item of a list."),
    "curly_quotes": (quotes.curly, "A straight quotation mark {old} instead of {new}."),
    "straight_quotes": (quotes.straight, "A curly quotation mark {old} instead of {new}."),
    "spelled_numbers": (numbers.spelled, _INSTEAD),
    "sentence_case_headings": (headings.sentence_case, _CASE),
    "title_case_headings": (headings.title_case, _CASE),
}
