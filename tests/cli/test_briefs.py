"""Briefs made and changed by a command."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Redraft, git


def brief(project: Path, redraft: Redraft, *words: object) -> dict[str, str]:
    answer = redraft("-C", project, "brief", *words, "--json")
    assert answer.code == 0, answer.err
    found: dict[str, str] = answer.json
    return found


def test_a_title_and_a_few_words_make_a_brief_that_git_leaves_to_its_first_feedback(
    project: Path, redraft: Redraft
) -> None:
    before = git(project, "rev-parse", "HEAD")
    answer = redraft("-C", project, "brief", "Why don't we walk? (Part 2)", "Ten reasons.\nNo lists.")
    assert answer.code == 0, answer.err
    assert "briefs/why-dont-we-walk-part-2.md is made (note)." in answer.out
    assert "redraft run why-dont-we-walk-part-2" in answer.out
    path = project / "briefs/why-dont-we-walk-part-2.md"
    assert path.read_text() == "Ten reasons.\nNo lists.\n"
    assert git(project, "rev-parse", "HEAD") == before
    assert redraft("-C", project, "brief", "why-dont-we-walk-part-2").out == "Ten reasons.\nNo lists.\n"


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("为什么 面包 会发酵", "为什么-面包-会发酵"),
        ("Übung macht Ärger", "übung-macht-ärger"),
        ("हिन्दी में लिखो", "हिन्दी-में-लिखो"),
        ("tea-time", "tea-time"),
        (
            "A title of so many words that no file should carry all of it",
            "a-title-of-so-many-words-that-no-file",
        ),
        ("!!! ???", None),
        ("../secrets", None),
    ],
)
def test_names_are_good_file_names_in_any_script(
    project: Path, redraft: Redraft, title: str, name: str | None
) -> None:
    answer = redraft("-C", project, "brief", title, "Some words.")
    assert answer.code == (2 if name is None else 0), answer.err
    made = {path.stem for path in project.joinpath("briefs").glob("*.md")} - {"tea", "rain", "bread"}
    assert made == (set() if name is None else {name})


def test_a_brief_that_is_there_is_not_written_over_unless_told_to(project: Path, redraft: Redraft) -> None:
    old = project.joinpath("briefs/bread.md").read_text()
    answer = redraft("-C", project, "brief", "bread", "The crust.")
    assert answer.code == 2
    assert "--replace" in answer.err
    assert project.joinpath("briefs/bread.md").read_text() == old
    changed = brief(project, redraft, "bread", "The crust.", "--replace")
    assert (changed["text"], changed["split"], changed["done"]) == ("The crust.", "held_out", "changed")
    changed = brief(project, redraft, "bread", "--train", "--type", "Long letter", "--replace")
    assert (changed["text"], changed["split"], changed["type"]) == ("The crust.", "train", "long letter")


def test_a_brief_that_cannot_be_read_is_written_over_only_with_its_type_and_split(
    project: Path, redraft: Redraft
) -> None:
    odd = "---\nkind: letter\nsplit: held_out\n---\nThe crust.\n"
    project.joinpath("briefs/bread.md").write_text(odd)
    said = ("brief", "bread", "The crumb.", "--replace")
    for more in ((), ("--held-out",), ("--type", "letter")):
        answer = redraft("-C", project, *said, *more)
        assert answer.code == 2
        assert "unknown key “kind”" in answer.err
        assert "--type NAME and --train or --held-out" in answer.err
        assert project.joinpath("briefs/bread.md").read_text() == odd
    changed = brief(project, redraft, *said[1:], "--held-out", "--type", "letter")
    assert (changed["text"], changed["split"], changed["type"]) == ("The crumb.", "held_out", "letter")


def test_an_empty_file_is_no_brief_yet(project: Path, redraft: Redraft) -> None:
    project.joinpath("briefs/new.md").write_text("\n")
    assert brief(project, redraft, "new", "The crumb.", "--replace")["split"] == "train"


def test_a_brief_that_was_changed_elsewhere_meanwhile_stays(project: Path, redraft: Redraft) -> None:
    seen = brief(project, redraft, "tea")
    project.joinpath("briefs/tea.md").write_text("Changed in an editor.\n")
    answer = redraft("-C", project, "brief", "tea", "Mine.", "--replace", "--over", seen["id"])
    assert answer.code == 3
    assert "was changed elsewhere meanwhile" in answer.err
    assert project.joinpath("briefs/tea.md").read_text() == "Changed in an editor.\n"
    seen = brief(project, redraft, "tea")
    assert brief(project, redraft, "tea", "Mine.", "--replace", "--over", seen["id"])["text"] == "Mine."


@pytest.mark.parametrize(
    "text", ["---\nIt begins with a line.", "type: blog\n\nNo front matter.", "# A heading"]
)
def test_whatever_a_brief_says_is_read_back_as_it_was_said(
    project: Path, redraft: Redraft, text: str, tmp_path: Path
) -> None:
    said = tmp_path / "said.txt"
    said.write_text(text)
    made = brief(project, redraft, "odd", "--file", said, "--held-out", "--type", 'a "quoted" kind: x # y')
    assert (made["text"], made["type"], made["split"]) == (text, 'a "quoted" kind: x # y', "held_out")


@pytest.mark.parametrize(
    "words", [("new", ""), ("new", "x", "--type", ""), ("new", "x", "--type", "everything")]
)
def test_what_is_no_brief_leaves_no_file(project: Path, redraft: Redraft, words: tuple[str, ...]) -> None:
    answer = redraft("-C", project, "brief", *words)
    assert answer.code == 2
    assert not project.joinpath("briefs/new.md").exists()


def test_a_name_that_is_not_there_says_what_to_do(project: Path, redraft: Redraft) -> None:
    answer = redraft("-C", project, "brief", "te")
    assert answer.code == 2
    assert "There is no brief “te”." in answer.err
    assert "tea" in answer.err
