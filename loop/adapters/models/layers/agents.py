"""An agent under the same account and cache as the models."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Protocol
from weakref import WeakValueDictionary

from pydantic import ValidationError

from loop.adapters.files import LocalFiles
from loop.adapters.models.layers.account import Account
from loop.adapters.models.prices import Price
from loop.errors import ProjectError
from loop.model import Usage, content_id
from loop.model.agent import AgentTask, AgentWork
from loop.ports import Agent, no_text


class Spending(Agent, Protocol):
    """An agent that knows what all its work cost so far."""

    spent: Usage


class AccountedAgent:
    """Gives a task to an agent when the account allows what it may cost; the same task is done once.

    Each task has an agent of its own, so that what it cost is known even when it is stopped. Tokens can't be
    set aside for it: a cap in tokens stops the next task, not this one.
    Work is kept by the content of its task in `folder`, beside the models' answers.
    `price` is that of a model by its name: one that was stopped has not said what it cost. `turns` lets so
    many work at once.
    """

    def __init__(
        self,
        begin: Callable[[], Spending],
        account: Account,
        folder: Path,
        *,
        price: Callable[[str], Price | None],
        turns: asyncio.Semaphore,
    ) -> None:
        self._begin = begin
        self._account = account
        self._files = LocalFiles(folder)
        self._price = price
        self._turns = turns
        self._doing: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def work(self, task: AgentTask, on_text: Callable[[str], None] = no_text) -> AgentWork:
        """What the agent did, now or before. Raises BudgetExceeded, and what the agent raises."""
        key = content_id("agent", json.dumps(task.model_dump(mode="json"), sort_keys=True), length=32)
        path = f"{key[:2]}/{key}.json"
        async with self._doing.setdefault(key, asyncio.Lock()):
            kept = self._read(path)
            if kept is not None:
                on_text(kept.says)
                return kept
            async with self._turns:
                work = await self._paid(task, on_text)
            self._files.write(path, work.model_dump_json(indent=1) + "\n")
            return work

    async def _paid(self, task: AgentTask, on_text: Callable[[str], None]) -> AgentWork:
        expected = Usage(calls=1, usd=task.usd)
        await self._account.reserve(expected, paid=True)
        agent = self._begin()
        try:
            return await agent.work(task, on_text)
        finally:  # what was stopped or failed is paid for, too
            self._account.settle(expected, self._priced(agent.spent, task.model), "claude-code", paid=True)

    def _priced(self, spent: Usage, model: str) -> Usage:
        price = None if spent.usd else self._price(model)
        return spent if price is None else spent.model_copy(update={"usd": price.of(spent)})

    def _read(self, path: str) -> AgentWork | None:
        """The kept work; None when there is none or it is damaged (it is then done anew)."""
        try:
            work = AgentWork.model_validate_json(self._files.read(path))
        except (ProjectError, ValidationError):
            return None
        return work.model_copy(update={"cached": True, "usage": Usage()})
