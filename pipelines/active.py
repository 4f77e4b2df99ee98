"""Which checks of a guidance run: those whose rule stands in the guide."""

from __future__ import annotations

from loop.model import Check, Guidance
from pipelines.bullets import EVERYTHING, document_type
from pipelines.checkfile import CHECKS_FILE, parse_checks
from pipelines.guidance import GUIDE_FILE
from pipelines.guide import rules_of


def all_checks(guidance: Guidance) -> tuple[Check, ...]:
    """The checks of checks.toml, those that are suspended too. Raises ConfigError."""
    return tuple(parse_checks(guidance.files.get(CHECKS_FILE, ""), CHECKS_FILE))


def suspended(guidance: Guidance) -> tuple[Check, ...]:
    """The checks whose rule is gone: they do not run, and whoever shows the guidance says so."""
    known = {rule.id for rule in rules_of(guidance.files.get(GUIDE_FILE, ""))}
    checks = parse_checks(guidance.files.get(CHECKS_FILE, ""), CHECKS_FILE, sound=False)
    return tuple(check for check in checks if check.rule not in known)


def present(guidance: Guidance) -> frozenset[str]:
    """The ids of all rules and checks that stand in the guidance."""
    rules = {rule.id for rule in rules_of(guidance.files.get(GUIDE_FILE, ""))}
    return frozenset(rules | {check.id for check in all_checks(guidance)})


def active_checks(guidance: Guidance, type_: str) -> tuple[Check, ...]:
    """The checks that run on a piece of a document type, in the order of checks.toml.

    A check for everything reaches no further than its rule does.
    """
    scopes = {rule.id: rule.scope for rule in rules_of(guidance.files.get(GUIDE_FILE, "")) if rule.id}
    wanted = {EVERYTHING, document_type(type_)}
    found = []
    for check in all_checks(guidance):
        scope = document_type(check.scope)
        if check.rule in scopes and (scopes[check.rule] if scope == EVERYTHING else scope) in wanted:
            found.append(check)
    return tuple(found)
