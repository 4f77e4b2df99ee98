"""The writers of the learning benchmark: what they want, how they edit, what they say."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.prelude.briefs import TYPES, held_out, stream
from benchmarks.prelude.preferences import DRAWN, PREFERENCES, Preference, draw
from benchmarks.prelude.writers import SPEAKS, ModelWriter, ScriptedWriter
from feedback.effort import edit_distance
from loop.demo.editor import Editor
from loop.model import Brief
from pipelines.checks import apply_checks
from tests.fakes_model import ScriptedModel
from tests.unit.benchmarks.pieces import PIECES

SEEDS = range(1, 8)


def brief(type_: str) -> Brief:
    return Brief(id=f"{type_}-01", text="Write about bread.", type=type_)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("type_", TYPES)
@pytest.mark.parametrize("piece", PIECES)
async def test_an_edited_piece_needs_no_edit(seed: int, type_: str, piece: str) -> None:
    writer = ScriptedWriter(seed)
    once = await writer.edit(0, brief(type_), piece)
    twice = await writer.edit(0, brief(type_), once.final)
    assert once.settled
    assert twice.final == once.final


@pytest.mark.parametrize("seed", range(1, 31))
@pytest.mark.parametrize("type_", TYPES)
async def test_a_final_has_everything_that_its_writer_prefers(seed: int, type_: str) -> None:
    writer = ScriptedWriter(seed)
    for piece in PIECES:
        final = (await writer.edit(0, brief(type_), piece)).final
        missed = [one.name for one in writer.preferences(type_) if one.habit.edit(final).text != final]
        assert missed == []


@pytest.mark.parametrize("seed", SEEDS)
async def test_the_same_seed_is_the_same_writer(seed: int) -> None:
    for number in range(12):
        one, other = ScriptedWriter(seed), ScriptedWriter(seed)
        edits = [await writer.edit(number, brief("blog"), PIECES[0]) for writer in (one, other)]
        assert edits[0] == edits[1]


@pytest.mark.parametrize("preference", PREFERENCES, ids=lambda one: one.name)
def test_every_preference_really_moves_a_text(preference: Preference) -> None:
    assert any(preference.habit.edit(piece).text != piece for piece in PIECES)


@pytest.mark.parametrize("preference", [one for one in PREFERENCES if one.checks], ids=lambda one: one.name)
def test_the_oracles_checks_spare_the_writer_work(preference: Preference) -> None:
    def left(text: str) -> int:
        return edit_distance(text, preference.habit.edit(text).text)[0]

    assert sum(left(apply_checks(piece, preference.checks).text) for piece in PIECES) < sum(map(left, PIECES))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_document_type_has_nine_preferences_two_of_them_beyond_any_check(seed: int) -> None:
    for type_ in TYPES:
        drawn = draw(seed, type_)
        assert len(drawn) == sum(DRAWN.values()) == 9
        assert len({one.habit.group for one in drawn}) == 9
        assert [one.facet for one in drawn if not one.checks] == ["beyond", "beyond"]


@pytest.mark.parametrize("seed", SEEDS)
def test_document_types_and_seeds_have_preferences_of_their_own(seed: int) -> None:
    names = [tuple(one.name for one in draw(seed, type_)) for type_ in TYPES]
    assert len({*names, tuple(one.name for one in draw(seed + 1, TYPES[0]))}) == 4


async def test_a_writer_says_now_and_then_one_thing_that_they_corrected_and_never_again() -> None:
    writer = ScriptedWriter(1)
    said = [(await writer.edit(number, brief("email"), PIECES[0])).says for number in range(60)]
    spoken = [words for words in said if words]
    wanted = writer.preferences("email")
    corrections = Editor([one.habit for one in wanted]).edit(PIECES[0]).corrections
    assert 0 < len(spoken) < 60 / SPEAKS * 2
    assert len(set(spoken)) == len(spoken)
    assert set(spoken) <= {one.says[0] for one in wanted if one.name in corrections}


async def test_a_writer_says_nothing_about_a_piece_that_is_right() -> None:
    writer = ScriptedWriter(2)
    right = (await writer.edit(0, brief("blog"), PIECES[1])).final
    assert {(await writer.edit(number, brief("blog"), right)).says for number in range(30)} == {""}


async def test_a_played_writer_takes_a_draft_that_will_do() -> None:
    model = ScriptedModel(["Yes, it is."])
    edited = await ModelWriter(1, model).edit(0, brief("blog"), "A draft.")
    assert edited.final == "A draft."


async def test_a_played_writer_revises_without_seeing_the_brief() -> None:
    model = ScriptedModel(["No.", "A better draft."])
    edited = await ModelWriter(1, model).edit(0, brief("blog"), "A draft.")
    assert edited.final == "A better draft."
    assert "Write about bread." in model.prompts[0]
    assert "Write about bread." not in model.prompts[1]


def test_every_type_comes_equally_often_and_no_held_out_brief_ever() -> None:
    drawn = stream(3, 40)
    counts = [sum(one.type == type_ for one in drawn) for type_ in TYPES]
    assert max(counts) - min(counts) <= 1
    assert {one.split for one in drawn} == {"train"}
    assert len({one.id for one in drawn}) == 40
    assert not {one.text for one in drawn} & {one.text for one in held_out()}
    assert drawn == stream(3, 40) != stream(4, 40)


def test_a_long_run_meets_its_briefs_again_under_new_names() -> None:
    drawn = stream(1, 200)
    assert len({one.id for one in drawn}) == 200


def test_nothing_of_the_product_knows_the_benchmark() -> None:
    root = Path(__file__).parents[3]
    for package in ("loop", "pipelines", "feedback", "tui"):
        for path in root.joinpath(package).rglob("*.py"):
            assert "benchmarks" not in path.read_text(encoding="utf-8")
