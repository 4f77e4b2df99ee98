"""What learn says and does when the feedback is not simple."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.cli.conftest import Redraft, written

TEA = "Tea tastes better outdoors. The short walk to the garden helps. It is a short story of steam.\n"


def _critiqued(project: Path, redraft: Redraft, *words: str) -> None:
    written(project, "tea", TEA)
    for said in words:
        assert redraft("-C", project, "critique", "tea", said).code == 0


def test_of_two_wishes_that_contradict_each_other_one_stays(project: Path, redraft: Redraft) -> None:
    """The newer one: it is what the writer said last."""
    _critiqued(project, redraft, "Never say 'small'.", "Use 'small' instead of 'short'.")
    result = _learned(project, redraft)
    assert [one["text"] for one in result["operations"]] == ['Use "small" instead of "short".']
    assert len(result["left_out"]) == 1
    assert 'Do not use "small"' in result["left_out"][0]
    again = _learned(project, redraft)
    assert again["number"] == result["number"]
    assert "says this already" in again["says"]


def test_what_does_not_fit_into_a_small_proposal_is_named_for_the_next_time(
    project: Path, redraft: Redraft
) -> None:
    words = ("garden", "walk", "steam", "story", "outdoors", "tastes")
    _critiqued(project, redraft, *(f"Never say '{word}'." for word in words))
    result = redraft("-C", project, "learn", "--json").json
    assert len(result["operations"]) == 4
    assert len(result["later"]) == 2
    assert "Later, once this is decided:" in redraft("-C", project, "learn").out


def test_the_cost_is_said_before_any_draft_is_written(project: Path, redraft: Redraft) -> None:
    _critiqued(project, redraft, "Never say 'short'.")
    said = redraft("-C", project, "learn").err
    assert "The test takes 4 drafts: at most 4 questions to embedded" in said
    assert said.index("The test takes") < said.index("testing the proposal:")


def test_a_budget_that_is_too_small_is_told_before_it_ends_the_work(project: Path, redraft: Redraft) -> None:
    _critiqued(project, redraft, "Never say 'short'.")
    settings = project / "redraft.toml"
    settings.write_text(settings.read_text() + "\n[budget]\ncalls = 1\n")
    answer = redraft("-C", project, "learn")
    assert answer.code == 5
    assert "It takes at most what the budget allows: 1 question, 2,000,000 tokens, $5.00." in answer.err
    assert redraft("-C", project, "status", "--json").json["waiting"] == []


def test_a_test_that_was_cut_short_is_made_again(project: Path, redraft: Redraft) -> None:
    """And one that was not is not: the answer is there already."""
    _critiqued(project, redraft, "Never say 'short'.")
    bread = project / "briefs" / "bread.md"
    bread.write_text("---\nsplit: held_out\n---\n" + "The smell of fresh bread. " * 4000)
    first = _learned(project, redraft)
    assert first["verdict"]["missing"] == 1
    bread.write_text("---\nsplit: held_out\n---\nThe smell of fresh bread.\n")
    second = _learned(project, redraft)
    assert second["verdict"]["missing"] == 0
    assert len(second["verdict"]["tests"]) >= 11
    third = _learned(project, redraft)
    assert third["number"] == second["number"]
    assert "waits for you" in third["says"]


def _learned(project: Path, redraft: Redraft) -> Any:
    return redraft("-C", project, "learn", "--json").json


def test_a_critique_says_how_it_was_understood(project: Path, redraft: Redraft) -> None:
    written(project, "tea", TEA)
    said = "Too stiff. Never say 'utilize'. Use 'brief' instead of 'short'."
    answer = redraft("-C", project, "critique", "tea", said, "--json").json
    assert [wish["how"] for wish in answer["wishes"]] == ["told", "noted", "mended"]
    assert "Understood as:" in redraft("-C", project, "critique", "tea", "Warmer.").out


def test_a_part_of_a_proposal_is_taken_and_the_rest_comes_again(project: Path, redraft: Redraft) -> None:
    _critiqued(project, redraft, "Use 'brief' instead of 'short'.", "Never say 'steam'.")
    proposal = _learned(project, redraft)
    assert len(proposal["operations"]) == 2
    answer = redraft("-C", project, "decide", proposal["number"], "--operations", 2, "--force", "--json").json
    assert [one["text"] for one in answer["left"]] == [proposal["operations"][0]["text"]]
    assert answer["numbers"] == [2]
    again = _learned(project, redraft)
    assert [one["text"] for one in again["operations"]] == [proposal["operations"][0]["text"]]


def test_a_proposal_is_decided_once(project: Path, redraft: Redraft) -> None:
    _critiqued(project, redraft, "Use 'brief' instead of 'short'.")
    number = _learned(project, redraft)["number"]
    assert redraft("-C", project, "decide", number, "--reject").code == 0
    again = redraft("-C", project, "decide", number, "--accept")
    assert again.code == 2
    assert f"Proposal {number} is decided already." in again.err


def test_the_same_pair_under_another_name_is_no_second_brief(project: Path, redraft: Redraft) -> None:
    folder = project.parent / "old"
    folder.mkdir()
    for name in ("a", "b"):
        folder.joinpath(f"{name}.before.md").write_text("We utilize it.\n", encoding="utf-8")
        folder.joinpath(f"{name}.after.md").write_text("We use it.\n", encoding="utf-8")
    result = redraft("-C", project, "import", folder, "--json").json
    assert len(result["pairs"]) == 1
    assert result["skipped"] == [["b", "this pair is here already, as a"]]
    status = redraft("-C", project, "status", "--json").json
    assert (status["imported"], status["next"]) == (1, "redraft learn   (or redraft run rain)")


def test_a_pair_that_was_taken_back_does_not_come_in_again(project: Path, redraft: Redraft) -> None:
    before, after = project.parent / "old.md", project.parent / "new.md"
    before.write_text("We utilize it.\n", encoding="utf-8")
    after.write_text("We use it.\n", encoding="utf-8")
    assert len(redraft("-C", project, "import", before, after, "--json").json["pairs"]) == 1
    assert redraft("-C", project, "withdraw", "old").code == 0
    again = redraft("-C", project, "import", before, after, "--json").json
    assert again["pairs"] == []
    assert "you took this pair back" in again["skipped"][0][1]


def test_imported_pairs_with_nothing_to_learn_do_not_stand_in_the_way(
    project: Path, redraft: Redraft
) -> None:
    before, after = project.parent / "old.md", project.parent / "new.md"
    before.write_text("We utilize it.\n", encoding="utf-8")
    after.write_text("We use it.\n", encoding="utf-8")
    redraft("-C", project, "import", before, after)
    _critiqued(project, redraft, "Warmer.")
    assert "(or redraft run rain)" in redraft("-C", project, "status", "--json").json["next"]


def test_imported_pairs_are_news_until_something_was_decided(project: Path, redraft: Redraft) -> None:
    folder = project.parent / "old"
    folder.mkdir()
    for name in ("team", "plan"):
        folder.joinpath(f"{name}.before.md").write_text(f"We utilize the {name}.\n", encoding="utf-8")
        folder.joinpath(f"{name}.after.md").write_text(f"We use the {name}.\n", encoding="utf-8")
    redraft("-C", project, "import", folder)
    assert redraft("-C", project, "status", "--json").json["next"].startswith("redraft learn")
    number = _learned(project, redraft)["number"]
    assert redraft("-C", project, "decide", number, "--force").code == 0
    assert redraft("-C", project, "status", "--json").json["next"] == "redraft run rain"


def test_a_budget_that_ends_after_the_first_test_leaves_its_verdict(project: Path, redraft: Redraft) -> None:
    """Two wishes, one of which fails: the whole is tested, then there is nothing left to test each with."""
    _critiqued(project, redraft, "Be warmer, and never say 'short'. Never say 'unheard-of'.")
    settings = project / "redraft.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(f"{text}\n[budget]\ncalls = 6\n", encoding="utf-8")
    answer = redraft("-C", project, "learn", "--json")
    assert answer.code == 0, answer.err
    assert answer.json["number"] is not None


def test_a_wish_that_no_check_can_hold_is_kept_without_writing_drafts(
    project: Path, redraft: Redraft
) -> None:
    _critiqued(project, redraft, "Too stiff. Never say 'short'.")
    first = redraft("-C", project, "learn", "--json")
    result = first.json
    assert result["staged"] is not None
    assert "testing the wishes" not in first.err
    waiting = redraft("-C", project, "status", "--json").json["waiting"]
    assert {item["number"]: item["gate"] for item in waiting}[result["staged"]] == "inconclusive"


def test_a_brief_asked_for_alone_fails_once(project: Path, redraft: Redraft) -> None:
    project.joinpath("briefs/tea.md").write_text("Tea. " * 20000, encoding="utf-8")
    answer = redraft("-C", project, "run", "tea")
    assert answer.code == 2
    assert answer.err.count("The prompt has") == 1


def test_two_proposals_of_one_learn_share_no_rule_id(project: Path, redraft: Redraft) -> None:
    _critiqued(project, redraft, "Too stiff. Never say 'short'.")
    result = _learned(project, redraft)
    redraft("-C", project, "decide", result["number"], "--force")
    told = redraft("-C", project, "decide", result["staged"], "--force", "--json").json
    assert [one["id"] for one in result["operations"]] == ["r2"]
    assert [one["id"] for one in told["operations"]] == ["r3"]


def test_a_wish_that_comes_while_a_proposal_waits_is_kept_beside_it(project: Path, redraft: Redraft) -> None:
    _critiqued(project, redraft, "Never say 'short'.")
    first = _learned(project, redraft)
    redraft("-C", project, "critique", "tea", "Be warmer.")
    second = _learned(project, redraft)
    assert second["number"] == first["number"]
    assert second["staged"] is not None
    told = redraft("-C", project, "decide", second["staged"], "--force", "--json").json
    assert [one["text"] for one in told["operations"]] == ["Be warmer."]
    assert told["operations"][0]["id"] != first["operations"][0]["id"]
