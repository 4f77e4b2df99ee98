"""The static gate: what a proposal must pass before any draft is written for it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple, TypeVar

from loop.errors import ConfigError
from loop.gate.clashes import Standing, checks_clash, checks_repeat, rules_clash, rules_repeat
from loop.gate.corpus import CorpusIndex, Leak, leaks
from loop.model import MOST_OPERATIONS, Check, Guidance, Operation, Rule, TestResult
from loop.settings import Settings
from loop.text.short import one_line
from pipelines.checkfile import CHECKS_FILE, parse_checks
from pipelines.guidance import GUIDE_FILE, PROMPTS_FOLDER
from pipelines.guide import guide_tokens, rules_of
from pipelines.operations import Applied
from pipelines.template import variables_of

_Item = TypeVar("_Item", Standing, Check)
_LONG = 5
"""A critique names a rule when it shares a word of so many letters with it, or says its id."""
_LONGEST_NAME = 80
"""Code points of a rule where it is named."""


def static_tests(
    before: Guidance,
    applied: Applied,
    corpus: CorpusIndex,
    settings: Settings,
    *,
    own: Collection[str] = (),
    refused: Iterable[Operation] = (),
) -> tuple[TestResult, ...]:
    """Every static test, passed or not; any that fails rejects the proposal (`static_verdict`).

    `own` are ids of rules that no learning step added: the writer's own lines. `refused` are operations
    that were rejected or undone. Nothing is repaired: a proposal stands or falls as it is.
    """
    stand = _Stand.of(before, applied.guidance)
    return (
        _size(before, applied),
        _variables(before, applied.guidance),
        _leak(before, applied.operations, corpus),
        _duplicate(stand),
        _contradiction(stand),
        _budget(before, applied.guidance, settings),
        _own_lines(before, applied.operations, own, corpus),
        _refused(applied.operations, refused),
    )


class _Stand(NamedTuple):
    """What a proposal adds or rewrites, and what stays as it was."""

    new_rules: tuple[Standing, ...]
    old_rules: tuple[Standing, ...]
    new_checks: tuple[Check, ...]
    old_checks: tuple[Check, ...]

    @classmethod
    def of(cls, before: Guidance, after: Guidance) -> _Stand:
        known = {(rule.id, rule.text, rule.scope) for rule in _rules(before)}
        forms = {(check.id, check.form) for check in _checks(before)}
        checks = _checks(after)
        new: list[Standing] = []
        old: list[Standing] = []
        for rule in _rules(after):
            enforced = tuple(check for check in checks if check.rule == rule.id and rule.id)
            place = old if (rule.id, rule.text, rule.scope) in known else new
            place.append(Standing(rule, enforced))
        return cls(
            new_rules=tuple(new),
            old_rules=tuple(old),
            new_checks=tuple(check for check in checks if (check.id, check.form) not in forms),
            old_checks=tuple(check for check in checks if (check.id, check.form) in forms),
        )


def _size(before: Guidance, applied: Applied) -> TestResult:
    count = len(applied.operations)
    if count > MOST_OPERATIONS:
        says = f"The proposal has {count} operations; at most {MOST_OPERATIONS} are allowed at once."
        return TestResult(name="size", passed=False, says=says)
    if applied.guidance.version == before.version:
        return TestResult(name="size", passed=False, says="The proposal changes nothing.")
    return TestResult(name="size", passed=True, says=f"{count} of at most {MOST_OPERATIONS} operations.")


def _variables(before: Guidance, after: Guidance) -> TestResult:
    wrong = []
    for path in sorted({*before.files, *after.files}):
        if not path.startswith(f"{PROMPTS_FOLDER}/") or before.files.get(path) == after.files.get(path):
            continue
        if path not in before.files or path not in after.files:
            wrong.append(f"{path} would {'go' if path in before.files else 'be a new file'}")
            continue
        try:
            old, new = (set(variables_of(side.files[path], path)) for side in (before, after))
        except ConfigError as error:
            wrong.append(error.message.rstrip("."))
            continue
        wrong += [f"{path} would lose {{{{{name}}}}}" for name in sorted(old - new)]
        wrong += [f"{path} would gain {{{{{name}}}}}" for name in sorted(new - old)]
    says = (
        f"The prompts must keep their variables: {wrong[0]}."
        if wrong
        else "Every prompt keeps its variables."
    )
    return TestResult(name="variables", passed=not wrong, says=says, details=tuple(wrong))


def _leak(before: Guidance, operations: Sequence[Operation], corpus: CorpusIndex) -> TestResult:
    known = [text for path, text in before.files.items() if not path.startswith("examples/")]
    allowed = [word for operation in operations for word in _own_words(operation.check)]
    said = [piece for operation in operations if operation.target != "example" for piece in _added(operation)]
    found = leaks(said, corpus, known=known, allowed=allowed)
    samples = [operation.text for operation in operations if operation.target == "example"]
    found += [
        leak
        for leak in leaks(samples, corpus, known=(), allowed=())
        if leak.kind == "words" and leak.brief in corpus.held_out
    ]
    details = tuple(dict.fromkeys(_describe(leak) for leak in found))
    says = (
        f"The proposal copies from a single piece: {details[0]}."
        if details
        else "Nothing is copied from a single brief, draft or final."
    )
    return TestResult(name="leak", passed=not details, says=says, details=details)


def _duplicate(stand: _Stand) -> TestResult:
    found = [
        f"“{one_line(rule.rule.text, _LONGEST_NAME)}” says what {_rule_name(other.rule)} says already"
        for rule, other in _against(stand.new_rules, stand.old_rules)
        if rules_repeat(rule, other) and not rules_clash(rule.rule, other.rule)
    ]
    found += [
        f"the check {check.id or check.kind} does what {other.id or other.kind} does already"
        for check, other in _against(stand.new_checks, stand.old_checks)
        if checks_repeat(check, other) and not checks_clash(check, other)
    ]
    says = f"Said twice: {found[0]}. Change that one instead." if found else "Nothing is said twice."
    return TestResult(name="duplicate", passed=not found, says=says, details=tuple(found))


def _contradiction(stand: _Stand) -> TestResult:
    found = [
        f"“{one_line(rule.rule.text, _LONGEST_NAME)}” is the opposite of {_rule_name(other.rule)}"
        for rule, other in _against(stand.new_rules, stand.old_rules)
        if rules_clash(rule.rule, other.rule)
    ]
    found += [
        f"the checks {check.id} (for {check.rule}) and {other.id} (for {other.rule}) cannot both be kept"
        for check, other in _against(stand.new_checks, stand.old_checks)
        if checks_clash(check, other)
    ]
    says = f"A contradiction: {found[0]}." if found else "Nothing contradicts a rule that stays."
    return TestResult(name="contradiction", passed=not found, says=says, details=tuple(found))


def _budget(before: Guidance, after: Guidance, settings: Settings) -> TestResult:
    old, new = (guide_tokens(side.files.get(GUIDE_FILE, "")) for side in (before, after))
    most = settings.guide.tokens
    passed = new <= most or new < old
    says = f"The rules are {new} tokens long, of at most {most} ({new - old:+d})."
    if not passed:
        says += " Merge or drop some first, or raise [guide] tokens."
    return TestResult(name="budget", passed=passed, says=says)


def _own_lines(
    before: Guidance, operations: Sequence[Operation], own: Collection[str], corpus: CorpusIndex
) -> TestResult:
    """Replacing, deleting and moving the writer's own rules, and changing their checks."""
    rules = {rule.id: rule for rule in _rules(before)}
    enforced = {check.id: check.rule for check in _checks(before)}
    found = []
    for operation in operations:
        if operation.action == "add" or operation.target not in {"rule", "check"}:
            continue
        id_ = operation.id if operation.target == "rule" else enforced.get(operation.id, "")
        rule = rules.get(id_)
        if rule is None or id_ not in own or (operation.from_critique and _named(rule, corpus)):
            continue
        found.append(f"“{one_line(rule.text, _LONGEST_NAME)}” ({id_})")
    says = (
        f"{found[0]} is your own line; it is left alone unless a critique of yours names it."
        if found
        else "Your own lines are left alone."
    )
    return TestResult(name="own_lines", passed=not found, says=says, details=tuple(found))


