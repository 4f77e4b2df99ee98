"""What one verb may spend: asked before each question, told after it."""

from __future__ import annotations

import asyncio

from loop.caps import Cap
from loop.counts import count, money
from loop.errors import BudgetExceeded
from loop.model import Spent, Usage
from loop.ports import Clock, Ledger


class Account:
    """The money, tokens and questions of one verb, whatever model is asked.

    What a question will cost at most is set aside before it is asked, and replaced by what it did cost
    after. One that may pass a cap waits until those under way are done, and is refused when it still may.
    """

    def __init__(self, cap: Cap, ledger: Ledger, clock: Clock, verb: str) -> None:
        self._budget = cap.budget
        self.in_money = cap.in_money
        self._ledger = ledger
        self._clock = clock
        self._verb = verb
        self._under_way = Usage()
        self._freed = asyncio.Event()
        self.spent = Usage()

    async def reserve(self, expected: Usage, *, paid: bool) -> None:
        """Set aside what a question costs at most.

        Raises BudgetExceeded when a cap would be passed, and ProjectError when it is `paid` and could not
        be written down.
        """
        if paid:
            self._ledger.prepare(self._clock.now())
        while (passed := self._passed(self.spent + self._under_way + expected)) is not None:
            if not self._under_way.calls:
                raise passed
            self._freed.clear()
            await self._freed.wait()
        self._under_way += expected

    def settle(self, expected: Usage, actual: Usage, model: str, *, paid: bool) -> None:
        """Replace what was set aside by what it cost, and write it down when it went to a provider."""
        self._under_way -= expected
        self.spent += actual
        self._freed.set()
        if paid and actual != Usage():
            now = self._clock.now().isoformat(timespec="seconds")
            self._ledger.add(Spent(at=now, verb=self._verb, model=model, usage=actual))

    def _passed(self, after: Usage) -> BudgetExceeded | None:
        budget = self._budget
        tokens = after.input_tokens + after.output_tokens
        if after.calls > budget.calls:
            return _exceeded("calls", count(budget.calls, "question"), f"question {after.calls:,}")
        if tokens > budget.tokens:
            return _exceeded("tokens", count(budget.tokens, "token"), f"up to {tokens:,} tokens")
        if after.usd > budget.usd:
            return _exceeded("usd", money(budget.usd), f"up to {money(after.usd)}")
        if budget.month_usd is None or not after.usd:
            return None
        month = sum(line.usage.usd for line in self._ledger.month(self._clock.now()))
        month += after.usd - self.spent.usd
        return None if month <= budget.month_usd else _month(budget.month_usd, month)


def _exceeded(key: str, cap: str, after: str) -> BudgetExceeded:
    return BudgetExceeded(
        f"The budget is {cap} for one command; the next question may make it {after}, so it was not asked.",
        hint=f"Raise {key} under [budget] in redraft.toml (or --budget), or ask for less: fewer briefs,"
        " takes or samples, a smaller max_tokens. What was answered is kept, and asked no more.",
    )


def _month(cap: float, after: float) -> BudgetExceeded:
    return BudgetExceeded(
        f"This project may spend {money(cap)} a month; the next question might make it {money(after)},"
        " so it was not asked.",
        hint="Raise month_usd under [budget] in redraft.toml, or wait for the next month.",
    )
