"""The methods of the learning benchmark, with a model that says what it is told to say."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.prelude.briefs import held_out
from benchmarks.prelude.cipher import CONTEXTS, Cipher
from benchmarks.prelude.desk import PROMPT_FILE, Desk, Options
from benchmarks.prelude.methods import Feedback, Method, NoLearning, Oracle
from benchmarks.prelude.past_edits import PastEdits
from benchmarks.prelude.rewrite import Rewrite
from benchmarks.prelude.rounds import METHODS, Unit, play
from benchmarks.prelude.similar import nearest
from benchmarks.prelude.understood import newest, understood
from benchmarks.prelude.writers import ScriptedWriter
from loop.model import Brief, ModelRequest
from pipelines.active import active_checks
from tests.fakes_model import Answer, ScriptedModel

BREAD = Brief(id="bread", text="Write about baking bread at home.", type="blog")
TRAIN = Brief(id="train", text="Write about a night train.", type="blog")
LETTER = Brief(id="letter", text="Write about baking bread at home.", type="email")


@pytest.fixture
def desk(tmp_path: Path) -> Callable[[ScriptedModel], Desk]:
    """A desk whose model is the one given."""
    return lambda model: Desk(tmp_path / "desk", tmp_path / "store", Options(), 1, lambda _: model)


def seen(
    number: int, brief: Brief, draft: str = "A draft.", final: str = "A final.", says: str = ""
) -> Feedback:
    return Feedback(number, brief, draft, final, says)


def test_the_most_similar_past_briefs_of_the_same_type_come_first() -> None:
    past = [TRAIN, LETTER, BREAD, *(TRAIN for _ in range(9))]
    assert nearest(BREAD, past, 5) == (2, 11, 10, 9, 8)
    assert nearest(LETTER, past, 5) == (1,)


def test_what_a_later_word_decides_in_another_way_is_dropped() -> None:
    checks = [
        *understood("Use British spelling.", BREAD),
        *understood("No dashes.", BREAD),
        *understood("Use American spelling.", BREAD),
    ]
    assert [check.variant or check.measure for check in newest(checks)] == ["dashes", "american"]
    assert understood("More heart, please.", BREAD) == ()


async def test_cipher_starts_with_nothing(desk: Callable[[ScriptedModel], Desk]) -> None:
    model = ScriptedModel(["The draft."])
    assert await Cipher(desk(model)).draft(BREAD, 1) == "The draft."
    assert "style" not in model.prompts[0]


async def test_cipher_infers_a_phrase_from_an_edit_and_writes_with_it(
    desk: Callable[[ScriptedModel], Desk],
) -> None:
    model = ScriptedModel(["short and plain", "The draft."])
    cipher = Cipher(desk(model))
    await cipher.learn(seen(0, BREAD, "A long draft.", "A draft."))
    await cipher.draft(TRAIN, 1)
    assert "A long draft." in model.prompts[0]
    assert "short and plain" in model.prompts[1]
    assert cipher.guide() == ("short and plain",)


async def test_cipher_sums_up_the_five_most_similar_contexts_of_the_type(
    desk: Callable[[ScriptedModel], Desk],
) -> None:
    model = ScriptedModel([*(f"phrase {number}" for number in range(8)), "all of it", "The draft."])
    cipher = Cipher(desk(model))
    for number in range(7):
        await cipher.learn(seen(number, BREAD if number < 2 else TRAIN, final=f"Final {number}."))
    await cipher.learn(seen(7, LETTER))
    await cipher.draft(BREAD, 1)
    summed = model.prompts[8]
    assert [number for number in range(8) if f"phrase {number}" in summed] == [0, 1, 4, 5, 6]
    assert len(cipher.retrieved(BREAD)) == CONTEXTS
    assert "all of it" in model.prompts[9]


async def test_cipher_is_confirmed_by_a_draft_that_stands(desk: Callable[[ScriptedModel], Desk]) -> None:
    cipher = Cipher(desk(ScriptedModel(["short and plain"])))
    await cipher.learn(seen(0, BREAD))
    await cipher.learn(seen(1, TRAIN, "Same.", "Same."))
    assert [one.phrase for one in cipher.memory] == ["short and plain", "short and plain"]


async def test_cipher_remembers_the_writers_words_and_enforces_what_is_understood(
    desk: Callable[[ScriptedModel], Desk],
) -> None:
    cipher = Cipher(desk(ScriptedModel(["shorter", "no dashes, shorter"])))
    learned = await cipher.learn(seen(0, BREAD, says="No dashes."))
    guidance = await cipher.guidance(TRAIN, cipher.model)
    assert [check.measure for check in learned] == ["dashes"]
    assert [check.measure for check in active_checks(guidance, "blog")] == ["dashes"]
    assert "No dashes." in cipher.guide()


async def test_examples_show_past_edits_and_what_was_said(desk: Callable[[ScriptedModel], Desk]) -> None:
    model = ScriptedModel(["The draft."])
    method = PastEdits(desk(model))
    await method.learn(seen(0, BREAD, "One draft.", "One final.", "No dashes."))
    await method.learn(seen(1, LETTER, "Letter draft.", "Letter final."))
    await method.learn(seen(2, TRAIN, "It stands.", "It stands."))
    await method.draft(TRAIN, 1)
    assert "One final." in model.prompts[0]
    assert "Letter final." not in model.prompts[0]
    assert "It stands." not in model.prompts[0]
    checks = active_checks(await method.guidance(TRAIN, method.model), "blog")
    assert [check.measure for check in checks] == ["dashes"]


async def test_a_rewrite_is_taken_whole_and_may_lose_what_was_learned(
    desk: Callable[[ScriptedModel], Desk],
) -> None:
    method = Rewrite(desk(ScriptedModel(["- No dashes.\n- Be kind.", "Be {{brief}} and kind."])))
    learned = await method.learn(seen(0, BREAD))
    assert [check.measure for check in learned] == ["dashes"]
    assert "- Be kind." in (await method.guidance(BREAD, method.model)).files["CLAUDE.md"]
    assert await method.learn(seen(1, TRAIN)) == ()
    assert method.checks("blog") == ()
    assert method.guides == {"blog": "Be {brief} and kind.", "email": "", "newsletter": ""}
    assert (await method.guidance(LETTER, method.model)).files[PROMPT_FILE].endswith("{{rules}}\n")


async def test_the_oracle_has_the_writers_words_and_checks_for_each_type(
    desk: Callable[[ScriptedModel], Desk],
) -> None:
    writer = ScriptedWriter(1)
    oracle = Oracle(desk(ScriptedModel([])), writer)
    guidance = await oracle.guidance(LETTER, oracle.model)
    wanted = [check for one in writer.preferences("email") for check in one.checks]
    assert len(active_checks(guidance, "email")) == len(wanted)
    assert all(one.says[0] in guidance.files["CLAUDE.md"] for one in writer.preferences("email"))


async def test_what_two_methods_ask_alike_is_asked_once_and_counted_for_both(
    desk: Callable[[ScriptedModel], Desk],
) -> None:
    model = ScriptedModel(["The draft, only once."])
    place = desk(model)
    methods: list[Method] = [NoLearning(place), NoLearning(place)]
    for method in methods:
        for _ in range(2):
            assert await method.draft(BREAD, 1) == "The draft, only once."
    assert len(model.requests) == 1
    assert [method.model.spent.output_tokens for method in methods] == [4, 4]
    assert [method.model.spent.calls for method in methods] == [1, 1]


def answer(request: ModelRequest) -> Answer:
    """The same piece for every brief; a stock phrase for every other question."""
    if request.temperature == 0:
        return "plain and short"
    return "It is not a small thing, but people like it.\n\nIt is very good — people always say so!"


@pytest.mark.parametrize("name", METHODS)
async def test_every_method_plays_its_rounds(name: str, tmp_path: Path) -> None:
    told: list[int] = []
    unit = Unit(name, 1, 5, "deterministic", Options(samples=1))
    model = ScriptedModel(answer)
    outcome = await play(unit, tmp_path / "project", tmp_path / "store", told.append, lambda _: model)
    assert told == [1, 2, 3, 4, 5]
    assert len(outcome.rounds) == 5
    assert outcome.unsettled == outcome.redrawn == 0
    assert outcome.calls > 0
    if name == "redraft":
        assert outcome.steps > 0
        assert outcome.guide
        assert all(fix.kept for fix in outcome.fixes)
    if name in {"none", "oracle"}:
        assert outcome.steps == 0


async def test_a_played_writer_costs_the_method_nothing(tmp_path: Path) -> None:
    model = ScriptedModel(["A draft.", "No.", "A better draft."])
    unit = Unit("none", 1, 1, "model", Options())
    outcome = await play(unit, tmp_path / "project", tmp_path / "store", lambda _: None, lambda _: model)
    assert outcome.rounds[0].final == "A better draft."
    assert outcome.rounds[0].cost == 1
    assert outcome.calls == 1


async def test_a_draft_that_does_not_come_about_is_drawn_again(tmp_path: Path) -> None:
    model = ScriptedModel(["", "A piece."])
    unit = Unit("none", 1, 1, "deterministic", Options())
    outcome = await play(unit, tmp_path / "project", tmp_path / "store", lambda _: None, lambda _: model)
    assert outcome.redrawn == 1
    assert [request.seed for request in model.requests] == [1000, 101_000]


async def test_a_correction_that_nothing_needs_at_the_end_asks_for_no_drafts_of_before(
    tmp_path: Path,
) -> None:
    model = ScriptedModel(answer)
    unit = Unit("examples", 1, 9, "deterministic", Options())
    outcome = await play(unit, tmp_path / "project", tmp_path / "store", lambda _: None, lambda _: model)
    assert [fix.fires for fix in outcome.fixes] == [0, 0, 0]
    assert all(fix.kept for fix in outcome.fixes)
    measured = [request for request in model.requests if request.seed > 900_000]
    assert len(measured) == sum(
        brief.type in {fix.check.scope for fix in outcome.fixes} for brief in held_out()
    )
