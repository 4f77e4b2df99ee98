"""Text that was typed and not kept: it outlives its process, and nobody writes over it."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from loop.adapters.lock import take
from loop.adapters.unsaved import Unsaved, UnsavedText
from loop.errors import ProjectError

TEXT = "Größe\r\nund\x0cmehr\u2028 \U0001f600\n"


def text(said: str = TEXT, at: float | None = None) -> Unsaved:
    return Unsaved(text=said, at=time.time() if at is None else at, about="d1", notes={"e1": "why"}, cursor=3)


def put(place: UnsavedText, unsaved: Unsaved) -> None:
    place.write(unsaved, place.turn())


def test_what_a_dead_process_left_is_found_as_it_was(tmp_path: Path) -> None:
    code = (
        "import os; from loop.adapters.unsaved import *; from pathlib import Path\n"
        f"place = UnsavedText('/p', 'tea', Path({str(tmp_path)!r}))\n"
        f"text = Unsaved(text={TEXT!r}, at=1, about='d1', notes={{'e1': 'why'}}, cursor=3)\n"
        "place.write(text, place.turn())\n"
        "os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", code], check=False, env={**os.environ, "PYTHONPATH": os.getcwd()})  # noqa: PTH109
    (found,) = UnsavedText("/p", "tea", tmp_path).found()
    assert found.unsaved == text(at=1)
    assert not found.alive
    assert UnsavedText("/p", "rain", tmp_path).found() == ()
    assert UnsavedText("/q", "tea", tmp_path).found() == ()


def test_two_at_once_do_not_write_over_each_other(tmp_path: Path) -> None:
    one, other = UnsavedText("/p", "tea", tmp_path), UnsavedText("/p", "tea", tmp_path)
    put(one, text("mine"))
    put(other, text("yours"))
    (seen,) = one.found()
    assert (seen.unsaved.text, seen.alive) == ("yours", True)
    one.clear()
    assert [found.unsaved.text for found in UnsavedText("/p", "tea", tmp_path).found()] == ["yours"]


def test_what_is_taken_over_goes_when_it_is_kept(tmp_path: Path) -> None:
    for at, said in ((1, "old"), (2, "new")):
        dead = UnsavedText("/p", "tea", tmp_path)
        put(dead, text(said, at))
        dead.leave()
    mine = UnsavedText("/p", "tea", tmp_path)
    found = mine.found()
    assert [one.unsaved.text for one in found] == ["new", "old"]
    assert mine.take_over(*found) == found
    put(mine, text("newest"))
    there = UnsavedText("/p", "tea", tmp_path).found()
    assert {one.unsaved.text for one in there} == {"newest", "new", "old"}
    mine.clear()
    assert not list(tmp_path.iterdir())


def test_what_was_written_since_it_was_found_is_what_is_taken_over(tmp_path: Path) -> None:
    theirs, mine = UnsavedText("/p", "tea", tmp_path), UnsavedText("/p", "tea", tmp_path)
    put(theirs, text("old"))
    found = mine.found()
    put(theirs, text("new"))
    theirs.leave()
    assert [one.unsaved.text for one in mine.take_over(*found)] == ["new"]


def test_what_was_kept_since_it_was_found_is_not_taken_over(tmp_path: Path) -> None:
    theirs, mine = UnsavedText("/p", "tea", tmp_path), UnsavedText("/p", "tea", tmp_path)
    put(theirs, text("old"))
    found = mine.found()
    theirs.clear()
    assert mine.take_over(*found) == ()
    assert not list(tmp_path.iterdir())


def test_what_is_taken_over_stays_until_it_is_kept(tmp_path: Path) -> None:
    dead = UnsavedText("/p", "tea", tmp_path)
    put(dead, text("left"))
    dead.leave()
    mine = UnsavedText("/p", "tea", tmp_path)
    mine.take_over(*mine.found())
    mine.rest(mine.turn())  # the writer looked at what was there before
    put(mine, text("another"))
    mine.leave()
    again = UnsavedText("/p", "tea", tmp_path)
    assert {found.unsaved.text for found in again.found()} == {"left", "another"}


def test_what_is_taken_over_is_not_written_over_by_other_words(tmp_path: Path) -> None:
    for at, said in ((1, "old"), (2, "new")):
        dead = UnsavedText("/p", "tea", tmp_path)
        put(dead, text(said, at))
        dead.leave()
    mine = UnsavedText("/p", "tea", tmp_path)
    mine.take_over(*mine.found())
    put(mine, text("old"))  # undone once, and rested
    mine.rest(mine.turn())  # and once more
    mine.leave()
    again = UnsavedText("/p", "tea", tmp_path)
    assert [found.unsaved.text for found in again.found()] == ["new", "old"]


def test_who_looks_again_and_again_leaves_one_text(tmp_path: Path) -> None:
    for at in range(3):
        mine = UnsavedText("/p", "tea", tmp_path)
        mine.take_over(*mine.found())
        put(mine, text("left", at))
        mine.leave()
    (found,) = UnsavedText("/p", "tea", tmp_path).found()
    assert found.unsaved.at == 2


def test_what_is_set_aside_takes_the_place_of_all(tmp_path: Path) -> None:
    for said in ("new", "left"):
        dead = UnsavedText("/p", "tea", tmp_path)
        put(dead, text("left"))
        dead.leave()
        mine = UnsavedText("/p", "tea", tmp_path)
        mine.take_over(*mine.found())
        mine.set_aside(text(said), mine.turn())
        (found,) = UnsavedText("/p", "tea", tmp_path).found()
        assert (found.unsaved.text, found.alive) == (said, False)


def test_what_was_typed_and_undone_is_nothing_to_come_back(tmp_path: Path) -> None:
    place = UnsavedText("/p", "tea", tmp_path)
    put(place, text("typed"))
    place.rest(place.turn())
    place.leave()
    assert not list(tmp_path.iterdir())


def test_of_two_that_open_the_same_text_one_goes_on_with_it(tmp_path: Path) -> None:
    dead = UnsavedText("/p", "tea", tmp_path)
    put(dead, text("left"))
    dead.leave()
    one, other = UnsavedText("/p", "tea", tmp_path), UnsavedText("/p", "tea", tmp_path)
    left = one.found()
    assert other.found() == left  # both have seen it before one of them goes on
    assert one.take_over(*left) == left
    assert other.take_over(*left) == ()
    other.remove(*left)
    put(other, text("theirs"))
    other.clear()
    (stays,) = UnsavedText("/p", "tea", tmp_path).found()
    assert (stays.unsaved.text, stays.alive) == ("left", True)


def test_who_only_looks_takes_nobodys_lock_away(tmp_path: Path) -> None:
    dead, mine = UnsavedText("/p", "tea", tmp_path), UnsavedText("/p", "tea", tmp_path)
    put(dead, text("left"))
    dead.leave()
    left = mine.found()
    with tmp_path.joinpath(f"{left[0].place.stem}.lock").open("rb+") as looked:
        assert take(looked.fileno())
        threading.Timer(0.1, looked.close).start()
        assert mine.take_over(*left) == left
    assert [found.alive for found in UnsavedText("/p", "tea", tmp_path).found()] == [True]


def test_a_text_that_is_thrown_away_goes_alone(tmp_path: Path) -> None:
    for said in ("one", "two"):
        dead = UnsavedText("/p", "tea", tmp_path)
        put(dead, text(said))
        dead.leave()
    mine = UnsavedText("/p", "tea", tmp_path)
    mine.remove(next(found for found in mine.found() if found.unsaved.text == "one"))
    assert [found.unsaved.text for found in mine.found()] == ["two"]


def test_an_older_text_never_takes_the_place_of_a_newer_one(tmp_path: Path) -> None:
    place = UnsavedText("/p", "tea", tmp_path)
    early, late = place.turn(), place.turn()
    place.write(text("late"), late)
    place.write(text("early"), early)
    place.leave()
    place.write(text("much too late"), late)
    assert [found.unsaved.text for found in UnsavedText("/p", "tea", tmp_path).found()] == ["late"]


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    tmp_path.joinpath("file").write_text("", encoding="utf-8")
    with pytest.raises(ProjectError, match="below a file"):
        put(UnsavedText("/p", "tea", tmp_path / "file"), text())


def test_a_torn_file_is_named(tmp_path: Path) -> None:
    place = UnsavedText("/p", "tea", tmp_path)
    put(place, text())
    place.leave()
    (torn,) = tmp_path.glob("*.json")
    torn.write_text('{"text": "ha', encoding="utf-8")
    assert UnsavedText("/p", "tea", tmp_path).found() == ()
    assert UnsavedText("/p", "tea", tmp_path).unreadable() == (torn,)
    assert UnsavedText("/p", "rain", tmp_path).unreadable() == ()


def test_nobody_else_may_read_it_and_it_stays_however_old_it_is(tmp_path: Path) -> None:
    place = UnsavedText("/p", "tea", tmp_path / "u")
    put(place, text())
    (file,) = tmp_path.joinpath("u").glob("*.json")
    assert file.stat().st_mode & 0o077 == 0
    place.leave()
    for lies in tmp_path.joinpath("u").iterdir():
        os.utime(lies, (1, 1))
    (found,) = UnsavedText("/p", "tea", tmp_path / "u").found()
    assert found.unsaved.text == TEXT


def test_what_a_killed_process_left_half_done_is_cleared_away(tmp_path: Path) -> None:
    for name in (".redraft-0123456789ab.tmp", "gone.lock", "theirs.md"):
        tmp_path.joinpath(name).write_text("", encoding="utf-8")
        os.utime(tmp_path / name, (1, 1))
    tmp_path.joinpath(".redraft-ba9876543210.tmp").write_text("just now", encoding="utf-8")
    assert UnsavedText("/p", "tea", tmp_path).found() == ()
    assert {left.name for left in tmp_path.iterdir()} == {".redraft-ba9876543210.tmp", "theirs.md"}
