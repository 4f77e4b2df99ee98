"""What a writer looks at before anything is done: trust, training data, and which model does what."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Redraft, git, written
from tests.cli.served import SETTINGS, corrected
from tests.loopback import Loopback

PROGRAM = """
[[steps]]
kind = "command"
name = "typography"
argv = ["true"]

[servers]
desk = "http://192.0.2.1:9/v1"
"""


def test_trust_can_be_looked_at_before_it_is_given(project: Path, redraft: Redraft) -> None:
    settings = project / "redraft.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + PROGRAM, encoding="utf-8")
    look = redraft("-C", project, "trust", "--dry-run")
    assert look.code == 0, look.err
    assert "would be allowed to run:\n  true" in look.out
    assert "would be asked:\n  desk: http://192.0.2.1:9/v1" in look.out
    assert "redraft trust" in look.out
    assert redraft("-C", project, "run", "tea").code == 3  # looking allowed nothing
    assert "may run now:\n  true" in redraft("-C", project, "trust").out
    assert redraft("-C", project, "trust", "--dry-run", "--json").json["trusted"]


def test_export_says_what_was_collected_without_writing(
    project: Path, redraft: Redraft, claude: Loopback
) -> None:
    corrected(project, redraft, "tea", "rain", "bread")
    before = git(project, "status", "--porcelain")
    answer = redraft("-C", project, "export", "--dry-run", "--format", "trl-dpo", "--json").json
    assert (answer["rows"], answer["path"]) == (2, "")
    there = answer["collected"]
    assert (there["pairs"], there["words"], there["held_out"]) == (2, 10, 1)
    assert there["types"] == [{"type": "note", "pairs": 2, "choices": 0}]
    words = redraft("-C", project, "export", "--dry-run").out
    assert "Collected: 2 pairs, 0 picked takes, 10 words, since 20" in words
    assert "about 50: 48 more" in words
    assert "This gives 2 rows (trl-sft)." in words
    assert git(project, "status", "--porcelain") == before


def test_a_project_without_pairs_has_nothing_collected(project: Path, redraft: Redraft) -> None:
    answer = redraft("-C", project, "export", "--dry-run")
    assert answer.code == 0, answer.err
    assert "Collected: 0 pairs" in answer.out


def test_a_final_that_was_taken_back_or_overruled_is_not_counted(
    project: Path, redraft: Redraft, claude: Loopback
) -> None:
    corrected(project, redraft, "tea", "rain")
    newer = project / "newer.txt"
    newer.write_text("Outdoors we use a kettle.", encoding="utf-8")
    assert redraft("-C", project, "correct", "tea", "--file", newer).code == 0
    assert redraft("-C", project, "withdraw", "rain").code == 0
    assert redraft("-C", project, "export", "--dry-run", "--json").json["collected"]["pairs"] == 1


def test_the_status_says_which_model_does_what(project: Path, redraft: Redraft) -> None:
    def uses() -> list[tuple[str, str, str]]:
        found = redraft("-C", project, "status", "--json").json["uses"]
        return [(use["what"], use["kind"], use["model"]) for use in found]

    assert uses() == [
        ("draft", "prompt", "embedded"),
        ("checks", "checks", ""),
        ("reviser", "reviser", "mine"),
        ("judge", "judge", ""),
    ]
    assert "Other models" not in redraft("-C", project, "status").out
    text = SETTINGS.replace('name = "draft"\n', 'name = "draft"\nmodel = "claude-haiku-5-5"\n')
    project.joinpath("redraft.toml").write_text(f"{text}{PROGRAM}", encoding="utf-8")
    claude = "claude-sonnet-5-5"
    assert uses() == [
        ("draft", "prompt", "claude-haiku-5-5"),
        ("checks", "checks", ""),
        ("typography", "command", ""),
        ("reviser", "reviser", claude),
        ("judge", "judge", claude),
    ]
    answer = redraft("-C", project, "status")
    assert "Other models: draft claude-haiku-5-5." in answer.out
    budget = redraft("-C", project, "status", "--json").json["budget"]
    assert budget == {"calls": 2000, "tokens": 2_000_000, "usd": 5.0}


def test_where_a_draft_was_copied_is_told_to_a_person_and_to_a_program(
    project: Path, redraft: Redraft, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSH_CONNECTION", "10.0.0.1 1 10.0.0.2 22")  # no clipboard of this computer
    monkeypatch.delenv("TMUX", raising=False)
    written(project, "tea", "Tea is good.\n")
    person = redraft("-C", project, "show", "tea", "--copy")
    assert person.out == "Tea is good.\n"
    assert person.err.startswith("No clipboard was found. The text is in ")
    program = redraft("-C", project, "show", "tea", "--copy", "--json")
    assert program.json["text"] == "Tea is good.\n"
    (told,) = map(json.loads, program.err.splitlines())
    assert (told["kind"], told["message"]) == ("note", person.err.rstrip("\n"))
