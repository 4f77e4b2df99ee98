"""Evidence and the present guide -> the operations that would mend what the writer keeps correcting."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import chain
from typing import NamedTuple

from feedback.evidence import Evidence
from loop.mine.diagnose import Ailing, wrong_rules
from loop.mine.families import OPPOSITES
from loop.mine.groups import groups, in_order
from loop.mine.habits import Habit, habits, verified
from loop.mine.heard import Heard, heard
from loop.mine.known import Known, known
from loop.mine.wishes import matter, newest_first, turned_round, wishes
from loop.mine.wording import says
from loop.model import MOST_OPERATIONS, Check, Guidance, Operation, Pair
from pipelines.active import active_checks
from pipelines.checks import apply_checks

_BATCH = 12
"""So many habits are verified at once."""


class _Wanted(NamedTuple):
    """Something the guide should say."""

    check: Check | None
    says: str
    evidence: tuple[str, ...]
    hypothesis: str
    scope: str
    from_critique: bool
    exact: bool = True


def propose(
    evidence: Evidence,
    guidance: Guidance,
    *,
    refused: Collection[str] = (),
    limit: int = MOST_OPERATIONS,
) -> tuple[Operation, ...]:
    """At most `limit` operations, the best founded first: critiques, then habits by briefs and strength.

    `refused` holds the keys of operations that were rejected or undone (`Operation.key`), and the ids
    of the critiques they rested on: what was refused comes again only when another critique asks for it.
    The same evidence gives the same operations, in whatever order the pairs come.
    """
    return tuple(_first(limit, _operations(evidence, guidance, refused)))


def _operations(evidence: Evidence, guidance: Guidance, refused: Collection[str]) -> Iterator[Operation]:
    pairs = in_order(evidence.pairs)
    together = groups(pairs)
    found = habits(together, pairs)
    asked = [heard(wish, found, together) for wish in newest_first(wishes(evidence))]
    guides: dict[str, Known] = {}
    settled: list[Check] = []
    for wanted in chain(_asked(asked), _shown(found, _mender(guidance))):
        guide = guides.setdefault(wanted.scope, known(guidance, wanted.scope))
        check = wanted.check
        if check is not None:
            if any(check.scope == done.scope and _clash(check, done) for done in settled):
                continue
            settled.append(check)
        operation = _operation(wanted, guide)
        if operation is not None and not _is_refused(operation, refused):
            yield operation
    types = dict.fromkeys(item.pair.brief.type for item in pairs)
    for type_ in types:
        guide = guides.setdefault(type_, known(guidance, type_))
        said = [one.check for one in asked if one.check is not None]
        for ailing in wrong_rules(guide, type_, pairs, said):
            operation = _cure(ailing, guide)
            if operation is not None and not _is_refused(operation, refused):
                yield operation


def _first(limit: int, operations: Iterable[Operation]) -> Iterator[Operation]:
    """The first few, one for each rule that is already there."""
    touched: set[str] = set()
    count = 0
    for operation in operations:
        if count >= limit:
            return
        target = operation.id or (operation.check.rule if operation.check else "")
        if target and target in touched:
            continue
        touched.add(target)
        count += 1
        yield operation


def _asked(asked: Iterable[Heard]) -> list[_Wanted]:
    """What critiques ask for, in their order, what can be enforced first."""
    wanted = [
        _Wanted(
            check=one.check,
            says=says(one.check) if one.check else one.wish.sign.says,
            evidence=one.evidence,
            hypothesis="You asked for it in a critique.",
            scope=one.wish.type,
            from_critique=True,
            exact=one.wish.sign.exact,
        )
        for one in asked
    ]
    return sorted(wanted, key=lambda one: one.check is None)


def _mender(guidance: Guidance) -> Callable[[Pair], str]:
    """A pair's draft as the checks of this guidance would leave it."""
    checks: dict[str, tuple[Check, ...]] = {}
    drafts: dict[str, str] = {}

    def mended(pair: Pair) -> str:
        if pair.id not in drafts:
            type_ = pair.brief.type
            if type_ not in checks:
                checks[type_] = active_checks(guidance, type_)
            drafts[pair.id] = apply_checks(pair.draft, checks[type_]).text
        return drafts[pair.id]

    return mended


