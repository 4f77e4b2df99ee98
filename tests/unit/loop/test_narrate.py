"""What a person at a terminal sees while a verb runs."""

from __future__ import annotations

import pytest

from loop.cli.narrate import Narrator
from loop.events import DraftReady, Note, Progress, StepStarted, TextChunk
from loop.render.layout import cells, flowed, short


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")


@pytest.mark.usefixtures("narrow")
def test_news_of_another_draft_waits_until_the_one_on_the_screen_is_whole(
    capsys: pytest.CaptureFixture[str],
) -> None:
    narrator = Narrator(live=True)
    narrator.tell(StepStarted(brief="tea", step="draft", number=1, of=2))
    narrator.tell(StepStarted(brief="rain", step="draft", number=1, of=2))
    narrator.tell(TextChunk(brief="tea", step="draft", text="Tea is good. You"))
    narrator.tell(DraftReady(brief="rain", words=3))
    narrator.tell(Note(message="Something odd.", level="warning"))
    narrator.tell(TextChunk(brief="tea", step="draft", text="'re right."))
    narrator.tell(DraftReady(brief="tea", words=6))
    said = capsys.readouterr().err
    assert "Tea is good. You're right.\n" in said
    assert said.index("right.") < said.index("tea: 6 words") < said.index("rain: 3 words")
    assert "! Something odd." in said


@pytest.mark.usefixtures("narrow")
def test_a_draft_is_broken_between_its_words(capsys: pytest.CaptureFixture[str]) -> None:
    narrator = Narrator(live=True)
    narrator.tell(StepStarted(brief="tea", step="draft", number=1, of=1))
    for piece in (
        "Some wo",
        "rds that ar",
        "e longer than the line of the scr",
        "een is wide, 茶茶茶茶茶茶茶茶 too.",
    ):
        narrator.tell(TextChunk(brief="tea", step="draft", text=piece))
    narrator.tell(DraftReady(brief="tea", words=13))
    lines = capsys.readouterr().err.split("\n")[1:]
    assert all(cells(line) <= 40 for line in lines)
    assert "longer" in " ".join(lines).split()
    assert "screen" in " ".join(lines).split()


@pytest.mark.usefixtures("narrow")
def test_a_progress_line_fits_the_screen_and_keeps_its_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    narrator = Narrator(live=True)
    what = "testing 2 of 3 alone, “Always include 茶茶茶茶 and much more”"
    narrator.tell(Progress(what=what, done=3, of=44, unit="drafts"))
    said = capsys.readouterr().err.replace("\r", "")
    assert cells(said) < 40
    assert said.endswith("…: 3/44 drafts")


def test_in_a_pipe_every_fact_is_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    narrator = Narrator(live=False)
    for brief in ("tea", "rain"):
        narrator.tell(StepStarted(brief=brief, step="draft", number=1, of=1))
    narrator.tell(DraftReady(brief="rain", words=3))
    assert capsys.readouterr().err == "tea: draft (1/1)\nrain: draft (1/1)\nrain: 3 words\n"


@pytest.mark.usefixtures("narrow")
def test_long_lines_are_broken_between_words_and_keep_their_indent() -> None:
    text = "  a line that is a good deal longer than the screen\nshort"
    lines = flowed(text).split("\n")
    assert lines[-1] == "short"
    assert all(line.startswith("  ") and cells(line) <= 40 for line in lines[:-1])
    assert " ".join(" ".join(lines[:-1]).split()) == " ".join(text.split("\n", maxsplit=1)[0].split())


def test_a_text_is_cut_to_cells_and_not_to_characters() -> None:
    assert short("茶茶茶茶", 5) == "茶茶…"
    assert short("abcd", 4) == "abcd"


@pytest.mark.usefixtures("narrow")
def test_nothing_is_held_back_when_the_work_is_stopped(capsys: pytest.CaptureFixture[str]) -> None:
    narrator = Narrator(live=True)
    narrator.tell(StepStarted(brief="tea", step="draft", number=1, of=1))
    narrator.tell(TextChunk(brief="tea", step="draft", text="Tea is good and stro"))
    narrator.tell(DraftReady(brief="rain", words=3))
    narrator.close()
    assert capsys.readouterr().err.endswith("Tea is good and stro\nrain: 3 words\n")


@pytest.mark.usefixtures("narrow")
def test_a_script_without_blanks_is_shown_as_it_comes(capsys: pytest.CaptureFixture[str]) -> None:
    narrator = Narrator(live=True)
    narrator.tell(StepStarted(brief="tea", step="draft", number=1, of=1))
    narrator.tell(TextChunk(brief="tea", step="draft", text="茶很好喝" * 20))
    lines = capsys.readouterr().err.split("\n")[1:]
    assert sum(map(len, lines)) == 80
    assert all(cells(line) <= 40 for line in lines)


@pytest.mark.usefixtures("narrow")
def test_a_blank_at_the_end_of_a_line_makes_no_paragraph() -> None:
    assert flowed("x" * 40 + "  \nnext").split("\n")[1:] == ["next"]


@pytest.mark.parametrize("narrator", [Narrator(live=True), Narrator(live=False)])
def test_the_same_progress_is_told_once(narrator: Narrator, capsys: pytest.CaptureFixture[str]) -> None:
    for done in (35, 36, 36, 36):
        narrator.tell(Progress(what="testing", done=done, of=36, unit="drafts"))
    assert capsys.readouterr().err.count("36/36") == 1


@pytest.mark.parametrize(
    ("text", "taken"),
    [("tea", 3), ("茶", 2), ("e\u0301", 1), ("👩‍🌾", 2), ("👍🏽", 2), ("❤️", 2), ("\u200btea", 3)],
)
def test_a_text_takes_as_many_cells_as_a_terminal_gives_it(text: str, taken: int) -> None:
    assert cells(text) == taken
