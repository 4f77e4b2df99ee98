"""What the present guide says already: rules in words and the checks that run."""

from __future__ import annotations

from typing import NamedTuple

import regex
from rapidfuzz import fuzz

from loop.mine.critiques import read_rule
from loop.mine.wishes import same_matter
from loop.model import Check, Guidance, Rule
from pipelines.active import active_checks
from pipelines.checkfile import CHECKS_FILE
from pipelines.guidance import GUIDE_FILE
from pipelines.guide import rules_of

_SAME_WORDS = 90
"""From this likeness on (0..100) two rules say the same."""
_EVERYTHING = "everything"


class Known(NamedTuple):
    """The guide as it matters to one document type."""

    rules: tuple[Rule, ...]
    checks: tuple[Check, ...]

    def deciding(self, check: Check) -> Check | None:
        """The check that already decides the matter, if there is one."""
        return next((known for known in self.checks if same_matter(known, check)), None)

    def rule(self, id_: str) -> Rule | None:
        """The rule with an id."""
        return next((rule for rule in self.rules if rule.id == id_), None)

    def in_words(self, check: Check, says: str) -> Rule | None:
        """A rule without a check that asks for the same in words."""
        enforced = {known.rule for known in self.checks}
        for rule in self.rules:
            if not rule.id or rule.id in enforced:
                continue
            if _plain(rule.text) == _plain(says):
                return rule
            if any(
                same_matter(asked, check) and _same_side(asked, check)
                for asked in read_rule(rule.text, check.scope)
            ):
                return rule
        return None

    def says(self, words: str) -> bool:
        """True when a rule says (nearly) the same words."""
        wanted = _plain(words)
        return any(fuzz.ratio(_plain(rule.text), wanted) >= _SAME_WORDS for rule in self.rules)


def known(guidance: Guidance, type_: str) -> Known:
    """Rules and running checks for a document type."""
    scopes = {_EVERYTHING, " ".join(type_.lower().split())}
    rules = rules_of(guidance.files.get(GUIDE_FILE, ""))
    checks = active_checks(guidance, type_) if guidance.files.get(CHECKS_FILE) else ()
    return Known(tuple(rule for rule in rules if rule.scope in scopes), checks)


def _same_side(asked: Check, check: Check) -> bool:
    if asked.variant is not None:
        return asked.variant == check.variant
    if asked.kind == "replace" and check.kind == "replace":
        return _plain(asked.text) == _plain(check.text)
    if asked.kind == "require":
        return _plain(asked.text) == _plain(check.text)
    return True


def _plain(text: str) -> str:
    return " ".join(regex.findall(r"[\p{L}\p{N}]+", text.casefold()))