def _shown(found: Sequence[Habit], mended: Callable[[Pair], str]) -> Iterator[_Wanted]:
    for start in range(0, len(found), _BATCH):
        for habit in verified(found[start : start + _BATCH], mended):
            yield _Wanted(
                check=habit.check,
                says=habit.says,
                evidence=habit.evidence,
                hypothesis=f"You changed this in {len(habit.briefs)} briefs; a check would do it for you.",
                scope=habit.check.scope,
                from_critique=False,
            )


def _clash(check: Check, done: Check) -> bool:
    return matter(check) == matter(done) or turned_round(check, done)


def _operation(wanted: _Wanted, guide: Known) -> Operation | None:
    """What has to be done to the guide, after a look at what it says already."""
    if wanted.check is None:
        return None if guide.says(wanted.says) else _add(wanted)
    present = guide.deciding(wanted.check)
    if present is None:
        present = next((one for one in guide.checks if turned_round(one, wanted.check)), None)
    if present is not None:
        if not _better(wanted, present):
            return None
        return _replace(wanted, present.rule)
    rule = guide.in_words(wanted.check, wanted.says)
    if rule is not None:
        return Operation(
            action="add",
            target="check",
            check=wanted.check.model_copy(update={"rule": rule.id}),
            scope=rule.scope,
            hypothesis=f"The rule {rule.id} says it, but nothing enforces it. {wanted.hypothesis}",
            evidence=wanted.evidence,
            from_critique=wanted.from_critique,
        )
    return _add(wanted)


def _better(wanted: _Wanted, present: Check) -> bool:
    """True when what is wanted differs from the check that decides the matter now, for a good reason."""
    check = wanted.check
    if check is None:
        return False
    if check.kind == "limit":
        if check.high == present.high and check.low == present.low:
            return False
        return wanted.from_critique and (wanted.exact or _tighter(check, present))
    if check.variant is not None:
        return check.variant == OPPOSITES.get(present.variant or check.variant)
    if check.kind == "require":
        return check.place != "anywhere" and check.text.casefold() not in present.text.casefold()
    if present.kind == "forbid" and present.fix == "none":
        return check.kind == "replace" or check.fix != "none"
    if turned_round(check, present):
        return True
    return (
        wanted.from_critique and check.kind == "replace" and check.text.casefold() != present.text.casefold()
    )


def _tighter(check: Check, present: Check) -> bool:
    if check.high is not None:
        return present.high is None or check.high < present.high
    return check.low is not None and (present.low is None or check.low > present.low)


def _add(wanted: _Wanted) -> Operation:
    return Operation(
        action="add",
        target="rule",
        text=wanted.says,
        check=wanted.check,
        scope=wanted.scope,
        hypothesis=wanted.hypothesis,
        evidence=wanted.evidence,
        enforced=wanted.check is not None,
        from_critique=wanted.from_critique,
    )


def _replace(wanted: _Wanted, rule: str) -> Operation:
    return Operation(
        action="replace",
        target="rule",
        id=rule,
        text=wanted.says,
        check=wanted.check,
        scope=wanted.scope,
        hypothesis=f"The rule {rule} says something else now. {wanted.hypothesis}",
        evidence=wanted.evidence,
        from_critique=wanted.from_critique,
    )


def _cure(ailing: Ailing, guide: Known) -> Operation | None:
    rule = guide.rule(ailing.check.rule)
    if rule is None:
        return None
    if ailing.instead is not None:
        return Operation(
            action="replace",
            target="rule",
            id=rule.id,
            text=says(ailing.instead),
            check=ailing.instead,
            scope=ailing.instead.scope,
            hypothesis=f"The bound of {rule.id} is not the one your finals keep to.",
            evidence=ailing.evidence,
        )
    return Operation(
        action="delete",
        target="rule",
        id=rule.id,
        text=rule.text,
        scope=rule.scope,
        hypothesis=f"Your later finals put back what {rule.id} takes out.",
        evidence=ailing.evidence,
    )


def _is_refused(operation: Operation, refused: Collection[str]) -> bool:
    if operation.key not in refused:
        return False
    critiques = [one for one in operation.evidence if one.startswith("k")]
    return not any(one not in refused for one in critiques)
