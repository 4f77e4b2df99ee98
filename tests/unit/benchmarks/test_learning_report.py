"""What the learning benchmark measures, and how it is shown."""

from __future__ import annotations

import math
from xml.etree import ElementTree as ET

import pytest

from benchmarks.prelude.leakage import copied, leakage
from benchmarks.prelude.plot import plot
from benchmarks.prelude.report import bar, late, lines, table
from benchmarks.prelude.rounds import Fix, Outcome, Round
from loop.model import Check

FINAL = "The train was slow and the mountains were quiet."
OTHER = "A baker told us that the mountains were quiet last night."


def outcome(method: str, seed: int, costs: list[int], *, kept: bool = True) -> Outcome:
    rounds = tuple(
        Round(
            brief=f"b{number}",
            type="blog",
            words=100,
            cost=cost,
            copied=0.0,
            effort=cost / 100,
            steps=number,
            draft="A draft.",
            final="A final.",
        )
        for number, cost in enumerate(costs)
    )
    check = Check(kind="limit", measure="dashes", high=0, scope="blog")
    return Outcome(
        method=method,
        seed=seed,
        model="scripted@1",
        rounds=rounds,
        fixes=() if method == "none" else (Fix(round=0, check=check, fired=1, fires=1 if kept else 2),),
        guide=("No dashes.",),
        steps=0 if method == "none" else 6,
        waiting=0,
        calls=4,
        tokens_read=100,
        tokens_written=50,
        usd=0.0,
        five_grams=4,
        leaked=0,
        unsettled=0,
        redrawn=0,
    )


def test_words_of_a_single_piece_are_a_leak() -> None:
    found = leakage(["The Train was slow, and the mountains."], [("a", FINAL), ("b", OTHER)], [])
    assert (found.five_grams, found.leaked, found.share) == (3, 3, 1.0)


def test_words_of_two_briefs_or_of_a_critique_are_none() -> None:
    material = [("a", FINAL), ("b", FINAL)]
    assert leakage(["The train was slow and quiet."], material, []).leaked == 0
    said = ["Never say that the train was slow and late."]
    assert leakage(["The train was slow and quiet."], [("a", FINAL)], said).leaked == 0


def test_a_brief_and_its_final_are_one_place() -> None:
    assert leakage(["The train was slow and quiet."], [("a", FINAL), ("a", FINAL)], []).leaked == 1


def test_no_five_words_reach_from_line_to_line() -> None:
    assert leakage(["The train was", "slow and"], [("a", FINAL)], []).five_grams == 0
    assert leakage([], [("a", FINAL)], []).share == 0


def test_a_copied_draft_is_known_by_earlier_finals() -> None:
    assert copied(FINAL, [OTHER, FINAL]) == 1.0
    assert copied(FINAL, [OTHER]) == 0.0
    assert copied("Too short.", [FINAL]) == 0.0


def test_savings_are_paired_by_seed() -> None:
    outcomes = [
        outcome("none", 1, [10] * 8),
        outcome("none", 2, [20] * 8),
        outcome("redraft", 1, [6] * 6 + [2] * 2),
        outcome("redraft", 2, [12] * 6 + [4] * 2),
    ]
    _, ours = lines(outcomes)
    assert ours.less is not None
    assert ours.less_late is not None
    assert late(outcomes[0]) == 6
    assert math.isclose(ours.less.mean, 0.5)
    assert math.isclose(ours.less_late.mean, 0.8)


@pytest.mark.parametrize("kept", [True, False])
def test_the_bar_says_what_is_missed(*, kept: bool) -> None:
    outcomes = [
        outcome(method, seed, [cost + seed] * 8, kept=kept)
        for method, cost in (("none", 20), ("cipher", 12), ("redraft", 8), ("rewrite", 6))
        for seed in (1, 2)
    ]
    demands = bar(outcomes, lines(outcomes))
    assert [one.met for one in demands] == [True, True, False, True, kept, True]
    assert "| redraft |" in table(lines(outcomes))
    assert bar(outcomes[:2], lines(outcomes[:2])) == ()


def test_the_plot_is_a_picture_with_a_line_for_each_method() -> None:
    outcomes = [outcome(method, seed, [5, 3, seed]) for method in ("none", "redraft") for seed in (1, 2, 3)]
    picture = ET.fromstring(plot(outcomes))  # noqa: S314 - our own text
    assert len(picture.findall("{http://www.w3.org/2000/svg}polyline")) == 2
    assert "redraft" in [text.text for text in picture.iter("{http://www.w3.org/2000/svg}text")]
