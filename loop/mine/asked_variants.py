"""Critiques about a family of small choices: spelling, contractions, the serial comma, quotation marks.

The forms: (use|no) British|American|UK|US spelling (or English), (use|no) contractions, (use|no)
Oxford|serial comma, curly|straight quotes, spell out numbers, sentence|title case (for|in) headings.
"""

from __future__ import annotations

import regex

from loop.mine.asking import Clause, Reading
from loop.model import Check, Variant

_NOT = (
    r"(?:no|no more|not|avoid|drop|remove|cut|lose|skip|without|omit|(?:never|don[’']?t|do not"
    r"|stop)\s+(?:use|using|write|writing|put|putting)|get rid of|leave out|fewer|less|too many)"
)
_DO = (
    r"(?:use|using|write(?: in| with)?|stick to|switch to|put|add|always|prefer|keep(?: to)?"
    r"|with|in|more|needs|need|want|i want|set)"
)
_IN_HEADINGS = r"(?:\s+(?:for|in|on))?(?:\s+(?:the |all |your )?(?:headings|headlines|titles|headers))?"
_FAMILIES: tuple[tuple[str, Variant, Variant | None], ...] = (
    (
        r"(?:the\s+)?(?:british|uk|english)(?:[\s-]+english)?(?:\s+spellings?|\s+english|\s+style)?|british",
        "british",
        "american",
    ),
    (
        r"(?:the\s+)?(?:american|us|u\.s\.)(?:[\s-]+english)?(?:\s+spellings?|\s+english|\s+style)?|american",
        "american",
        "british",
    ),
    (
        r"(?:the\s+|any\s+|more\s+)?(?:contractions|contracted\s+forms|short\s+forms)",
        "contracted",
        "uncontracted",
    ),
    (r"(?:the\s+|an\s+|any\s+)?(?:oxford|serial)\s+commas?", "serial_comma", "no_serial_comma"),
    (
        r"(?:curly|smart|typographic|curled)\s+(?:quotes|quotation\s+marks|apostrophes)",
        "curly_quotes",
        "straight_quotes",
    ),
    (
        r"(?:straight|dumb|plain|typewriter)\s+(?:quotes|quotation\s+marks|apostrophes)",
        "straight_quotes",
        "curly_quotes",
    ),
    (
        rf"sentence\s+case{_IN_HEADINGS}",
        "sentence_case_headings",
        "title_case_headings",
    ),
    (
        rf"title\s+case{_IN_HEADINGS}",
        "title_case_headings",
        "sentence_case_headings",
    ),
)
_WHOLE: tuple[tuple[str, Variant], ...] = (
    (
        r"spell\s+(?:it\s+|words\s+)?(?:the\s+)?(?:british|uk)(?:\s+way)?|(?:spelling\s+)?(?:should|must)\s+be\s+british|anglicis?e.*",
        "british",
    ),
    (
        r"spell\s+(?:it\s+|words\s+)?(?:the\s+)?(?:american|us)(?:\s+way)?|(?:spelling\s+)?(?:should|must)\s+be\s+american",
        "american",
    ),
    (
        r"(?:spell|write)\s+(?:all\s+|the\s+|small\s+|out\s+)*(?:numbers|numerals|digits|figures)(?:\s+(?:out|in\s+words|as\s+words|in\s+full))?(?:\s+(?:up|below|under|to)\b.*)?",
        "spelled_numbers",
    ),
    (
        r"(?:numbers|digits|numerals)\s+(?:as|in)\s+words|(?:no|avoid)\s+(?:digits|numerals)|words,?\s+not\s+(?:digits|numerals)",
        "spelled_numbers",
    ),
    (r"(?:spell|write)\s+out\s+(?:the\s+|all\s+)?contractions", "uncontracted"),
    (
        r"(?:headings|headlines|titles|headers)\s+(?:should\s+be\s+)?in\s+sentence\s+case",
        "sentence_case_headings",
    ),
    (r"(?:headings|headlines|titles|headers)\s+(?:should\s+be\s+)?in\s+title\s+case", "title_case_headings"),
)


def about_variants(clause: Clause) -> list[Reading] | None:
    """The family that a clause asks for; None when it fits no form."""
    variant = _variant(clause.text)
    if variant is None:
        return None
    return [Reading(Check(kind="replace", variant=variant, scope=clause.type))]


def _variant(text: str) -> Variant | None:
    for pattern, variant in _WHOLE:
        if regex.fullmatch(pattern, text, regex.IGNORECASE):
            return variant
    for pattern, wanted, other in _FAMILIES:
        if regex.fullmatch(rf"(?:{_DO}\s+)*(?:{pattern})", text, regex.IGNORECASE):
            return wanted
        if regex.fullmatch(rf"{_NOT}\s+(?:{pattern})", text, regex.IGNORECASE):
            return other
    return None
