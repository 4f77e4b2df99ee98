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
    """

    def __init__(self, begin: Callable[[], Spending], account: Account, folder: Path) -> None:
        self._begin = begin
        self._account = account
        self._files = LocalFiles(folder)
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
            expected = Usage(calls=1, usd=task.usd)
            await self._account.reserve(expected, paid=True)
            agent = self._begin()
            try:
                work = await agent.work(task, on_text)
            finally:  # what was stopped or failed is paid for, too
                self._account.settle(expected, agent.spent, "claude-code", paid=True)
            self._files.write(path, work.model_dump_json(indent=1) + "\n")
            return work

    def _read(self, path: str) -> AgentWork | None:
        """The kept work; None when there is none or it is damaged (it is then done anew)."""
        try:
            work = AgentWork.model_validate_json(self._files.read(path))
        except (ProjectError, ValidationError):
            return None
        return work.model_copy(update={"cached": True, "usage": Usage()})
