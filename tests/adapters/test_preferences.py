"""What a user likes on the screen lies in two files that they may edit."""

from __future__ import annotations

import pytest

from loop.adapters import preferences
from loop.adapters.preferences import Liked, keep_pane, keep_theme, liked
from loop.errors import ConfigError, ProjectError


def desk(text: str) -> None:
    preferences.folder().mkdir(parents=True, exist_ok=True)
    preferences.folder().joinpath("desk.toml").write_text(text, encoding="utf-8")


def test_nothing_is_needed() -> None:
    assert liked() == Liked()


def test_what_is_kept_is_there_again_beside_the_users_own_words() -> None:
    desk('# my desk\nmine = "stays"  # this too\n\n[panes]\n"write.briefs" = 30\n')
    keep_theme("paper")
    keep_pane("history.entries", 44)
    assert liked() == Liked(theme="paper", panes={"write.briefs": 30, "history.entries": 44})
    text = preferences.folder().joinpath("desk.toml").read_text(encoding="utf-8")
    assert "# my desk" in text
    assert 'mine = "stays"  # this too' in text


@pytest.mark.parametrize("text", ["theme = 4\npanes = 3\n", "[theme]\nx = 1\n[panes]\na = 'b'\nc = true\n"])
def test_what_makes_no_sense_counts_as_nothing(text: str) -> None:
    desk(text)
    assert liked() == Liked()


def test_a_file_that_is_no_toml_is_left_alone() -> None:
    desk("theme = paper\n")
    with pytest.raises(ConfigError, match=r"desk\.toml, line 1, cannot be read"):
        keep_theme("night")
    assert preferences.folder().joinpath("desk.toml").read_text(encoding="utf-8") == "theme = paper\n"
    assert liked().complaints == ("desk.toml, line 1, cannot be read: it is not valid TOML.",)


def test_a_folder_that_cannot_be_written_is_an_error() -> None:
    preferences.folder().parent.mkdir(parents=True, exist_ok=True)
    preferences.folder().write_text("a file", encoding="utf-8")
    with pytest.raises(ProjectError, match="below a file"):
        keep_theme("night")
    assert liked().theme == ""


def test_a_file_with_a_mark_of_windows_in_front_is_read_and_changed() -> None:
    desk("\ufefftheme = 'paper'\n")
    keep_pane("write.briefs", 30)
    assert liked() == Liked(theme="paper", panes={"write.briefs": 30})


def test_a_file_that_cannot_be_written_leaves_nothing_beside_it() -> None:
    folder = preferences.folder()
    folder.joinpath("desk.toml").mkdir(parents=True)
    with pytest.raises(ProjectError, match="is a folder"):
        keep_theme("night")
    assert [place.name for place in folder.iterdir()] == ["desk.toml"]
