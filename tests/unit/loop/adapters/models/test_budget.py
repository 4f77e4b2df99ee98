"""A verb stops before its budget is passed, not after."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loop.adapters.models.budget import BudgetedModel
from loop.errors import BudgetExceeded, ModelRefused
from loop.model import Reply, Usage
from loop.settings import BudgetSettings
from tests.fakes_model import ScriptedModel
from tests.unit.loop.adapters.asking import request


def reply(usage: Usage) -> Reply:
    return Reply(text="ok", model="scripted@1", usage=usage)


async def test_the_call_that_would_be_one_too_many_is_not_made() -> None:
    model = ScriptedModel(["one", "two", "three"])
    budgeted = BudgetedModel(model, BudgetSettings(calls=2))
    await budgeted.ask(request("a"))
    await budgeted.ask(request("b"))
    with pytest.raises(BudgetExceeded, match="2 questions") as caught:
        await budgeted.ask(request("c"))
    assert "calls" in caught.value.hint
    assert len(model.requests) == 2


async def test_the_longest_reply_that_is_allowed_counts_before_it_is_written() -> None:
    model = ScriptedModel(["short"])
    budgeted = BudgetedModel(model, BudgetSettings(tokens=100))
    with pytest.raises(BudgetExceeded, match="100 tokens"):
        await budgeted.ask(request("x" * 40, max_tokens=91))
    assert model.requests == []
    await budgeted.ask(request("x" * 40, max_tokens=90))


async def test_what_was_really_used_counts_afterwards() -> None:
    spent = Usage(calls=1, input_tokens=3, output_tokens=2)
    budgeted = BudgetedModel(ScriptedModel([reply(spent)] * 18), BudgetSettings(tokens=100))
    for _ in range(18):
        await budgeted.ask(request("abcd", max_tokens=9))
    assert budgeted.spent.input_tokens + budgeted.spent.output_tokens == 90


async def test_money_is_capped_by_the_dearest_price() -> None:
    dear = Usage(calls=1, usd=0.9)
    budgeted = BudgetedModel(ScriptedModel([reply(dear)]), BudgetSettings(usd=1.0), usd_per_token=0.01)
    await budgeted.ask(request("abcd", max_tokens=50))
    with pytest.raises(BudgetExceeded, match=r"\$1\.00"):
        await budgeted.ask(request("abcd", max_tokens=50))


async def test_a_model_that_costs_nothing_runs_on_a_budget_of_no_money() -> None:
    budgeted = BudgetedModel(ScriptedModel(["one"]), BudgetSettings(usd=0))
    assert (await budgeted.ask(request("a"))).text == "one"


async def test_questions_under_way_count_too() -> None:
    model = ScriptedModel(lambda _: "ok")
    budgeted = BudgetedModel(model, BudgetSettings(calls=3))
    outcomes = await asyncio.gather(
        *(budgeted.ask(request(str(n))) for n in range(8)), return_exceptions=True
    )
    assert sum(isinstance(outcome, Reply) for outcome in outcomes) == 3
    assert sum(isinstance(outcome, BudgetExceeded) for outcome in outcomes) == 5


async def test_a_question_that_failed_has_been_asked() -> None:
    budgeted = BudgetedModel(ScriptedModel([ModelRefused("No."), "one"]), BudgetSettings(calls=1))
    with pytest.raises(ModelRefused):
        await budgeted.ask(request("a"))
    with pytest.raises(BudgetExceeded):
        await budgeted.ask(request("a"))


@given(st.lists(st.integers(1, 60), max_size=12), st.integers(1, 200))
async def test_an_honest_model_never_passes_the_cap(lengths: list[int], cap: int) -> None:
    def answer(question: object) -> Reply:
        return reply(Usage(calls=1, input_tokens=1, output_tokens=model.requests[-1].max_tokens))

    model = ScriptedModel(answer)
    budgeted = BudgetedModel(model, BudgetSettings(tokens=cap))
    for length in lengths:
        room = cap - budgeted.spent.input_tokens - budgeted.spent.output_tokens
        if length + 1 <= room:
            await budgeted.ask(request("abcd", max_tokens=length))
        else:
            with pytest.raises(BudgetExceeded):
                await budgeted.ask(request("abcd", max_tokens=length))
    assert budgeted.spent.input_tokens + budgeted.spent.output_tokens <= cap
