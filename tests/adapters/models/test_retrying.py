"""A fault that may be gone in a moment is waited out; one that came after text is told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loop.adapters.models.claude.model import ClaudeModel
from loop.adapters.models.hosted.passing import Passing
from loop.adapters.models.layers.retrying import RetryingModel
from loop.errors import BudgetExceeded, ModelRefused, ModelUnavailable
from loop.events import Event, Note
from loop.model import ModelRequest, Reply, Usage
from loop.ports import no_text
from tests.fakes_model import ScriptedModel
from tests.loopback import Loopback
from tests.unit.loop.adapters.asking import request
from tests.wire import BUSY, OVERLOADED, REJECTED, HangUp, Says

ASKED = request("Describe the smell of fresh bread.")
BUSY_FAULT = Passing("Anthropic is busy.", hint="Type the command again.")


class Sleeper:
    """Waits for nothing, and remembers how long it should have been."""

    def __init__(self) -> None:
        self.waits: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.waits.append(seconds)


class Breaking:
    """Says something, then fails."""

    name = "breaking@1"

    def __init__(self, *pieces: str) -> None:
        self._pieces = pieces
        self.asked = 0

    async def ask(self, request: ModelRequest, on_text: Callable[[str], None] = no_text) -> Reply:
        self.asked += 1
        for piece in self._pieces:
            on_text(piece)
        raise Passing("The connection to Anthropic broke off.")


async def test_a_busy_provider_is_asked_again_until_it_answers() -> None:
    inner, sleeper = ScriptedModel([BUSY_FAULT, BUSY_FAULT, "Malt."]), Sleeper()
    told: list[Event] = []
    heard: list[str] = []
    model = RetryingModel(inner, tell=told.append, sleep=sleeper, chance=lambda: 1.0)
    reply = await model.ask(ASKED, heard.append)
    assert reply.text == "Malt."
    assert "".join(heard) == "Malt."
    assert sleeper.waits == [0.5, 1.0]
    assert told == []
    assert model.name == inner.name


async def test_long_waits_are_told_and_grow_to_half_a_minute() -> None:
    told: list[Event] = []
    sleeper = Sleeper()
    model = RetryingModel(
        ScriptedModel([BUSY_FAULT] * 8 + ["Malt."]),
        tell=told.append,
        attempts=9,
        sleep=sleeper,
        chance=lambda: 1.0,
    )
    await model.ask(ASKED)
    assert sleeper.waits == [0.5, 1, 2, 4, 8, 16, 30, 30]
    assert told[0] == Note(message="Anthropic is busy; asked again in 2 seconds (4 of 9).", level="warning")
    assert len(told) == 6


async def test_the_wait_that_the_provider_asks_for_is_kept() -> None:
    told: list[Event] = []
    sleeper = Sleeper()
    faults = [Passing("Anthropic is busy.", after=8), Passing("Anthropic is busy.", after=0)]
    model = RetryingModel(
        ScriptedModel([*faults, "Malt."]), tell=told.append, sleep=sleeper, chance=lambda: 0.0
    )
    await model.ask(ASKED)
    assert sleeper.waits == [8, 0]
    assert [event.message for event in told if isinstance(event, Note)] == [
        "Anthropic is busy; asked again in 8 seconds (2 of 5)."
    ]


@pytest.mark.parametrize(("after", "span"), [(121, "3 minutes"), (3600, "60 minutes"), (90_000, "25 hours")])
async def test_a_wait_of_minutes_is_not_waited(after: float, span: str) -> None:
    inner = ScriptedModel([Passing("Anthropic is busy.", after=after)])
    sleeper = Sleeper()
    with pytest.raises(ModelUnavailable, match=f"busy, and asks to be left alone for {span}") as caught:
        await RetryingModel(inner, sleep=sleeper).ask(ASKED)
    assert type(caught.value) is ModelUnavailable
    assert sleeper.waits == []


async def test_after_the_last_attempt_the_error_says_how_often_it_was_tried() -> None:
    inner = ScriptedModel([BUSY_FAULT] * 5)
    with pytest.raises(ModelUnavailable, match="Anthropic is busy; asked 5 times") as caught:
        await RetryingModel(inner, sleep=Sleeper()).ask(ASKED)
    assert type(caught.value) is ModelUnavailable
    assert caught.value.hint == "Type the command again."
    assert len(inner.requests) == 5


async def test_text_that_was_heard_is_never_asked_for_again() -> None:
    inner = Breaking("", "Malt ", "and cr")
    heard: list[str] = []
    with pytest.raises(ModelUnavailable, match="broke off: the text was cut after 3 words") as caught:
        await RetryingModel(inner, sleep=Sleeper()).ask(ASKED, heard.append)
    assert type(caught.value) is ModelUnavailable
    assert "again" in caught.value.hint
    assert inner.asked == 1
    assert heard == ["Malt ", "and cr"]


async def test_text_that_nobody_heard_is_asked_for_again() -> None:
    inner = Breaking("Malt ", "and cr")
    with pytest.raises(ModelUnavailable, match="broke off; asked 3 times"):
        await RetryingModel(inner, attempts=3, sleep=Sleeper()).ask(ASKED)
    assert inner.asked == 3


async def test_a_silent_provider_is_asked_once_more_and_the_wait_is_told() -> None:
    told: list[Event] = []
    silent = Passing("Anthropic said nothing for 120 seconds.", slow=True)
    inner = ScriptedModel([silent, silent, "Malt."])
    with pytest.raises(ModelUnavailable, match="for 120 seconds; asked 2 times"):
        await RetryingModel(inner, tell=told.append, sleep=Sleeper(), chance=lambda: 0.0).ask(ASKED)
    said = "Anthropic said nothing for 120 seconds; asked again in 1 second (2 of 2)."
    assert told == [Note(message=said, level="warning")]


async def test_a_piece_of_nothing_is_not_text() -> None:
    inner = Breaking("")
    with pytest.raises(ModelUnavailable, match="asked 3 times"):
        await RetryingModel(inner, attempts=3, sleep=Sleeper()).ask(ASKED, lambda _: None)
    assert inner.asked == 3


async def test_any_other_error_is_passed_on_at_once() -> None:
    inner = ScriptedModel([ModelRefused("No.")])
    with pytest.raises(ModelRefused, match=r"^No\.$"):
        await RetryingModel(inner, sleep=Sleeper()).ask(ASKED)


async def test_waiting_can_be_cancelled() -> None:
    model = RetryingModel(ScriptedModel([Passing("Anthropic is busy.", after=60)]))
    asking = asyncio.ensure_future(model.ask(ASKED))
    await asyncio.sleep(0.01)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking


@given(
    afters=st.lists(st.none() | st.floats(min_value=0, max_value=200), max_size=8),
    attempts=st.integers(min_value=1, max_value=8),
    chance=st.floats(min_value=0, max_value=1),
)
def test_no_wait_is_shorter_than_asked_for_or_longer_than_half_a_minute_of_its_own(
    afters: list[float | None], attempts: int, chance: float
) -> None:
    inner = ScriptedModel([*(Passing("Busy.", after=after) for after in afters), "Malt."])
    sleeper = Sleeper()
    model = RetryingModel(inner, attempts=attempts, sleep=sleeper, chance=lambda: chance)
    too_long = next((number for number, after in enumerate(afters) if (after or 0) > 120), len(afters))
    expected = min(too_long + 1, attempts, len(afters) + 1)
    if expected == len(afters) + 1:
        assert asyncio.run(model.ask(ASKED)).text == "Malt."
    else:
        with pytest.raises(ModelUnavailable):
            asyncio.run(model.ask(ASKED))
    assert len(inner.requests) == expected
    assert len(sleeper.waits) == expected - 1
    for number, (wait, after) in enumerate(zip(sleeper.waits, afters, strict=False)):
        least = 0.25 * 2**number if after is None else after
        most = 0.5 * 2**number if after is None else after + 0.5
        assert min(least, 15) <= wait <= max(min(most, 30), after or 0, 0.5 + (after or 0))


async def test_a_real_client_is_asked_again_after_each_passing_fault() -> None:
    sleeper = Sleeper()
    async with Loopback(BUSY, OVERLOADED, HangUp(), Says(cut_after=0), Says(("Malt.",))) as server:
        inner = ClaudeModel("claude-test", key="sk-ant-key", base_url=server.address)
        reply = await RetryingModel(inner, sleep=sleeper).ask(ASKED)
    assert reply.text == "Malt."
    assert len(server.requests) == 5
    assert 7 <= sleeper.waits[0] <= 7.5


async def test_a_real_client_that_is_turned_away_is_not_asked_again() -> None:
    async with Loopback(REJECTED) as server:
        inner = ClaudeModel("claude-test", key="sk-ant-key", base_url=server.address)
        with pytest.raises(ModelUnavailable, match="refused the key"):
            await RetryingModel(inner, sleep=Sleeper()).ask(ASKED)
    assert len(server.requests) == 1


async def test_a_real_stream_that_breaks_tells_how_far_it_came() -> None:
    async with Loopback(Says(cut_after=3)) as server:
        inner = ClaudeModel("claude-test", key="sk-ant-key", base_url=server.address)
        with pytest.raises(ModelUnavailable, match="the text was cut after 3 words"):
            await RetryingModel(inner, sleep=Sleeper()).ask(ASKED, lambda _: None)
    assert len(server.requests) == 1


async def test_what_the_last_attempt_cost_is_not_forgotten() -> None:
    fault = Passing("Too many.")
    fault.usage = Usage(calls=1, input_tokens=7)
    with pytest.raises(ModelUnavailable) as caught:
        await RetryingModel(ScriptedModel([fault]), attempts=1).ask(ASKED)
    assert caught.value.usage == fault.usage


async def test_an_attempt_that_the_budget_stopped_is_not_counted() -> None:
    fault = Passing("The line broke off.")
    fault.usage = Usage(calls=1, input_tokens=7)
    inner = ScriptedModel([fault, BudgetExceeded("The budget is 1 question.")])
    model = RetryingModel(inner, sleep=Sleeper())
    with pytest.raises(BudgetExceeded) as caught:
        await model.ask(ASKED)
    assert caught.value.usage == fault.usage
