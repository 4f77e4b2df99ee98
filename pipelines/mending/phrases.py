"""Finding phrases and patterns in prose: what `replace` and `forbid` look for."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import regex

from loop.errors import ConfigError
from loop.model import Check
from loop.text.sentences import Span
from loop.text.short import one_line
from loop.text.words import tokens
from pipelines.mending.casing import ARTICLE, article_for, cased
from pipelines.mending.cutting import deletions
from pipelines.mending.document import MASKS, Document, Part, wordless
from pipelines.mending.edits import (
    Edit,
    Finding,
    Outcome,
    finding,
    in_part,
    without_blocks,
    without_sentences,
)

SECONDS = 0.25
"""A search for a writer's own pattern may take so long."""

_GROUP = regex.compile(r"\\(?:(\d{1,2})|g<(\w+)>)")
_SPACE = regex.compile(r"\s+")
_ARTICLES = frozenset({"a", "an"})
_SHORT = 40
_KEPT = 128
"""Patterns that are kept, at some 6 KB each: more than most projects have checks."""


def name_of(check: Check) -> str:
    """How a message calls the check."""
    return f"check {check.id}" if check.id else f"the check for “{one_line(check.find, _SHORT)}”"


@lru_cache(maxsize=_KEPT)
def phrase(find: str) -> regex.Pattern[str]:
    """A pattern for a phrase: whole words, any case, any shape of quotes and blank space."""
    pieces = []
    for piece in _SPACE.split(find.strip()):
        escaped = regex.escape(piece, literal_spaces=True)
        escaped = regex.sub(r"\\?['’]", "['’]", escaped)
        pieces.append(regex.sub(r"\\?[\"“”]", '["“”]', escaped))
    body = r"\s+".join(pieces)
    stripped = find.strip()
    # A hyphen or an apostrophe inside a word belongs to it: `well` is not a word of `well-known`.
    before = r"(?<![\p{L}\p{N}\p{M}])(?<![\p{L}\p{N}]['’_\-‐‑])" if _inner(stripped[:1]) else ""
    after = r"(?![\p{L}\p{N}\p{M}])(?!['’_\-‐‑][\p{L}\p{N}])" if _inner(stripped[-1:]) else ""
    return regex.compile(before + body + after, regex.IGNORECASE, cache_pattern=False)


def _inner(letter: str) -> bool:
    return letter.isalnum()


@lru_cache(maxsize=_KEPT)
def compiled(find: str, owner: str) -> regex.Pattern[str]:
    """A writer's own pattern. Raises ConfigError when it is none; `owner` names the check."""
    try:
        return regex.compile(find, cache_pattern=False)
    except regex.error as error:
        raise ConfigError(
            f"The pattern of {owner} is not a regular expression: {error}.",
            hint="Mend `find`, or drop `pattern = true` to look for the words as they stand.",
        ) from error


def matches(part: Part, check: Check) -> Iterator[regex.Match[str]]:
    """Where the check's phrase or pattern stands in a part, clear of everything masked.

    Raises ConfigError when the pattern is invalid or too slow.
    """
    if not check.pattern:
        for match in phrase(check.find).finditer(part.view):
            if MASKS.isdisjoint(match.group()):
                yield match
        return
    searched = compiled(check.find, name_of(check))
    position = 0
    while position <= len(part.view):
        found = search_once(searched, part.view, check, position)
        if found is None:
            return
        if found.end() > found.start() and MASKS.isdisjoint(found.group()):
            yield found
        position = max(found.end(), found.start() + 1)


def search_once(
    searched: regex.Pattern[str], text: str, check: Check, position: int = 0
) -> regex.Match[str] | None:
    """The first match from a position on. Raises ConfigError when looking for it takes too long."""
    try:
        return searched.search(text, position, timeout=SECONDS)
    except TimeoutError as error:
        raise ConfigError(
            f"The pattern of {name_of(check)} takes too long (more than {SECONDS:g} seconds in one place).",
            hint="Simplify it: no repetition inside a repetition, such as (a+)+.",
        ) from error


def expanded(match: regex.Match[str], template: str) -> str:
    r"""The replacement with `\1` and `\\g<name>` filled in; a group that took no part is empty."""

    def group(reference: regex.Match[str]) -> str:
        number, name = reference.groups()
        value = match.group(int(number)) if number else match.group(name)
        return value or ""

    return _GROUP.sub(group, template)


