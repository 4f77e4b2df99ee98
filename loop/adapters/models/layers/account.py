"""What one verb may spend: asked before each question, told after it."""

from __future__ import annotations

import asyncio
import contextlib
import math

from loop.caps import Cap
from loop.counts import count, money
from loop.errors import BudgetExceeded
from loop.events import Note, Tell, ignore
from loop.model import Spent, Usage
from loop.ports import Clock, Ledger

_LOOK_AGAIN = 0.2
"""Seconds between two looks at what another redraft has set aside: nobody wakes this one."""


class Account:
    """The money, tokens and questions of one verb, whatever model is asked.

    What a question will cost at most is set aside before it is asked, and replaced by what it did cost
    after. One that may pass a cap waits until those under way are done, and is refused when it still may.
    Under a cap for the month those of other redraft on the same project count too.
    """

    def __init__(self, cap: Cap, ledger: Ledger, clock: Clock, verb: str, tell: Tell = ignore) -> None:
        self._budget = cap.budget
        self.in_money = cap.in_money
        self._ledger = ledger
        self._clock = clock
        self._verb = verb
        self._tell = tell
        self._under_way = Usage()
        self._freed = asyncio.Event()
        self._said = False
        self.spent = Usage()

    async def reserve(self, expected: Usage, *, paid: bool) -> None:
        """Set aside what a question costs at most.

        Raises BudgetExceeded when a cap would be passed, and ProjectError when it is `paid` and could not
        be written down.
        """
        if paid:
            self._ledger.prepare(self._clock.now())
        while True:
            passed, shared = self._passed(self.spent + self._under_way + expected), False
            if passed is None:
                passed, shared = self._month_passed(expected.usd)
            if passed is None:
                break
            if not self._under_way.calls and not shared:
                raise passed
            await self._wait(shared=shared)
        self._under_way += expected

    def settle(self, expected: Usage, actual: Usage, model: str, *, paid: bool) -> None:
        """Replace what was set aside by what it cost, and write it down when it went to a provider."""
        self._under_way -= expected
        self.spent += actual
        self._freed.set()
        if paid and actual != Usage():
            now = self._clock.now().isoformat(timespec="seconds")
            self._ledger.add(Spent(at=now, verb=self._verb, model=model, usage=actual))
        if self._budget.month_usd is not None:  # last: others may count it twice meanwhile, and never miss it
            self._ledger.still_aside(self._under_way.usd)

    async def _wait(self, *, shared: bool) -> None:
        """Until a question under way is done, or it is time to look at those of others again."""
        if shared and not self._said:
            self._said = True
            says = "Another redraft is asking for this project, and both together might pass the month's cap"
            self._tell(Note(message=f"{says}: this one waits for its answers."))
        self._freed.clear()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_LOOK_AGAIN if shared else None):
                await self._freed.wait()

    def _passed(self, after: Usage) -> BudgetExceeded | None:
        budget = self._budget
        tokens = after.input_tokens + after.output_tokens
        if after.calls > budget.calls:
            more = f"{max(after.calls, 2 * budget.calls)}calls"
            return self._exceeded("calls", count(budget.calls, "question"), f"question {after.calls:,}", more)
        if tokens > budget.tokens:
            more = f"{max(tokens, 2 * budget.tokens)}tokens"
            return self._exceeded("tokens", count(budget.tokens, "token"), f"up to {tokens:,} tokens", more)
        if after.usd > budget.usd:
            more = f"{math.ceil(100 * max(after.usd, 2 * budget.usd)) / 100:.2f}"
            return self._exceeded("usd", money(budget.usd), f"up to {money(after.usd)}", more)
        return None

    def _month_passed(self, usd: float) -> tuple[BudgetExceeded | None, bool]:
        """Set aside so much more under the month's cap; else what it passes, and whether others ask too."""
        most = self._budget.month_usd
        if most is None or not usd:
            return None, False
        over = self._ledger.set_aside(self._under_way.usd + usd, most, self._clock.now())
        return (None, False) if over is None else (_month(most, over.usd), over.shared)

    def _exceeded(self, key: str, cap: str, after: str, more: str) -> BudgetExceeded:
        """The refusal; its hint names what can be typed: before `new` there is no redraft.toml."""
        option, setting = f"--budget {more}", f"{key} under [budget] in redraft.toml"
        allow = {"new": option, "diff": setting}.get(self._verb, f"{option}, or {setting}")
        less = "fewer briefs, takes or samples, a smaller max_tokens"
        ask = "" if self._verb == "new" else f"; or ask for less: {less}"
        return BudgetExceeded(
            f"The budget is {cap} for one command; the next question may make it {after},"
            " so it was not asked.",
            hint=f"Allow more: {allow}{ask}   What was answered is kept, and asked no more.",
        )


def _month(cap: float, after: float) -> BudgetExceeded:
    return BudgetExceeded(
        f"This project may spend {money(cap)} a month; the next question might make it {money(after)},"
        " so it was not asked.",
        hint="Raise month_usd under [budget] in redraft.toml, or wait for the next month.",
    )
