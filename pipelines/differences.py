"""Two versions of the style guide and its checks, compared: what changed, as groups of operations."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from loop.model import Check, Operation, Rule
from pipelines.bullets import layout, numbered, without_ids
from pipelines.guidance import GUIDE_FILE
from pipelines.guide import ids_in, number_rules, rules_of

_SHOWN = 60
_LIKE = 60
"""From this likeness on (rapidfuzz ratio, 0..100) a rule in the place of another is that rule, reworded."""


class Group(NamedTuple):
    """Operations that make sense together or not at all."""

    name: str
    """What they do, as the beginning of a sentence."""
    operations: tuple[Operation, ...]


class Differences(NamedTuple):
    """What one file's change comes to."""

    groups: tuple[Group, ...] = ()
    refused: tuple[str, ...] = ()
    """What no operation can say, a sentence each."""


class Guide(NamedTuple):
    """Two versions of the style guide, with the same id for what is the same rule."""

    before: Mapping[str, Rule]
    after: Mapping[str, Rule]
    named: frozenset[str]
    """The ids that stand in the old text: the rules that an operation can name."""

    @property
    def new(self) -> Mapping[str, Rule]:
        """The rules that came, by the ids they go by here."""
        return {id_: rule for id_, rule in self.after.items() if id_ not in self.before}

    @property
    def gone(self) -> Mapping[str, Rule]:
        """The rules that went."""
        return {id_: rule for id_, rule in self.before.items() if id_ not in self.after}


def compared(before: str, after: str) -> Guide:
    """The rules of both versions; a rule that lost its id is found again by its words, or by its place."""
    numbered_before = number_rules(before)
    old = {rule.id: rule for rule in rules_of(numbered_before)}
    new = {rule.id: rule for rule in rules_of(number_rules(after, numbered_before))}
    again = _in_place(old, new, ids_in(after))
    new = {
        again.get(id_, id_): rule.model_copy(update={"id": again.get(id_, id_)}) for id_, rule in new.items()
    }
    return Guide(old, new, frozenset(numbered(layout(before))))


def of_guide(before: str, after: str, guide: Guide, checks: Sequence[Check]) -> Differences:
    """What changed in CLAUDE.md. `checks` are those of the new checks.toml: some belong to new rules."""
    if _anew(before, after, guide):
        return Differences(refused=(f"{GUIDE_FILE} was written anew as a whole, and is left as it was.",))
    groups = [*_reworded(guide), *_deleted(guide), *_moved_away(guide, checks), *_moved(guide)]
    for id_, rule in guide.new.items():
        brought = [check for check in checks if check.rule == id_]
        check = brought[0] if brought else None
        groups.append(Group(f"The new rule {quoted(rule.text)}", (_added(rule, check),)))
    refused = [*_prose(before, after)]
    for group in groups:
        for operation in group.operations:
            if operation.action != "add" and operation.id not in guide.named:
                words = quoted(guide.before[operation.id].text)
                refused.append(f"The rule {words} has no number yet, so it is left as it was.")
    return Differences(
        tuple(
            group
            for group in groups
            if all(one.action == "add" or one.id in guide.named for one in group.operations)
        ),
        tuple(dict.fromkeys(refused)),
    )


def of_checks(before: Sequence[Check], after: Sequence[Check], guide: Guide) -> Differences:
    """What changed in checks.toml; a check of a rule that went has gone with it."""
    old = {check.id: check for check in before if check.id}
    kept = {check.id: check for check in after if check.id in old}
    groups = []
    refused = []
    for id_, check in kept.items():
        if check.rule != old[id_].rule:
            refused.append(f"The check {id_} was given to another rule; it stays with {old[id_].rule}.")
        elif check != old[id_]:
            change = Operation(action="replace", target="check", id=id_, check=check)
            groups.append(Group(f"The change of the check {id_}", (change,)))
    for id_, check in old.items():
        if id_ not in kept and check.rule not in guide.gone:
            groups.append(Group(f"The deletion of the check {id_}", (_gone_check(id_),)))
    nameless = [check for check in before if not check.id]
    for check in after:
        if not check.id and check in nameless:
            nameless.remove(check)
        elif check.id not in old and check.rule not in guide.new:
            new = Operation(action="add", target="check", check=check.model_copy(update={"id": ""}))
            groups.append(Group(f"The new check for {check.rule or 'no rule'}", (new,)))
    refused += [f"A check of {check.rule or 'no rule'} has no id yet, so it stays." for check in nameless]
    refused += _too_many(after, old, guide)
    stay = [id_ for id_, check in old.items() if id_ in kept and check.rule not in guide.gone]
    for id_, behind in moves(stay, [id_ for id_ in kept if id_ in set(stay)]):
        move = Operation(action="move", target="check", id=id_, before=behind)
        groups.append(Group(f"The move of the check {id_}", (move,)))
    return Differences(tuple(groups), tuple(refused))


