"""Ctrl+P: everything that can be done, and the forms that do it."""

from __future__ import annotations

from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion
from textual.widgets import Input, Switch

from loop.verbs import VERBS
from tests.cli.conftest import Redraft, written
from tests.cli.served import play
from tests.loopback import Loopback
from tests.tui.sitting import LARGE, SMALL, Nowhere, at_desk, desk_of, lines, picture, sees, types, until
from tests.wire import Silence
from tui.dialogs.form import Form
from tui.dialogs.palette import entries
from tui.keymap import every
from tui.places import PLACES
from tui.where import ACTIONS, WHERE
from tui.widgets.field import Field

FOR_PROGRAMS = {"uncompared", "over", "of", "only", "heard"}
"""What one verb tells and another is given: nobody types it into a form."""


def test_the_palette_has_every_verb_once_and_every_place() -> None:
    ids = [entry.id for entry in entries({})]
    assert [id_ for id_ in ids if id_.startswith("verb:")] == [f"verb:{verb.name}" for verb in VERBS]
    assert [id_ for id_ in ids if id_.startswith("go:")] == [f"go:{place.id}" for place in PLACES]
    assert len(set(ids)) == len(ids)


def test_every_verb_is_at_home_somewhere() -> None:
    assert set(WHERE) == {verb.name for verb in VERBS}
    assert {spot.place for spot in WHERE.values()} - {""} <= {place.id for place in PLACES}


def test_a_verb_is_at_a_key_that_is_there() -> None:
    keys: dict[str, set[str]] = {}
    for _, binding in every():
        keys.setdefault(binding.id or "", set()).update(binding.key.split(","))
    built = {id_.partition(".")[0] for id_ in keys}
    for verb, spot in (*WHERE.items(), *ACTIONS.items()):
        if spot.binding and spot.place in built:
            assert spot.key in keys.get(spot.binding, set()), f"{verb}: {spot.binding}"


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["small", "large"])
async def test_ctrl_p_shows_everything(
    project: Path, size: tuple[int, int], screen: SnapshotAssertion
) -> None:
    async with at_desk(project, size) as pilot:
        await pilot.app.push_screen(Nowhere())
        await pilot.press("ctrl+p")
        await sees(pilot, "What would you like to do?")
        assert await picture(pilot) == screen


async def test_typing_narrows_and_enter_goes_to_the_place_of_a_verb(project: Path) -> None:
    async with at_desk(project) as pilot:
        await pilot.press("ctrl+p")
        await types(pilot, "rollb")
        await sees(pilot, "Go back to any version")
        assert "critique" not in lines(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: pilot.app.current_mode == "history" and not pilot.app.screen.is_modal)


async def test_what_is_not_there_is_said(project: Path) -> None:
    async with at_desk(project) as pilot:
        await pilot.press("ctrl+p")
        await types(pilot, "zzz")
        await sees(pilot, "Nothing is called so.")
        await pilot.press("enter", "escape")
        await until(pilot, lambda: not pilot.app.screen.is_modal)


async def test_every_field_of_every_verb_is_in_its_form(project: Path) -> None:
    async with at_desk(project, LARGE) as pilot:
        for verb in VERBS:
            form = Form(verb.name)
            await pilot.app.push_screen(form)
            fields = {field.asked.name for field in form.query(Field)}
            assert fields == set(verb.load().Request.model_fields) - FOR_PROGRAMS, verb.name
            assert all(field.query("Input, TextArea, Select, Switch") for field in form.query(Field))
            form.dismiss(None)
            await pilot.pause()


async def test_a_verb_is_done_from_its_form_and_says_what_the_command_line_says(
    project: Path, redraft: Redraft, screen: SnapshotAssertion
) -> None:
    written(project, "tea", "Tea is warm.\n")
    async with at_desk(project) as pilot:
        await pilot.app.push_screen(Nowhere())
        desk_of(pilot).brief = "tea"
        await pilot.press("ctrl+p")
        await types(pilot, "critique")
        await pilot.press("ctrl+o")
        await sees(pilot, "The brief whose draft it is about.")
        assert await picture(pilot) == screen(name="form")
        await types(pilot, "Say nothing [/of] it.")
        await pilot.press("enter")
        await sees(pilot, "Understood as:")
        assert await picture(pilot) == screen(name="done")
        await pilot.press("escape")
        await until(pilot, lambda: not pilot.app.screen.is_modal)
        await until(pilot, lambda: desk_of(pilot).status.briefs[2].critiques == 1)  # type: ignore[union-attr]


