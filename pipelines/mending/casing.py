"""Capitals and articles: a replacement that reads as if the writer had typed it."""

from __future__ import annotations

import regex

_FIRST_LETTER = regex.compile(r"[\"'“‘(\[*_\s]*(\p{L})")
_WORD = regex.compile(r"[\p{L}\p{N}]+")
_CONSONANT_SOUND = (
    *("use", "usa", "usu", "uti", "ubi", "ure", "uro", "eu", "ewe", "ufo", "unic", "unif", "union", "uniq"),
    *("unis", "unit", "univ", "unanim", "ukul", "uku", "ouija"),
)
_VOWEL_SOUND = ("hour", "honest", "honor", "honour", "heir")
_LETTER_NAMES_WITH_VOWEL = frozenset("AEFHILMNORSX")
ARTICLE = regex.compile(r"(?<![\p{L}\p{N}'’\-.])(?:a|an|A|An|AN)(?=\s+\Z)")
"""An article at the end of the text that stands before a word."""


def capitalised(text: str) -> str:
    """The text with its first letter in upper case, behind opening quotes and emphasis."""
    match = _FIRST_LETTER.match(text)
    if match is None:
        return text
    at = match.start(1)
    return text[:at] + text[at].upper() + text[at + 1 :]


def lowered(text: str) -> str:
    """The text with its first letter in lower case."""
    return text[:1].lower() + text[1:]


def cased(replacement: str, found: str, asked: str, *, starts_sentence: bool) -> str:
    """The replacement in the case of what was found: Utilize -> Use, UTILIZE -> USE.

    `asked` is the phrase as the writer put it into the check. A check that changes nothing but case
    (github -> GitHub) is taken at its word, except for the capital that begins a sentence.
    """
    capital = found[:1].isupper()
    if replacement.casefold() == asked.casefold():
        return capitalised(replacement) if capital and starts_sentence else replacement
    if found.isupper() and not asked.isupper() and sum(map(str.isalpha, found)) > 1:
        return replacement.upper()
    if capital and (starts_sentence or not asked[:1].isupper()):
        return capitalised(replacement)
    if asked[:1].isupper() and found[:1].islower():
        return lowered(replacement)
    return replacement


def takes_an(text: str) -> bool:
    """True when the text wants `an` in front of it: by its first sound, roughly."""
    match = _WORD.search(text)
    if match is None:
        return False
    word = match.group()
    if word.isupper() and 1 < len(word) <= 5:
        return word[0] in _LETTER_NAMES_WITH_VOWEL
    word = word.lower()
    if word[0].isdigit():
        return word[0] == "8" or word in {"11", "18"}
    if word.startswith(_VOWEL_SOUND):
        return True
    return word[0] in "aeiou" and word not in {"one", "once"} and not word.startswith(_CONSONANT_SOUND)


def article_for(article: str, old: str, new: str) -> str:
    """The article that fits `new`, if the one there fitted `old`; else the one there."""
    if takes_an(old) != (len(article) == 2) or takes_an(new) == (len(article) == 2):
        return article
    fitting = "an" if takes_an(new) else "a"
    return capitalised(fitting) if article[0].isupper() else fitting