def _refused(operations: Sequence[Operation], refused: Iterable[Operation]) -> TestResult:
    known = {_demand(operation) for operation in refused}
    found = [
        one_line(
            operation.text or (operation.check.find if operation.check else "") or operation.id, _LONGEST_NAME
        )
        for operation in operations
        if not operation.from_critique and _demand(operation) in known
    ]
    says = (
        f"This was rejected or undone before: “{found[0]}”."
        if found
        else "Nothing that was rejected or undone comes back."
    )
    return TestResult(name="refused", passed=not found, says=says, details=tuple(found))


def _demand(operation: Operation) -> tuple[str, str, str]:
    """What an operation asks for, whatever ids it was given and why."""
    return operation.key, "" if operation.action == "add" else operation.id, operation.before


def _against(new: Sequence[_Item], old: Sequence[_Item]) -> Iterator[tuple[_Item, _Item]]:
    for number, item in enumerate(new):
        yield from ((item, other) for other in old)
        yield from ((item, other) for other in new[:number])


def _added(operation: Operation) -> list[str]:
    check = operation.check
    return [operation.text, *([check.find, check.text] if check else [])]


def _own_words(check: Check | None) -> list[str]:
    """Numbers and names that a check itself stands for: a limit, a family of spellings."""
    if check is None:
        return []
    limits = [f"{value:g}" for value in (check.low, check.high) if value is not None]
    return limits + ([*check.variant.split("_"), "English"] if check.variant else [])


def _named(rule: Rule, corpus: CorpusIndex) -> bool:
    words = {word.strip("“”‘’'\".,;:!?()").casefold() for word in rule.text.split()}
    return rule.id in corpus.free_words or any(
        len(word) >= _LONG and word in corpus.free_words for word in words
    )


def _describe(leak: Leak) -> str:
    what = {"words": f"“{one_line(leak.text, _LONGEST_NAME)}”"}.get(leak.kind, f"{leak.kind}, “{leak.text}”,")
    return f"{what} stands only in “{leak.brief}”"


def _rules(guidance: Guidance) -> tuple[Rule, ...]:
    return rules_of(guidance.files.get(GUIDE_FILE, ""))


def _checks(guidance: Guidance) -> tuple[Check, ...]:
    return tuple(parse_checks(guidance.files.get(CHECKS_FILE, ""), CHECKS_FILE))


def _rule_name(rule: Rule) -> str:
    return f"{rule.id or 'a rule'} “{one_line(rule.text, _LONGEST_NAME)}”"
