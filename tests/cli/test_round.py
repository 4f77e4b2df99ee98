"""One round as a writer types it: draft, final, critique, proposal, verdict, and back again."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.cli.conftest import Redraft, git, written

TEA = (
    "In order to enjoy tea outdoors, you need patience. However, the kettle is slow! "
    "We utilize a small stove and we utilize the wind."
)
RAIN = "In order to sleep in a tent, listen to the rain. However, bring a mat. You can utilize a towel."


def corrected(text: str) -> str:
    return (
        text.replace("In order to", "To").replace("However, the", "The").replace("However, bring", "Bring")
    ).replace("utilize", "use")


@pytest.fixture
def learned(project: Path, redraft: Redraft) -> Path:
    """A project in which two briefs were corrected."""
    for brief, text in (("tea", TEA), ("rain", RAIN)):
        written(project, brief, text)
        final = project.parent / f"{brief}.txt"
        final.write_text(corrected(text), encoding="utf-8")
        assert redraft("-C", project, "correct", brief, "--file", final).code == 0
    return project


@pytest.mark.model
def test_run_writes_the_same_draft_for_the_same_seed_and_commits_nothing(
    project: Path, redraft: Redraft
) -> None:
    before = git(project, "rev-parse", "HEAD")

    first = redraft("-C", project, "run", "tea", "--json")
    again = redraft("-C", project, "run", "tea", "--json")
    other = redraft("-C", project, "run", "tea", "--seed", 9, "--json")

    assert first.code == 0, first.err
    text = first.json["written"][0]["drafts"][0]["text"]
    assert len(text.split()) > 5
    assert project.joinpath("drafts/tea.md").exists()
    assert again.json["written"][0]["drafts"][0]["text"] == text
    assert other.json["written"][0]["drafts"][0]["text"] != text
    assert git(project, "rev-parse", "HEAD") == before


def test_json_is_one_document_on_stdout_and_events_are_lines_on_stderr(
    learned: Path, redraft: Redraft
) -> None:
    written(learned, "tea", TEA)
    answer = redraft("-C", learned, "critique", "tea", "Never say 'basically'.", "--json")

    assert answer.json["critique"]["text"] == "Never say 'basically'."
    kinds = [json.loads(line)["kind"] for line in answer.err.splitlines()]
    assert "committed" in kinds


@pytest.mark.model
def test_two_corrected_briefs_become_rules_that_change_the_next_draft_and_can_be_taken_back(
    learned: Path, redraft: Redraft
) -> None:
    proposal = redraft("-C", learned, "learn", "--json")
    assert proposal.code == 0, proposal.err
    texts = " ".join(operation["text"] for operation in proposal.json["operations"])
    assert "utilize" in texts

    decision = "--accept" if proposal.json["decision"] == "accept" else "--force"
    accepted = redraft("-C", learned, "decide", proposal.json["number"], decision, "--json")
    assert accepted.code == 0, accepted.err
    assert "utilize" in learned.joinpath("checks.toml").read_text(encoding="utf-8")
    after = accepted.json["version"]

    undone = redraft("-C", learned, "undo", "--json")
    assert undone.json["version"] != after
    assert "utilize" not in learned.joinpath("checks.toml").read_text(encoding="utf-8")
    assert redraft("-C", learned, "redo", "--json").json["version"] == after
    assert redraft("-C", learned, "learn", "--json").json["number"] is None

    rule = next(op["id"] for op in accepted.json["operations"] if "utilize" in op["text"])
    why = redraft("-C", learned, "why", rule, "--json").json
    assert {source["brief"] for source in why["sources"]} == {"tea", "rain"}
    assert redraft("-C", learned, "recall", rule).code == 0
    assert "utilize" not in learned.joinpath("CLAUDE.md").read_text(encoding="utf-8")
    again = redraft("-C", learned, "learn", "--json").json
    assert all("utilize" not in operation["text"] for operation in again["operations"])


@pytest.mark.model
def test_a_rejected_proposal_is_an_entry_and_is_not_proposed_again(learned: Path, redraft: Redraft) -> None:
    proposal = redraft("-C", learned, "learn", "--json").json

    rejected = redraft("-C", learned, "decide", proposal["number"], "--reject")

    assert rejected.code == 0, rejected.err
    assert "reject proposal" in redraft("-C", learned, "log").out
    assert redraft("-C", learned, "learn", "--json").json["number"] is None


def test_a_critique_that_no_check_can_enforce_waits_and_can_be_forced(
    learned: Path, redraft: Redraft
) -> None:
    redraft("-C", learned, "critique", "tea", "It should feel more like a letter to a friend.")
    proposal = redraft("-C", learned, "learn", "--json").json
    texts = [operation["text"] for operation in proposal["operations"]]
    assert all("letter to a friend" not in text for text in texts)

    refused = redraft("-C", learned, "decide", proposal["staged"], "--accept")
    assert refused.code == 6
    assert "--force" in refused.err
    forced = redraft("-C", learned, "decide", proposal["staged"], "--force", "--json")
    assert forced.json["forced"]
    assert "letter to a friend" in learned.joinpath("CLAUDE.md").read_text(encoding="utf-8")
    assert "Redraft-Forced-By: user" in git(learned, "log", "-1", "--format=%B")


def test_change_marks_go_out_and_come_back_reviewed(project: Path, redraft: Redraft) -> None:
    written(project, "tea", TEA)
    project.parent.joinpath("final.txt").write_text(corrected(TEA), encoding="utf-8")
    redraft("-C", project, "correct", "tea", "--file", project.parent / "final.txt")
    marked = redraft("-C", project, "show", "tea", "--changes")
    assert "~>use" in marked.out

    reviewed = marked.out.replace("{~~utilize~>use~~}", "{~~utilize~>use~~}{>>reject<<}", 1)
    reviewed = reviewed.replace("{~~In order to~>To~~}", "{~~In order to~>To~~}{>>do not learn<<}")
    review = project.parent / "review.md"
    review.write_text(reviewed, encoding="utf-8")
    answer = redraft("-C", project, "correct", "tea", "--from-changes", review, "--json")

    assert answer.code == 0, answer.err
    final = project.joinpath("finals/tea.md").read_text(encoding="utf-8")
    assert final.count("utilize") == 1
    assert len(answer.json["excluded"]) == 1


def test_export_leaves_held_out_briefs_at_home_and_names_what_it_left_out(
    learned: Path, redraft: Redraft
) -> None:
    written(learned, "bread", TEA)
    redraft("-C", learned, "correct", "bread", "--file", learned.parent / "tea.txt")
    out = learned.parent / "pairs.jsonl"

    answer = redraft("-C", learned, "export", "--format", "trl-dpo", "--out", out, "--json")

    assert answer.json["rows"] == 2
    assert [item["brief"] for item in answer.json["skipped"]] == ["bread"]
    rows = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert {row["chosen"][0]["role"] for row in rows} == {"assistant"}
    refused = redraft("-C", learned, "export", "--format", "trl-sft", "--out", out)
    assert refused.code == 2
    assert len(out.read_text(encoding="utf-8").splitlines()) == 2


def test_what_is_withdrawn_is_kept_and_not_learned_from(learned: Path, redraft: Redraft) -> None:
    assert redraft("-C", learned, "withdraw", "tea").code == 0

    assert redraft("-C", learned, "learn", "--json").json["number"] is None
    assert not learned.joinpath("finals/tea.md").exists()
    assert "use" in git(learned, "show", "HEAD~1:finals/tea.md")


def test_old_texts_come_in_as_pairs_once(project: Path, redraft: Redraft) -> None:
    folder = project.parent / "old"
    folder.mkdir()
    folder.joinpath("walk.before.md").write_text(TEA, encoding="utf-8")
    folder.joinpath("walk.after.md").write_text(corrected(TEA), encoding="utf-8")
    folder.joinpath("same.before.md").write_text("No change.", encoding="utf-8")
    folder.joinpath("same.after.md").write_text("No change.", encoding="utf-8")

    first = redraft("-C", project, "import", folder, "--json")
    again = redraft("-C", project, "import", folder, "--json")

    assert len(first.json["pairs"]) == 1
    assert first.json["skipped"][0][0] == "same"
    assert again.json["pairs"] == []


def test_diff_shows_both_versions_side_by_side(learned: Path, redraft: Redraft) -> None:
    guide = learned / "CLAUDE.md"
    guide.write_text(guide.read_text(encoding="utf-8").replace("Be brief.", "Be kind."), encoding="utf-8")

    answer = redraft("-C", learned, "diff", "HEAD", "now", "--side-by-side")

    assert "Be brief." in answer.out
    assert "Be kind." in answer.out


def test_status_says_when_there_is_something_to_learn_and_what_else_there_is_to_do(
    project: Path, redraft: Redraft
) -> None:
    def next_() -> str:
        return str(redraft("-C", project, "status", "--json").json["next"])

    def corrected(brief: str) -> None:
        final = project.parent / "final.md"
        final.write_text("We use a kettle.\n", encoding="utf-8")
        assert redraft("-C", project, "correct", brief, "--file", final).code == 0

    project.joinpath("briefs/two words.md").write_text("Tea with two words.\n", encoding="utf-8")
    for brief in ("bread", "rain", "tea"):
        written(project, brief, "We utilize a kettle.\n")
    assert next_() == "redraft correct rain"
    corrected("rain")
    corrected("bread")
    assert next_() == "redraft correct tea", (
        "one habit needs two briefs, and a held-out one is not learned from"
    )
    corrected("tea")
    assert next_() == "redraft learn   (or redraft run 'two words')"
    redraft("-C", project, "learn", "--accept")
    redraft("-C", project, "decide", "1", "--reject")
    assert next_() == "redraft run 'two words'"


def test_feedback_on_a_held_out_brief_does_not_lead_to_learning(project: Path, redraft: Redraft) -> None:
    for brief in ("tea", "bread"):
        written(project, brief, "It is very good.")
    final = project.parent / "final.md"
    final.write_text("It is good.\n", encoding="utf-8")
    for brief, next_ in (("bread", "redraft status"), ("tea", "redraft learn")):
        corrected = redraft("-C", project, "correct", brief, "--file", final)
        criticised = redraft("-C", project, "critique", brief, "Never say 'very'.")
        assert corrected.out.rstrip().endswith(f"Next:  {next_}")
        assert criticised.out.rstrip().endswith(f"Next:  {next_}")


def test_run_without_a_name_suggests_a_brief_that_is_learned_from_and_has_no_draft(
    project: Path, redraft: Redraft
) -> None:
    answer = redraft("-C", project, "run")
    assert answer.code == 2
    assert "redraft run rain " in answer.err  # bread comes before it, and is held out
    written(project, "rain", "It rains.")
    assert "redraft run tea " in redraft("-C", project, "run").err
    for brief in ("rain", "tea"):
        project.joinpath(f"briefs/{brief}.md").unlink()
    assert "redraft run --held-out" in redraft("-C", project, "run").err
    assert "There is no train brief" in redraft("-C", project, "run", "--all").err


@pytest.mark.parametrize("template", ["blog", "newsletter", "email"])
def test_a_template_s_readme_and_new_begin_with_the_same_brief(
    tmp_path: Path, redraft: Redraft, template: str
) -> None:
    root = tmp_path / "mine"
    made = redraft("new", root, "--template", template, "--json").json
    readme = root.joinpath("README.md").read_text(encoding="utf-8")
    typed = re.findall(r"`redraft (\w+) ([\w-]+)`", readme)
    assert [verb for verb, _ in typed] == ["run", "correct"]
    train = [one["brief"] for one in _briefs(redraft, root) if one["split"] == "train"]
    assert {brief for _, brief in typed} <= set(train)
    assert made["next"].endswith(f"redraft run {typed[0][1]}")


def _briefs(redraft: Redraft, root: Path) -> list[dict[str, str]]:
    briefs: list[dict[str, str]] = redraft("-C", root, "status", "--json").json["briefs"]
    return briefs


def test_without_a_verb_a_project_shows_its_status_and_any_other_place_the_help(
    project: Path, redraft: Redraft, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    elsewhere = redraft()
    assert (elsewhere.code, elsewhere.err) == (0, "")
    assert elsewhere.out == redraft("--help").out
    assert redraft("-C", project).out == redraft("-C", project, "status").out
    monkeypatch.chdir(project / "briefs")
    assert redraft() == redraft("status")
    assert redraft("--json").json == redraft("status", "--json").json
    assert redraft("--nonsense").code == 2
    assert redraft("-C", tmp_path / "nowhere").code == 3
