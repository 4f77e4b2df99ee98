"""What the screen needs of `correct` and `show`, typed on the command line."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

import pytest

from loop.errors import UsageError
from loop.events import ignore
from loop.verbs import correct
from loop.wiring import World, drive
from tests.cli.conftest import Redraft, git, written

DRAFT = "We utilize a kettle. It begins to sing.\n"
FINAL = "We use a kettle. It starts to sing, softly.\n"


@pytest.fixture
def drafted(project: Path) -> Path:
    written(project, "tea", DRAFT)
    project.joinpath("final.md").write_text(FINAL, encoding="utf-8")
    return project


def working(project: Path, redraft: Redraft) -> dict[str, object]:
    answer = redraft("-C", project, "show", "tea", "--working", "--json")
    assert answer.code == 0, answer.err
    found: dict[str, object] = answer.json
    return found


def ids(project: Path, redraft: Redraft) -> dict[str, str]:
    """The draft's words of each change -> its id."""
    assert redraft("-C", project, "correct", "tea", "--file", project / "final.md").code == 0
    found = {change["before"]: change["id"] for change in working(project, redraft)["changes"]}  # type: ignore[attr-defined]
    assert redraft("-C", project, "withdraw", "tea").code == 0
    return found


def test_a_text_can_be_read_without_being_compared(drafted: Path, redraft: Redraft) -> None:
    assert redraft("-C", drafted, "correct", "tea", "--file", drafted / "final.md").code == 0
    whole = working(drafted, redraft)
    answer = redraft("-C", drafted, "show", "tea", "--working", "--uncompared", "--json")
    assert whole["changes"]
    assert answer.json == {**whole, "changes": [], "effort": None}


def test_a_note_on_a_change_is_a_critique_of_its_words(drafted: Path, redraft: Redraft) -> None:
    of = ids(drafted, redraft)
    noted = f"{of['utilize']}=a long word", "--notes", f"{of['']}=say how"
    answer = redraft(
        "-C", drafted, "correct", "tea", "--file", drafted / "final.md", "--notes", *noted, "--json"
    )
    assert answer.code == 0, answer.err
    said = {critique["quote"]: critique["text"] for critique in answer.json["critiques"]}
    # words that were put in are about the sentence before them, as in a review
    assert said == {"utilize": "a long word", "It begins to sing": "say how"}
    assert "> utilize\n\na long word" in drafted.joinpath("critiques/tea.md").read_text(encoding="utf-8")


TWICE = "We utilize a kettle. Then it sings. Then we utilize the stove. Then it sings.\n"
PLAIN = "We use a kettle. Then it sings. Then we use the stove. Then it sings loudly.\n"


def twice(project: Path, redraft: Redraft, *said: str) -> list[dict[str, object]]:
    """Notes on the second change and those behind it, of a draft that says everything twice."""
    written(project, "tea", TWICE)
    project.joinpath("final.md").write_text(PLAIN, encoding="utf-8")
    correct = ("-C", project, "correct", "tea", "--file", project / "final.md", "--json")
    changes = redraft(*correct).json["changes"]
    notes = [f"{change['id']}={text}" for change, text in zip(changes, said, strict=True) if text]
    answer = redraft(*correct, *(word for note in notes for word in ("--notes", note)))
    assert answer.code == 0, answer.err
    return list(redraft("-C", project, "show", "tea", "--critiques", "--json").json["critiques"])


def test_a_note_is_about_the_very_words_of_its_change(project: Path, redraft: Redraft) -> None:
    noted = twice(project, redraft, "", "a long word", "say how loud")
    starts = [TWICE.rindex("utilize"), TWICE.rindex("Then it sings")]
    assert [kept["passage"][0] for kept in noted] == starts  # type: ignore[index]


def test_two_changes_with_the_same_note_can_be_taken_back_one_by_one(project: Path, redraft: Redraft) -> None:
    first, second = twice(project, redraft, "a long word", "a long word", "")
    assert redraft("-C", project, "withdraw", "tea", "--id", first["id"]).code == 0
    (left,) = redraft("-C", project, "show", "tea", "--critiques", "--json").json["critiques"]
    assert left["id"] == second["id"]


def test_what_is_said_twice_in_a_review_is_kept_once_and_taken_back_once(
    project: Path, redraft: Redraft
) -> None:
    written(project, "tea", TWICE)
    review = project / "review.md"
    review.write_text(f"{TWICE.strip()}{{>>too flat<<}}{{>>too flat<<}}\n", encoding="utf-8")
    again = ("-C", project, "correct", "tea", "--from-changes", review, "--json")
    for _ in range(2):  # what was taken back may be said again
        assert len(redraft(*again).json["critiques"]) == 1
        listed = redraft("-C", project, "show", "tea", "--critiques", "--json").json["critiques"]
        assert [kept["critique"]["text"] for kept in listed] == ["too flat"]
        id_ = listed[0]["id"]
        assert redraft("-C", project, "withdraw", "tea", "--id", id_).code == 0
        assert redraft("-C", project, "show", "tea", "--critiques", "--json").json["critiques"] == []
    assert project.joinpath("critiques/tea.md").read_text(encoding="utf-8").count("too flat") == 1


def test_the_same_note_is_kept_once(drafted: Path, redraft: Redraft) -> None:
    note = f"{ids(drafted, redraft)['utilize']}=a long word"
    for _ in range(2):
        assert (
            redraft("-C", drafted, "correct", "tea", "--file", drafted / "final.md", "--notes", note).code
            == 0
        )
    assert drafted.joinpath("critiques/tea.md").read_text(encoding="utf-8").count("a long word") == 1


