"""A proposal is looked at whole, and accepted in the writer's own words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Redraft, git
from tests.cli.served import PLAIN, corrected, play, says
from tests.loopback import Loopback

LONG = {
    **PLAIN,
    "text": "Keep sentences to at most 25 words.",
    "check": {"kind": "limit", "measure": "sentence_words", "high": 25},
}
TOLD = {**PLAIN, "text": "Be kind.", "check": None}


def proposed(project: Path, redraft: Redraft, claude: Loopback, *operations: dict[str, Any]) -> int:
    if not project.joinpath("finals").exists():
        corrected(project, redraft, "tea", "rain")
    play(claude, says(*operations))
    number = redraft("-C", project, "learn", "--json").json["number"]
    assert isinstance(number, int)
    return number


def accepted_by_the_gate(project: Path, redraft: Redraft, claude: Loopback) -> int:
    corrected(project, redraft, "tea", "rain")
    pair = min(path.stem for path in project.glob("pairs/*.json"))
    return proposed(project, redraft, claude, {**PLAIN, "evidence": [pair]})


def taken(project: Path, redraft: Redraft, number: int, *words: str) -> str:
    argv = [word for said in words for word in ("--reword", said)]
    answer = redraft("-C", project, "decide", number, "--force", *argv)
    assert answer.code == 0, answer.err
    return answer.err


def guide(project: Path) -> str:
    return project.joinpath("CLAUDE.md").read_text(encoding="utf-8")


def checks(project: Path) -> str:
    return project.joinpath("checks.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "words", ["Keep sentences to at most 20 words.", "No sentence ever runs over 20 words, I beg you."]
)
def test_another_number_is_the_one_that_is_enforced(
    project: Path, redraft: Redraft, claude: Loopback, words: str
) -> None:
    number = proposed(project, redraft, claude, LONG)
    said = taken(project, redraft, number, f"1={words}")
    assert words in guide(project)
    assert "high = 20" in checks(project)
    assert "25" not in checks(project)
    assert "1 is checked as “Keep sentences to at most 20 words.” now." in said
    assert "The test was of other words" not in said  # nothing was counted for it
    entry = git(project, "log", "-1", "--format=%B")
    assert "Redraft-Reworded: " in entry
    assert "at most 25 words" in entry  # what it said before can be looked up


def test_better_words_keep_the_check(project: Path, redraft: Redraft, claude: Loopback) -> None:
    number = proposed(project, redraft, claude, PLAIN)
    said = taken(project, redraft, number, "1=Prefer the short, everyday word.")
    assert "Prefer the short, everyday word." in guide(project)
    assert 'find = "utilize"' in checks(project)
    assert "checked" not in said


def test_vaguer_words_keep_the_check_and_it_is_said(
    project: Path, redraft: Redraft, claude: Loopback
) -> None:
    number = proposed(project, redraft, claude, LONG)
    said = taken(project, redraft, number, "1=Keep sentences short.")
    assert "high = 25" in checks(project)
    assert "still checked as “Keep sentences to at most 25 words.”" in said


def test_other_words_leave_the_check_behind_and_it_is_said(
    project: Path, redraft: Redraft, claude: Loopback
) -> None:
    number = proposed(project, redraft, claude, LONG)
    said = taken(project, redraft, number, "1=Write as you speak.")
    assert "sentence_words" not in checks(project)
    assert "The check “Keep sentences to at most 25 words.” of 1 goes" in said


def test_a_wish_becomes_a_check_when_its_words_can_be_one(
    project: Path, redraft: Redraft, claude: Loopback
) -> None:
    number = proposed(project, redraft, claude, TOLD)
    taken(project, redraft, number, '1=Use "warm" instead of "kind".')
    assert 'find = "kind"' in checks(project)


def test_new_words_for_an_old_rule_change_its_check_too(
    project: Path, redraft: Redraft, claude: Loopback
) -> None:
    taken(project, redraft, proposed(project, redraft, claude, LONG))
    again = {"action": "replace", "target": "rule", "id": "r2", "text": "Sentences have 25 words at most."}
    for words, left in (("Sentences: at most 18 words.", "high = 18"), ("Write as you speak.", "")):
        number = proposed(project, redraft, claude, {**again, "hypothesis": "Shorter."})
        taken(project, redraft, number, f"1={words}")
        assert words in guide(project)
        assert ("high = " in checks(project)) == bool(left)
        assert left in checks(project)
        again["text"] = "Sentences have 18 words at most."


def test_words_that_the_guide_says_already_are_refused_and_can_be_forced(
    project: Path, redraft: Redraft, claude: Loopback
) -> None:
    number = accepted_by_the_gate(project, redraft, claude)
    before = guide(project)
    words = ("-C", project, "decide", number, "--accept", "--reword", "1=Be brief.")
    answer = redraft(*words)
    assert answer.code == 6
    assert "Your words do not pass: Said twice" in answer.err
    assert guide(project) == before
    taken = redraft(*words, "--force", "--json")
    assert taken.code == 0
    assert taken.json["forced"]
    assert guide(project).count("Be brief.") == 2
    entry = git(project, "log", "-1", "--format=%B")
    assert "Redraft-Gate: accept" in entry
    assert "Redraft-Forced-By: user" in entry
    assert "Your words do not pass: Said twice" in entry


def test_what_was_tested_on_an_older_guide_is_taken_by_force_and_that_is_written_down(
    project: Path, redraft: Redraft, claude: Loopback
) -> None:
    number = accepted_by_the_gate(project, redraft, claude)
    project.joinpath("CLAUDE.md").write_text(guide(project) + "\nMore.\n", encoding="utf-8")
    refused = redraft("-C", project, "decide", number, "--accept")
    assert refused.code == 6
    assert "so its numbers do not hold" in refused.err
    answer = redraft("-C", project, "decide", number, "--force")
    assert f"Proposal {number} is accepted all the same (--force)." in answer.out
    entry = git(project, "log", "-1", "--format=%B")
    assert "Redraft-Forced-By: user" in entry
    assert "so its numbers do not hold" in entry


def test_force_where_nothing_is_against_it_is_no_force(
    project: Path, redraft: Redraft, claude: Loopback
) -> None:
    number = accepted_by_the_gate(project, redraft, claude)
    answer = redraft("-C", project, "decide", number, "--force")
    assert f"Proposal {number} is accepted." in answer.out
    assert "Forced-By" not in git(project, "log", "-1", "--format=%B")


def test_what_was_accepted_in_other_words_is_not_proposed_again(
    project: Path, redraft: Redraft, claude: Loopback
) -> None:
    corrected(project, redraft, "tea")
    redraft("-C", project, "critique", "tea", "At most 25 words a sentence.")
    mine = ("-C", project, "learn", "--reviser", "mine", "--json")
    first = redraft(*mine).json
    assert first["operations"][0]["text"] == "Keep sentences to at most 25 words."
    taken(project, redraft, first["number"], "1=Keep sentences to at most 20 words.")
    assert redraft(*mine).json["number"] is None


def test_a_dry_run_shows_what_would_come_of_the_words_and_changes_nothing(
    project: Path, redraft: Redraft, claude: Loopback
) -> None:
    number = proposed(project, redraft, claude, LONG, PLAIN)
    head = git(project, "rev-parse", "HEAD")
    answer = redraft(
        "-C", project, "decide", number, "--force", "--dry-run", "--reword", "1=At most 9 words a sentence."
    )
    assert "would be accepted" in answer.out
    assert "check: Keep sentences to at most 9 words." in answer.out
    assert git(project, "rev-parse", "HEAD") == head
    part = redraft(
        "-C", project, "decide", number, "--operations", "2", "--force", "--dry-run", "--json"
    ).json
    assert [file["path"] for file in part["files"]] == ["CLAUDE.md", "checks.toml"]
    assert "short everyday word" in part["files"][0]["after"]
    assert "25 words" not in part["files"][0]["after"]
    redraft("-C", project, "decide", number, "--reject", "--dry-run")
    assert git(project, "rev-parse", "HEAD") == head
    assert redraft("-C", project, "status", "--json").json["waiting"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--force", "--reword", "7=Be warm."), "has no operation 7"),
        (("--force", "--operations", "1", "--reword", "2=Be warm."), "2 is not among those"),
        (("--reject", "--reword", "1=Be warm."), "rejected whole"),
        (("--reword", "1=Be warm."), "What shall become of it?"),
        (("--force", "--reword", "one=Be warm."), "one"),
        (("--force", "--reword", "1=Be warm.", "--reword", "1=Be kind."), "says two things of 1"),
    ],
)
def test_words_for_what_is_not_accepted_are_refused(
    project: Path, redraft: Redraft, claude: Loopback, words: tuple[str, ...], says: str
) -> None:
    number = proposed(project, redraft, claude, LONG, PLAIN)
    head = git(project, "rev-parse", "HEAD")
    answer = redraft("-C", project, "decide", number, *words)
    assert answer.code == 2
    assert says in answer.err
    assert git(project, "rev-parse", "HEAD") == head


def test_what_takes_something_out_has_no_words(project: Path, redraft: Redraft, claude: Loopback) -> None:
    taken(project, redraft, proposed(project, redraft, claude, TOLD))
    gone = {"action": "delete", "target": "rule", "id": "r2", "hypothesis": "Not needed."}
    number = proposed(project, redraft, claude, gone)
    answer = redraft("-C", project, "decide", number, "--force", "--reword", "1=Be warm.")
    assert answer.code == 2
    assert "no words to change" in answer.err


def test_a_proposal_is_shown_with_what_it_rests_on(project: Path, redraft: Redraft, claude: Loopback) -> None:
    corrected(project, redraft, "tea", "rain")
    redraft("-C", project, "critique", "tea", "Never say utilize.")
    critique = project.joinpath("critiques/tea.md").read_text(encoding="utf-8")
    assert "utilize" in critique
    pair = min(path.stem for path in project.glob("pairs/*.json"))
    play(claude, says({**PLAIN, "evidence": [pair]}, LONG))
    number = redraft("-C", project, "learn", "--json").json["number"]
    out = " ".join(redraft("-C", project, "show", "--proposal", number).out.split())
    assert f"Proposal {number}: 2 changes" in out
    assert "why: The writer put a short word in the place of a long one." in out
    assert "We utilize a kettle outdoors. → We use a kettle outdoors." in out
    assert "+- Use the short everyday word." in out
    shown = redraft("-C", project, "show", "--proposal", number, "--json").json
    assert shown["made_by"] == "learn"
    assert not shown["outdated"]
    assert shown["proposal"]["verdict"]["tests"]
    assert "Use the short everyday word." in shown["files"][0]["after"]
    assert [source["id"] for source in shown["sources"]] == [pair]
    project.joinpath("CLAUDE.md").write_text(guide(project) + "\nMore.\n", encoding="utf-8")
    assert redraft("-C", project, "show", "--proposal", number, "--json").json["outdated"]
    assert redraft("-C", project, "show", "--proposal", "9").code == 2


def test_an_edit_is_shown_from_every_final_that_has_it(
    project: Path, redraft: Redraft, claude: Loopback
) -> None:
    corrected(project, redraft, "tea", "rain")
    again = project / "again.txt"
    again.write_text("We use a kettle outdoors, always.", encoding="utf-8")
    found = redraft("-C", project, "correct", "tea", "--file", again, "--json").json["changes"]
    change = next(change["id"] for change in found if change["before"] == "utilize")
    redraft("-C", project, "critique", "rain", "Never say utilize.")
    (critique,) = redraft("-C", project, "show", "rain", "--critiques", "--json").json["critiques"]
    play(claude, says({**PLAIN, "evidence": [change, critique["id"]]}))
    number = redraft("-C", project, "learn", "--json").json["number"]
    shown = redraft("-C", project, "show", "--proposal", number, "--json").json["sources"]
    edits = [(change, "tea"), (change, "rain"), (change, "tea")]  # both drafts say the same
    assert [(source["id"], source["brief"]) for source in shown] == [*edits, (critique["id"], "rain")]
    assert {(source["before"], source["after"]) for source in shown[:3]} == {("utilize", "use")}


def test_some_are_accepted_and_one_is_rejected_and_never_proposed_again(
    project: Path, redraft: Redraft, claude: Loopback
) -> None:
    number = proposed(project, redraft, claude, PLAIN, LONG)
    answer = redraft("-C", project, "decide", number, "--force", "--without", 2)
    assert answer.code == 0, answer.err
    assert "Rejected (it will not be proposed again):" in answer.out
    assert "  2. + rule" in answer.out
    assert "25 words" not in guide(project)
    assert "Use the short everyday word." in guide(project)
    assert "1 change rejected" in redraft("-C", project, "log").out
    for brief in ("ash", "birch"):
        project.joinpath(f"briefs/{brief}.md").write_text("A tree.\n", encoding="utf-8")
    corrected(project, redraft, "ash", "birch")
    play(claude, says(LONG))
    again = redraft("-C", project, "learn").out
    assert "This was rejected or undone before: “Keep sentences to at most 25 words.”" in again


def test_what_is_left_out_beside_a_rejected_one_may_come_again(
    project: Path, redraft: Redraft, claude: Loopback
) -> None:
    number = proposed(project, redraft, claude, PLAIN, LONG, {**TOLD, "text": "Name the kettle."})
    words = ("--force", "--operations", 1, "--without", 2, "--json")
    done = redraft("-C", project, "decide", number, *words).json
    assert (done["numbers"], done["without"]) == ([1], [2])
    assert [one["text"] for one in done["rejected"]] == ["Keep sentences to at most 25 words."]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--without", "1,2"), "Nothing of it is left to accept."),
        (("--operations", 1, "--without", 1), "accepted or rejected, not both"),
        (("--without", 7), "has no operation 7"),
        (("--reject", "--without", 1), "rejected whole"),
    ],
)
def test_what_cannot_be_accepted_and_rejected_at_once_is_said(
    project: Path, redraft: Redraft, claude: Loopback, words: tuple[object, ...], told: str
) -> None:
    number = proposed(project, redraft, claude, PLAIN, LONG)
    before = guide(project)
    answer = redraft("-C", project, "decide", number, "--force", *words)
    assert answer.code == 2
    assert told in answer.err
    assert guide(project) == before
