"""A proposal's operations in the writer's own words, before they are accepted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from loop.errors import ConfigError, UsageError
from loop.events import Note, Tell
from loop.gate.corpus import index
from loop.gate.static import static_tests
from loop.mine.kept_checks import reworded
from loop.mine.wording import says
from loop.model import Check, Guidance, Operation
from loop.project import Project
from loop.store import read_briefs
from loop.verbs.learning.evidence import corpus_of, gather_evidence
from pipelines.checkfile import CHECKS_FILE, parse_checks
from pipelines.operations import Applied

_LOOKED_AT = frozenset({"variables", "leak", "duplicate", "contradiction", "budget"})
"""Tests of the static gate that new words can fail; the others are about who wanted what."""


class InOwnWords(NamedTuple):
    """Operations as the writer says them."""

    operations: tuple[Operation, ...]
    """The chosen ones, in their order."""
    besides: tuple[Operation, ...] = ()
    """What must go with them: checks of an old rule that its new words do not say any more."""


def in_own_words(
    chosen: Mapping[int, Operation], words: Mapping[int, str], guidance: Guidance, tell: Tell
) -> InOwnWords:
    """The operations, by their numbers, with the writer's words in place of their own.

    A check follows the words where it can, and what became of it is told. Raises UsageError for an
    operation that has no words, or for words that say nothing.
    """
    stranger = next((number for number in words if number not in chosen), None)
    if stranger is not None:
        raise UsageError(
            f"Operation {stranger} is not among those that are accepted, so its words do not matter.",
            hint=f"Accepted are: {', '.join(map(str, chosen))}",
        )
    found, besides = [], []
    for number, operation in chosen.items():
        said = _said(number, operation, words[number]) if number in words else operation.text
        if number not in words or said == operation.text:
            found.append(operation)
            continue
        if operation.target == "rule":
            rule, gone = _rule(number, operation, said, _checks_of(operation, guidance), tell)
            found.append(rule)
            besides += gone
        elif operation.target == "check":
            found.append(_check(number, operation, said))
        else:
            found.append(operation.model_copy(update={"text": said}))
    return InOwnWords(tuple(found), tuple(besides))


def objections(project: Project, before: Guidance, applied: Applied) -> tuple[str, ...]:
    """What the static gate has against the guidance with the new words; nobody is asked."""
    briefs = read_briefs(project)
    corpus = index(corpus_of(project, briefs, gather_evidence(project, briefs)))
    try:
        tests = static_tests(before, applied, corpus, project.settings)
    except ConfigError as error:
        return (error.message,)
    return tuple(test.says for test in tests if test.name in _LOOKED_AT and test.passed is False)


def _said(number: int, operation: Operation, words: str) -> str:
    worded = operation.action in {"add", "replace", "insert"} and (operation.text or operation.check)
    if not worded:
        raise UsageError(
            f"Operation {number} has no words to change: it takes something out or moves it.",
            hint="Take it as it is, or leave it out with --operations",
        )
    said = words.strip() if operation.target in {"prompt", "example"} else " ".join(words.split())
    if not said:
        raise UsageError(
            f"Operation {number} would say nothing.", hint="Leave it out with --operations instead"
        )
    return said


def _checks_of(operation: Operation, guidance: Guidance) -> tuple[Check, ...]:
    """What enforces the rule: the check that comes with it, else those that the guide has for it."""
    if operation.check is not None:
        return (operation.check,)
    if operation.action != "replace":
        return ()
    checks = parse_checks(guidance.files.get(CHECKS_FILE, ""), CHECKS_FILE)
    return tuple(check for check in checks if check.rule == operation.id)


def _rule(
    number: int, operation: Operation, said: str, checks: Sequence[Check], tell: Tell
) -> tuple[Operation, list[Operation]]:
    now = reworded(operation.text, said, checks, operation.scope)
    for check in now.unsaid:
        tell(Note(message=f"{number} is still checked as “{says(check)}”, though your words leave that out."))
    for check in now.gone:
        message = f"The check “{says(check)}” of {number} goes: your words do not say that any more."
        tell(Note(message=message, level="warning"))
    new = [check for check in now.checks if check not in checks]
    if new:
        tell(Note(message=f"{number} is checked as “{says(new[0])}” now."))
    for check in new[1:]:
        message = f"“{says(check)}” of {number} is only told to the model: a rule brings one check along."
        tell(Note(message=message, level="warning"))
    brought = operation.check
    if new:
        ids = {"id": brought.id, "rule": brought.rule} if brought is not None else {}
        brought = new[0].model_copy(update=ids)
    elif brought not in now.checks:
        brought = None
    changed = operation.model_copy(update={"text": said, "check": brought, "enforced": bool(now.checks)})
    if operation.check is not None or new:
        return changed, []
    why = "The rule's new words do not say it any more."
    return changed, [
        Operation(action="delete", target="check", id=check.id, hypothesis=why) for check in now.gone
    ]


def _check(number: int, operation: Operation, said: str) -> Operation:
    old = operation.check
    now = reworded(says(old), said, (old,), old.scope).checks if old is not None else ()
    if old is None or len(now) != 1:
        raise UsageError(
            f"Operation {number} is a check alone, and no check says “{said}”.",
            hint='Say it in a form such as: at most 20 words a sentence; use "begin" instead of "start"',
        )
    return operation.model_copy(update={"check": now[0].model_copy(update={"id": old.id, "rule": old.rule})})
