"""What was said about a draft: listed, said anew, taken back, until it is learned from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Redraft, git, written
from tests.loopback import Loopback

TEA = "We utilize a kettle.\n\nThen we utilize the stove, and wait."


def _listed(project: Path, redraft: Redraft, brief: str = "tea") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = redraft("-C", project, "show", brief, "--critiques", "--json").json[
        "critiques"
    ]
    return found


def _said(project: Path, redraft: Redraft, *words: str) -> str:
    answer = redraft("-C", project, "critique", "tea", *words, "--json")
    assert answer.code == 0, answer.err
    return str(answer.json["id"])


@pytest.fixture
def drafted(project: Path) -> Path:
    written(project, "tea", TEA)
    return project


def test_what_was_said_is_listed_with_its_passage_and_how_it_was_understood(
    drafted: Path, redraft: Redraft
) -> None:
    assert "You have said nothing" in redraft("-C", drafted, "show", "tea", "--critiques").out
    whole = _said(drafted, redraft, "Say 'use' instead of 'utilize'.")
    quoted = _said(drafted, redraft, "Too long.", "--quote", "the stove")
    first, second = _listed(drafted, redraft)
    assert (first["id"], second["id"]) == (whole, quoted)
    assert first["passage"] is None
    assert second["passage"] == [TEA.index("the stove"), TEA.index(", and wait")]
    out = redraft("-C", drafted, "show", "tea", "--critiques").out
    assert "about the whole draft" in out
    assert "about “the stove”" in out
    assert 'mended  Use "use" instead of "utilize".' in " ".join(out.split("\n")).replace("    ", "")


def test_a_quote_that_stands_twice_may_mean_the_second_place(drafted: Path, redraft: Redraft) -> None:
    _said(drafted, redraft, "Plainer.", "--quote", "utilize", "--place", "2")
    (kept,) = _listed(drafted, redraft)
    start = TEA.rindex("utilize")
    assert kept["passage"] == [start, start + len("utilize")]
    assert "(place 2)" in redraft("-C", drafted, "show", "tea", "--critiques").out
    assert "(place 2)" in drafted.joinpath("critiques/tea.md").read_text(encoding="utf-8")
    refused = redraft("-C", drafted, "critique", "tea", "No.", "--quote", "utilize", "--place", "3")
    assert refused.code == 2
    assert "says “utilize” only in 2 places" in refused.err


def test_words_about_another_draft_are_not_kept(drafted: Path, redraft: Redraft) -> None:
    seen = redraft("-C", drafted, "show", "tea", "--working", "--json").json["draft_id"]
    _said(drafted, redraft, "Plainer.", "--of", seen)
    written(drafted, "tea", "Another draft.\n")
    answer = redraft("-C", drafted, "critique", "tea", "Too long.", "--of", seen)
    assert answer.code == 2
    assert "The draft of “tea” is another one now, so your words were not kept." in answer.err
    assert "redraft show tea" in answer.err
    assert [kept["critique"]["text"] for kept in _listed(drafted, redraft)] == ["Plainer."]


def test_a_quote_in_other_letters_keeps_its_place(drafted: Path, redraft: Redraft) -> None:
    _said(drafted, redraft, "Plainer.", "--quote", "UTILIZE", "--place", "2")
    (kept,) = _listed(drafted, redraft)
    assert kept["passage"] == [TEA.rindex("utilize"), TEA.rindex("utilize") + len("utilize")]


def test_other_words_take_the_place_of_a_critique(drafted: Path, redraft: Redraft) -> None:
    old = _said(drafted, redraft, "Too lnog.", "--quote", "the stove")
    _said(drafted, redraft, "Warmer.")
    new = _said(drafted, redraft, "Too long.", "--replaces", old)
    assert [(kept["critique"]["text"], kept["id"]) for kept in _listed(drafted, redraft)] == [
        ("Too long.", new),
        ("Warmer.", _listed(drafted, redraft)[1]["id"]),
    ]
    assert _listed(drafted, redraft)[0]["critique"]["quote"] == "the stove"
    assert "said anew: Too long." in git(drafted, "log", "-1", "--format=%s")
    about = _said(drafted, redraft, "Too long.", "--replaces", new, "--quote", "We utilize")
    assert _listed(drafted, redraft)[0]["id"] == about
    same = redraft("-C", drafted, "critique", "tea", "Too long.", "--replaces", about)
    assert same.code == 2
    assert "exactly this already" in same.err


def test_an_id_that_is_none_is_refused_with_where_to_look(drafted: Path, redraft: Redraft) -> None:
    for argv in (("critique", "tea", "Hm.", "--replaces", "k0"), ("withdraw", "tea", "--id", "k0")):
        _said(drafted, redraft, f"Say {argv[0]}.")
        answer = redraft("-C", drafted, *argv)
        assert answer.code == 2
        assert "“tea” has no critique k0." in answer.err
        assert "redraft show tea --critiques" in answer.err


def test_one_critique_of_several_is_taken_back(drafted: Path, redraft: Redraft) -> None:
    first = _said(drafted, redraft, "Too stiff.")
    _said(drafted, redraft, "Too long.")
    answer = redraft("-C", drafted, "withdraw", "tea", "--id", first)
    assert answer.code == 0
    assert "“Too stiff.” of tea is taken back" in answer.out
    assert [kept["critique"]["text"] for kept in _listed(drafted, redraft)] == ["Too long."]
    again = redraft("-C", drafted, "withdraw", "tea", "--id", first)
    assert again.code == 2
    assert "taken back already" in again.err


def test_a_critique_that_stands_twice_in_its_file_is_taken_back_whole(
    drafted: Path, redraft: Redraft
) -> None:
    drafted.joinpath("critiques").mkdir()
    drafted.joinpath("critiques/tea.md").write_text("Too stiff.\n\nToo stiff.\n", encoding="utf-8")
    same = {one["id"] for one in _listed(drafted, redraft)}
    assert redraft("-C", drafted, "withdraw", "tea", "--id", *same, "--json").json["left"] == 0
    assert _listed(drafted, redraft) == []


def test_a_critique_about_words_that_are_gone_is_about_an_earlier_draft(
    drafted: Path, redraft: Redraft
) -> None:
    old = _said(drafted, redraft, "Cut this.", "--quote", "Then we utilize the stove, and wait.")
    written(drafted, "tea", "Water, leaves, a cup.")
    (kept,) = _listed(drafted, redraft)
    assert kept["passage"] is None
    assert (
        "about an earlier draft: “Then we utilize" in redraft("-C", drafted, "show", "tea", "--critiques").out
    )
    new = _said(drafted, redraft, "Cut this, please.", "--replaces", old)
    assert [(one["id"], one["critique"]["quote"][:4]) for one in _listed(drafted, redraft)] == [(new, "Then")]


def test_a_critique_that_was_learned_from_stays_until_its_rule_is_recalled(
    drafted: Path, redraft: Redraft, claude: Loopback
) -> None:
    id_ = _said(drafted, redraft, "Never say 'utilize'.")
    assert redraft("-C", drafted, "learn", "--reviser", "mine").code == 0
    assert redraft("-C", drafted, "decide", "1", "--force").code == 0
    (kept,) = _listed(drafted, redraft)
    assert (kept["learned"], kept["rules"]) == (True, ["r2"])
    assert "Learned from: it became r2." in redraft("-C", drafted, "show", "tea", "--critiques").out
    for argv in (
        ("critique", "tea", "Hm.", "--replaces", id_),
        ("withdraw", "tea", "--id", id_),
        ("withdraw", "tea", "--critique"),
    ):
        refused = redraft("-C", drafted, *argv)
        assert refused.code == 2
        assert "it became r2" in refused.err
        assert "redraft recall r2" in refused.err
    assert redraft("-C", drafted, "recall", "r2").code == 0
    assert _listed(drafted, redraft)[0]["learned"] is False
    new = _said(drafted, redraft, "Say 'use'.", "--replaces", id_)
    assert [one["id"] for one in _listed(drafted, redraft)] == [new]
    assert "you said “Never say 'utilize'.”" in redraft("-C", drafted, "why", "r2").out  # its source stays


def test_a_held_out_brief_says_that_nothing_is_learned_of_it(project: Path, redraft: Redraft) -> None:
    written(project, "bread", "It smells of bread.")
    answer = redraft("-C", project, "critique", "bread", "Never say 'smells'.")
    assert "never learned from" in answer.err
    assert _listed(project, redraft, "bread")[0]["wishes"] == []