async def test_briefs_are_completed(project: Path) -> None:
    async with at_desk(project) as pilot:
        await pilot.app.push_screen(Form("run"))
        await types(pilot, "te")
        await pilot.press("right")
        await types(pilot, ", ra")
        await pilot.press("right")
        line = pilot.app.screen.query_one(".field-briefs Input", Input)
        await until(pilot, lambda: line.value == "tea, rain")


async def test_what_is_wrong_stands_below_its_field(project: Path) -> None:
    async with at_desk(project, LARGE) as pilot:
        await pilot.app.push_screen(Form("run"))
        for name, typed in (("takes", "many"), ("seed", "-3")):
            pilot.app.screen.query_one(f".field-{name} Input", Input).value = typed
        await pilot.press("ctrl+s")
        await sees(pilot, "'many' is no whole number")
        assert "must be at least 0" not in lines(pilot)
        pilot.app.screen.query_one(".field-takes Input", Input).value = "99"
        await pilot.press("ctrl+s")
        await sees(pilot, "✗ It must be at most 20.")
        await sees(pilot, "✗ It must be at least 0.")


async def test_a_needed_field_that_is_empty_is_asked_for(project: Path) -> None:
    async with at_desk(project) as pilot:
        await pilot.app.push_screen(Form("recall"))
        await pilot.press("enter")
        await sees(pilot, "✗ It is missing.")


async def test_an_error_leaves_the_form_as_it_was_filled_in(project: Path) -> None:
    async with at_desk(project) as pilot:
        await pilot.app.push_screen(Form("recall"))
        await types(pilot, "r77")
        await pilot.press("enter")
        await sees(pilot, "✗")
        await sees(pilot, "r77")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, Form))
        assert pilot.app.screen.query_one(".field-rule Input", Input).value == "r77"


@pytest.mark.parametrize("editor", ["touch opened", ""])
async def test_correcting_without_a_text_opens_no_editor_below_the_desk(
    project: Path, monkeypatch: pytest.MonkeyPatch, editor: str
) -> None:
    monkeypatch.chdir(project)
    monkeypatch.setenv("EDITOR", editor)
    written(project, "tea", "Tea is warm.\n")
    async with at_desk(project) as pilot:
        await pilot.app.push_screen(Form("correct", "tea"))
        await pilot.press("enter")
        await sees(pilot, "✗ No text was given.")
        await sees(pilot, "Correct (3) is the editor here")
    assert not project.joinpath("opened").exists()


async def test_a_text_is_copied_from_its_form(project: Path) -> None:
    written(project, "tea", "Tea is warm.\n")
    async with at_desk(project) as pilot:
        form = Form("show")
        await pilot.app.push_screen(form)
        await types(pilot, "tea")
        form.query_one(".field-copy_ Switch", Switch).value = True
        await pilot.press("enter")
        await sees(pilot, "Tea is warm.")
        await until(pilot, lambda: pilot.app.clipboard == "Tea is warm.\n")


async def test_what_failed_in_part_is_said_as_a_failure(project: Path, claude: Loopback) -> None:
    async with at_desk(project) as pilot:
        await pilot.app.push_screen(Form("run"))
        await types(pilot, "tea, nosuch")
        await pilot.press("enter")
        await sees(pilot, "✗ There is no brief “nosuch”.")
        await sees(pilot, "drafts/tea.md")


async def test_esc_stops_a_verb_that_asks_a_model(project: Path, claude: Loopback) -> None:
    play(claude, Silence(20))
    async with at_desk(project) as pilot:
        await pilot.app.push_screen(Form("run"))
        await types(pilot, "tea")
        await pilot.press("enter")
        await sees(pilot, "tea: draft (1/2)")
        await pilot.press("escape")
        await sees(pilot, "Stopped. What came of the draft is in the project, or else in ")
