"""An agent's tasks share one account; what was stopped is paid for; the same task is done once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from loop.adapters.models.layers.account import Account
from loop.adapters.models.layers.agents import AccountedAgent, Spending
from loop.adapters.models.opening import price_in_claude_code
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

    tasks = at_once = most_at_once = 0

    def __init__(self, error: Exception | None = None) -> None:
        self.spent = Usage()
        self._error = error

    async def work(self, task: AgentTask, on_text: Callable[[str], None] = no_text) -> AgentWork:
        type(self).tasks += 1
        self.spent += Usage(calls=2, usd=0.9)
        type(self).at_once += 1
        type(self).most_at_once = max(self.at_once, self.most_at_once)
        await asyncio.sleep(0)
        type(self).at_once -= 1
        if self._error:
            raise self._error
        return AgentWork(files={"piece.md": task.prompt}, model="claude-code", usage=self.spent)


@pytest.fixture(autouse=True)
def nobody_worked_yet() -> None:
    Worker.tasks = Worker.at_once = Worker.most_at_once = 0


def task(prompt: str, seed: int = 0) -> AgentTask:
    return AgentTask(prompt=prompt, files={}, writes=("piece.md",), usd=1.0, seed=seed)


def agent(tmp_path: Path, usd: float, ledger: MemoryLedger, error: Exception | None = None) -> AccountedAgent:
    account = Account(Cap(BudgetSettings(usd=usd), in_money=True), ledger, FixedClock(), "run")
    return accounted(lambda: Worker(error), account, tmp_path)


def accounted(begin: Callable[[], Spending], account: Account, folder: Path) -> AccountedAgent:
    turns = asyncio.Semaphore(2)
    return AccountedAgent(begin, account, folder, price=price_in_claude_code, turns=turns)


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


async def test_so_many_work_at_once_and_no_more(tmp_path: Path) -> None:
    working = agent(tmp_path, 9.0, MemoryLedger())
    await asyncio.gather(*(working.work(task(str(number))) for number in range(5)))
    assert (Worker.tasks, Worker.most_at_once) == (5, 2)


class Stopped:
    """An agent that is stopped before it has said what its work cost."""

    def __init__(self) -> None:
        self.spent = Usage()

    async def work(self, task: AgentTask, on_text: Callable[[str], None] = no_text) -> AgentWork:
        self.spent = Usage(calls=1, input_tokens=1_000_000)
        raise asyncio.CancelledError


@pytest.mark.parametrize("model", ["claude-sonnet-5", "sonnet", ""])
async def test_work_that_was_stopped_is_paid_for_by_its_tokens(tmp_path: Path, model: str) -> None:
    ledger = MemoryLedger()
    account = Account(Cap(BudgetSettings(), in_money=True), ledger, FixedClock(), "run")
    stopped = task("one").model_copy(update={"model": model})
    with pytest.raises(asyncio.CancelledError):
        await accounted(Stopped, account, tmp_path).work(stopped)
    assert account.spent.usd > 1
    assert ledger.lines[0].usage == account.spent
