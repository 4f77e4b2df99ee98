"""A draft that breaks off: what came is kept, and nothing is learned from its missing end."""

from __future__ import annotations

import json
import signal
from pathlib import Path

from tests.cli.conftest import Redraft, git
from tests.cli.served import SETTINGS, begun, heard, play, play_texts
from tests.loopback import Loopback
from tests.wire import Says

HALF = Says(pieces=("We ", "utilize ", "a ", "kettle ", "outdoors."), silent_after=3)
CAME = "We utilize a\n"


def stopped(project: Path, *words: str) -> str:
    """Type a command, and Ctrl-C when what comes before the silence of HALF has come: what it said."""
    with begun(project, *words, "--json") as running:
        told = heard(running, "a ")
        running.send_signal(signal.SIGINT)
        _, err = running.communicate(timeout=30)
    assert running.returncode == 130, err
    return told + err


def test_what_came_of_a_first_draft_becomes_the_draft(
    project: Path, redraft: Redraft, claude: Loopback
) -> None:
    play(claude, HALF)
    err = stopped(project, "run", "tea")
    assert "“tea” breaks off after 3 words. What came is the draft now: drafts/tea.md" in err
    assert project.joinpath("drafts/tea.md").read_text() == CAME
    shown = redraft("-C", project, "show", "tea")
    assert "The text breaks off here." in shown.out
    assert redraft("-C", project, "show", "tea", "--json").json["stopped"]


def test_a_draft_that_is_there_stays_and_what_came_can_be_picked(
    project: Path, redraft: Redraft, claude: Loopback
) -> None:
    play_texts(claude, "Tea outdoors is best.")
    assert redraft("-C", project, "run", "tea").code == 0
    play(claude, HALF)
    err = stopped(project, "run", "tea", "--seed", "7")
    assert "The draft stays as it was; what came is kept beside it as take 2." in err
    assert project.joinpath("drafts/tea.md").read_text() == "Tea outdoors is best.\n"
    assert redraft("-C", project, "show", "tea", "--take", "2").out.startswith("We utilize a")
    answer = redraft("-C", project, "pick", "tea", "2")
    assert answer.code == 0
    assert "It breaks off, so nothing is learned from this choice." in answer.out
    assert project.joinpath("drafts/tea.md").read_text() == CAME
    (choice,) = project.glob("pairs/*.json")
    assert json.loads(choice.read_text())["rejected"] == []  # of broken-off texts nothing is preferred


def test_words_that_the_writer_put_into_the_draft_meanwhile_stay(
    project: Path, redraft: Redraft, claude: Loopback
) -> None:
    play_texts(claude, "Tea outdoors is best.")
    redraft("-C", project, "run", "tea")
    play(claude, HALF)
    with begun(project, "run", "tea", "--seed", "7", "--json") as running:
        heard(running, "a ")
        project.joinpath("drafts/tea.md").write_text("My own words.\n")
        running.send_signal(signal.SIGINT)
        running.communicate(timeout=30)
    assert project.joinpath("drafts/tea.md").read_text() == "My own words.\n"
    assert redraft("-C", project, "show", "tea", "--take", "2").out.startswith("We utilize a")
    refused = redraft("-C", project, "pick", "tea", "2")
    assert refused.code == 3, refused.out
    assert "drafts/tea.md has edits of yours" in refused.err
    assert project.joinpath("drafts/tea.md").read_text() == "My own words.\n"
    keeps = ("correct", "tea", "--file", project / "drafts/tea.md")  # as the hint says
    assert redraft("-C", project, *keeps).code == 0
    answer = redraft("-C", project, "pick", "tea", "2")
    assert answer.code == 0
    assert "It breaks off, so nothing is learned from this choice." in answer.out
    assert project.joinpath("drafts/tea.md").read_text() == CAME


def test_takes_that_were_whole_are_kept_and_the_first_of_them_is_the_draft(
    project: Path, redraft: Redraft, claude: Loopback
) -> None:
    settings = SETTINGS.replace('type = "note"', 'type = "note"\nparallel = 1')
    project.joinpath("redraft.toml").write_text(settings)
    play(claude, Says(pieces=("Tea outdoors is best.",)), HALF)
    err = stopped(project, "run", "tea", "--takes", "3")
    assert "“tea” is whole, 4 words, and kept." in err
    assert "What came is kept as take 2." in err
    assert project.joinpath("drafts/tea.md").read_text() == "Tea outdoors is best.\n"
    assert redraft("-C", project, "show", "tea", "--take", "2").out.startswith("We utilize a")


def test_what_came_of_a_model_that_failed_is_kept_too(
    project: Path, redraft: Redraft, claude: Loopback
) -> None:
    play(claude, Says(cut_after=3))
    answer = redraft("-C", project, "run", "tea")
    assert answer.code == 5
    assert "the text was cut after 3 words" in answer.err
    assert "breaks off after 3 words" in answer.err
    assert "3 words and breaks off" in answer.out
    assert project.joinpath("drafts/tea.md").read_text() == "Fresh bread smells\n"


def test_half_a_reply_at_its_limit_is_an_error_and_is_kept(
    project: Path, redraft: Redraft, claude: Loopback
) -> None:
    play(claude, Says(stop="length"))
    answer = redraft("-C", project, "run", "tea")
    assert answer.code == 5
    assert "max_tokens" in answer.err
    assert redraft("-C", project, "show", "tea", "--json").json["stopped"]


def test_what_a_step_appends_is_kept_behind_what_was_there(
    project: Path, redraft: Redraft, claude: Loopback
) -> None:
    more = '\n[[steps]]\nkind = "prompt"\nname = "more"\nappends = true\n\n[model]'
    project.joinpath("redraft.toml").write_text(SETTINGS.replace("\n[model]", more))
    project.joinpath("prompts/more.md").write_text("Go on: {{input}}")
    play(claude, Says(pieces=("Tea outdoors.",)), HALF)
    stopped(project, "run", "tea")
    assert project.joinpath("drafts/tea.md").read_text() == "Tea outdoors.\n\nWe utilize a\n"


def test_the_end_that_a_writer_puts_to_a_stopped_draft_is_not_learned_from(
    project: Path, redraft: Redraft, claude: Loopback
) -> None:
    play(claude, Says(cut_after=3))
    redraft("-C", project, "run", "tea")
    final = project / "final.txt"
    final.write_text("New bread smells of malt.\n\nThat is all I know.\n")
    answer = redraft("-C", project, "correct", "tea", "--file", final)
    assert "The draft breaks off, so what you wrote on at its end is kept" in answer.err
    marked = redraft("-C", project, "show", "tea", "--changes").out
    assert "{++ of malt.++}{>>do not learn<<}{++\n\nThat is all I know.++}{>>do not learn<<}" in marked
    assert "{~~Fresh~>New~~} bread" in marked  # what was mended is learned from
    assert "correct: tea" in git(project, "log", "-1", "--format=%s")
