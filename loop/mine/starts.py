"""A phrase where it begins a sentence, as a regular expression and back."""

from __future__ import annotations

import regex

_HEAD = r"(?<=(?m:^)|[.!?…][\"'”’)]?\s)"
_TAIL = r"(?![\p{L}\p{N}])"
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
