"""Paths as a person types them, and the projects they opened."""

from __future__ import annotations

from pathlib import Path

import pytest

from loop.adapters.recent import RecentFile
from loop.adapters.typed_paths import completed


@pytest.fixture
def folder(tmp_path: Path) -> str:
    for name in ("posts/old", "poems", "notes", ".hidden", "茶 und Brot"):
        tmp_path.joinpath(name).mkdir(parents=True)
    for name in ("posts/a.md", "posts/b.md", "posts/c.txt", "posts/d.png", "my piece.md"):
        tmp_path.joinpath(name).write_text(f"\ufeff{name}", encoding="utf-8")
    return str(tmp_path)


@pytest.mark.parametrize(
    ("typed", "whole"),
    [
        ("no", "notes/"),
        ("po", "po"),
        ("pos", "posts/"),
        ("posts/o", "posts/old/"),
        ("茶", "茶 und Brot/"),
        (".h", ".hidden/"),
        ("", ""),
        ("posts/", "posts/"),
        ("nowhere/x", "nowhere/x"),
        ("posts/a", "posts/a"),
    ],
)
def test_a_folder_is_completed_as_far_as_it_is_sure(folder: str, typed: str, whole: str) -> None:
    assert completed(typed, folder) == whole


def test_home_and_the_root_are_understood(home: Path) -> None:
    home.joinpath("drafts").mkdir()
    assert completed("~/dr", "/") == "~/drafts/"
    assert completed("/tm", "/nowhere") == "/tmp/"  # noqa: S108 - it is only named


def test_recent_projects_survive_a_file_that_is_no_list_and_a_disk_that_is_full(tmp_path: Path) -> None:
    project = tmp_path / "blog"
    project.mkdir()
    project.joinpath("redraft.toml").write_text("", encoding="utf-8")
    place = tmp_path / "state/recent.json"
    for broken in ("{", '"text"', "[1, null]"):
        place.parent.mkdir(exist_ok=True)
        place.write_text(broken, encoding="utf-8")
        assert RecentFile(place).projects() == ()
    RecentFile(place).add(str(project))
    assert RecentFile(place).projects() == (str(project),)
    RecentFile(Path("/dev/null/recent.json")).add(str(project))
