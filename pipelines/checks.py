"""The checks engine: where a text breaks a check, and the text with what can be mended, mended."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import regex

from loop.model import Check, CheckKind, MarginNote, Measure
from pipelines.mending.document import Document, document
from pipelines.mending.edits import Finding, Outcome, apply_edits
from pipelines.mending.limits import limited
from pipelines.mending.phrases import compiled, forbidden, name_of, replaced, search_once, settles
from pipelines.mending.required import insertable, required
from pipelines.soundness import require_sound
from pipelines.variants import varied

__all__ = ["Checked", "Finding", "apply_checks", "findings", "fix", "fixable"]

_ROUNDS = 3
"""A fix may give another check work to do; after so many rounds what is left is a margin note."""
_PASSES = 50
"""A single check that has not settled after so many passes never will: it changes nothing."""
_MENDED_MEASURES: frozenset[Measure] = frozenset(
    (
        *("paragraph_sentences", "headings", "list_items", "exclamation_marks", "emoji", "dashes"),
        *("semicolons", "parentheses", "bold"),
    )
)
_LOOK_AROUND = regex.compile(
    r"\(\?<?[=!](?:[^()\[\]\\]|\\.|\[(?:\\.|[^\]\\])*\]|(?P<inner>\((?:[^()\[\]\\]|\\.|\[(?:\\.|[^\]\\])*\]|(?&inner))*\)))*\)"
)
_TIED = regex.compile(r"(?<![\\\[])[\^$]|\\[AZzGKbBmM]|\(\?R")
"""What makes a pattern depend on its surroundings: taking one match out may make another."""
_ANYTHING = regex.compile(r"(?<!\\)(?:\\\\)*(?:\.|\\[wWSDsdpPX]|\[\^)")
"""What makes a pattern match almost whatever comes next."""
_REFERENCE = regex.compile(r"\\(?:[1-9]|g<)")
_PLAIN = regex.compile(r"[\"'“‘(]?[\p{L}\p{N}][^\r\n`<>|*_\[\]\\#]*")
_NUMBERED = regex.compile(r"\d+[.)]\s")
_WORD = regex.compile(r"[\p{L}\p{N}]")


class Checked(NamedTuple):
    """A text after its checks."""

    text: str
    """The text, mended."""
    applied: tuple[str, ...]
    """Ids of the checks that changed it, in the order they were given."""
    notes: tuple[MarginNote, ...]
    """What is left for the writer."""


def findings(text: str, check: Check) -> tuple[Finding, ...]:
    """Every place where the text breaks the check, in order.

    Nothing is found in front matter, code, tables, HTML, inline code, addresses and links' targets.
    Raises ConfigError for a check that makes no sense, or whose pattern takes too long.
    """
    require_sound(check)
    return tuple(sorted(_look(document(text), check).findings))


def fix(text: str, check: Check) -> str:
    """The text with everything mended that can be mended safely.

    Mending twice is mending once. Protected blocks stay byte for byte, line ends keep their style.
    Raises ConfigError as `findings` does.
    """
    require_sound(check)
    current = text
    room = 0
    for _ in range(_PASSES):
        before = document(current)
        edits = _look(before, check).edits
        following = apply_edits(current, edits) if edits else current
        if following == current or document(following).protected != before.protected:
            return current
        room = room or 2 * len(following) + len(text)
        if len(following) > room:
            return text  # it feeds on its own words, and would double them again and again
        current = following
    return text


def mends(check: Check) -> bool:
    """True when `fix` can do something about a finding, though it may leave some of them."""
    if check.kind == "forbid":
        return check.fix != "none"
    if check.kind == "require":
        return check.place != "anywhere"
    if check.kind == "limit":
        return check.high is not None and check.measure != "question_marks"
    return True


def fixable(check: Check) -> bool:
    """True when `fix` by itself leaves no finding, so that no model needs to be asked.

    Patterns that look at their surroundings, or may match what they put in, are not trusted.
    """
    require_sound(check)
    if check.kind == "limit":
        return check.measure in _MENDED_MEASURES and not check.low and check.high is not None
    if check.kind == "require":
        return check.place != "anywhere" and insertable(check.text)
    if check.kind == "forbid":
        if check.pattern:
            return check.fix != "none" and not _unruly(check.find)
        return check.fix != "none" and _WORD.search(check.find) is not None
    if check.variant is not None:
        return True
    if _PLAIN.fullmatch(check.text) is None or _NUMBERED.match(check.text):
        return False
    if check.pattern:
        return not _unruly(check.find) and not _again(check)
    return _WORD.search(check.find) is not None and settles(check.find, check.text)


def _unruly(pattern: str) -> bool:
    """True when whatever moves up to the place of a match may be matched in its turn."""
    core, around = _LOOK_AROUND.subn("", pattern)
    return (around > 0 or _TIED.search(core) is not None) and _ANYTHING.search(core) is not None


def _again(check: Check) -> bool:
    """True when the pattern may match what it has put there."""
    if _REFERENCE.search(check.text) is not None:
        return True
    searched = compiled(check.find, name_of(check))
    return any(
        search_once(searched, around.format(check.text), check) is not None
        for around in ("{}", "A {} a", "a. {} a", "a {}.")
    )


def apply_checks(text: str, checks: Sequence[Check]) -> Checked:
    """The text after all the checks, in the order given, and what is left as margin notes.

    Raises ConfigError as `findings` does.
    """
    current = text
    changed: set[int] = set()
    for _ in range(_ROUNDS):
        before = current
        for number, check in enumerate(checks):
            following = fix(current, check)
            if following != current:
                changed.add(number)
            current = following
        if current == before:
            break
    notes = tuple(
        MarginNote(check=check.id, rule=check.rule, message=found.message, quote=found.quote)
        for check in checks
        for found in findings(current, check)
    )
    return Checked(current, tuple(checks[number].id for number in sorted(changed)), notes)


def _replaced(asked: Document, check: Check) -> Outcome:
    return replaced(asked, check) if check.variant is None else varied(asked, check)


_LOOK: Mapping[CheckKind, Callable[[Document, Check], Outcome]] = {
    "replace": _replaced,
    "forbid": forbidden,
    "require": required,
    "limit": limited,
}


def _look(asked: Document, check: Check) -> Outcome:
    return _LOOK[check.kind](asked, check)
