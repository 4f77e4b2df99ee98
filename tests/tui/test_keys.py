"""Keys have names that stay, can be changed by the user, and are all in the help."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion
from textual.widgets import Static

import tui
from loop.adapters import preferences
from tests.tui.sitting import LARGE, Nowhere, at_desk, desk_of, goes, lines, picture, sees, until
from tests.tui.training import PlayedTrainer, at_a_run, job_of, some_way, world_of
from tui.dialogs.help import Help, Row, meaning, rows
from tui.keymap import every, wrong
from tui.places import PLACES

SWALLOWED = {"ctrl+enter", "shift+enter", "ctrl+m", "ctrl+i", "ctrl+h", "ctrl+s+enter"}
"""Keys that do not arrive, or that arrive as others."""


def own_keys(text: str) -> None:
    folder = preferences.folder()
    folder.mkdir(parents=True, exist_ok=True)
    folder.joinpath(preferences.KEYS_FILE).write_text(text, encoding="utf-8")


def test_every_key_has_a_name_of_its_own_and_says_what_it_does() -> None:
    meanings: dict[str, set[str]] = {}
    for owner, binding in every():
        assert binding.id, f"{owner.__module__}.{owner.__name__}: {binding.key} has no id"
        assert binding.description, binding.id
        assert not set(binding.key.split(",")) & SWALLOWED, binding.id
        meanings.setdefault(binding.id, set()).add(binding.description)
    assert {id_: said for id_, said in meanings.items() if len(said) > 1} == {}


def test_no_two_keys_are_in_each_others_way() -> None:
    taken: dict[tuple[type, str], str] = {}
    for owner, binding in every():
        for key in binding.key.split(","):
            before = taken.setdefault((owner, key), binding.id or "")
            assert before == binding.id, f"{key} means {before} and {binding.id}"


def test_no_module_that_binds_keys_is_left_out() -> None:
    root = Path(tui.__file__).parent
    declaring = {path for path in root.rglob("*.py") if "    BINDINGS: " in path.read_text(encoding="utf-8")}
    assert declaring == {Path(sys.modules[owner.__module__].__file__ or "") for owner, _ in every()}


def test_own_keys_need_nothing_of_the_extra_for_the_browser() -> None:
    program = (
        "import sys; sys.modules.update(dict.fromkeys(['textual_serve', 'aiohttp', 'termios']))\n"
        "from tui.keymap import wrong; print(wrong({'go.learm': 'x'}, 'keys.toml'))"
    )
    done = subprocess.run([sys.executable, "-P", "-c", program], capture_output=True, text=True, check=False)
    assert "there is no “go.learm”" in done.stdout, done.stderr


async def test_the_users_own_key_works_and_the_old_one_does_not(project: Path) -> None:
    own_keys('# mine\n[keys]\n"go.history" = "f11, ctrl+y"\ngo.learn = "x"\n')
    async with at_desk(project, LARGE) as pilot:
        for key, place in (("f11", "history"), ("5", "history"), ("x", "learn"), ("ctrl+y", "history")):
            await pilot.press(key)
            await until(pilot, lambda place=place: pilot.app.current_mode == place)  # type: ignore[misc]
        await pilot.press("4")
        assert pilot.app.current_mode == "history"
        assert Row("Everywhere", "F11 or Ctrl+Y", "History") in rows(pilot.app.screen)


async def test_the_users_own_key_stands_in_the_bar_and_in_what_is_said(project: Path) -> None:
    own_keys('[keys]\n"go.history" = "h"\n"go.write" = "f11, ctrl+y"\n')
    async with at_desk(project, LARGE) as pilot:
        await goes(pilot, "correct")
        assert "F11 Write  2 Say  3 Correct  4 Learn  h History" in lines(pilot)
        await sees(pilot, "F11 leads to Write, where drafts are written")
        await pilot.click(offset=(45, 0))
        await until(pilot, lambda: pilot.app.current_mode == "history")


async def test_the_users_own_keys_stand_in_what_is_said_of_a_training(
    pairs: Path, trainer: PlayedTrainer
) -> None:
    keys = {"train.use": "f2", "train.compare": "f3", "train.remove": "f4", "train.log": "f5"}
    keys |= {"train.resume": "f6", "models.settings": "f7", "go.models": "f8"}
    own_keys("[keys]\n" + "".join(f'"{name}" = "{key}"\n' for name, key in keys.items()))
    trainer.goes(job_of(str(pairs), "notes-sft-1"), *some_way(40))
    trainer.ends("notes-sft-1", "done", best=40)
    async with at_desk(pairs, LARGE, world_of(trainer)) as pilot:
        await at_a_run(pilot, "F2 writes with it; F3 compares it with its base")
        await sees(pilot, "F4 removes it; F5 shows")
        await pilot.press("f2")
        await sees(pilot, "Models (F8), then f7")


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"go.learm": "x"}, "there is no “go.learm”. Did you mean “go.learn”?"),
        ({"go.learn": "ctlr+x"}, "“ctlr+x”, for go.learn, is no key"),
        ({"go.learn": "1"}, "1 means Write (go.write) already, beside go.learn."),
        ({"go.learn": "x", "go.say": "x"}, "x means"),
        ({"go.learn": "?"}, "question_mark means Help (app.help) already"),
    ],
)
def test_what_is_wrong_with_own_keys_is_said(typed: dict[str, str], says: str) -> None:
    assert any(says in sentence for sentence in wrong(typed, "keys.toml")), wrong(typed, "keys.toml")


def test_keys_that_change_places_are_no_clash() -> None:
    assert wrong({"go.learn": "1", "go.write": "4"}, "keys.toml") == []
    assert wrong({"go.learn": "f11", "app.help": "f1, f12"}, "keys.toml") == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[keys]\n"go.learm" = "x"\n', "there is no “go.learm”"),
        ("[keys\n", "keys.toml, line 1, cannot be read: it is not valid TOML."),
        ('keys = "x"\n', "one table is read: [keys]"),
        ("[keys]\n'go.learn' = 4\n", "the keys of go.learn stand in quotation marks"),
        ("\x00\udcff", "keys.toml cannot be read"),
    ],
    ids=["unknown", "no toml", "no table", "no text", "no utf-8"],
)
async def test_the_desk_opens_whatever_stands_in_the_file(project: Path, text: str, says: str) -> None:
    own_keys("")
    preferences.folder().joinpath(preferences.KEYS_FILE).write_bytes(text.encode("utf-8", "surrogateescape"))
    async with at_desk(project) as pilot:
        desk = desk_of(pilot)
        await until(pilot, lambda: any(says in note.message for note in desk._notifications))
        await goes(pilot, "history")


async def test_without_the_file_nothing_is_said(project: Path) -> None:
    async with at_desk(project) as pilot:
        await pilot.pause(0.2)
        assert not list(desk_of(pilot)._notifications)


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.id)
async def test_the_help_lists_every_key_that_works_in_a_place(project: Path, place: object) -> None:
    async with at_desk(project, LARGE) as pilot:
        await pilot.press(place.key)  # type: ignore[attr-defined]
        await until(pilot, lambda: pilot.app.current_mode == place.id)  # type: ignore[attr-defined]
        screen = pilot.app.screen
        listed = {row.says for row in rows(screen)}
        seen = 0
        for widget in [None, *screen.focus_chain]:
            screen.set_focus(widget)
            await pilot.pause()
            working = {meaning(a.binding) for a in screen.active_bindings.values() if a.enabled}
            assert working - {""} <= listed
            seen += len(working)
        assert seen


async def test_the_help_opens_over_a_place_and_closes(
    project: Path, screen: SnapshotAssertion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", "/nowhere")  # it is named in the help: as long on every machine
    async with at_desk(project) as pilot:
        await pilot.app.push_screen(Nowhere())
        await pilot.press("question_mark")
        await sees(pilot, "Everywhere")
        assert isinstance(pilot.app.screen, Help)
        assert await picture(pilot) == screen
        for _ in range(40):
            await pilot.press("down")
        await sees(pilot, "keys.toml")
        await pilot.press("escape")
        await until(pilot, lambda: not pilot.app.screen.is_modal)
        await pilot.press("f1")
        await sees(pilot, "Everywhere")
        await pilot.press("f1")
        await until(pilot, lambda: not pilot.app.screen.is_modal)


async def test_a_window_has_its_own_help(project: Path) -> None:
    async with at_desk(project, LARGE) as pilot:
        await pilot.press("ctrl+p", "f1")
        await sees(pilot, "All its options")
        assert isinstance(pilot.app.screen, Help)
        listed = "\n".join(str(part.render()) for part in pilot.app.screen.query(Static))
        assert "All its options" in listed
        assert "New brief" not in listed  # a key of the place below, which does not work here


async def test_keys_are_written_in_one_way_and_three_of_them_at_most(project: Path) -> None:
    async with at_desk(project) as pilot:
        await goes(pilot, "correct")
        told = {row.says: row.keys for row in rows(pilot.app.screen)}
        assert told["Next"] == "n or F8 or Alt+↓"
        assert told["Spelling off"] == "Shift+F7"
        assert told["Select up"] == "Ctrl+Shift+Home"
        assert "Scroll Home" not in told
        await pilot.press("f1")
        for _ in range(150):
            await pilot.press("down")
        await sees(pilot, "Colours: Ctrl+P, then theme.")


async def test_the_ways_out_of_a_text_to_the_places_are_one_line(project: Path) -> None:
    async with at_desk(project) as pilot:
        told = [row.keys for row in rows(pilot.app.screen) if "from a text too" in row.says]
    assert [keys.casefold() for keys in told] == ["alt+1 to alt+7"]


async def test_the_palette_stands_in_the_last_line_on_whatever_key_it_is(project: Path) -> None:
    own_keys('[keys]\n"app.palette" = "f9"\n')
    async with at_desk(project, LARGE) as pilot:
        await sees(pilot, "F9 palette")
        assert "^p" not in lines(pilot)
        await pilot.click(offset=(158, 47))
        await sees(pilot, "What would you like to do?")
