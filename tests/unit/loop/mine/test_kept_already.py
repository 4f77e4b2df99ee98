"""What the checks of today already do is not proposed again."""

from __future__ import annotations

from feedback.evidence import Evidence
from loop.mine.propose import propose
from loop.model import Guidance
from tests.unit.loop.mine.material import EMPTY, guide, pair


def says(evidence: Evidence, guidance: Guidance = EMPTY) -> list[str]:
    return [operation.text for operation in propose(evidence, guidance, limit=20)]


def test_what_the_checks_of_today_already_do_is_no_habit_to_learn() -> None:
    """Old texts never went through the checks: "You're in!" -> "You are in." is two rules that stand."""
    pairs = tuple(
        pair(name, f"You're invited! The {name} is long.", f"You are invited. The {name} is long.")
        for name in ("table", "evening", "letter")
    )
    checks = """
[[check]]
id = "c1"
rule = "r1"
kind = "replace"
variant = "uncontracted"

[[check]]
id = "c2"
rule = "r2"
kind = "replace"
find = "!"
text = "."
"""
    there = guide("Do not use contractions.", "Use no exclamation marks.", checks=checks)
    assert says(Evidence(pairs=pairs), there) == []
    assert says(Evidence(pairs=pairs)) != []


def test_a_habit_that_the_checks_of_today_only_happen_to_keep_now_and_then_is_learned() -> None:
    there = guide("Say use that.", checks=_UTILIZE_THAT)
    objects = {"table": "that table", "evening": "that evening", "letter": "the letter"}
    pairs = tuple(
        pair(name, f"Please utilize {what} with some care.", f"Please use {what} with some care.")
        for name, what in objects.items()
    )
    assert says(Evidence(pairs=pairs), there) == ['Use "use" instead of "utilize".']


_UTILIZE_THAT = """
[[check]]
id = "c1"
rule = "r1"
kind = "replace"
find = "utilize that"
text = "use that"
"""
