"""Rules and checks that say the same twice, or that cannot both be followed."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import regex
from rapidfuzz import fuzz

from loop.model import Check, Rule
from pipelines.checks import findings

SAME = 92
"""From this likeness on (rapidfuzz token_set_ratio, 0..100) two rules say the same."""

_OPPOSITES = frozenset(
    frozenset(pair)
    for pair in (
        ("british", "american"),
        ("contracted", "uncontracted"),
        ("serial_comma", "no_serial_comma"),
        ("curly_quotes", "straight_quotes"),
        ("sentence_case_headings", "title_case_headings"),
    )
)
_WORD = regex.compile(r"[\p{L}\p{N}][\p{L}\p{N}\p{M}'’-]*")
_QUOTED = regex.compile(r"“([^”]+)”|\"([^\"]+)\"|‘([^’]+)’|(?<!\w)'([^']+)'(?!\w)|`([^`]+)`")
_NUMBER = regex.compile(r"\p{N}+")
_NOT = frozenset("never no not don't dont avoid without stop drop".split())
_EMPTY = frozenset(
    "do always please the a an any should must you use write say put keep make have be in".split()
)
_JOINING = frozenset("and or of to for with at on by it is are that this".split())
_INSTEAD = frozenset({"instead", "rather"})


class Standing(NamedTuple):
    """A rule with the checks that enforce it."""

    rule: Rule
    checks: tuple[Check, ...]


def scopes_meet(left: str, right: str) -> bool:
    """True when one piece can fall under both scopes."""
    return left == right or "everything" in {left, right}


def rules_repeat(left: Standing, right: Standing) -> bool:
    """True when both say the same to the same kind of piece.

    Rules that quote different phrases, or whose checks demand different things, are different however
    much alike they sound.
    """
    if not scopes_meet(left.rule.scope, right.rule.scope):
        return False
    if _normal(left.rule.text) == _normal(right.rule.text):
        return True
    if left.checks and right.checks:
        return False
    quotes, others = _quotes(left.rule.text), _quotes(right.rule.text)
    if quotes and others and quotes != others:
        return False
    return fuzz.token_set_ratio(_normal(left.rule.text), _normal(right.rule.text)) >= SAME


def says_all(one: Standing, old: Standing) -> bool:
    """True when one rule says all that an old one said, to every piece that it spoke of.

    Word for word and in its order, but for words that carry no meaning: a word that is gone ("in the
    first paragraph", "except", "never") may have been the point. What enforced the old one enforces it, too.
    """
    if one.rule.scope not in {old.rule.scope, "everything"}:
        return False
    if not {check.form for check in old.checks} <= {check.form for check in one.checks}:
        return False
    words = iter(_normal(one.rule.text).split())
    return all(word in words for word in _normal(old.rule.text).split() if word not in _EMPTY | _JOINING)


def rules_clash(left: Rule, right: Rule) -> bool:
    """True when one rule forbids in (English) words what the other asks for, or turns it around."""
    if not scopes_meet(left.scope, right.scope):
        return False
    words, others = _normal(left.text).split(), _normal(right.text).split()
    content, other_content = _content(words), _content(others)
    if not content or content != other_content:
        return False
    if _NOT.isdisjoint(words) != _NOT.isdisjoint(others):
        return True
    return not _INSTEAD.isdisjoint(words) and words != others and sorted(words) == sorted(others)


def checks_repeat(left: Check, right: Check) -> bool:
    """True when one of two checks adds nothing: the same form, phrase, family, or the same limit."""
    if left.form == right.form:
        return True
    if left.kind != right.kind or not _meet(left, right):
        return False
    if left.kind == "limit":
        both_low = left.low is not None and right.low is not None
        both_high = left.high is not None and right.high is not None
        return left.measure == right.measure and (both_low or both_high)
    if left.variant or right.variant:
        return left.variant == right.variant
    return (left.pattern, left.find.casefold(), left.text) == (
        right.pattern,
        right.find.casefold(),
        right.text,
    )


def checks_clash(left: Check, right: Check) -> bool:
    """True when no text can satisfy both, or one undoes what the other does."""
    if not _meet(left, right):
        return False
    return any(test(one, other) for test in _CLASHES for one, other in ((left, right), (right, left)))


def _opposite_families(left: Check, right: Check) -> bool:
    return frozenset({left.variant, right.variant}) in _OPPOSITES


def _limits_exclude(left: Check, right: Check) -> bool:
    return (
        left.kind == right.kind == "limit"
        and left.measure == right.measure
        and left.low is not None
        and right.high is not None
        and left.low > right.high
    )


def _two_ways_with_one_phrase(left: Check, right: Check) -> bool:
    """One replaces a phrase; the other replaces the same by something else, or takes it out."""
    if left.kind != "replace" or right.kind not in {"replace", "forbid"} or left.variant or right.variant:
        return False
    same = left.pattern == right.pattern and left.find.casefold() == right.find.casefold()
    return same and (right.kind == "forbid" or left.text != right.text)


def _undone(left: Check, right: Check) -> bool:
    """What one check asks for or puts in is what the other complains of."""
    if left.kind not in {"require", "replace"} or left.pattern or not left.text:
        return False
    if right.kind == "require":
        return False
    if right.kind == "limit":
        return left.kind == "require" and _complains(right.model_copy(update={"low": None}), left.text)
    if left.kind == right.kind == "replace" and not right.variant:
        return _complains(right, left.text) and _complains(left, right.text)
    return _complains(right, left.text)


_CLASHES: tuple[Callable[[Check, Check], bool], ...] = (
    _opposite_families,
    _limits_exclude,
    _two_ways_with_one_phrase,
    _undone,
)


def _complains(check: Check, text: str) -> bool:
    if check.kind == "limit" and check.high is None:
        return False
    return bool(findings(text, check))


def _meet(left: Check, right: Check) -> bool:
    """True when both can look at the same place of the same piece."""
    apart = {left.place, right.place} == {"opening", "closing"}
    return scopes_meet(left.scope, right.scope) and not apart


def _normal(text: str) -> str:
    return " ".join(word.replace("’", "'") for word in _WORD.findall(text.casefold()))


def _content(words: list[str]) -> frozenset[str]:
    return frozenset(words) - _NOT - _EMPTY


def _quotes(text: str) -> frozenset[str]:
    """What a rule quotes, and the numbers it names: they are its point, not its wording."""
    quoted = {next(filter(None, match.groups())).casefold() for match in _QUOTED.finditer(text)}
    return frozenset(quoted or _NUMBER.findall(text))
