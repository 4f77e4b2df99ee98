"""Plain words -> checks, for every method that puts words before a model."""

from __future__ import annotations

from collections.abc import Iterable

from feedback.evidence import CritiqueEvidence
from loop.errors import ConfigError
from loop.mine.critiques import read_critique
from loop.mine.wishes import matter
from loop.model import Brief, Check, Critique
from pipelines.checkfile import dump_checks, parse_checks
from pipelines.checks import findings


def understood(words: str, brief: Brief, draft: str = "") -> tuple[Check, ...]:
    """The checks that the product's reader of critiques finds in some words; none when they fit no form.

    `draft` is what they were said about, where that is known: some forms look there for a bound.
    """
    if not words.strip():
        return ()
    said = CritiqueEvidence(critique=Critique(brief=brief.id, text=words), type=brief.type)
    return tuple(sign.check for sign in read_critique(said, draft) if sign.check and _sound(sign.check))


def newest(checks: Iterable[Check]) -> tuple[Check, ...]:
    """The checks, oldest first, without those that a later one decides in another way."""
    kept: dict[tuple[str, ...], Check] = {}
    for check in checks:
        kept.pop(matter(check), None)
        kept[matter(check)] = check
    return tuple(kept.values())


def _sound(check: Check) -> bool:
    """False for a check that checks.toml cannot hold, or that the engine refuses to run."""
    try:
        parse_checks(dump_checks([check.model_copy(update={"id": "c1", "rule": "r1"})], ""))
        findings("One sentence.", check)
    except ConfigError:
        return False
    return True
