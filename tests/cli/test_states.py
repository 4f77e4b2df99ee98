"""Where each brief stands, as `status` tells it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Redraft, git
from tests.cli.served import PLAIN, corrected, play, play_texts, says
from tests.loopback import Loopback

SHORTER = {
    "action": "replace",
    "target": "rule",
    "id": "r1",
    "text": "Be brief, and use the short everyday word.",
    "scope": "note",
    "hypothesis": "The writer put a short word in the place of a long one.",
}


def states(project: Path, redraft: Redraft) -> dict[str, str]:
    answer = redraft("-C", project, "status", "--json")
    assert answer.code == 0, answer.err
    return {brief["brief"]: brief["state"] for brief in answer.json["briefs"]}


def test_a_brief_is_drafted_then_edited_then_learned_then_edited_again(
    project: Path, redraft: Redraft, claude: Loopback
) -> None:
    assert states(project, redraft) == {"bread": "no draft", "rain": "no draft", "tea": "no draft"}
    redraft("-C", project, "run", "tea")
    assert states(project, redraft)["tea"] == "drafted"
    corrected(project, redraft, "tea", "bread")
    assert states(project, redraft) == {"bread": "edited", "rain": "no draft", "tea": "edited"}
    play(claude, says(PLAIN))
    number = redraft("-C", project, "learn", "--json").json["number"]
    assert states(project, redraft)["tea"] == "edited"
    assert redraft("-C", project, "decide", number, "--force").code == 0
    assert states(project, redraft) == {"bread": "edited", "rain": "no draft", "tea": "learned"}
    redraft("-C", project, "critique", "tea", "Shorter sentences.")
    assert states(project, redraft)["tea"] == "edited"


def proposed(
    project: Path, redraft: Redraft, claude: Loopback, *briefs: str, what: dict[str, Any] = PLAIN
) -> int:
    """Finals, two unless said otherwise, and a proposal for notes that rests on them."""
    corrected(project, redraft, *(briefs or ("tea", "rain")))
    play(claude, says(what))
    return int(redraft("-C", project, "learn", "--json").json["number"])


def test_what_was_rejected_was_not_learned_and_is_nothing_new_either(
    project: Path, redraft: Redraft, claude: Loopback
) -> None:
    number = proposed(project, redraft, claude)
    assert redraft("-C", project, "decide", number, "--reject").code == 0
    assert states(project, redraft)["tea"] == "edited"
    fresh = redraft("-C", project, "status", "--json").json["fresh"]
    assert (fresh["finals"], fresh["critiques"]) == ([], [])


def test_what_came_while_a_proposal_waited_is_still_to_be_learned_from(
    project: Path, redraft: Redraft, claude: Loopback
) -> None:
    number = proposed(project, redraft, claude)
    redraft("-C", project, "critique", "tea", "Shorter sentences.")
    assert redraft("-C", project, "decide", number, "--force").code == 0
    assert states(project, redraft) == {"bread": "no draft", "rain": "learned", "tea": "edited"}
    status = redraft("-C", project, "status", "--json").json
    assert (status["fresh"]["finals"], status["fresh"]["critiques"]) == ([], ["tea"])
    assert "redraft learn" in status["next"]


def test_a_rule_for_one_kind_of_text_teaches_nothing_of_another(
    project: Path, redraft: Redraft, claude: Loopback
) -> None:
    assert redraft("-C", project, "brief", "rain", "--type", "letter", "--replace").code == 0
    number = proposed(project, redraft, claude)
    assert redraft("-C", project, "decide", number, "--force").code == 0
    assert states(project, redraft) == {"bread": "no draft", "rain": "edited", "tea": "learned"}


def test_what_was_undone_was_not_learned(project: Path, redraft: Redraft, claude: Loopback) -> None:
    number = proposed(project, redraft, claude)
    redraft("-C", project, "decide", number, "--force")
    assert redraft("-C", project, "undo").code == 0
    assert states(project, redraft)["tea"] == "edited"
    assert redraft("-C", project, "redo").code == 0
    assert states(project, redraft)["tea"] == "learned"


def test_what_was_recalled_was_not_learned(project: Path, redraft: Redraft, claude: Loopback) -> None:
    number = proposed(project, redraft, claude)
    redraft("-C", project, "decide", number, "--force")
    rule = re.findall(r"short everyday word\. +<!-- (r\d+)", project.joinpath("CLAUDE.md").read_text())[0]
    assert redraft("-C", project, "recall", rule).code == 0
    assert states(project, redraft)["tea"] == "edited"
    assert redraft("-C", project, "undo").code == 0
    assert states(project, redraft)["tea"] == "learned"


@pytest.mark.parametrize("operation", [PLAIN, SHORTER], ids=["a new rule", "a rule in other words"])
def test_a_rollback_takes_back_what_was_learned_and_another_one_brings_it_back(
    project: Path, redraft: Redraft, claude: Loopback, operation: dict[str, Any]
) -> None:
    number = proposed(project, redraft, claude, what=operation)
    before = git(project, "rev-parse", "HEAD").strip()
    redraft("-C", project, "decide", number, "--force")
    after = redraft("-C", project, "status", "--json").json["version"]
    assert states(project, redraft)["tea"] == "learned"
    assert redraft("-C", project, "rollback", before).code == 0
    assert states(project, redraft)["tea"] == "edited"
    assert redraft("-C", project, "rollback", after).code == 0
    assert states(project, redraft)["tea"] == "learned"
    assert redraft("-C", project, "undo").code == 0
    assert states(project, redraft)["tea"] == "edited"


def test_a_final_that_was_only_put_there_by_hand_was_not_learned_from(
    project: Path, redraft: Redraft, claude: Loopback
) -> None:
    number = proposed(project, redraft, claude)
    project.joinpath("finals/bread.md").write_text("By hand.\n", encoding="utf-8")
    brief = ("-C", project, "brief", "bread", "--train", "--replace")
    assert redraft(*brief).code == 0
    assert redraft("-C", project, "decide", number, "--force").code == 0
    assert states(project, redraft)["bread"] == "edited"


def test_the_table_says_the_state_of_each_brief(project: Path, redraft: Redraft, claude: Loopback) -> None:
    corrected(project, redraft, "tea")
    table = redraft("-C", project, "status").out
    (head,) = [line for line in table.splitlines() if line.startswith("brief ")]
    assert head.split() == ["brief", "type", "split", "state", "final", "critiques"]
    (tea,) = [line for line in table.splitlines() if line.startswith("tea ")]
    assert "edited" in tea.split()
    (rain,) = [line for line in table.splitlines() if line.startswith("rain ")]
    assert "no draft" in rain


def test_a_brief_that_cannot_be_read_is_named_with_what_to_do(project: Path, redraft: Redraft) -> None:
    project.joinpath("briefs/odd.md").write_text("---\nkind: blog\n---\nWords.\n")
    answer = redraft("-C", project, "status", "--json")
    (odd,) = answer.json["unreadable"]
    assert odd["brief"] == "odd"
    assert "unknown key “kind”" in odd["message"]
    assert "type" in odd["hint"]
    assert "odd" not in states(project, redraft)


def test_a_note_on_a_change_is_something_new_to_learn_from(
    project: Path, redraft: Redraft, claude: Loopback
) -> None:
    corrected(project, redraft, "tea")
    assert "redraft learn" not in redraft("-C", project, "status", "--json").json["next"]
    final = project / "final.txt"
    final.write_text("We use a kettle outdoors.", encoding="utf-8")
    (change,) = redraft("-C", project, "show", "tea", "--working", "--json").json["changes"]
    keeps = ("correct", "tea", "--file", final, "--notes", f"{change['id']}=a long word")
    assert redraft("-C", project, *keeps).code == 0
    status = redraft("-C", project, "status", "--json").json
    assert (status["fresh"]["finals"], status["fresh"]["critiques"]) == (["tea"], ["tea"])
    assert "redraft learn" in status["next"]
    assert redraft("-C", project, "learn", "--reviser", "mine").code == 0
    assert redraft("-C", project, "decide", "1", "--reject").code == 0
    assert redraft("-C", project, "status", "--json").json["fresh"]["critiques"] == []


def test_what_was_kept_out_of_learning_before_is_no_news(
    project: Path, redraft: Redraft, claude: Loopback
) -> None:
    corrected(project, redraft, "tea")
    (change,) = redraft("-C", project, "show", "tea", "--working", "--json").json["changes"]
    final = project / "final.txt"
    final.write_text("We use a kettle outdoors.", encoding="utf-8")
    keeps = ("correct", "tea", "--file", final)
    assert redraft("-C", project, *keeps, "--exclude", change["id"]).code == 0
    number = proposed(project, redraft, claude, "rain")
    assert redraft("-C", project, "decide", number, "--reject").code == 0
    play_texts(claude, "We utilize tents, too.")
    assert redraft("-C", project, "run", "tea", "--seed", "7").code == 0
    assert redraft("-C", project, *keeps).code == 0
    fresh = redraft("-C", project, "status", "--json").json["fresh"]
    assert (fresh["finals"], fresh["kept_out"]) == (["tea"], 0)
