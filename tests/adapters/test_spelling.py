"""Spelling by a program: a real one where it is installed, and one that is played."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from loop.adapters.spelling import Spelling
from loop.errors import ProjectError, UsageError

PLAYED = f"""#!{sys.executable}
import sys
if "-D" in sys.argv:
    print("/usr/share/hunspell/en_US", "/usr/share/hunspell/de_DE", sep="\\n", file=sys.stderr)
    sys.exit()
print("@(#) played", flush=True)
for line in sys.stdin:
    word = line.strip()[1:]
    if word == "die":
        sys.exit(1)
    print({{"teh": "& teh 2 1: the, tea", "xqzw": "# xqzw 1"}}.get(word, "*"), end="\\n\\n", flush=True)
"""


@pytest.fixture
def played(tmp_path: Path) -> dict[str, str]:
    """An environment in which a checker is played."""
    program = tmp_path / "bin/hunspell"
    program.parent.mkdir()
    program.write_text(PLAYED, encoding="utf-8")
    program.chmod(0o755)
    return {"PATH": str(program.parent), "LANG": "en_US.UTF-8"}


@pytest.fixture
def spelling(played: dict[str, str], tmp_path: Path) -> Iterator[Spelling]:
    checker = Spelling(played, words=tmp_path / "words.txt")
    yield checker
    checker.close()


def test_what_is_wrong_comes_with_what_it_may_mean(spelling: Spelling) -> None:
    assert spelling.says == "en_US (hunspell)"
    assert spelling.look(["tea", "teh", "xqzw"]) == {"teh": ("the", "tea"), "xqzw": ()}


def test_a_word_of_ones_own_is_right_from_then_on(
    spelling: Spelling, played: dict[str, str], tmp_path: Path
) -> None:
    spelling.add("xqzw")
    assert spelling.look(["xqzw"]) == {}
    again = Spelling(played, words=tmp_path / "words.txt")
    assert again.look(["xqzw", "teh"]) == {"teh": ("the", "tea")}
    again.close()


def test_words_that_cannot_be_read_are_not_written_over(spelling: Spelling, tmp_path: Path) -> None:
    words = tmp_path / "words.txt"
    spelling.add("xqzw")
    words.write_bytes(b"xqzw\nGr\xf6\xdfe\n")  # saved by an editor that knows no UTF-8
    with pytest.raises(ProjectError, match="not UTF-8"):
        spelling.add("teh")
    assert words.read_bytes() == b"xqzw\nGr\xf6\xdfe\n"
    assert "teh" in spelling.look(["teh"])
    words.unlink()
    words.mkdir()
    with pytest.raises(ProjectError, match="is a folder"):
        spelling.add("teh")


def test_words_that_cannot_be_read_are_said_when_the_checker_opens(
    played: dict[str, str], tmp_path: Path
) -> None:
    tmp_path.joinpath("words.txt").write_bytes(b"\xff")
    with pytest.raises(ProjectError, match="not UTF-8"):
        Spelling(played, words=tmp_path / "words.txt")


def test_a_checker_that_ends_is_said(spelling: Spelling) -> None:
    with pytest.raises(UsageError, match="ended"):
        spelling.look(["die"])


def test_the_language_is_that_of_the_computer(played: dict[str, str]) -> None:
    checker = Spelling({**played, "LANG": "de_AT.UTF-8"})
    assert checker.says == "de_DE (hunspell)"
    checker.close()
    with pytest.raises(UsageError, match=r"no dictionary of your language \(fr_FR\)"):
        Spelling({**played, "LANG": "fr_FR.UTF-8"})


def test_without_a_checker_it_is_said_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no spelling checker") as refusal:
        Spelling({"PATH": str(tmp_path)})
    assert "hunspell" in refusal.value.hint


@pytest.mark.skipif(shutil.which("hunspell") is None, reason="no hunspell here")
def test_a_real_checker_knows_english(tmp_path: Path) -> None:
    try:
        checker = Spelling(language="en_US", words=tmp_path / "words.txt")
    except UsageError:
        pytest.skip("no English dictionary here")
    wrong = checker.look(["kettle", "utilze", "don't", "O’Hara", "!", "*", "@x", "#"])
    checker.close()
    assert "utilize" in wrong["utilze"]
    assert "kettle" not in wrong
    assert "don't" not in wrong
