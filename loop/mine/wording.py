"""What a check demands, as a writer would say it in a style guide."""

from __future__ import annotations

from collections.abc import Mapping

import regex

from loop.mine.starts import started_phrase
from loop.model import Check, Measure, Variant

_VARIANTS: Mapping[Variant, str] = {
    "british": "Use British spelling.",
    "american": "Use American spelling.",
    "contracted": "Use contractions.",
    "uncontracted": "Do not use contractions.",
    "serial_comma": "Use the serial comma.",
    "no_serial_comma": "Do not use the serial comma.",
    "curly_quotes": "Use curly quotation marks.",
    "straight_quotes": "Use straight quotation marks.",
    "spelled_numbers": "Spell out small numbers.",
    "sentence_case_headings": "Write headings in sentence case.",
    "title_case_headings": "Write headings in title case.",
}
_UNITS: Mapping[Measure, tuple[str, str, str]] = {
    "sentence_words": ("Keep sentences to", "word", "words"),
    "paragraph_sentences": ("Keep paragraphs to", "sentence", "sentences"),
    "piece_words": ("Keep the whole piece to", "word", "words"),
}
_COUNTED: Mapping[Measure, tuple[str, str]] = {
    "headings": ("heading", "headings"),
    "list_items": ("list item", "lists"),
    "exclamation_marks": ("exclamation mark", "exclamation marks"),
    "question_marks": ("question", "questions"),
    "emoji": ("emoji", "emoji"),
    "dashes": ("dash", "dashes"),
    "semicolons": ("semicolon", "semicolons"),
    "parentheses": ("bracketed remark", "brackets"),
    "bold": ("passage in bold", "bold"),
}
_MANY: Mapping[Measure, str] = {
    "list_items": "list items",
    "parentheses": "bracketed remarks",
    "bold": "passages in bold",
}


def says(check: Check) -> str:
    """The rule in a sentence; `Use "use" instead of "utilize".` is one."""
    sentence = _says(check)
    return sentence[:-1] if regex.search(r"[.!?…][\"”]\.\Z", sentence) else sentence


def _says(check: Check) -> str:
    if check.variant is not None:
        return _VARIANTS[check.variant]
    if check.kind == "replace":
        if check.pattern and (start := started_phrase(check.find)):
            return f"Start a sentence with {quoted(check.text)} instead of {quoted(start)}."
        return f"Use {quoted(check.text)} instead of {quoted(check.find)}."
    if check.kind == "forbid":
        return _forbidden(check)
    if check.kind == "require":
        return _required(check)
    return _limited(check)


def quoted(phrase: str) -> str:
    """The phrase in quotation marks that it does not use itself."""
    phrase = " ".join(phrase.split())
    return f"“{phrase}”" if '"' in phrase else f'"{phrase}"'


def _forbidden(check: Check) -> str:
    start = started_phrase(check.find) if check.pattern else ""
    if start and check.fix == "sentence":
        return f"Leave out sentences that start with {quoted(start)}."
    if start:
        return f"Do not start a sentence with {quoted(start)}."
    if check.place == "opening":
        return f"Do not use {quoted(check.find)} in the opening."
    if check.place == "closing":
        return f"Do not use {quoted(check.find)} in the closing."
    if check.fix == "sentence":
        return f"Leave out sentences with {quoted(check.find)}."
    if check.fix == "phrase":
        return f"Leave out {quoted(check.find)}."
    return f"Do not use {quoted(check.find)}."


def _required(check: Check) -> str:
    if check.place == "opening":
        return f"Open with {quoted(check.text)}."
    if check.place == "closing":
        return f"End with {quoted(check.text)}."
    return f"Always include {quoted(check.text)}."


def _limited(check: Check) -> str:
    if check.measure is None:
        return ""
    if check.measure in _UNITS:
        lead, one, many = _UNITS[check.measure]
        if check.high is not None:
            return f"{lead} at most {check.high:g} {one if check.high == 1 else many}."
        return f"{lead} at least {check.low:g} {one if check.low == 1 else many}."
    one, many = _COUNTED[check.measure]
    if check.high == 0:
        return f"Use no {many}."
    bound = check.high if check.high is not None else check.low
    word = "at most" if check.high is not None else "at least"
    return f"Use {word} {bound:g} {one if bound == 1 else _MANY.get(check.measure, many)}."
