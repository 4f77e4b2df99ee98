"""Proposals as they wait, are shown and become entries: of learn, of tidy, and of a version to come."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Redraft, git
from tests.cli.served import DRAFT, PLAIN, SETTINGS, corrected, play, says
from tests.loopback import Loopback
from tests.wire import Says

TOLD = {**PLAIN, "check": None}


def learned(project: Path, redraft: Redraft, claude: Loopback, *texts: str) -> None:
    """Rules that learning brought, one proposal each, taken as they are."""
    corrected(project, redraft, "tea", "rain")
    pair = min(path.stem for path in project.glob("pairs/*.json"))
    for text in texts:
        play(claude, says({**TOLD, "text": text, "evidence": [pair]}))
        number = redraft("-C", project, "learn", "--json").json["number"]
        assert redraft("-C", project, "decide", number, "--force").code == 0


def foreign(project: Path, number: int, old: int) -> None:
    """A proposal like an `old` one, in the words of a version to come."""
    ref = f"refs/redraft/proposals/{old}"
    said = git(project, "log", "-1", "--format=%B", ref)
    trailer = next(line for line in said.splitlines() if line.startswith("Redraft-Operations:"))
    said = said.replace(trailer, 'Redraft-Operations: [{"action":"sing"}]')
    tree = f"{ref}^{{tree}}"
    commit = git(project, "commit-tree", tree, "-p", "HEAD", "-m", said).strip()
    git(project, "update-ref", f"refs/redraft/proposals/{number}", commit)


def test_a_proposal_that_cannot_be_read_waits_and_is_said(
    project: Path, redraft: Redraft, claude: Loopback
) -> None:
    corrected(project, redraft, "tea")
    play(claude, says({**TOLD, "text": "Be kind."}))
    assert redraft("-C", project, "learn").code == 0
    foreign(project, 7, 1)
    play(claude, says({**TOLD, "text": "Be warm."}))
    final = project / "final.txt"
    final.write_text("We use our old kettle outdoors.", encoding="utf-8")
    assert redraft("-C", project, "correct", "tea", "--file", final).code == 0
    answer = redraft("-C", project, "learn")
    assert answer.code == 0
    assert "Proposal 7 cannot be read by this version of redraft" in answer.err
    assert "refs/redraft/proposals/7" in git(project, "for-each-ref")
    answer = redraft("-C", project, "decide", "7", "--force")
    assert answer.code == 3
    assert "Traceback" not in answer.err
    assert redraft("-C", project, "decide", "7", "--reject").code == 0
    assert "refs/redraft/proposals/7" not in git(project, "for-each-ref")
    assert '[{"action":"sing"}]' in git(project, "log", "-1", "--format=%B")  # a version that can, reads it


def test_what_tidy_proposed_is_said_to_be_of_tidy(project: Path, redraft: Redraft, claude: Loopback) -> None:
    learned(project, redraft, claude, "Keep every sentence short.", "Keep every sentence short and plain.")
    play(claude, says({"action": "delete", "target": "rule", "id": "r2", "hypothesis": "r3 says it."}))
    assert redraft("-C", project, "tidy", "--accept", "--json").json["accepted"]
    named = "accept proposal 3 of tidy: Keep every sentence short."
    assert named in redraft("-C", project, "log").out
    out = redraft("-C", project, "why", "r2").out
    assert "learned " in out
    assert "changed " in out
    assert named in out
    answer = redraft("-C", project, "undo")
    assert named in answer.err
    assert named not in answer.out  # once is enough


def test_a_proposal_of_tidy_is_its_own_entry(project: Path, redraft: Redraft, claude: Loopback) -> None:
    learned(project, redraft, claude, "Keep every sentence short.", "Keep every sentence short and plain.")
    play(claude, says({"action": "delete", "target": "rule", "id": "r2", "hypothesis": "r3 says it."}))
    assert redraft("-C", project, "tidy").code == 0
    assert "Redraft-Verb: tidy" in git(project, "log", "-1", "--format=%B", "refs/redraft/proposals/3")


@pytest.mark.parametrize(
    ("said", "shorter"),
    [
        ("Use short words in the first paragraph.", "Use short words."),
        ("Never use long words.", "Use long words."),
        ("Write use instead of utilize.", "Write utilize instead of use."),
    ],
)
def test_a_shorter_rule_that_drops_a_meaning_waits_for_the_writer_with_both_texts(
    project: Path, redraft: Redraft, claude: Loopback, said: str, shorter: str
) -> None:
    learned(project, redraft, claude, said)
    play(claude, says({"action": "replace", "target": "rule", "id": "r2", "text": shorter}))
    answer = redraft("-C", project, "tidy", "--accept")
    assert f"~ rule r2: {shorter}\n       was: {said}\n" in answer.out
    assert "The test confirms it" not in answer.out
    assert f"No rule would say all that “{said}” says" in " ".join(answer.out.split())
    assert said in project.joinpath("CLAUDE.md").read_text(encoding="utf-8")


def test_words_without_a_meaning_may_go(project: Path, redraft: Redraft, claude: Loopback) -> None:
    learned(project, redraft, claude, "You should please always keep to short words.")
    play(claude, says({"action": "replace", "target": "rule", "id": "r2", "text": "Keep to short words."}))
    assert redraft("-C", project, "tidy", "--accept", "--json").json["accepted"]


def test_a_rule_that_says_less_goes_and_one_for_other_pieces_stays(
    project: Path, redraft: Redraft, claude: Loopback
) -> None:
    learned(project, redraft, claude, "Use short words.", "Use short words in the first paragraph.")
    gone = redraft("-C", project, "tidy", "--reviser", "mine", "--json").json["operations"]
    assert [one["id"] for one in gone] == ["r2"]


def test_tidying_changes_no_check(project: Path, redraft: Redraft, claude: Loopback) -> None:
    learned(project, redraft, claude, "Use short words.")
    check = {"kind": "forbid", "find": "utilize"}
    asked = says({"action": "replace", "target": "rule", "id": "r2", "text": "Short words.", "check": check})
    play(claude, asked, asked)
    answer = redraft("-C", project, "tidy")
    assert answer.code == 5
    assert "tidying changes words alone" in answer.err


def test_several_changes_are_named_as_a_sentence(project: Path, redraft: Redraft, claude: Loopback) -> None:
    corrected(project, redraft, "tea")
    play(claude, says({**TOLD, "text": "Be kind."}, {**TOLD, "text": "Be warm."}))
    assert redraft("-C", project, "learn").code == 0
    assert redraft("-C", project, "decide", "1", "--force").code == 0
    assert "accept proposal 1: Be kind and 1 more" in redraft("-C", project, "log").out


def test_a_proposal_alone_is_shown_as_what_it_would_change(
    project: Path, redraft: Redraft, claude: Loopback
) -> None:
    corrected(project, redraft, "tea")
    play(claude, says({**TOLD, "text": "Be kind."}))
    assert redraft("-C", project, "learn").code == 0
    guide = project / "CLAUDE.md"
    guide.write_text(guide.read_text(encoding="utf-8") + "- Be warm.\n", encoding="utf-8")
    out = redraft("-C", project, "diff", "proposal:1").out
    assert "+- Be kind." in out
    assert "Be warm." not in out  # what was written since is none of its changes
    assert "-- Be kind." in redraft("-C", project, "diff", "proposal:1", "now").out
    assert "There is no proposal 9." in redraft("-C", project, "diff", "proposal:9").err


def test_a_second_withdrawal_says_that_it_took_back_another_final(
    project: Path, redraft: Redraft, claude: Loopback
) -> None:
    corrected(project, redraft, "tea")
    final = project / "final.txt"
    final.write_text("We use our old kettle outdoors.", encoding="utf-8")
    assert redraft("-C", project, "correct", "tea", "--file", final).code == 0
    first, second = (redraft("-C", project, "withdraw", "tea").out.strip() for _ in range(2))
    assert first.startswith("The newest final of tea is taken back")
    assert first.endswith("1 final of it still counts.")
    assert second.startswith("The final of tea is taken back")
    assert second.endswith("No other final of it is left.")


def test_a_proposal_that_was_never_tested_says_so(project: Path, redraft: Redraft, claude: Loopback) -> None:
    corrected(project, redraft, "tea")
    play(claude, says({**TOLD, "text": "Be kind."}))
    assert redraft("-C", project, "learn").code == 0
    said = git(project, "log", "-1", "--format=%B", "refs/redraft/proposals/1").splitlines()
    kept = [line for line in said if not line.startswith(("Redraft-Gate:", "Redraft-Verdict:"))]
    tree = "refs/redraft/proposals/1^{tree}"
    commit = git(project, "commit-tree", tree, "-p", "HEAD", "-m", "\n".join(kept)).strip()
    git(project, "update-ref", "refs/redraft/proposals/1", commit)
    assert "Proposal 1 waits (not tested): propose: “Be kind.”" in redraft("-C", project, "status").out


def test_a_wish_that_fails_its_test_is_not_called_undecidable(
    project: Path, redraft: Redraft, claude: Loopback
) -> None:
    corrected(project, redraft, "tea")
    critique = redraft("-C", project, "critique", "tea", "Never say utilize.", "--json").json["id"]
    play(claude, says({**TOLD, "text": "Use the short word.", "evidence": [critique]}))
    play(claude, DRAFT, Says(pieces=("We utilize and utilize.",)), DRAFT)
    out = redraft("-C", project, "learn").out
    assert "FAILED" in out
    assert "A test failed, and you have the last word." in out
    assert "cannot decide" not in out


def test_who_is_asked_is_told_when_somebody_is_asked(
    project: Path, redraft: Redraft, claude: Loopback
) -> None:
    corrected(project, redraft, "tea")
    settings = SETTINGS.replace("claude-sonnet-5-5", "auto")
    project.joinpath("redraft.toml").write_text(settings, encoding="utf-8")
    asked = len(claude.requests)
    for words in (("tidy", "--reviser", "mine"), ("learn", "--dry-run")):
        answer = redraft("-C", project, *words)
        assert answer.code == 0
        assert "Asking " not in answer.err
    assert len(claude.requests) == asked
    answer = redraft("-C", project, "tidy")
    assert answer.err.count("its key was found") == 1


def test_the_drafts_of_a_proposal_are_compared_with_the_final_and_their_cost_is_said_before(
    project: Path, redraft: Redraft, claude: Loopback
) -> None:
    corrected(project, redraft, "tea", "rain")
    pair = min(path.stem for path in project.glob("pairs/*.json"))
    play(claude, says({**PLAIN, "evidence": [pair]}))
    assert redraft("-C", project, "learn").code == 0
    asked = len(claude.requests)
    words = ("-C", project, "diff", "proposal:1", "--outputs", "tea,bread")
    out = redraft(*words, "--dry-run").out
    assert "Nobody was asked. Writing the drafts takes:\n  claude-sonnet-5-5\n   about    4 questions" in out
    assert len(claude.requests) == asked
    tea, bread = redraft(*words, "--json").json["outputs"]
    assert "utilize" in tea["before"]
    assert "utilize" not in tea["after"]
    assert tea["final"] == "We use a kettle outdoors.\n" or tea["final"] == "We use a kettle outdoors."
    assert tea["effort_before"] > tea["effort_after"] == 0
    assert bread["final"] is None
    assert bread["effort_after"] is None
    assert "of the left one, 0% of the right one." in redraft(*words).out


def test_what_is_new_since_the_last_decision_is_counted(
    project: Path, redraft: Redraft, claude: Loopback
) -> None:
    corrected(project, redraft, "tea", "rain", "bread")
    change = redraft("-C", project, "show", "tea", "--changes", "--json").json["changes"][0]["id"]
    final = project / "final.txt"
    final.write_text("We use a kettle outdoors.", encoding="utf-8")
    redraft("-C", project, "correct", "tea", "--file", final, "--exclude", change)
    redraft("-C", project, "critique", "rain", "Be warm.")
    fresh = redraft("-C", project, "status", "--json").json["fresh"]
    assert fresh == {"finals": ["tea", "rain"], "critiques": ["rain"], "imported": 0, "kept_out": 1}
    redraft("-C", project, "withdraw", "rain", "--critique")
    assert redraft("-C", project, "status", "--json").json["fresh"]["critiques"] == []
    play(claude, says({**TOLD, "text": "Be kind."}))
    redraft("-C", project, "learn")
    assert redraft("-C", project, "status", "--json").json["fresh"]["finals"] == ["tea", "rain"]
    redraft("-C", project, "decide", "1", "--reject")
    assert redraft("-C", project, "status", "--json").json["fresh"]["finals"] == []