def moves(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The fewest moves that turn one order of the same ids into another, in this order.

    Each is an id, and the id in front of which it goes; empty: behind all.
    """
    place = {id_: number for number, id_ in enumerate(before)}
    staying = _longest_rise([place[id_] for id_ in after])
    for number in reversed(range(len(after))):
        if place[after[number]] not in staying:
            yield after[number], after[number + 1] if number + 1 < len(after) else ""


def quoted(text: str) -> str:
    """The beginning of a text, in quotes, on one line."""
    line = " ".join(text.split())
    return f"“{line}”" if len(line) <= _SHOWN else f"“{line[:_SHOWN].rstrip()}…”"


def _in_place(old: Mapping[str, Rule], new: Mapping[str, Rule], given: Collection[str]) -> Mapping[str, str]:
    """New id -> old id, where a rule without an id stands alone in the place of one like it that went."""
    from rapidfuzz import fuzz

    again: dict[str, str] = {}
    before, after = list(old), list(new)
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag != "replace" or i2 - i1 != j2 - j1:
            continue
        for was, is_ in zip(before[i1:i2], after[j1:j2], strict=True):
            like = fuzz.ratio(old[was].text, new[is_].text)
            same_type = old[was].scope == new[is_].scope
            if was not in new and is_ not in old and is_ not in given and same_type and like >= _LIKE:
                again[is_] = was
    return again


def _longest_rise(numbers: Sequence[int]) -> set[int]:
    """The numbers of the longest rising subsequence."""
    ends: list[int] = []
    chains: list[tuple[int, ...]] = []
    for number in numbers:
        at = bisect_left(ends, number)
        chain = ((*chains[at - 1], number) if at else (number,),)
        ends[at : at + 1] = [number]
        chains[at : at + 1] = chain
    return set(chains[-1]) if chains else set()


def _reworded(guide: Guide) -> Iterator[Group]:
    for id_, rule in guide.after.items():
        old = guide.before.get(id_)
        if old is not None and old.text != rule.text and old.scope == rule.scope:
            change = Operation(action="replace", target="rule", id=id_, text=rule.text)
            yield Group(f"The new wording of {id_}, {quoted(rule.text)},", (change,))


def _deleted(guide: Guide) -> Iterator[Group]:
    for id_ in guide.gone:
        yield Group(f"The deletion of {id_}", (Operation(action="delete", target="rule", id=id_),))


def _moved_away(guide: Guide, checks: Sequence[Check]) -> Iterator[Group]:
    """A rule that is for another document type now: it goes, and comes again with its check."""
    for id_, rule in guide.after.items():
        old = guide.before.get(id_)
        if old is not None and old.scope != rule.scope:
            own = [check for check in checks if check.rule == id_]
            gone = Operation(action="delete", target="rule", id=id_)
            come = _added(rule, own[0] if own else None)
            yield Group(f"The move of {id_} to the rules for {rule.scope}", (gone, come))


def _moved(guide: Guide) -> Iterator[Group]:
    stay = [id_ for id_, rule in guide.before.items() if id_ in guide.after]
    stay = [id_ for id_ in stay if guide.after[id_].scope == guide.before[id_].scope]
    for scope in dict.fromkeys(guide.before[id_].scope for id_ in stay):
        old = [id_ for id_ in stay if guide.before[id_].scope == scope]
        new = [id_ for id_ in guide.after if id_ in set(old)]
        for id_, behind in moves(old, new):
            move = Operation(action="move", target="rule", id=id_, before=behind)
            yield Group(f"The move of {id_}", (move,))


def _added(rule: Rule, check: Check | None) -> Operation:
    if check is not None:
        check = check.model_copy(update={"id": "", "rule": ""})
    return Operation(
        action="add",
        target="rule",
        text=rule.text,
        scope=rule.scope,
        check=check,
        enforced=check is not None,
    )


def _gone_check(id_: str) -> Operation:
    return Operation(action="delete", target="check", id=id_)


def _too_many(checks: Sequence[Check], old: Collection[str], guide: Guide) -> Iterator[str]:
    """A new rule brings one check along; the rest must wait until it has its number."""
    for id_, rule in guide.new.items():
        brought = [check for check in checks if check.rule == id_]
        if len(brought) > 1 or any(check.id in old for check in brought):
            yield f"The new rule {quoted(rule.text)} brings its first check only; add the others later."


def _anew(before: str, after: str, guide: Guide) -> bool:
    """True when nothing of a guide of several pieces is left."""
    old, new = _pieces(before), _pieces(after)
    if len(old) + len(guide.before) < 2:
        return False
    told = {rule.text for rule in guide.after.values()}
    ids = numbered(layout(after)).keys() & guide.before.keys()
    return not (set(old) & set(new) or ids or any(rule.text in told for rule in guide.before.values()))


def _prose(before: str, after: str) -> Iterator[str]:
    """A sentence for each stretch of the writer's own text that was touched."""
    old, new = _pieces(before), _pieces(after)
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag in {"replace", "delete"}:
            yield f"{quoted(' '.join(old[i1:i2]))} in {GUIDE_FILE} is the writer's own text, and stays."
        elif tag == "insert":
            yield f"{quoted(' '.join(new[j1:j2]))} is no rule, and was not added to {GUIDE_FILE}."


def _pieces(text: str) -> list[str]:
    """What is no rule and opens no rules, piece by piece."""
    found = layout(text)
    own = {number for bullet in found.bullets for number in range(bullet.first, bullet.last + 1)}
    own |= {heading.block for heading in found.headings if heading.opens}
    pieces = [
        " ".join(without_ids(block.text).split())
        for number, block in enumerate(found.blocks)
        if number not in own
    ]
    return [piece for piece in pieces if piece]


def comments_touched(before: str, after: str, result: str) -> bool:
    """True when a comment of checks.toml came or went that the result does not have or still has."""
    old, new, now = ({line.strip() for line in text.splitlines()} for text in (before, after, result))
    return any(line.startswith("#") for line in (new - now) | (old & now) - new)
