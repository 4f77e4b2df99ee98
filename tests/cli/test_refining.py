"""A draft that is written and paid for stays, whatever becomes of refining it."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.cli.conftest import Redraft
from tests.cli.served import DRAFT, SETTINGS, asked, begun, corrected, play
from tests.loopback import Loopback
from tests.wire import FORBIDDEN, Item, Says

TEXT = "We utilize a kettle outdoors.\n"
CHECK = '[[check]]\nid = "c1"\nrule = "r1"\nkind = "limit"\nmeasure = "sentence_words"\nhigh = 3\n'


@pytest.fixture
def refining(project: Path, claude: Loopback) -> Path:
    """A project in whose drafts there is something to refine."""
    text = SETTINGS.replace("refine = false", "refine = true")
    project.joinpath("redraft.toml").write_text(text, encoding="utf-8")
    project.joinpath("checks.toml").write_text(CHECK, encoding="utf-8")
    return project


def test_a_budget_that_ends_while_refining_leaves_the_draft(
    refining: Path, redraft: Redraft, claude: Loopback
) -> None:
    answer = redraft("-C", refining, "run", "tea", "--budget", "1calls")
    assert answer.code == 0, answer.err
    assert "“tea” could not be refined: it is kept as it was written, with its margin notes." in answer.err
    assert "The budget is 1 question for one command" in answer.err
    assert "note: " in answer.out
    assert refining.joinpath("drafts/tea.md").read_text(encoding="utf-8") == TEXT
    play(claude, Says(pieces=("We utilize kettles. Go out.",)))
    answer = redraft("-C", refining, "run", "tea")  # what is written is not asked for again
    assert answer.code == 0, answer.err
    assert len(claude.requests) == 2
    assert refining.joinpath("drafts/tea.md").read_text(encoding="utf-8") == "We utilize kettles. Go out.\n"


@pytest.mark.parametrize(
    ("item", "says"),
    [
        (FORBIDDEN, "refused the key for claude-sonnet-5-5"),
        (Says(cut_after=2), "the text was cut after"),
        (Says(stop="refused"), "declined to write this"),
    ],
)
def test_a_model_that_fails_while_refining_leaves_the_draft(
    item: Item, says: str, refining: Path, redraft: Redraft, claude: Loopback
) -> None:
    play(claude, DRAFT, item)
    answer = redraft("-C", refining, "run", "tea", "--json")
    assert answer.code == 0, answer.err
    assert says in answer.err
    assert refining.joinpath("drafts/tea.md").read_text(encoding="utf-8") == TEXT
    (month,) = redraft("-C", refining, "status", "--json").json["month"]
    (written,) = answer.json["written"]
    steps = written["drafts"][0]["steps"]
    assert sum(step["usage"]["usd"] for step in steps) == pytest.approx(month["usage"]["usd"])


def test_what_is_measured_is_never_a_draft_that_was_not_refined(
    refining: Path, redraft: Redraft, claude: Loopback
) -> None:
    corrected(refining, redraft, "tea")
    answer = redraft("-C", refining, "measure", "--budget", "1calls")
    assert answer.code == 5
    assert "The budget is 1 question for one command" in answer.err


def test_ctrl_c_while_refining_ends_the_command_and_keeps_the_draft_as_it_was_written(
    refining: Path, redraft: Redraft, claude: Loopback
) -> None:
    play(claude, DRAFT, Says(silent_after=1))
    with begun(refining, "run", "tea") as running:
        asked(claude, 2)
        running.send_signal(signal.SIGINT)
        _, err = running.communicate(timeout=60)
    assert running.returncode == 130
    assert "“tea” is whole, 5 words, and kept." in err
    shown = redraft("-C", refining, "show", "tea", "--json").json
    assert shown["text"] == "We utilize a kettle outdoors."
    assert not shown["stopped"]
    assert shown["notes"]
