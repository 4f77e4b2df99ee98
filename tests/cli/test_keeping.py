"""What waits for a writer's yes, and what it takes before something is made or opened."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.cli.conftest import Answer, Redraft, git, written
from tests.cli.served import play_texts
from tests.cli.sitting import Sitting
from tests.loopback import Loopback
from tests.unit.loop.describe.material import plan


def test_status_names_what_waits_for_a_yes_and_how_to_say_it(
    tmp_path: Path, redraft: Redraft, anthropic: Loopback
) -> None:
    play_texts(anthropic, plan())
    brief, blog = tmp_path / "brief.txt", tmp_path / "my blog"
    brief.write_text("Kitchen notes.\n", encoding="utf-8")
    assert redraft("new", blog, "--describe", brief).code == 0
    before = redraft("-C", blog, "status")
    assert "not kept yet" in before.out
    assert "You changed" not in before.out
    assert before.out.rstrip().endswith(f"Next:  redraft new '{blog}' --accept")
    assert redraft("new", blog, "--accept").code == 0
    after = redraft("-C", blog, "status")
    assert "not kept yet" not in after.out
    assert after.out.rstrip().endswith("Next:  redraft correct note-1")


def test_new_asks_whom_git_does_not_know_and_keeps_the_answer_in_the_project(
    tmp_path: Path, anthropic: Loopback, home: Path
) -> None:
    home.joinpath(".gitconfig").write_text("[user]\n\tuseConfigOnly = true\n", encoding="utf-8")
    with Sitting(tmp_path, "new", "blog") as person:
        person.until("Your name: ").types("Bo Day\n").until("Your e-mail address: ").types("bo@example.org\n")
        code, seen = person.ends()
    assert code == 0, seen
    assert git(tmp_path / "blog", "log", "--format=%an <%ae>").strip() == "Bo Day <bo@example.org>"


def test_without_an_identity_and_an_answer_a_description_leaves_nothing(
    tmp_path: Path, redraft: Redraft, anthropic: Loopback, home: Path
) -> None:
    home.joinpath(".gitconfig").write_text("[user]\n\tuseConfigOnly = true\n", encoding="utf-8")
    brief = tmp_path / "brief.txt"
    brief.write_text("Kitchen notes.\n", encoding="utf-8")
    assert redraft("new", tmp_path / "blog", "--describe", brief, "--accept").code == 4
    assert anthropic.requests == []
    assert list(tmp_path.iterdir()) == [brief]


def test_a_folder_that_was_there_is_never_to_be_deleted(
    tmp_path: Path, redraft: Redraft, anthropic: Loopback
) -> None:
    brief = tmp_path / "brief.txt"
    brief.write_text("Kitchen notes.\n", encoding="utf-8")
    tmp_path.joinpath("old").mkdir()
    play_texts(anthropic, plan())
    assert f"rm -r {tmp_path / 'new'} " in redraft("new", tmp_path / "new", "--describe", brief).out
    play_texts(anthropic, plan())
    answer = redraft("new", tmp_path / "old", "--describe", brief)
    assert "delete the files that are named above" in answer.out
    again = redraft("new", tmp_path / "old", "--describe", brief)
    assert "not kept yet" in again.err
    assert "rm -r" not in answer.out + answer.err + again.err


def described(tmp_path: Path, redraft: Redraft) -> Answer:
    brief = tmp_path / "brief.txt"
    brief.write_text("Kitchen notes.\n", encoding="utf-8")
    return redraft("new", tmp_path / "blog", "--describe", brief)


def test_what_another_verb_kept_before_leaves_the_rest_to_be_kept(
    tmp_path: Path, redraft: Redraft, anthropic: Loopback
) -> None:
    play_texts(anthropic, plan())
    described(tmp_path, redraft)
    blog = tmp_path / "blog"
    assert redraft("-C", blog, "learn").code == 0
    assert "edit: " in git(blog, "log", "--format=%s")
    answer = redraft("new", blog, "--accept")
    assert answer.code == 0, answer.err
    assert "briefs/note-6.md" in git(blog, "ls-files")
    assert redraft("new", blog, "--accept").code == 2


def test_a_project_that_waits_is_not_built_again_and_says_how(
    tmp_path: Path, redraft: Redraft, anthropic: Loopback
) -> None:
    play_texts(anthropic, plan())
    described(tmp_path, redraft)
    waiting = described(tmp_path, redraft)
    assert waiting.code == 2
    for words in ("not kept yet", "--accept", "another folder"):
        assert words in waiting.err
    redraft("new", tmp_path / "blog", "--accept")
    kept = described(tmp_path, redraft)
    assert "already" in kept.err
    assert "--accept" not in kept.err


def test_correct_says_how_to_leave_an_editor_that_nobody_chose_before_it_opens(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(project, "tea", "Tea is good.\n")
    nano = project.parent / "programs/nano"
    nano.parent.mkdir()
    nano.write_text(
        '#!/bin/sh\nprintf "it has opened\\n" >&2\nprintf "Tea is fine.\\n" > "$1"\n', encoding="utf-8"
    )
    nano.chmod(0o700)
    monkeypatch.setenv("PATH", f"{nano.parent}:{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    with Sitting(project, "correct", "tea") as person:
        person.until("Press Enter to edit in nano").until("Ctrl-X").until("EDITOR=NAME redraft correct tea")
        assert "it has opened" not in person.seen
        code, seen = person.types("\n").until("it has opened").ends()
    assert code == 0, seen
    assert project.joinpath("finals/tea.md").read_text(encoding="utf-8") == "Tea is fine.\n"