def test_a_note_on_no_change_is_refused(drafted: Path, redraft: Redraft) -> None:
    answer = redraft("-C", drafted, "correct", "tea", "--file", drafted / "final.md", "--notes", "e12=why")
    assert answer.code == 2
    assert "no change “e12”" in answer.err
    assert not drafted.joinpath("finals/tea.md").exists()


def test_a_text_for_another_draft_is_not_kept(drafted: Path, redraft: Redraft) -> None:
    of = working(drafted, redraft)["draft_id"]
    kept = redraft("-C", drafted, "correct", "tea", "--file", drafted / "final.md", "--of", of)
    assert kept.code == 0, kept.err
    written(drafted, "tea", "Another draft.\n")
    answer = redraft("-C", drafted, "correct", "tea", "--file", drafted / "final.md", "--of", of)
    assert answer.code == 2
    assert "another one now" in answer.err


def corrected_after(project: Path, another: Callable[[], object], **said: object) -> correct.Result:
    """Correct tea, while another redraft has the project for itself, and does something first."""
    opened = World().open(str(project))

    def waits(wait_seconds: float = 10) -> AbstractContextManager[None]:
        another()
        return opened.lock(wait_seconds)

    text = project.joinpath("final.md").read_text(encoding="utf-8")
    request = correct.Request.model_validate({"brief": "tea", "text": text, **said})
    return drive(correct.do(replace(opened, lock=waits), request, ignore))


def test_what_another_desk_says_meanwhile_stays(drafted: Path, redraft: Redraft) -> None:
    of = ids(drafted, redraft)

    def says() -> None:
        assert redraft("-C", drafted, "critique", "tea", "Warmer.").code == 0

    corrected_after(drafted, says, notes={of["utilize"]: "a long word"})
    kept = redraft("-C", drafted, "show", "tea", "--critiques", "--json").json["critiques"]
    assert [one["critique"]["text"] for one in kept] == ["Warmer.", "a long word"]


@pytest.mark.parametrize("said", [{}, {"of": "seen"}], ids=["from a file", "from the screen"])
def test_a_text_is_not_kept_when_a_run_put_another_draft_there_meanwhile(
    drafted: Path, redraft: Redraft, said: dict[str, str]
) -> None:
    of = {name: working(drafted, redraft)["draft_id"] for name in said}
    head = git(drafted, "rev-parse", "HEAD")
    with pytest.raises(UsageError, match="another one now"):
        corrected_after(drafted, lambda: written(drafted, "tea", "Another draft.\n"), **of)
    assert git(drafted, "rev-parse", "HEAD") == head
    assert not drafted.joinpath("finals/tea.md").exists()


def test_what_was_typed_while_a_run_put_another_draft_there_is_named(
    drafted: Path, redraft: Redraft, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    written(tmp_path, "tea", "Another draft.\n")
    editor = tmp_path / "editor"
    editor.write_text(f'#!/bin/sh\ncp {tmp_path}/drafts/* drafts/\necho "My own words." > "$1"\n')
    editor.chmod(0o700)
    monkeypatch.setenv("EDITOR", str(editor))
    monkeypatch.chdir(drafted)
    answer = redraft("correct", "tea")
    assert answer.code == 2
    assert "another one now" in answer.err
    place = " ".join(answer.err.split()).partition("is kept in ")[2].partition(". ")[0]
    assert Path(place).read_text(encoding="utf-8") == "My own words.\n"


def test_what_is_worked_on_is_the_draft_then_its_file_then_the_final(drafted: Path, redraft: Redraft) -> None:
    def now() -> tuple[object, object]:
        found = working(drafted, redraft)
        return found["source"], found["text"]

    assert now() == ("draft", DRAFT)
    drafted.joinpath("drafts/tea.md").write_text("Edited.\n", encoding="utf-8")
    assert now() == ("edited", "Edited.\n")
    assert redraft("-C", drafted, "correct", "tea", "--file", drafted / "final.md").code == 0
    assert now() == ("final", FINAL)
    assert (
        "edits of yours that your final does not have"
        in redraft("-C", drafted, "show", "tea", "--working").err
    )
    written(drafted, "tea", "Another draft.\n")
    assert now() == ("draft", "Another draft.\n")


@pytest.mark.parametrize("name", ["tea", 'müsli "warm"'])
def test_only_the_pairs_of_the_brief_are_looked_into(project: Path, redraft: Redraft, name: str) -> None:
    project.joinpath(f"briefs/{name}.md").write_text("About it.\n", encoding="utf-8")
    project.joinpath("final.md").write_text(FINAL, encoding="utf-8")
    written(project, "rain", DRAFT)
    redraft("-C", project, "correct", "rain", "--file", project / "final.md")
    (other,) = project.glob("pairs/*.json")
    written(project, name, DRAFT)
    answer = redraft("-C", project, "correct", name, "--file", project / "final.md")
    assert answer.code == 0, answer.err
    for torn in (other.read_text(encoding="utf-8")[:-9], ""):  # what is wrong with another brief's pair
        other.write_text(torn, encoding="utf-8")
        shown = redraft("-C", project, "show", name, "--working", "--json")
        assert shown.code == 0, shown.err
        assert (shown.json["source"], shown.json["text"]) == ("final", FINAL)


def test_the_changes_of_a_brief_are_shown_though_a_pair_of_another_is_damaged(
    drafted: Path, redraft: Redraft
) -> None:
    assert redraft("-C", drafted, "correct", "tea", "--file", drafted / "final.md").code == 0
    drafted.joinpath("pairs/e0.json").write_text("{", encoding="utf-8")
    answer = redraft("-C", drafted, "show", "tea", "--changes")
    assert answer.code == 0, answer.err
    assert "{~~utilize~>use~~}" in answer.out
