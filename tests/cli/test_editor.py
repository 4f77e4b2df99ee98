"""What is typed in an editor is never lost, and what could not be kept is found before it opens."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Redraft, git, written


@pytest.fixture
def editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A draft and an editor that leaves a mark; the file is there once it was opened."""
    opened = tmp_path / "opened"
    program = tmp_path / "ed"
    program.write_text(f'#!/bin/sh\ntouch "{opened}"; echo precious >> "$1"\n', encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", str(program))
    return opened


def test_a_correction_that_is_refused_says_where_the_text_is(
    project: Path, redraft: Redraft, editor: Path
) -> None:
    written(project, "tea", "Tea is good.\n")
    answer = redraft("-C", project, "correct", "tea", "--exclude", "e123")
    assert answer.code == 2
    _, _, rest = answer.err.partition("What you wrote is kept in ")
    assert Path(rest.splitlines()[0].rstrip(".")).read_text(encoding="utf-8") == "Tea is good.\nprecious\n"


def test_of_a_correction_that_is_kept_no_copy_stays_behind(
    project: Path, redraft: Redraft, editor: Path, home: Path
) -> None:
    written(project, "tea", "Tea is good.\n")
    assert redraft("-C", project, "correct", "tea").code == 0
    assert not list(home.rglob("unsaved/*"))


def test_edits_of_the_final_are_in_the_way_before_the_editor_opens(
    project: Path, redraft: Redraft, editor: Path
) -> None:
    written(project, "tea", "Tea is good.\n")
    assert redraft("-C", project, "correct", "tea").code == 0
    editor.unlink()
    project.joinpath("finals/tea.md").write_text("By hand.\n", encoding="utf-8")
    answer = redraft("-C", project, "correct", "tea")
    assert answer.code == 3
    assert "not kept yet" in answer.err
    assert not editor.exists()


def test_what_git_would_refuse_is_said_before_the_editor_opens(
    project: Path, redraft: Redraft, editor: Path
) -> None:
    written(project, "tea", "Tea is good.\n")
    git(project, "checkout", "--detach")
    assert redraft("-C", project, "correct", "tea").code == 4
    assert not editor.exists()
