"""Small whole numbers, spelled."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from pipelines.mending.casing import capitalised
from pipelines.mending.document import Document, Part, wordless
from pipelines.mending.edits import Edit, in_part

_SPELLED = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec"
_MONTH = (
    rf"(?:(?:{_MONTHS})\.?|january|february|march|april|june|july|august|september|october|november|december)"
)
_UNITS = (
    r"%|percent|per\s+cent|°|degrees?|[ap]\.?\s?m\b|o['’]clock|[x×*+/=<>−]|[-–—]\s*\d|to\s+\d{2}"
    r"|(?:k?m|cm|mm|kg|g|mg|lbs?|oz|ml|l|dl|cl|km/h|mph|px|pt|[kmgt]b|k?hz|mhz|ghz|k?w|v|kcal|kj|ft|in\.)\b"
    r"|(?:kilo|centi|milli)?(?:met(?:er|re)|gram|lit(?:er|re))s?\b|ounces?|pounds?|miles?|inch(?:es)?|feet|foot"
    r"|dollars?|euros?|cents?|(?:m|b|tr)illion|thousand|hundred|:\d|" + _MONTH + r"\b"
)
_NUMBER = regex.compile(
    r"(?<![\p{L}\p{N}_.,:;/\\$€£¥#%+@&=<>^~\-–—−'’])(?<![\p{N}][ ,/:\-–—])(?P<number>10|[0-9])"
    rf"(?![\p{{L}}\p{{N}}_%°#/\\:)=+*^~'’]|[.,]\d|[.)]\s+\p{{Lu}}\p{{Ll}}+\s*$|-\d|-(?!\p{{L}})|–|—\d)(?!\s*(?:{_UNITS}))",
    regex.IGNORECASE,
)
_NAMED = regex.compile(
    rf"(?:^|[^\p{{L}}])(?:{_MONTH}|chapter|page|p|pp|step|figure|fig|table|version|v|part|section|no|number|level"
    r"|phase|grade|route|room|question|tip|rule|item|volume|vol|act|scene|appendix|day|week|year|type|stage|lesson"
    r"|season|episode|round|line|option|exercise)\.?\s+\Z",
    regex.IGNORECASE,
)
_NEAR = 60
_NAME_BEFORE = regex.compile(r"(?<!\p{L})\p{Lu}[\p{L}\p{N}]*\s+\Z")


def spelled(_document: Document, part: Part) -> Iterator[Edit]:
    """Whole numbers up to ten as words: not in dates, measures, versions, scores and names."""
    for match in _NUMBER.finditer(part.view):
        start, end = match.span("number")
        near = max(0, start - _NEAR)
        if _NAMED.search(part.view, near, start) is not None:
            continue
        sentence = part.sentences[part.sentence_at(start)]
        head = part.view[max(sentence.start, start - _NEAR) : start]
        if part.block.kind != "heading" and _NAME_BEFORE.search(head) and len(head.split()) > 1:
            continue
        first = wordless(part.view, sentence.start, start)
        if first and part.view[end : end + 1] in {".", ")"}:
            continue  # `3. Knead` is a number in a row, not a word
        word = _SPELLED[int(match.group("number"))]
        yield in_part(part, start, end, capitalised(word) if first else word)
