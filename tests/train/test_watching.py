"""What is said when a run goes wrong, and what is done about it."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as some

from loop.model.runs import Alarmed, Measured, Stepped
from loop.model.training import Recipe
from loop.train.alarms import Watch
from loop.train.batches import batches, order, packed, rate_at
from loop.train.memorised import alarm, passage
from loop.train.numbers import Shape, disk_for, learning_rate, memory_for
from loop.train.sharing import tokens_of
from tests.train.tiny import pairs

SFT, DPO = Recipe(method="sft"), Recipe(method="dpo")


def watch(recipe: Recipe = SFT) -> Watch:
    return Watch(recipe, half=False, vocabulary=1000)


def step(number: int, loss: float, norm: float = 1.0, **more: float) -> Stepped:
    return Stepped(
        step=number,
        epoch=1,
        loss=loss,
        rate=1e-4,
        norm=norm,
        tokens_per_second=1,
        rows_per_second=1,
        memory=1,
        **more,
    )


def measured(number: int, loss: float, kl: float = 0.0) -> Measured:
    return Measured(step=number, objective=loss, loss=loss, low=loss, high=loss, n=3, kl=kl)


def only(found: Alarmed | None) -> Alarmed:
    assert found is not None
    return found


def test_a_wrong_first_loss_stops() -> None:
    assert watch(DPO).first(math.log(2)) is None
    assert only(watch(DPO).first(0.75)).action == "stopped"
    assert watch(SFT).first(5.0) is None
    assert "random words" in only(watch(SFT).first(math.log(1000) + 1)).says


def test_what_does_not_move_is_named() -> None:
    assert watch().still(2, ()) is None
    assert "layers.0.q_proj" in only(watch().still(2, ["layers.0.q_proj"])).says


def test_nothing_learned_stops() -> None:
    assert only(watch().step(step(1, 0.0))).name == "nothing_learned"


@pytest.mark.parametrize("loss", [math.nan, math.inf])
def test_no_number_goes_back(loss: float) -> None:
    assert only(watch().step(step(3, loss))).action == "went_back"
    assert only(watch().step(step(3, 1.0, norm=loss))).action == "went_back"


def test_three_jumps_go_back_and_one_does_not() -> None:
    seen = watch()
    assert [seen.step(step(number, 2.0)) for number in range(1, 6)] == [None] * 5
    assert seen.step(step(6, 6.0)) is None
    assert seen.step(step(7, 2.0)) is None
    found = [seen.step(step(number, 9.0)) for number in range(8, 11)]
    assert found[:2] == [None, None]
    assert only(found[2]).name == "diverged"


def test_a_wild_gradient_goes_back() -> None:
    seen = watch()
    for number in range(1, 6):
        assert seen.step(step(number, 2.0, norm=2.0)) is None
    assert only(seen.step(step(6, 2.0, norm=500.0))).action == "went_back"


def test_worse_on_unseen_texts_stops() -> None:
    seen = watch()
    assert seen.measured(measured(0, 3.0), training=math.inf) is None
    assert seen.measured(measured(5, 2.5), training=2.0) is None
    assert seen.measured(measured(10, 2.51), training=1.5) is None
    found = only(seen.measured(measured(15, 2.53), training=1.2))
    assert found.name == "overfitting"
    assert "step 5" in found.advice
    assert seen.best_step == 5


@pytest.mark.parametrize("wrong", [math.nan, math.inf])
def test_no_number_on_unseen_texts_goes_back(wrong: float) -> None:
    seen = watch()
    assert seen.measured(measured(0, 3.0), training=math.inf) is None
    assert only(seen.measured(measured(5, wrong), training=2.0)).action == "went_back"
    assert only(seen.measured(measured(5, 2.0, kl=wrong), training=2.0)).action == "went_back"
    assert (seen.best_step, seen.worse) == (0, 0)
    assert only(watch().measured(measured(0, wrong), training=math.inf)).name == "first_step"


def test_far_from_the_base_stops() -> None:
    seen = watch()
    seen.measured(measured(0, 3.0), training=math.inf)
    assert only(seen.measured(measured(5, 2.0, kl=1.9), training=2.0)).name == "drift"
    assert seen.best_step == 0


def test_who_goes_on_after_drift_gets_what_is_learned_then() -> None:
    seen = watch()
    seen.measured(measured(0, 3.0), training=math.inf)
    assert only(seen.measured(measured(2, 2.0, kl=SFT.kl_budget + 1), training=2.0)).name == "drift"
    seen.waive(frozenset({"drift"}))
    assert only(seen.measured(measured(4, 1.9, kl=SFT.kl_budget + 1), training=1.9)).name == "drift"
    assert seen.best_step == 4


def test_own_sentences_get_less_likely() -> None:
    seen = watch(DPO)
    found = [
        seen.step(step(number, 0.6, margin=0.1 * number, accuracy=1.0, chosen=-0.4 * number))
        for number in range(1, 9)
    ]
    assert found[0] is None
    assert next(one for one in found if one is not None).name == "forgetting"
    held = watch(DPO)
    for number in range(1, 9):
        assert held.step(step(number, 0.6, margin=0.1 * number, accuracy=1.0, chosen=0.1 * number)) is None


def test_its_state_goes_on() -> None:
    left, right = watch(DPO), watch(DPO)
    for number in range(1, 5):
        left.step(step(number, 0.6, margin=0.1, accuracy=1.0, chosen=-0.2 * number))
    right.restore(left.state())
    more = step(5, 0.6, margin=0.2, accuracy=1.0, chosen=-3.0)
    assert left.step(more) == right.step(more)
    assert left.state() == right.state()


def test_a_recited_passage_is_found() -> None:
    mine = "one two three four five six seven eight nine ten eleven twelve thirteen"
    assert passage([f"well {mine} so"], [mine, "another text"]).startswith("one two three")
    assert passage([f"well {mine} so"], [mine, mine]) == ""  # what stands in two finals is style
    assert passage([f"well {mine} so"], [mine], known=[mine]) == ""
    assert passage(["one two three four five"], [mine]) == ""


SECRETS = (
    "DE89 3704 0044 0532 0130 00",
    "4111 1111 1111 1111",
    "+1 (555) 123-4567",
    f"sk-ant-{'a1B2' * 8}",
    f"-----BEGIN PRIVATE KEY-----\n{' '.join(f'line{number}' + 'Q' * 20 for number in range(20))}\n",
)


@given(some.sampled_from(SECRETS), some.integers(0, 13))
def test_of_a_secret_that_a_recited_passage_cuts_nothing_is_shown(secret: str, before: int) -> None:
    words = [f"word{'abcdefghijklmnopqrst'[number]}" for number in range(20)]
    text = f"{' '.join(words[:before])} {secret} {' '.join(words[before:])}"
    for first in range(len(text.split()) - 11):
        run = " ".join(text.split()[first : first + 12])
        found = passage([run], [text])
        assert found
        assert found in alarm(1, found).says
        shown = " ".join(word for word in found.split() if word not in words)
        assert secret[:4].startswith(shown.rstrip("…"))


@given(some.integers(1, 30), some.integers(1, 9), some.integers(20, 200), some.booleans())
def test_every_row_is_in_one_pack(count: int, batch: int, tokens: int, share: bool) -> None:  # noqa: FBT001
    examples = pairs(count)
    recipe = Recipe(method="dpo", batch=batch, tokens=max(64, tokens), share=share)
    found = batches(examples, recipe, recipe.tokens, packs=True)
    rows = sorted(row for one in found for row in one.rows)
    assert rows == list(range(len(examples)))
    for one in found:
        assert len(one.rows) <= batch
        assert sorted({text.example for pack in one.packs for text in pack.texts}) == sorted(one.rows)
        for pack in one.packs:
            alone = len({text.example for text in pack.texts}) == 1
            assert pack.length <= recipe.tokens or alone
            sizes = (tokens_of(examples[text.example], share=share) for text in pack.texts[::2])
            assert pack.length == sum(sizes)


def test_rows_are_in_the_same_packs_in_every_epoch() -> None:
    examples = pairs(20)
    again = batches(examples, DPO, DPO.tokens, packs=True)
    assert again == batches(examples, DPO, DPO.tokens, packs=True)
    assert order(0, 30, 0) != order(1, 30, 0)
    assert sorted(order(1, 30, 0)) == list(range(30))


def test_a_base_that_cannot_hold_rows_apart_gets_one_at_a_time() -> None:
    examples = pairs(4)
    found = packed(range(4), examples, DPO, 10_000, packs=False)
    assert len(found) == 4
    assert all(segment.parent == (0, 0) for pack in found for segment in pack.segments)


@given(some.integers(1, 500), some.floats(0, 0.5))
def test_the_rate_rises_and_falls(steps: int, warmup: float) -> None:
    recipe = Recipe(method="sft", warmup=warmup, learning_rate=1.0)
    rates = [rate_at(step, steps, recipe) for step in range(1, steps + 1)]
    assert all(0 < rate <= 1 for rate in rates)
    top = rates.index(max(rates))
    assert rates[: top + 1] == sorted(rates[: top + 1])
    assert rates[top:] == sorted(rates[top:], reverse=True)
    assert max(rates) == pytest.approx(1.0)


def test_numbers_by_size() -> None:
    small = Shape("llama", 135_000_000, 30, 9, 576, 1536, 49_152, 8192, 305_280)
    large = Shape("qwen3", 8_000_000_000, 36, 32, 4096, 12_288, 151_936, 40_960, 2_730_000)
    assert learning_rate("sft", small, 8) == pytest.approx(3e-4)
    assert 1e-4 < learning_rate("sft", large, 8) < 3e-4
    assert learning_rate("dpo", large, 8) == 5e-6
    plain, lean = SFT, SFT.model_copy(update={"checkpointing": True})
    for shape in (small, large):
        whole = memory_for(plain, shape, 4096, half=True, device="cuda")
        assert memory_for(lean, shape, 4096, half=True, device="cuda") < whole
        assert memory_for(plain, shape, 8192, half=True, device="cuda") > whole
    four = memory_for(plain.model_copy(update={"quantised": True}), large, 4096, half=True, device="cuda")
    assert four < memory_for(plain, large, 4096, half=True, device="cuda") - 10_000_000_000
    spread = plain.model_copy(update={"sharded": True})
    apart = memory_for(spread, large, 4096, half=True, device="cuda", processes=4)
    assert apart < memory_for(plain, large, 4096, half=True, device="cuda") - 10_000_000_000
    assert disk_for(plain, small) < 200_000_000
