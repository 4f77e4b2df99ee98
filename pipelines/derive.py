"""An agent's edits of the guidance as operations; whatever is none is refused in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from loop.errors import ConfigError, ProposalRejected
from loop.model import MOST_OPERATIONS, Guidance, Operation
from pipelines.checkfile import CHECKS_FILE, parse_checks
from pipelines.differences import (
    Differences,
    Group,
    Guide,
    comments_touched,
    compared,
    of_checks,
    of_guide,
)
from pipelines.guidance import EXAMPLES_FOLDER, GUIDE_FILE, PROMPTS_FOLDER
from pipelines.guide import rules_of
from pipelines.operations import apply_operations
from pipelines.paragraphs import paragraphs_of
from pipelines.prompt_differences import of_prompt


class Derived(NamedTuple):
    """What an agent's edits come to."""

    operations: tuple[Operation, ...]
    """At most four, in an order in which they can be applied; new rules and checks have no ids yet."""
    refused: tuple[str, ...]
    """What was changed and is left out, a sentence each."""


def operations_between(before: Guidance, after_files: Mapping[str, str | None]) -> Derived:
    """The operations that turn `before` into the changed files (path -> text; None: deleted).

    Law: when nothing was refused, `apply_operations` gives the rules, checks and paragraphs of the
    changed files, new ids aside. Line ends, blank lines and the place of the ids are not compared; the
    check of a rule that is for another document type now goes to the end of the checks.
    Raises ConfigError when the checks.toml of `before` cannot be read.
    """
    files = {path: text for path, text in after_files.items() if text != before.files.get(path)}
    old, new = before.files.get(GUIDE_FILE, ""), files.get(GUIDE_FILE)
    guide = compared(old, old if new is None else new)
    said: dict[str, list[str]] = {path: [] for path in files}
    groups: list[tuple[str, Group]] = []
    for path, found in _differences(before, files, guide):
        said[path] += found.refused
        groups += [(path, group) for group in found.groups]
    operations = _applicable(before, groups, said)
    result = apply_operations(before, operations).guidance
    for path, text in files.items():
        if not said[path] and (problem := _lost(path, before, result, text or "", guide)):
            said[path].append(problem)
    return Derived(tuple(operations), tuple(dict.fromkeys(one for path in said for one in said[path])))


def _differences(
    before: Guidance, files: Mapping[str, str | None], guide: Guide
) -> list[tuple[str, Differences]]:
    """By path: first the rules, then the checks, then the prompts."""
    found: list[tuple[str, Differences]] = []
    known = parse_checks(before.files.get(CHECKS_FILE, ""), CHECKS_FILE, sound=False)
    changed_checks = files.get(CHECKS_FILE)
    checks, broken = known, ""
    try:
        if changed_checks is not None:
            checks = parse_checks(changed_checks, CHECKS_FILE, sound=False)
    except ConfigError as error:
        broken = f"{CHECKS_FILE} cannot be read as it was changed, and is left as it was: {error.message}"
    new_guide = files.get(GUIDE_FILE)
    if new_guide is not None:
        found.append((GUIDE_FILE, of_guide(before.files.get(GUIDE_FILE, ""), new_guide, guide, checks)))
    if changed_checks is not None:
        changed = Differences(refused=(broken,)) if broken else of_checks(known, checks, guide)
        found.append((CHECKS_FILE, changed))
    for path in sorted(files):
        text = files[path]
        if text is None:
            found.append((path, Differences(refused=(f"{path} was deleted; it stays.",))))
        elif path not in {GUIDE_FILE, CHECKS_FILE}:
            found.append((path, _other(path, before.files.get(path), text)))
    return found


def _other(path: str, before: str | None, after: str) -> Differences:
    if path.startswith(f"{EXAMPLES_FOLDER}/"):
        refused = f"{path} is for pieces that the writer wrote; what was made up is left out."
    elif not path.startswith(f"{PROMPTS_FOLDER}/"):
        refused = f"{path} is no part of the guidance, and is left as it was."
    elif before is None:
        refused = f"{path} is a new prompt; prompts are changed, never added."
    else:
        return of_prompt(path, before, after)
    return Differences(refused=(refused,))


def _applicable(
    before: Guidance, groups: Sequence[tuple[str, Group]], said: Mapping[str, list[str]]
) -> list[Operation]:
    """The operations of the groups that can be applied, four at most; of the others it is said why not.

    What cannot be applied now is tried again after the others: a prompt's variable can move from one
    paragraph to another only when it comes before it goes.
    """
    now = before
    operations: list[Operation] = []
    waiting = list(groups)
    problems: dict[int, str] = {}
    progress = True
    while waiting and progress:
        progress = False
        for item in list(waiting):
            path, group = item
            try:
                applied = apply_operations(now, group.operations).guidance
            except ProposalRejected as error:
                problems[id(group)] = error.message
                continue
            waiting.remove(item)
            progress = True
            if len(operations) + len(group.operations) > MOST_OPERATIONS:
                said[path].append(
                    f"{group.name} is left out: one proposal has at most {MOST_OPERATIONS} changes."
                )
            else:
                operations += group.operations
                now = applied
    for path, group in waiting:
        said[path].append(f"{group.name} is left out: {problems[id(group)]}")
    return operations


def _lost(path: str, before: Guidance, result: Guidance, after: str, guide: Guide) -> str:
    """What an agent's file says and the applied operations do not; empty for nothing."""
    text = result.files.get(path, "")
    if path == GUIDE_FILE:
        return _compare(path, _by_scope(text), _by_scope(after))
    if path != CHECKS_FILE:
        return _compare(path, {"": paragraphs_of(text)}, {"": paragraphs_of(after)})
    rules = rules_of(result.files.get(GUIDE_FILE, ""))
    got = _forms(text, {rule.id: rule.text for rule in rules}, guide)
    wanted = _forms(after, {id_: rule.text for id_, rule in guide.after.items()}, guide)
    touched = comments_touched(before.files.get(CHECKS_FILE, ""), after, text)
    problem = _compare(path, {"": got}, {"": wanted})
    return problem or (f"The comments in {CHECKS_FILE} stay as they were." if touched else "")


def _compare(path: str, got: Mapping[str, Sequence[str]], wanted: Mapping[str, Sequence[str]]) -> str:
    if got == wanted:
        return ""
    if {key: sorted(rows) for key, rows in got.items()} == {
        key: sorted(rows) for key, rows in wanted.items()
    }:
        return f"What is new in {path} goes to the end of its list, and not where it was put."
    return f"Not everything in {path} could be taken over as it was written."


def _by_scope(text: str) -> Mapping[str, Sequence[str]]:
    scopes: dict[str, list[str]] = {}
    for rule in rules_of(text):
        scopes.setdefault(rule.scope, []).append(rule.text)
    return scopes


def _forms(text: str, words: Mapping[str, str], guide: Guide) -> list[str]:
    """What checks demand and of which rule, whatever their ids; those of rules that went are no more."""
    checks = parse_checks(text, CHECKS_FILE, sound=False)
    return [f"{check.form} {words.get(check.rule, '')}" for check in checks if check.rule not in guide.gone]
