"""Operations on the guidance: old guidance in, new guidance out, and nothing else touched."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import regex

from loop.errors import ConfigError, ProposalRejected
from loop.model import Check, FileChange, Guidance, Operation, Rule
from pipelines.bullets import document_type
from pipelines.checkfile import CHECKS_FILE, dump_checks, parse_checks
from pipelines.examples import add_example, delete_example, move_example, replace_example
from pipelines.guidance import GUIDE_FILE, PROMPTS_FOLDER
from pipelines.guide import add_rule, delete_rule, ids_in, move_rule, replace_rule, rules_of
from pipelines.paragraphs import delete_paragraph, insert_paragraph, replace_paragraph
from pipelines.template import variables_of

_ID = regex.compile(r"[rc][0-9]{1,9}")


class Applied(NamedTuple):
    """What came of some operations."""

    guidance: Guidance
    """The new guidance."""
    operations: tuple[Operation, ...]
    """The operations with the ids that were given."""
    rules: str
    """The rules that changed, for the log: `+r12 ~r3 -r5`."""


def apply_operations(
    guidance: Guidance, operations: Sequence[Operation], *, taken: Collection[str] = ()
) -> Applied:
    """Apply operations in order.

    New rules and checks get ids that stand nowhere in the guidance nor in `taken` (ids seen in the
    history); an added rule or check keeps the id it brings if that is free. A rule that is deleted takes
    its checks along; a rule that is replaced with a check gives up its old checks for it.
    Raises ProposalRejected naming the operation that cannot be applied.
    """
    work = _Work(dict(guidance.files), taken, operations)
    filled = []
    for number, operation in enumerate(operations, start=1):
        act = _ACTIONS.get((operation.target, operation.action), _refuse)
        try:
            filled.append(act(work, operation))
        except ProposalRejected as error:
            name = " ".join(part for part in (operation.action, operation.target, operation.id) if part)
            raise ProposalRejected(f"Operation {number} ({name}): {error.message}", error.hint) from error
    new = guidance.model_copy(update={"files": work.finished()})
    rules = " ".join(sign + id_ for id_, sign in work.signs.items())
    return Applied(new, tuple(filled), rules)


def changes_between(old: Guidance, new: Guidance) -> tuple[FileChange, ...]:
    """What must be written to get from one guidance to another, by path."""
    return tuple(
        FileChange(path=path, before=old.files.get(path), after=new.files.get(path))
        for path in sorted({*old.files, *new.files})
        if old.files.get(path) != new.files.get(path)
    )


@dataclass
class _Work:
    """The guidance while operations are applied to it."""

    files: dict[str, str]
    taken: Collection[str]
    operations: Sequence[Operation]

    def __post_init__(self) -> None:
        self.checks = list(parse_checks(self.files.get(CHECKS_FILE, ""), CHECKS_FILE))
        self.unchanged = tuple(self.checks)
        self.signs: dict[str, str] = {}
        self.used = {*self.taken, *ids_in(self.guide)}
        self.used.update(id_ for check in self.checks for id_ in (check.id, check.rule))
        adding = [one for one in self.operations if one.action == "add"]
        brought = {id_ for one in adding for id_ in (one.id, one.check.id if one.check else "")}
        self.next = {
            letter: max((int(id_[1:]) for id_ in self.used | brought if _is_id(id_, letter)), default=0)
            for letter in "rc"
        }

    @property
    def guide(self) -> str:
        return self.files.get(GUIDE_FILE, "")

    @property
    def rule_ids(self) -> frozenset[str]:
        return frozenset(rule.id for rule in rules_of(self.guide) if rule.id)

    def new_id(self, letter: str, brought: str) -> str:
        id_ = brought
        if not _is_id(id_, letter) or id_ in self.used:
            self.next[letter] += 1
            id_ = f"{letter}{self.next[letter]}"
        self.used.add(id_)
        return id_

    def sign(self, rule: str, sign: str) -> None:
        before = self.signs.pop(rule, "")
        if before == "+" and sign == "-":
            return
        self.signs[rule] = "+" if before == "+" else sign

    def check_at(self, id_: str) -> int:
        for place, check in enumerate(self.checks):
            if id_ and check.id == id_:
                return place
        known = ", ".join(check.id for check in self.checks)
        raise ProposalRejected(
            f"There is no check {id_ or 'without an id'} in {CHECKS_FILE}.",
            hint=f"There are: {known or 'none yet'}.",
        )

    def finished(self) -> Mapping[str, str]:
        if tuple(self.checks) == self.unchanged:
            return self.files
        text = dump_checks(self.checks, self.files.get(CHECKS_FILE, ""))
        try:
            parse_checks(text, CHECKS_FILE)
        except ConfigError as error:
            raise ProposalRejected(
                f"A check of the proposal cannot be run: {error.message}", error.hint
            ) from error
        return {**self.files, CHECKS_FILE: text}


def _refuse(_: _Work, operation: Operation) -> Operation:
    raise ProposalRejected(
        f"“{operation.action}” is not for a {operation.target}.",
        hint="A prompt knows replace, insert and delete; the rest add, replace, delete and move.",
    )


def _add_rule(work: _Work, operation: Operation) -> Operation:
    if not document_type(operation.scope):
        raise ProposalRejected(
            "It does not say for which document type the rule is.", hint="Say: everything."
        )
    rule = Rule(id=work.new_id("r", operation.id), text=operation.text, scope=operation.scope)
    work.files[GUIDE_FILE] = add_rule(work.guide, rule)
    work.sign(rule.id, "+")
    check = None
    if operation.check is not None:
        check = _with_ids(work, operation.check, rule.id)
        work.checks.append(check)
    return operation.model_copy(update={"id": rule.id, "check": check})


def _replace_rule(work: _Work, operation: Operation) -> Operation:
    operation = operation.model_copy(update={"old": _words(work, operation.id)})
    work.files[GUIDE_FILE] = replace_rule(work.guide, operation.id, operation.text)
    work.sign(operation.id, "~")
    if operation.check is None:
        return operation
    old = [place for place, check in enumerate(work.checks) if check.rule == operation.id]
    if old:
        check = operation.check.model_copy(update={"id": work.checks[old[0]].id, "rule": operation.id})
        work.checks[old[0]] = check
        work.checks = [one for place, one in enumerate(work.checks) if place not in old[1:]]
    else:
        check = _with_ids(work, operation.check, operation.id)
        work.checks.append(check)
    return operation.model_copy(update={"check": check})


def _worded(work: _Work, operation: Operation) -> Operation:
    """With the words of the rule that goes or moves: who reads the proposal may not know its number."""
    return operation.model_copy(update={"text": operation.text or _words(work, operation.id)})


def _words(work: _Work, rule: str) -> str:
    return next((one.text for one in rules_of(work.guide) if one.id == rule), "")


def _delete_rule(work: _Work, operation: Operation) -> Operation:
    operation = _worded(work, operation)
    work.files[GUIDE_FILE] = delete_rule(work.guide, operation.id)
    work.sign(operation.id, "-")
    work.checks = [check for check in work.checks if check.rule != operation.id]
    return operation


def _move_rule(work: _Work, operation: Operation) -> Operation:
    operation = _worded(work, operation)
    work.files[GUIDE_FILE] = move_rule(work.guide, operation.id, operation.before)
    work.sign(operation.id, "~")
    return operation


def _add_check(work: _Work, operation: Operation) -> Operation:
    wanted = _brought(operation)
    check = _with_ids(work, wanted.model_copy(update={"id": operation.id or wanted.id}), wanted.rule)
    if check.rule not in work.rule_ids:
        raise ProposalRejected(
            f"The check enforces the rule {check.rule or 'without an id'}, which is not there.",
            hint="Name the rule it enforces.",
        )
    work.checks.append(check)
    work.sign(check.rule, "~")
    return operation.model_copy(update={"id": check.id, "check": check})


def _replace_check(work: _Work, operation: Operation) -> Operation:
    place = work.check_at(operation.id)
    old = work.checks[place]
    check = _brought(operation).model_copy(update={"id": old.id, "rule": old.rule})
    work.checks[place] = check
    work.sign(check.rule, "~")
    return operation.model_copy(update={"check": check})


def _delete_check(work: _Work, operation: Operation) -> Operation:
    work.sign(work.checks.pop(work.check_at(operation.id)).rule, "~")
    return operation


def _move_check(work: _Work, operation: Operation) -> Operation:
    place = work.check_at(operation.id)
    if operation.before == operation.id:
        return operation
    if operation.before:
        work.check_at(operation.before)
    check = work.checks.pop(place)
    work.checks.insert(work.check_at(operation.before) if operation.before else len(work.checks), check)
    work.sign(check.rule, "~")
    return operation


def _add_example(work: _Work, operation: Operation) -> Operation:
    return operation.model_copy(update={"id": add_example(work.files, operation.id, operation.text)})


def _replace_example(work: _Work, operation: Operation) -> Operation:
    replace_example(work.files, operation.id, operation.text)
    return operation


def _delete_example(work: _Work, operation: Operation) -> Operation:
    delete_example(work.files, operation.id)
    return operation


def _move_example(work: _Work, operation: Operation) -> Operation:
    move_example(work.files, operation.id, operation.before)
    return operation


def _change_prompt(change: Callable[[str, Operation], str]) -> Callable[[_Work, Operation], Operation]:
    def act(work: _Work, operation: Operation) -> Operation:
        path = operation.id
        if not path.startswith(f"{PROMPTS_FOLDER}/") or path not in work.files:
            known = ", ".join(sorted(one for one in work.files if one.startswith(f"{PROMPTS_FOLDER}/")))
            raise ProposalRejected(
                f"There is no prompt {path or 'without a path'}.", hint=f"There are: {known or 'none'}."
            )
        old = work.files[path]
        new = change(old, operation)
        try:
            before, after = set(variables_of(old, path)), set(variables_of(new, path))
        except ConfigError as error:
            raise ProposalRejected(error.message, error.hint) from error
        for variable in sorted(before ^ after):
            what = "lose" if variable in before else "gain"
            raise ProposalRejected(
                f"{path} would {what} {{{{{variable}}}}}.",
                hint="A change of a prompt keeps the variables that are in it.",
            )
        work.files[path] = new
        return operation

    return act


def _brought(operation: Operation) -> Check:
    if operation.check is None:
        raise ProposalRejected("It does not bring the new check.", hint="Give the check with it.")
    return operation.check


def _with_ids(work: _Work, check: Check, rule: str) -> Check:
    return check.model_copy(update={"id": work.new_id("c", check.id), "rule": rule})


def _is_id(id_: str, letter: str) -> bool:
    return id_[:1] == letter and _ID.fullmatch(id_) is not None


_ACTIONS: Mapping[tuple[str, str], Callable[[_Work, Operation], Operation]] = {
    ("rule", "add"): _add_rule,
    ("rule", "replace"): _replace_rule,
    ("rule", "delete"): _delete_rule,
    ("rule", "move"): _move_rule,
    ("check", "add"): _add_check,
    ("check", "replace"): _replace_check,
    ("check", "delete"): _delete_check,
    ("check", "move"): _move_check,
    ("example", "add"): _add_example,
    ("example", "replace"): _replace_example,
    ("example", "delete"): _delete_example,
    ("example", "move"): _move_example,
    ("prompt", "replace"): _change_prompt(lambda old, op: replace_paragraph(old, op.old, op.text, op.id)),
    ("prompt", "insert"): _change_prompt(lambda old, op: insert_paragraph(old, op.old, op.text, op.id)),
    ("prompt", "delete"): _change_prompt(lambda old, op: delete_paragraph(old, op.old, op.id)),
}
