"""What a writer does in the project while drafts are being written."""

from __future__ import annotations

from pathlib import Path

import pytest

from loop.errors import DirtyGuidance
from loop.events import DraftReady, Event, Note
from loop.verbs import run as run_verb
from loop.wiring import World, run
from tests.cli.conftest import Redraft
from tests.cli.served import play_texts
from tests.loopback import Loopback


class Writer:
    """Hears what a run tells, and types into the draft of tea as soon as a new one is there."""

    def __init__(self, project: Path) -> None:
        self.project = project
        self.heard: list[Event] = []

    def __call__(self, event: Event) -> None:
        self.heard.append(event)
        if isinstance(event, DraftReady):
            self.project.joinpath("drafts/tea.md").write_text("My own words.\n", encoding="utf-8")

    def runs(self, *briefs: str) -> run_verb.Result:
        """Type a run of these briefs."""
        request = run_verb.Request(briefs=briefs, seed=7)
        return run(run_verb.do(World().open(str(self.project)), request, self))

    @property
    def notes(self) -> str:
        return " ".join(event.message for event in self.heard if isinstance(event, Note))


@pytest.fixture
def writer(project: Path, redraft: Redraft, claude: Loopback) -> Writer:
    play_texts(claude, "Tea outdoors is best.")
    assert redraft("-C", project, "run", "tea").code == 0
    play_texts(claude, "It rains outdoors.", "It rains outdoors.")
    return Writer(project)


def test_a_draft_that_cannot_be_written_leaves_those_behind_it(
    project: Path, redraft: Redraft, writer: Writer
) -> None:
    result = writer.runs("tea", "rain")
    assert [one.brief for one in result.written] == ["rain"]
    assert project.joinpath("drafts/rain.md").read_text() == "It rains outdoors.\n"
    (failed,) = result.failed
    assert (failed.brief, failed.error) == ("tea", "DirtyGuidance")
    assert [event for event in writer.heard if event == failed]
    assert project.joinpath("drafts/tea.md").read_text() == "My own words.\n"


def test_a_whole_draft_for_a_file_that_was_edited_meanwhile_is_kept_beside_it(
    project: Path, redraft: Redraft, writer: Writer
) -> None:
    with pytest.raises(DirtyGuidance, match="edits of yours"):
        writer.runs("tea")
    assert "“tea” is whole, 3 words." in writer.notes
    assert "redraft pick tea 2   makes it the draft" in writer.notes
    assert project.joinpath("drafts/tea.md").read_text() == "My own words.\n"
    assert redraft("-C", project, "show", "tea", "--take", "2").out.startswith("It rains outdoors.")


def test_a_draft_with_edits_is_not_asked_for_once_more_among_several(
    project: Path, redraft: Redraft, writer: Writer, claude: Loopback
) -> None:
    project.joinpath("drafts/tea.md").write_text("My own words.\n", encoding="utf-8")
    before = len(claude.requests)
    answer = redraft("-C", project, "run", "tea", "rain")
    assert answer.code == 3
    assert "drafts/tea.md has edits of yours" in answer.err
    assert len(claude.requests) == before + 1
    assert project.joinpath("drafts/rain.md").read_text() == "It rains outdoors.\n"
