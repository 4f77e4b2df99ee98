"""What becomes of a rule's checks when the writer says the rule in other words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import regex
from rapidfuzz import fuzz

from feedback.evidence import CritiqueEvidence
from loop.mine.critiques import read_critique
from loop.mine.starts import started_phrase
from loop.mine.wording import says
from loop.model import Check, Critique

_POLISHED = 60
"""From this likeness on (0..100) words that name nothing are the same rule, only better said."""
_POINT = regex.compile(r"“([^”]+)”|\"([^\"]+)\"|‘([^’]+)’|(?<!\w)'([^']+)'(?!\w)|`([^`]+)`|(\d+)")
_WORD = regex.compile(r"[\p{L}\p{M}]+(?:['’]\p{L}+)?")
_NOT = frozenset(
    "never no none not don't don’t dont avoid without stop drop leave cut skip remove delete omit".split()
)
_FRAME = frozenset("use write keep always include with into most least more than instead whole piece".split())
_STEM = 5
"""Letters of a word by which it is known in another form."""


class Reworded(NamedTuple):
    """The checks of a rule in its new words."""

    checks: tuple[Check, ...]
    """What enforces the new words; none when only a model can follow them."""
    gone: tuple[Check, ...]
    """Checks that the new words do not speak of any more."""
    unsaid: tuple[Check, ...]
    """Checks that stay, though the new words leave out what they say: a number, a phrase."""


def reworded(before: str, after: str, checks: Sequence[Check], scope: str) -> Reworded:
    """What enforces a rule that said `before`, and says `after` now; `checks` enforced it until now.

    Words that fit a form make a check, as those of a critique do. A check that the new words only say
    better stays as it is, and one of which they change a number or a phrase changes with them.
    """
    signs = read_critique(CritiqueEvidence(critique=Critique(brief="", text=after), type=scope))
    read = [sign.check for sign in signs if sign.check is not None and sign.exact]
    vague = [sign.check for sign in signs if sign.check is not None and not sign.exact]
    kept = [check for check in checks if any(_same(one, check) for one in read)]
    new = [one for one in read if not any(_same(one, check) for check in checks)]
    unsaid: list[Check] = []
    if not read:
        for check in checks:
            if any(one.measure == check.measure for one in vague):
                unsaid.append(check)
            elif (carried := _carried(check, before, after)) is not None:
                (kept if carried == check else new).append(carried)
            elif _polished(check, before, after):
                kept.append(check)
    stays = (*kept, *unsaid)
    changed = bool(new) and not stays
    return Reworded(
        checks=(*stays, *new),
        gone=() if changed else tuple(check for check in checks if check not in stays),
        unsaid=tuple(unsaid),
    )


def _same(read: Check, check: Check) -> bool:
    """True when the words demand what the check demands; how it mends that may come from an edit."""
    fix = check.fix if read.fix == "none" else read.fix
    return _plain(read.model_copy(update={"fix": fix})) == _plain(check)


def _plain(check: Check) -> str:
    return check.model_copy(
        update={"scope": "", "find": check.find.casefold(), "text": check.text.casefold()}
    ).form


def _carried(check: Check, before: str, after: str) -> Check | None:
    """The check with what was said in other numbers and phrases; None when it is not known what those are."""
    old, new = _points(before), _points(after)
    named = [point for point in _literals(check) if point in old]
    if not named or len(old) != len(new) or not _same_side(check, before, after):
        return None
    if set(named) <= set(new):
        return check
    put: Mapping[str, str] = dict(zip(old, new, strict=True))
    if any(point.isdecimal() != put[point].isdecimal() for point in named):
        return None
    bound = {
        name: float(put.get(f"{value:g}", f"{value:g}"))
        for name, value in (("low", check.low), ("high", check.high))
        if value is not None
    }
    phrases = {} if check.pattern else {"find": put.get(check.find.casefold(), check.find)}
    phrases["text"] = put.get(check.text.casefold(), check.text)
    return check.model_copy(update={**bound, **phrases})


def _polished(check: Check, before: str, after: str) -> bool:
    """True when the new words say what the check stands for as much as the old ones did."""
    if not _same_side(check, before, after):
        return False
    if told := set(_literals(check)) & set(_points(before)):
        return all(point in after.casefold() for point in told)
    if not set(_points(before)) <= set(_points(after)):
        return False
    matter = _stems(says(check)) & _stems(before)
    if matter:
        return len(matter & _stems(after)) * 2 > len(matter)
    return fuzz.token_set_ratio(before.casefold(), after.casefold()) >= _POLISHED


def _literals(check: Check) -> tuple[str, ...]:
    """The phrases and numbers that a check stands for."""
    find = started_phrase(check.find) if check.pattern else check.find
    bounds = (f"{value:g}" for value in (check.low, check.high) if value is not None)
    return tuple(piece.casefold() for piece in (find, check.text, *bounds) if piece)


def _points(text: str) -> list[str]:
    """What the words quote, and the numbers they name, in their order."""
    return [next(filter(None, match.groups())).casefold() for match in _POINT.finditer(text)]


def _same_side(check: Check, before: str, after: str) -> bool:
    """False when one wording wants what the other does not; a bound is the same said both ways."""
    return bool(check.high or check.low) or _negated(before) == _negated(after)


def _negated(text: str) -> bool:
    return not _NOT.isdisjoint(word.casefold() for word in _WORD.findall(text))


def _stems(text: str) -> frozenset[str]:
    words = (word.casefold() for word in _WORD.findall(text))
    return frozenset(word[:_STEM] for word in words if len(word) > 3 and word not in _FRAME | _NOT)
