"""`redraft` alone at a terminal: the desk, on a project or where one can be made or opened."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from tests.cli.sitting import Sitting

CTRL_Q = "\x11"
ALONE = """
import os
os.open(os.ttyname(0), os.O_RDWR)
from loop.cli import main
main()
"""
"""Types `redraft`, and nothing behind it, as the installed command does."""


@pytest.fixture(autouse=True)
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("LINES", "24")
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")


def test_in_a_project_it_opens_the_desk_on_it(project: Path) -> None:
    with Sitting(project / "briefs") as person:
        person.until("1 Write").until("notes").types(CTRL_Q)
        assert person.ends()[0] == 0


def test_it_opens_the_project_after_c(project: Path, tmp_path: Path) -> None:
    with Sitting(tmp_path, "-C", "notes") as person:
        person.until("1 Write").until("notes").types(CTRL_Q)
        assert person.ends()[0] == 0


def test_outside_it_opens_where_a_project_can_be_made(tmp_path: Path) -> None:
    with Sitting(tmp_path) as person:
        person.until("Your projects").until("From the template").types(CTRL_Q)
        assert person.ends()[0] == 0


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with Sitting(tmp_path, "-C", "nowhere") as person:
        person.until("Your projects").until("There is no folder").types(CTRL_Q)
        assert person.ends()[0] == 0


def test_broken_settings_are_mended_in_the_writers_editor(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = project / "redraft.toml"
    good = settings.read_text(encoding="utf-8")
    tmp_path.joinpath("good.toml").write_text(good, encoding="utf-8")
    settings.write_text(f"{good}\n[gate]\n", encoding="utf-8")
    editor = tmp_path / "editor"
    editor.write_text(f'#!/bin/sh\ncp "{tmp_path}/good.toml" "$1"\n', encoding="utf-8")
    editor.chmod(stat.S_IRWXU)
    monkeypatch.setenv("EDITOR", os.fspath(editor))
    with Sitting(project) as person:
        person.until("This project cannot be read").until("redraft.toml").types("e")
        person.until("notes").types(CTRL_Q)
        assert person.ends()[0] == 0
    assert settings.read_text(encoding="utf-8") == good


def test_frames_are_frames_where_the_terminal_is_said_to_know_ascii_alone(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    with Sitting(project, begins=ALONE) as person:
        person.until("1 Write").until("palette").looks(0.5)
        person.types("?").until("│").types(CTRL_Q)
        code, seen = person.ends()
    assert code == 0
    assert "\\u" not in seen
