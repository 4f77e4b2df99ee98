"""Copying: by a program, through tmux or screen, to the terminal, into a file; and what is said of it."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import pytest

from loop.adapters.clipboard import copy
from loop.errors import ProjectError

TEXT = "Ünïcode 中文 [b]\n" * 3


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH of its own, on which nothing lies yet; no terminal multiplexer, no SSH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    for name in ("SSH_TTY", "SSH_CONNECTION", "TMUX", "STY"):
        monkeypatch.delenv(name, raising=False)
    return folder


def program(folder: Path, name: str, *, code: int = 0) -> Path:
    """A program that keeps what it is given and with which words."""
    taken = folder / f"{name}.taken"
    script = folder / name
    script.write_text(
        f'#!/bin/sh\n/bin/cat > {taken}\necho "$@" > {taken}.words\nexit {code}\n', encoding="utf-8"
    )
    script.chmod(0o755)
    return taken


def decoded(sequence: str) -> str:
    found = re.fullmatch(r"\033\]52;c;([A-Za-z0-9+/=]+)\a", sequence)
    assert found
    return base64.b64decode(found[1]).decode()


def kept(home: Path) -> Path:
    return home / ".local/state/redraft/copied.txt"


def test_a_program_of_this_computer_goes_first(programs: Path, home: Path) -> None:
    taken = program(programs, "xclip")
    written: list[str] = []
    assert copy(TEXT, written.append) == "Copied to the clipboard (xclip)."
    assert taken.read_text(encoding="utf-8") == TEXT
    assert not written
    assert not kept(home).exists()


def test_the_program_of_windows_is_given_what_windows_reads(programs: Path) -> None:
    taken = program(programs, "clip.exe")
    assert "clip.exe" in copy(TEXT, None)
    assert taken.read_bytes().decode("utf-16-le") == TEXT


def test_one_that_fails_is_passed_over(programs: Path) -> None:
    program(programs, "wl-copy", code=1)
    program(programs, "xsel")
    assert "xsel" in copy(TEXT, None)


def test_over_ssh_the_terminal_is_asked(programs: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = program(programs, "xclip")
    monkeypatch.setenv("SSH_CONNECTION", "10.0.0.1 1 10.0.0.2 22")
    written: list[str] = []
    said = copy(TEXT, written.append)
    assert decoded("".join(written)) == TEXT
    assert not taken.exists()
    assert "not every terminal takes it" in said
    assert str(kept(home)) in said
    assert kept(home).read_text(encoding="utf-8") == TEXT
    assert kept(home).stat().st_mode & 0o77 == 0


def test_tmux_is_given_it_and_hands_it_on(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = program(programs, "tmux")
    monkeypatch.setenv("TMUX", "tmux,1,0")
    written: list[str] = []
    assert copy(TEXT, written.append).startswith("Copied in tmux")
    assert taken.read_text(encoding="utf-8") == TEXT
    assert Path(f"{taken}.words").read_text(encoding="utf-8").split() == ["load-buffer", "-w", "-"]
    assert not written


def test_without_its_program_tmux_passes_on_what_is_wrapped(
    programs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMUX", "tmux,1,0")
    written: list[str] = []
    copy(TEXT, written.append)
    found = re.fullmatch(r"\033Ptmux;\033(\033.*\a)\033\\", "".join(written), re.DOTALL)
    assert found
    assert decoded(found[1]) == TEXT


def test_screen_gets_it_in_pieces(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STY", "1234.pts-0")
    written: list[str] = []
    copy("word " * 2000, written.append)
    pieces = re.findall(r"\033P(.*?)\033\\", "".join(written), re.DOTALL)
    assert len(pieces) > 10
    assert max(map(len, pieces)) <= 700
    assert decoded("".join(pieces)) == "word " * 2000


def test_what_a_terminal_would_cut_lies_in_a_file(programs: Path, home: Path) -> None:
    written: list[str] = []
    said = copy("word " * 40_000, written.append)
    assert said.startswith("This is too long for the terminal's clipboard.")
    assert not written
    assert kept(home).read_text(encoding="utf-8") == "word " * 40_000


def test_without_a_terminal_there_is_the_file(programs: Path, home: Path) -> None:
    assert copy(TEXT, None) == f"No clipboard was found. The text is in {kept(home)}."
    copy("shorter", None)
    assert kept(home).read_text(encoding="utf-8") == "shorter"


def test_no_way_at_all_is_said(programs: Path, home: Path) -> None:
    home.joinpath(".local").write_text("a file", encoding="utf-8")
    with pytest.raises(ProjectError, match=r"copied\.txt cannot be written"):
        copy(TEXT, None)
