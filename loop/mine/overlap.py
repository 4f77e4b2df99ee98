"""Habits that say the same with more or fewer words: one of them stays."""

from __future__ import annotations

from loop.mine.groups import Group
from loop.mine.reading import folded_words
from loop.mine.tally import Phrase, is_phrase, phrase_of
from loop.model import Check


def without_overlap(found: list[Group]) -> list[Group]:
    """The groups without those that another one covers.

    Of two that are shown in the same pairs the longer stays (`in conclusion`, not `in`); of two where
    the shorter is shown more often the shorter stays, if it does what the longer does.
    """
    kept: list[Group] = []
    for group in sorted(found, key=_order):
        if not any(_covers(other, group) for other in kept):
            kept.append(group)
    return kept


def _order(group: Group) -> tuple[int, int, bool, bool, str]:
    check = group.check
    size = len(check.text) if check.kind == "require" else len(phrase_of(check))
    return -len(group.pairs), -size, check.pattern, check.place == "anywhere", check.model_dump_json()


def _covers(other: Group, group: Group) -> bool:
    if other.check.scope != group.check.scope:
        return False
    if group.check.kind == "require":
        return other.check.kind == "require" and _covers_line(other, group)
    if not (is_phrase(other.check) and is_phrase(group.check)):
        return False
    if {other.check.fix, group.check.fix} == {"sentence"} and _edits(group) <= _edits(other):
        return True
    longer, shorter = phrase_of(other.check), phrase_of(group.check)
    if longer == shorter:
        return not other.check.pattern or group.check.pattern
    if _inside(shorter, longer):
        return group.pairs <= other.pairs
    return _inside(longer, shorter) and _does_the_same(other.check, group.check)


def _edits(group: Group) -> frozenset[tuple[str, str]]:
    return frozenset((one.item.pair.id, change) for one in group.shown for change in one.sign.changes)


def _covers_line(other: Group, group: Group) -> bool:
    mine, yours = (" ".join(one.check.text.split()).casefold() for one in (group, other))
    if mine in yours:
        return group.pairs <= other.pairs or other.check.place == group.check.place
    return yours in mine and other.check.place in {group.check.place, "opening", "closing"}


def _inside(part: Phrase, whole: Phrase) -> bool:
    return len(part) < len(whole) and f" {' '.join(part)} " in f" {' '.join(whole)} "


def _does_the_same(short: Check, long: Check) -> bool:
    """True when applying the short check to the long one's phrase gives what the long one wants."""
    if short.kind == "forbid" and short.fix == "sentence":
        return long.kind == "forbid"
    if short.pattern != long.pattern:
        return False
    before = f" {' '.join(phrase_of(long))} "
    after = before.replace(f" {' '.join(phrase_of(short))} ", f" {folded_words(short.text)} ", 1)
    return " ".join(after.split()) == folded_words(long.text)
