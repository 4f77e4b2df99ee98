"""An agent's tasks share one account; what was stopped is paid for; the same task is done once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from loop.adapters.models.layers.account import Account
from loop.adapters.models.layers.agents import AccountedAgent
from loop.adapters.models.prices import Price
from loop.caps import Cap
from loop.errors import BudgetExceeded, ModelRefused
from loop.model import Usage
from loop.model.agent import AgentTask, AgentWork
from loop.ports import no_text
from loop.settings import BudgetSettings
from tests.fakes import FixedClock
from tests.unit.loop.adapters.models.test_budget import MemoryLedger


class Worker:
    """An agent whose every task costs ninety cents."""

    tasks = 0

    def __init__(self, error: Exception | None = None) -> None:
        self.spent = Usage()
        self._error = error

    async def work(self, task: AgentTask, on_text: Callable[[str], None] = no_text) -> AgentWork:
        type(self).tasks += 1
        self.spent += Usage(calls=2, usd=0.9)
        await asyncio.sleep(0)
        if self._error:
            raise self._error
        return AgentWork(files={"piece.md": task.prompt}, model="claude-code", usage=self.spent)


@pytest.fixture(autouse=True)
def nobody_worked_yet() -> None:
    Worker.tasks = 0


def task(prompt: str, seed: int = 0) -> AgentTask:
    return AgentTask(prompt=prompt, files={}, writes=("piece.md",), usd=1.0, seed=seed)


def agent(tmp_path: Path, usd: float, ledger: MemoryLedger, error: Exception | None = None) -> AccountedAgent:
    account = Account(Cap(BudgetSettings(usd=usd), in_money=True), ledger, FixedClock(), "run")
    return AccountedAgent(lambda: Worker(error), account, tmp_path)


async def test_the_cap_adds_up_over_tasks(tmp_path: Path) -> None:
    working = agent(tmp_path, 2.0, MemoryLedger())
    await working.work(task("one"))
    await working.work(task("two"))
    with pytest.raises(BudgetExceeded):
        await working.work(task("three"))
    assert Worker.tasks == 2


async def test_the_same_task_is_done_once_even_side_by_side_and_another_seed_is_another_task(
    tmp_path: Path,
) -> None:
    working = agent(tmp_path, 9.0, MemoryLedger())
    first, second = await asyncio.gather(working.work(task("one")), working.work(task("one")))
    assert (first.files, Worker.tasks) == (second.files, 1)
    assert second.cached
    await working.work(task("one", seed=1))
    assert Worker.tasks == 2


async def test_work_that_was_refused_is_in_the_ledger(tmp_path: Path) -> None:
    ledger = MemoryLedger()
    with pytest.raises(ModelRefused):
        await agent(tmp_path, 9.0, ledger, ModelRefused("It was stopped.")).work(task("one"))
    assert [line.usage.usd for line in ledger.lines] == [0.9]


def test_a_provider_that_counts_oddly_breaks_nothing() -> None:
    odd = Usage(calls=1, input_tokens=10, output_tokens=-1, cache_read_tokens=50, cache_write_tokens=7)
    assert Price("claude-sonnet-5", "anthropic").of(odd) >= 0