def missing_group(pattern: regex.Pattern[str], template: str) -> str:
    """The first group that the template names and the pattern lacks; empty when there is none."""
    for number, name in _GROUP.findall(template):
        if number and int(number) > pattern.groups:
            return f"\\{number}"
        if name and name not in pattern.groupindex and not (name.isdigit() and int(name) <= pattern.groups):
            return f"\\g<{name}>"
    return ""


def replaced(document: Document, check: Check) -> Outcome:
    """Every place that says `find` instead of `text`."""
    findings: list[Finding] = []
    edits: list[Edit] = []
    kept = _kept(check)
    for part in document.at(check.place):
        covered = [] if kept is None else [at.span() for at in kept.finditer(part.view, overlapped=True)]
        cover = 0
        for match in matches(part, check):
            start, end = match.span()
            while cover < len(covered) and covered[cover][1] < end:
                cover += 1
            if cover < len(covered) and covered[cover][0] <= start:
                continue
            new = _replacement(part, match, check)
            if new == match.group():
                continue
            message = f"Says “{one_line(match.group(), _SHORT)}” instead of “{one_line(new, _SHORT)}”."
            findings.append(finding(document, part.start + start, part.start + end, message))
            edits.append(_with_article(part, match, new, check))
    return Outcome(findings, edits)


def _kept(check: Check) -> regex.Pattern[str] | None:
    """Finds what already says `text`, when `find` is a part of it: `data` in `the data`."""
    same = check.text.casefold() == check.find.casefold()
    if check.pattern or same or phrase(check.find).search(check.text) is None:
        return None
    return phrase(check.text)


def _replacement(part: Part, match: regex.Match[str], check: Check) -> str:
    if check.pattern:
        return expanded(match, check.text)
    sentence = part.sentences[part.sentence_at(match.start())]
    starts = wordless(part.view, sentence.start, match.start())
    return cased(check.text, match.group(), check.find.strip(), starts_sentence=starts)


def _with_article(part: Part, match: regex.Match[str], new: str, check: Check) -> Edit:
    start, end = match.span()
    if not check.pattern and _ARTICLES.isdisjoint(check.find.lower().split()):
        article = ARTICLE.search(part.view, max(0, start - 12), start)
        if article is not None:
            fitting = article_for(article.group(), match.group(), new)
            between = part.view[article.end() : start]
            return in_part(part, article.start(), end, fitting + between + new)
    return in_part(part, start, end, new)


def forbidden(document: Document, check: Check) -> Outcome:
    """Every place that says `find`; its words or sentences are taken out, as `fix` asks."""
    findings = []
    edits: list[Edit] = []
    emptied: list[int] = []
    for part in document.at(check.place):
        spans = [Span(*match.span()) for match in matches(part, check)]
        if not spans:
            continue
        findings += [
            finding(
                document,
                part.start + start,
                part.start + end,
                f"Says “{one_line(part.view[start:end], _SHORT)}”.",
            )
            for start, end in spans
        ]
        if check.fix == "phrase":
            edits += deletions(document, part, spans)
        elif check.fix == "sentence":
            numbers = _sentences_of(part, spans)
            if len(numbers) == len(part.sentences):
                emptied.append(part.number)
            else:
                edits += without_sentences(part, numbers)
    return Outcome(findings, edits + without_blocks(document, emptied))


def _sentences_of(part: Part, spans: list[Span]) -> set[int]:
    numbers: set[int] = set()
    for start, end in spans:
        numbers.update(range(part.sentence_at(start), part.sentence_at(end - 1) + 1))
    return numbers


def settles(find: str, text: str) -> bool:
    """True when putting `text` for `find` everywhere surely leaves no `find` behind.

    It does when the two can't overlap, or when every replacement makes the text shorter.
    """
    old = [token.text.casefold() for token in tokens(find)]
    new = [token.text.casefold() for token in tokens(text)]
    if len(new) < len(old) or old == new:
        return True
    overlaps = any(new[-size:] == old[:size] or new[:size] == old[-size:] for size in range(1, len(old)))
    return not overlaps
