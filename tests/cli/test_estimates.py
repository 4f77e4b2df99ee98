"""What is said of the cost before anything is asked holds afterwards."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
import pytest

from tests.cli.conftest import Redraft, git
from tests.cli.served import DRAFT, PLAIN, SETTINGS, corrected, play, says
from tests.cli.sitting import Sitting
from tests.loopback import Loopback
from tests.wire import Item, Says

RULES = [
    {**PLAIN, "text": f"Do not say {word}.", "check": {"kind": "forbid", "find": word}}
    for word in ("kettle", "outdoors", "We", "steam")
]
ASKING = {**PLAIN, "text": "Sound warm, always.", "check": None, "question": "Is it cold?"}


def total(sends: Sequence[Any], which: str) -> tuple[int, int, float]:
    usages = [one[which] for one in sends]
    tokens = sum(usage["input_tokens"] + usage["output_tokens"] for usage in usages)
    return sum(usage["calls"] for usage in usages), tokens, sum(usage["usd"] for usage in usages)


def spent(project: Path, redraft: Redraft, verb: str) -> tuple[int, int, float]:
    month = redraft("-C", project, "status", "--json").json["month"]
    return total([cost for cost in month if cost["verb"] == verb], "usage")


def each_within(least: tuple[float, ...], most: tuple[float, ...]) -> bool:
    return all(one <= other for one, other in zip(least, most, strict=True))


Rules = list[dict[str, Any]]


@pytest.mark.parametrize(
    ("settings", "briefs", "script", "rest"),
    [
        ("", ("tea",), [[PLAIN]], DRAFT),
        ("", ("tea", "rain"), [], RULES),  # they fail together, and each is tested alone
        ("", ("tea", "rain"), [Says(pieces=("Gladly!",)), [*RULES[:2], ASKING]], Says(pieces=("Yes",))),
        (
            "rounds = 2\ncandidates = 2\n",
            ("tea", "rain"),
            [RULES[:1], DRAFT, DRAFT, RULES[1:2], DRAFT, DRAFT, RULES[2:3], DRAFT, DRAFT, RULES[3:]],
            DRAFT,
        ),
    ],
)
def test_learning_never_takes_more_than_a_dry_run_says(
    project: Path,
    redraft: Redraft,
    claude: Loopback,
    settings: str,
    briefs: tuple[str, ...],
    script: list[Item | Rules],
    rest: Item | Rules,
) -> None:
    text = SETTINGS.replace("candidates = 1\nrounds = 0\n", settings or "candidates = 1\nrounds = 0\n")
    project.joinpath("redraft.toml").write_text(text, encoding="utf-8")
    git(project, "commit", "-qam", "settings", "--allow-empty")
    corrected(project, redraft, *briefs)
    assert redraft("-C", project, "critique", briefs[0], "Write as a witness.").code == 0
    pair = min(path.stem for path in project.glob("pairs/*.json"))

    def item(played: Item | Rules) -> Item:
        return says(*({**one, "evidence": [pair]} for one in played)) if isinstance(played, list) else played

    claude._always = item(rest)
    before = len(claude.requests)
    sends = redraft("-C", project, "learn", "--dry-run", "--json").json["sends"]
    assert len(claude.requests) == before
    likely, most = total(sends, "about"), total(sends, "most")
    assert each_within(likely, most)
    play(claude, *map(item, script))
    answer = redraft("-C", project, "learn")
    assert answer.code == 0, answer.err
    paid = spent(project, redraft, "learn")
    assert paid[0] == len(claude.requests) - before > 2
    assert each_within(paid, most)


def test_the_test_of_wishes_says_what_it_takes_before_it_is_made(
    project: Path, redraft: Redraft, claude: Loopback
) -> None:
    corrected(project, redraft, "tea")
    pair = next(path.stem for path in project.glob("pairs/*.json"))
    wish = {**PLAIN, "text": "Be kind.", "check": None, "evidence": [pair]}
    play(claude, says({**PLAIN, "evidence": [pair]}, wish))
    answer = redraft("-C", project, "learn")
    assert answer.code == 0, answer.err
    assert "Proposal 2 waits beside it" in answer.out
    takes, tests = "The test of the wishes takes", "testing the wishes: "
    assert 0 <= answer.err.find(takes) < answer.err.find(tests)


def test_a_measurement_never_takes_more_than_it_says(
    project: Path, redraft: Redraft, claude: Loopback
) -> None:
    corrected(project, redraft, "tea")
    assert redraft("-C", project, "critique", "tea", "Write as a witness.").code == 0
    said = redraft("-C", project, "measure").err
    most = int(said.split("; at most ")[1].split(" ")[0])
    assert 0 < spent(project, redraft, "measure")[0] <= most


def test_a_dry_run_says_what_the_test_is_about_to_take_and_what_holds_it(
    project: Path, redraft: Redraft, claude: Loopback
) -> None:
    corrected(project, redraft, "tea", "rain")
    out = redraft("-C", project, "learn", "--dry-run", "--budget", "0.50").out
    assert "   about    " in out
    assert "   at most  " in out
    assert "at most  what the budget allows: 2,000 questions, 2,000,000 tokens, $0.50" in out


def test_before_the_first_draft_only_a_ceiling_is_said(
    project: Path, redraft: Redraft, claude: Loopback
) -> None:
    first = redraft("-C", project, "run", "tea").err
    assert "at most 1 question to claude-sonnet-5-5" in first
    assert "there is no draft yet to go by" in first
    assert "about 1 question to" not in first
    second = redraft("-C", project, "run", "rain").err
    assert "about 1 question to claude-sonnet-5-5" in second
    assert "; at most 1 question, " in second


def test_an_agents_step_is_said_with_its_limit(project: Path, redraft: Redraft, claude: Loopback) -> None:
    step = '[[steps]]\nkind = "agent"\nname = "polish"\nusd = 0.25\nturns = 4\n\n[model]'
    project.joinpath("redraft.toml").write_text(SETTINGS.replace("[model]", step), encoding="utf-8")
    project.joinpath("prompts", "polish.md").write_text("Polish it: {{input}}\n", encoding="utf-8")
    said = redraft("-C", project, "run", "tea", "--budget", "1calls").err
    assert "at most 4 questions to claude-code, $0.25" in said


def test_what_was_accepted_as_it_is_teaches_nothing_and_costs_nothing(
    project: Path, redraft: Redraft, claude: Loopback
) -> None:
    assert redraft("-C", project, "run", "tea").code == 0
    assert redraft("-C", project, "correct", "tea", "--file", project / "drafts" / "tea.md").code == 0
    asked = len(claude.requests)
    for words in (("learn", "--dry-run"), ("learn",)):
        answer = redraft("-C", project, *words)
        assert answer.code == 0, answer.err
        assert "nothing to learn from" in answer.out
        assert "redraft correct NAME" in answer.out
    assert len(claude.requests) == asked


def test_a_dry_run_lists_nothing_where_the_miner_finds_nothing(
    project: Path, redraft: Redraft, claude: Loopback
) -> None:
    corrected(project, redraft, "tea")
    answer = redraft("-C", project, "learn", "--reviser", "mine", "--dry-run")
    assert "There is nothing new to learn" in answer.out
    assert "at most" not in answer.out


def test_what_was_tested_before_claims_no_drafts(project: Path, redraft: Redraft, claude: Loopback) -> None:
    corrected(project, redraft, "tea", "rain")
    pair = min(path.stem for path in project.glob("pairs/*.json"))
    play(claude, says({**PLAIN, "evidence": [pair]}))
    assert "drafts had to be written for this." in redraft("-C", project, "learn").out
    asked = len(claude.requests)
    again = redraft("-C", project, "learn")
    assert len(claude.requests) == asked
    assert "It was tested before: no draft had to be written now." in again.out
    assert redraft("-C", project, "decide", "1", "--reject").code == 0


@pytest.mark.parametrize("words", [("models",), ("doctor",), ("learn", "--dry-run")])
def test_in_eighty_columns_no_line_is_longer_and_no_word_is_broken(
    project: Path, redraft: Redraft, claude: Loopback, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    corrected(project, redraft, "tea")
    seen = []
    for columns in ("400", "80"):
        monkeypatch.setenv("COLUMNS", columns)
        with Sitting(project, *words) as person:
            code, text = person.ends()
        assert code == 0, text
        plain = click.unstyle(text.replace("\r", ""))
        seen.append(re.sub(r"\b\d+\.\d\b", "0.0", plain))  # how much is free changes meanwhile
    wide, narrow = seen
    tables = narrow.split("\n--- 1.")[0]  # what is sent stands there word by word
    whole = {word for word in wide.split() if len(word) < 50}
    assert [line for line in tables.splitlines() if len(line) > 80 and set(line.split()) <= whole] == []
    assert whole <= set(narrow.split())
