"""What came of a draft that the project cannot take: it lies outside, and it is said where."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Answer, Redraft
from tests.cli.served import play, play_texts
from tests.loopback import Loopback
from tests.wire import Says


@pytest.fixture
def full(project: Path) -> Path:
    """A project in which no draft can be written."""
    project.joinpath("drafts").write_text("no folder", encoding="utf-8")
    return project


def put_away(home: Path, answer: Answer, name: str) -> list[str]:
    """The texts that lie outside under this name; each is named in what was said."""
    places = sorted(home.rglob(f"unsaved/{name}-*.md"))
    said = " ".join(answer.err.split())
    assert all(str(place) in said for place in places), said
    return [place.read_text(encoding="utf-8") for place in places]


def test_a_draft_that_cannot_be_written_lies_in_a_file_that_is_named(
    full: Path, home: Path, redraft: Redraft, claude: Loopback
) -> None:
    play_texts(claude, "Tea outdoors is best.")
    answer = redraft("-C", full, "run", "tea")
    assert answer.code == 3
    assert "“drafts/tea.json” lies below a file" in answer.err
    assert put_away(home, answer, "tea") == ["Tea outdoors is best.\n"]


def test_each_take_lies_in_a_file_of_its_own(
    full: Path, home: Path, redraft: Redraft, claude: Loopback
) -> None:
    play_texts(claude, "Tea outdoors is best.", "Rain makes tea better.")
    answer = redraft("-C", full, "run", "tea", "--takes", "2")
    texts = put_away(home, answer, "tea")
    assert sorted(texts) == ["Rain makes tea better.\n", "Tea outdoors is best.\n"]


def test_where_the_model_fails_too_both_faults_are_told(
    full: Path, home: Path, redraft: Redraft, claude: Loopback
) -> None:
    play(claude, Says(cut_after=3))
    answer = redraft("-C", full, "run", "tea")
    assert answer.code == 5
    assert "the text was cut after 3 words" in answer.err
    assert "“drafts/tea.json” lies below a file" in answer.err
    assert put_away(home, answer, "tea") == ["Fresh bread smells\n"]


def test_where_nothing_can_be_put_away_either_that_is_said(
    full: Path, home: Path, redraft: Redraft, claude: Loopback
) -> None:
    state = home / ".local/state/redraft"
    state.mkdir(parents=True)
    state.joinpath("unsaved").write_text("no folder", encoding="utf-8")
    play_texts(claude, "Tea outdoors is best.")
    answer = redraft("-C", full, "run", "tea")
    assert "What came could not be put away elsewhere either" in answer.err
