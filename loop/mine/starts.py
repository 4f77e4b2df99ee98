"""Phrases as regular expressions and back: at the beginning of a sentence, or in a script without spaces."""

from __future__ import annotations

import regex

_HEAD = r"(?<=(?m:^)|[.!?…][\"'”’)]?\s)"
_TAIL = r"(?![\p{L}\p{N}])"
_SPACELESS = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]")
_ESCAPED = regex.compile(r"\\(.)", regex.DOTALL)


def at_start(phrase: str) -> str:
    """A pattern that finds the phrase at the beginning of a line or sentence and nowhere else."""
    return f"{_HEAD}(?i:{regex.escape(phrase, special_only=True, literal_spaces=True)}){_TAIL}"


def started_phrase(pattern: str) -> str:
    """The phrase that `at_start` was given; empty for any other pattern."""
    head, tail = f"{_HEAD}(?i:", f"){_TAIL}"
    if not (pattern.startswith(head) and pattern.endswith(tail)):
        return ""
    return _ESCAPED.sub(r"\1", pattern[len(head) : -len(tail)])


def without_spaces(phrase: str) -> bool:
    """True for a phrase of a script that puts no spaces between words, so that it has no whole words."""
    return _SPACELESS.search(phrase) is not None


def phrase_in(find: str, *, pattern: bool) -> str:
    """The phrase that a check looks for, whether it stands there as it is or as a pattern made here."""
    return (started_phrase(find) or find) if pattern else find
