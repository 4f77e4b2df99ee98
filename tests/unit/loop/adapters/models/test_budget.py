"""A verb stops before its budget is passed, not after."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loop.adapters.ledger import LedgerFile
from loop.adapters.models.hosted.passing import Passing
from loop.adapters.models.layers.account import Account
from loop.adapters.models.layers.budget import BudgetedModel
from loop.adapters.models.naming import understand
from loop.adapters.models.opening import price_for
from loop.adapters.models.prices import FREE, Price, price_of
from loop.caps import Cap, cap_of
from loop.errors import BudgetExceeded, MissingExtra, ModelRefused, ProjectError, UsageError
from loop.model import Reply, Spent, Usage
from loop.ports import OverMonth
from loop.settings import BudgetSettings
from tests.fakes import FixedClock
from tests.fakes_model import ScriptedModel
from tests.unit.loop.adapters.asking import request

CLAUDE = price_of("claude-sonnet-5-5")


class MemoryLedger:
    """An account book in a list."""

    def __init__(self, *spent: Spent) -> None:
        self.lines = list(spent)

    def prepare(self, now: datetime) -> None:
        """There is always room in a list."""

    def add(self, spent: Spent) -> None:
        self.lines.append(spent)

    def month(self, now: datetime) -> list[Spent]:
        return [line for line in self.lines if line.at[:7] == f"{now:%Y-%m}"]

    def set_aside(self, usd: float, most: float, now: datetime) -> OverMonth | None:
        month = sum(line.usage.usd for line in self.month(now)) + usd
        return OverMonth(month, shared=False) if month > most else None

    def still_aside(self, usd: float) -> None:
        """Nobody else looks into this list."""


def reply(usage: Usage) -> Reply:
    return Reply(text="ok", model="scripted@1", usage=usage)


def account(budget: BudgetSettings, ledger: MemoryLedger | None = None) -> Account:
    return Account(Cap(budget, in_money=False), ledger or MemoryLedger(), FixedClock(), "run")


async def test_the_call_that_would_be_one_too_many_is_not_made() -> None:
    model = ScriptedModel(["one", "two", "three"])
    budgeted = BudgetedModel(model, account(BudgetSettings(calls=2)))
    await budgeted.ask(request("a"))
    await budgeted.ask(request("b"))
    with pytest.raises(BudgetExceeded, match="2 questions") as caught:
        await budgeted.ask(request("c"))
    assert "--budget 4calls, or calls under [budget] in redraft.toml" in caught.value.hint
    assert len(model.requests) == 2


async def test_the_hint_names_what_can_be_typed_where_it_is_read() -> None:
    hints = {}
    for verb in ("new", "diff", "run"):
        spent = Account(Cap(BudgetSettings(usd=0.001), in_money=True), MemoryLedger(), FixedClock(), verb)
        with pytest.raises(BudgetExceeded) as caught:
            await spent.reserve(Usage(calls=1, usd=0.0412), paid=True)
        hints[verb] = caught.value.hint
    assert "--budget 0.05" in hints["new"]
    assert "redraft.toml" not in hints["new"]  # there is none yet
    assert "--budget" not in hints["diff"]  # it has no such option
    assert "--budget 0.05, or usd under [budget] in redraft.toml" in hints["run"]


async def test_the_longest_reply_that_is_allowed_counts_before_it_is_written() -> None:
    model = ScriptedModel(["short"])
    budgeted = BudgetedModel(model, account(BudgetSettings(tokens=100)))
    with pytest.raises(BudgetExceeded, match="100 tokens"):
        await budgeted.ask(request("x" * 20, max_tokens=91))
    assert model.requests == []
    await budgeted.ask(request("x" * 20, max_tokens=90))


async def test_what_was_really_used_counts_afterwards() -> None:
    spent = Usage(calls=1, input_tokens=3, output_tokens=2)
    books = account(BudgetSettings(tokens=100))
    budgeted = BudgetedModel(ScriptedModel([reply(spent)] * 18), books)
    for _ in range(18):
        await budgeted.ask(request("abcd", max_tokens=9))
    assert books.spent.input_tokens + books.spent.output_tokens == 90


async def test_money_is_capped_by_the_dearest_price() -> None:
    dear = Usage(calls=1, usd=0.9)
    books = account(BudgetSettings(usd=1.0))
    budgeted = BudgetedModel(ScriptedModel([reply(dear)]), books, CLAUDE)
    await budgeted.ask(request("abcd", max_tokens=5000))
    with pytest.raises(BudgetExceeded, match=r"\$1\.00"):
        await budgeted.ask(request("abcd", max_tokens=15_000))


async def test_a_model_that_costs_nothing_runs_on_a_budget_of_no_money() -> None:
    budgeted = BudgetedModel(ScriptedModel(["one"]), account(BudgetSettings(usd=0)))
    assert (await budgeted.ask(request("a"))).text == "one"


async def test_a_reply_says_what_it_cost_and_the_ledger_has_it() -> None:
    ledger = MemoryLedger()
    used = Usage(calls=1, input_tokens=1_000_000, output_tokens=0, cache_read_tokens=1_000_000)
    budgeted = BudgetedModel(
        ScriptedModel([reply(used)]), account(BudgetSettings(), ledger), Price("claude-sonnet-5", "anthropic")
    )
    answer = await budgeted.ask(request("a"))
    assert answer.usage.usd == pytest.approx(0.20)
    (line,) = ledger.lines
    assert (line.verb, line.model) == ("run", "scripted@1")
    assert line.usage.usd == answer.usage.usd


async def test_what_costs_nothing_is_in_no_ledger() -> None:
    ledger = MemoryLedger()
    await BudgetedModel(ScriptedModel(["one"]), account(BudgetSettings(), ledger), FREE).ask(request("a"))
    assert ledger.lines == []


async def test_a_reply_that_was_cut_is_paid_for_as_far_as_it_came() -> None:
    ledger = MemoryLedger()
    came = asyncio.Event()

    async def stopped() -> None:
        model = BudgetedModel(ScriptedModel(["w " * 400]), account(BudgetSettings(), ledger), CLAUDE)
        await model.ask(request("a" * 400), lambda _: came.set())

    task = asyncio.create_task(stopped())
    await came.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    (line,) = ledger.lines
    assert line.usage.input_tokens == 100
    assert line.usage.output_tokens > 0
    assert line.usage.usd > 0


async def test_a_provider_that_was_busy_has_not_been_asked() -> None:
    ledger = MemoryLedger()
    busy = Passing("Anthropic is busy.")
    books = account(BudgetSettings(calls=1), ledger)
    model = BudgetedModel(ScriptedModel([busy, busy, "Malt and crust."]), books, CLAUDE)
    for _ in range(2):
        with pytest.raises(Passing):
            await model.ask(request("a"))
    assert ledger.lines == []
    assert (await model.ask(request("a"))).text == "Malt and crust."
    assert [line.usage.calls for line in ledger.lines] == [1]


async def test_the_month_has_a_cap_of_its_own() -> None:
    earlier = Spent(at="2026-01-01T10:00:00", verb="learn", model="m", usage=Usage(calls=1, usd=1.99))
    last_year = Spent(at="2025-12-31T23:59:59", verb="learn", model="m", usage=Usage(calls=1, usd=50))
    budget = BudgetSettings(month_usd=2.0)
    books = account(budget, MemoryLedger(earlier, last_year))
    model = ScriptedModel([reply(Usage(calls=1, input_tokens=100, output_tokens=10))])
    budgeted = BudgetedModel(model, books, CLAUDE)
    await budgeted.ask(request("a" * 100, max_tokens=100))
    with pytest.raises(BudgetExceeded, match=r"\$2\.00 a month") as caught:
        await budgeted.ask(request("a" * 100, max_tokens=5000))
    assert "month_usd" in caught.value.hint


async def test_questions_under_way_count_too() -> None:
    model = ScriptedModel(lambda _: "ok")
    budgeted = BudgetedModel(model, account(BudgetSettings(calls=3)))
    outcomes = await asyncio.gather(
        *(budgeted.ask(request(str(n))) for n in range(8)), return_exceptions=True
    )
    assert sum(isinstance(outcome, Reply) for outcome in outcomes) == 3
    assert sum(isinstance(outcome, BudgetExceeded) for outcome in outcomes) == 5


async def test_a_question_waits_for_those_under_way_when_their_estimates_are_too_high() -> None:
    spent = Usage(calls=1, input_tokens=1, output_tokens=1)
    model = ScriptedModel(lambda _: reply(spent))
    budgeted = BudgetedModel(model, account(BudgetSettings(tokens=150)))
    replies = await asyncio.gather(*(budgeted.ask(request(str(n), max_tokens=100)) for n in range(6)))
    assert len(replies) == 6
    assert model.most_at_once == 1


async def test_a_question_that_failed_has_been_asked() -> None:
    model = ScriptedModel([ModelRefused("No."), "one"])
    budgeted = BudgetedModel(model, account(BudgetSettings(calls=1)))
    with pytest.raises(ModelRefused):
        await budgeted.ask(request("a"))
    with pytest.raises(BudgetExceeded):
        await budgeted.ask(request("a"))


async def test_a_prompt_that_was_turned_away_as_too_long_costs_nothing() -> None:
    ledger = MemoryLedger()
    model = BudgetedModel(ScriptedModel([UsageError("Too long.")]), account(BudgetSettings(), ledger), CLAUDE)
    with pytest.raises(UsageError):
        await model.ask(request("a" * 4000))
    (line,) = ledger.lines
    assert (line.usage.calls, line.usage.usd) == (1, 0)


async def test_nothing_is_asked_that_could_not_be_written_down(tmp_path: Path) -> None:
    tmp_path.joinpath("spent").write_text("no folder", encoding="utf-8")
    ledger = LedgerFile(lambda: tmp_path / "spent", tmp_path)
    books = Account(Cap(BudgetSettings(), in_money=False), ledger, FixedClock(), "run")
    paid, free = ScriptedModel(["one"]), ScriptedModel(["one"])
    with pytest.raises(ProjectError):
        await BudgetedModel(paid, books, CLAUDE).ask(request("a"))
    assert paid.requests == []
    await BudgetedModel(free, books, FREE).ask(request("a"))


@given(st.lists(st.integers(1, 60), max_size=12), st.integers(1, 200))
async def test_an_honest_model_never_passes_the_cap(lengths: list[int], cap: int) -> None:
    def answer(question: object) -> Reply:
        return reply(Usage(calls=1, input_tokens=1, output_tokens=model.requests[-1].max_tokens))

    model = ScriptedModel(answer)
    books = account(BudgetSettings(tokens=cap))
    budgeted = BudgetedModel(model, books)
    for length in lengths:
        room = cap - books.spent.input_tokens - books.spent.output_tokens
        if length + 1 <= room:
            await budgeted.ask(request("ab", max_tokens=length))
        else:
            with pytest.raises(BudgetExceeded):
                await budgeted.ask(request("ab", max_tokens=length))
    assert books.spent.input_tokens + books.spent.output_tokens <= cap


@pytest.mark.parametrize(
    ("typed", "key", "value"),
    [
        ("0.50", "usd", 0.5),
        ("$2", "usd", 2.0),
        ("1usd", "usd", 1.0),
        ("200calls", "calls", 200),
        ("200 calls", "calls", 200),
        ("50000tokens", "tokens", 50_000),
        ("50,000 tokens", "tokens", 50_000),
    ],
)
def test_a_cap_is_typed_in_money_questions_or_tokens(typed: str, key: str, value: float) -> None:
    cap = cap_of(BudgetSettings(), typed)
    assert getattr(cap.budget, key) == value
    assert cap.in_money == (key == "usd")


@pytest.mark.parametrize("typed", ["", "much", "-1", "5 euros", "1e9", "nan", "0,50", "1,5", "1,50", "10,00"])
def test_what_is_no_budget_is_refused_with_examples(typed: str) -> None:
    with pytest.raises(UsageError, match="no budget") as caught:
        cap_of(BudgetSettings(), typed)
    assert "--budget 0.50" in caught.value.hint


def test_the_ledger_keeps_a_month_in_a_file_and_survives_a_torn_line(tmp_path: Path) -> None:
    book = LedgerFile(lambda: tmp_path / "spent", tmp_path)
    november = datetime(2026, 11, 21, tzinfo=UTC)
    for day in ("2026-11-01T00:00:00+00:00", "2026-11-30T23:59:59+00:00", "2026-12-01T00:00:00+00:00"):
        book.add(Spent(at=day, verb="run", model="m", usage=Usage(usd=1)))
    assert [line.at[:10] for line in book.month(november)] == ["2026-11-01", "2026-11-30"]
    (file,) = tmp_path.glob("spent/*/2026-11.jsonl")
    file.write_bytes(file.read_bytes() + b'{"at": "2026-11-3')
    book.add(Spent(at="2026-11-30T23:59:59+00:00", verb="run", model="m", usage=Usage(usd=1)))
    assert len(book.month(november)) == 3


def test_another_project_has_another_ledger(tmp_path: Path) -> None:
    LedgerFile(lambda: tmp_path, tmp_path / "a").add(
        Spent(at="2026-11-01T00:00:00+00:00", verb="run", model="m", usage=Usage(usd=1))
    )
    assert LedgerFile(lambda: tmp_path, tmp_path / "b").month(datetime(2026, 11, 2, tzinfo=UTC)) == ()


def test_prices_come_without_a_network_and_unknown_ones_are_none() -> None:
    assert CLAUDE is not None
    assert CLAUDE.of(Usage(input_tokens=1_000_000)) > 0
    assert CLAUDE.most(1000, 1000) >= CLAUDE.of(Usage(input_tokens=1000, output_tokens=1000))
    assert price_of("nobody/nothing-1") is None
    for name in (
        "openrouter/meta-llama/llama-3.3-70b-instruct",
        "gemini/gemini-2.5-pro",
        "mistral/mistral-large-latest",
    ):
        assert price_of(name) is not None, name
    for name in ("claude-code", "claude-code/sonnet", "claude-code/claude-haiku-5-5"):
        assert price_for(understand(name, {}, {})) is not None, name
    assert price_of("embedded") is None


@pytest.mark.parametrize("error", [UsageError("The prompt is too long."), MissingExtra("No package.")])
async def test_a_question_that_nobody_took_costs_nothing(error: Exception) -> None:
    ledger = MemoryLedger()
    budgeted = BudgetedModel(ScriptedModel([error]), account(BudgetSettings(), ledger), CLAUDE)
    with pytest.raises(type(error)):
        await budgeted.ask(request("a long prompt"))
    assert [line.usage for line in ledger.lines] == [Usage(calls=1)]


@pytest.mark.parametrize(
    ("name", "provider", "reference"),
    [
        ("openrouter/anthropic/claude-sonnet-4.5", "openrouter", "anthropic/claude-sonnet-4.5"),
        ("groq/openai/gpt-oss-120b", "groq", "openai/gpt-oss-120b"),
        ("together_ai/meta-llama/Llama-3.3-70B-Instruct-Turbo", "together", ""),
    ],
)
def test_a_seller_has_prices_of_its_own_for_a_makers_model(name: str, provider: str, reference: str) -> None:
    price = price_of(name)
    assert price is not None
    assert price.provider == provider
    assert price.reference == reference or not reference


def test_what_others_spent_and_set_aside_counts_for_the_month(tmp_path: Path) -> None:
    one, other = (LedgerFile(lambda: tmp_path / "spent", tmp_path) for _ in range(2))
    now = datetime(2026, 11, 21, tzinfo=UTC)
    assert one.set_aside(0.6, 1.0, now) is None
    over = other.set_aside(0.6, 1.0, now)
    assert over is not None
    assert over.shared
    assert over.usd == pytest.approx(1.2)
    one.add(Spent(at="2026-11-21T00:00:00+00:00", verb="run", model="m", usage=Usage(usd=0.5)))
    one.still_aside(0.0)
    over = other.set_aside(0.6, 1.0, now)
    assert over is not None
    assert not over.shared
    assert over.usd == pytest.approx(1.1)
    assert other.set_aside(0.4, 1.0, now) is None
    assert other.set_aside(0.6, 1.0, datetime(2026, 12, 1, tzinfo=UTC)) is None


async def test_two_accounts_over_the_same_files_keep_one_cap(tmp_path: Path) -> None:
    def asks(number: int) -> BudgetedModel:
        ledger = LedgerFile(lambda: tmp_path / "spent", tmp_path)
        cap = Cap(BudgetSettings(month_usd=1.0), in_money=True)
        books = Account(cap, ledger, FixedClock(datetime(2026, 11, 21, tzinfo=UTC)), "run")
        used = Usage(calls=1, input_tokens=1, output_tokens=20_000)
        return BudgetedModel(ScriptedModel([reply(used)] * 9), books, CLAUDE)

    outcomes = await asyncio.gather(
        *(model.ask(request(str(n), max_tokens=20_000)) for model in map(asks, range(2)) for n in range(9)),
        return_exceptions=True,
    )
    paid = [outcome.usage.usd for outcome in outcomes if isinstance(outcome, Reply)]
    assert all(isinstance(outcome, Reply | BudgetExceeded) for outcome in outcomes)
    assert 1.0 - paid[0] < sum(paid) <= 1.0
