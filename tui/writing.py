"""Briefs that are being written, one after the other, and what has come of them so far."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple, cast

from loop.counts import count, money
from loop.errors import BudgetExceeded, ConfigError, MissingExtra, ModelUnavailable, RedraftError
from tui.calls import Stopped

if TYPE_CHECKING:  # Write is the first thing on the screen, and waits for none of these
    from loop.events import DraftReady, Event, StepStarted, TextChunk
    from loop.verbs import run
    from tui.app import Desk

_HOPELESS = (BudgetExceeded, ConfigError, MissingExtra, ModelUnavailable)
"""After these errors no other brief would fare better."""


_SAME = "by this guide it was written before; this is that draft, and no model was asked."


class Take:
    """One draft that is being written."""

    def __init__(self) -> None:
        self.step = ""
        self.number = 0
        """Which step is at work, counting from 1; 0: none yet."""
        self.of = 0
        from loop.model import Usage

        self.spent = Usage()
        """What the steps that ended cost."""
        self.done = False
        self._pieces: list[str] = []
        self._anew = False
        """The next piece is the first of a text that takes the place of what came."""
        self._counted = self._upto = 0
        """Words up to the last line end, and where it is: of the words before none will change."""

    def hear(self, event: StepStarted | TextChunk | DraftReady) -> None:
        """Take an event in."""
        if event.kind == "step_started":
            self.step, self.number, self.of, self.spent = event.step, event.number, event.of, event.usage
            self._anew = not event.appends
            if event.appends:
                self._pieces.append("\n\n")
        elif event.kind == "text":
            if self._anew:
                self._anew = False
                self._pieces.clear()
                self._counted = self._upto = 0
            self._pieces.append(event.text)
        else:
            self.done, self.spent = True, event.usage

    @property
    def text(self) -> str:
        """What came."""
        if len(self._pieces) > 1:
            self._pieces = ["".join(self._pieces)]
        return self._pieces[0] if self._pieces else ""

    @property
    def came(self) -> bool:
        """True when there is something of it, if only a draft that was written before."""
        return self.done or bool(self.text)

    @property
    def words(self) -> int:
        """How many words came."""
        from loop.text.words import count_words  # the first paint does without it

        text = self.text
        end = text.rfind("\n") + 1
        self._counted += count_words(text[self._upto : end])
        self._upto = end
        return self._counted + count_words(text[end:])


class Writing:
    """A brief that is being written, with all its takes. `began` is in seconds, by any clock."""

    def __init__(self, brief: str, takes: int, began: float) -> None:
        self.brief = brief
        self.takes = takes
        self.stopping = False
        """The writer has said that it shall stop."""
        self.warnings: list[str] = []
        """What the writer should look at."""
        self.ahead = ""
        """What was told before the first word came: what it takes, or why it waits."""
        self.kept: list[str] = []
        """What was told since the last words came: where they are kept, when it broke off, or why not."""
        self._began = began
        self._takes: dict[int, Take] = {}

    def hear(self, event: Event) -> None:
        """Take an event in."""
        if event.kind in {"step_started", "text", "draft_ready"}:
            self.take(event.take).hear(event)
            self.kept.clear()
        elif event.kind == "note":
            warns, came = event.level == "warning", any(take.came for take in self._takes.values())
            if warns:
                self.warnings.append(event.message)
            if came:
                self.kept.append(event.message)
            elif not warns:
                self.ahead = event.message

    def take(self, number: int) -> Take:
        """One of the takes; 0 where there is only one."""
        wanted = number if self.takes > 1 else 0
        if wanted not in self._takes:
            self._takes[wanted] = Take()
        return self._takes[wanted]

    def line(self, number: int, now: float) -> str:
        """How far it is, in a line: step, words, money, seconds."""
        take = self.take(number)
        from loop.model import Usage

        spent = sum((one.spent for one in self._takes.values()), Usage())
        parts = [
            f"step {take.number} of {take.of}: {take.step}" if take.number else "begins",
            count(take.words, "word"),
            *([money(spent.usd)] if spent.usd else []),
            f"{max(0, now - self._began):.0f} s",
        ]
        if self.ahead and not take.words:
            parts[:2] = [self.ahead.removesuffix(".")]
        if take.done:
            parts[0] = "done; the other takes are being written"
        return " · ".join(parts)


class Order(NamedTuple):
    """A brief that waits for its turn."""

    brief: str
    takes: int


class Ending(NamedTuple):
    """How a run ended: with a result, with an error, or with neither, because the writer stopped it."""

    writing: Writing
    result: run.Result | None
    error: RedraftError | None
    dropped: int
    """Briefs that waited, and are not written now either."""


class Writer:
    """Writes one brief after the other with the verb `run`; `beat` is called while it does."""

    def __init__(self, desk: Desk, beat: Callable[[], None]) -> None:
        self._desk = desk
        self._beat = beat
        self._queue: deque[Order] = deque()
        self._stop = asyncio.Event()
        self.writing: Writing | None = None
        """What is being written."""

    @property
    def doing(self) -> dict[str, str]:
        """What is being done to each brief, in words."""
        waiting = {order.brief: f"waits {place}" for place, order in enumerate(self._queue, start=1)}
        return waiting | ({self.writing.brief: "writing"} if self.writing is not None else {})

    def order(self, brief: str, takes: int) -> None:
        """Let a brief wait for its turn."""
        self._queue.append(Order(brief, takes))

    def drop(self, brief: str) -> bool:
        """Take a brief out of those that wait; False if it is not among them."""
        left = [order for order in self._queue if order.brief != brief]
        dropped = len(left) < len(self._queue)
        self._queue = deque(left)
        return dropped

    def stop(self) -> None:
        """Stop what is being written, and let nothing else begin."""
        if self.writing is not None:
            self.writing.stopping = True
        self._stop.set()

    async def write_all(self, ended: Callable[[Ending], None], began: Callable[[], None]) -> None:
        """Write whatever waits; `began` is told of each beginning, `ended` of each end."""
        while self._queue:
            order = self._queue.popleft()
            self._stop.clear()
            self.writing = writing = Writing(order.brief, order.takes, time.monotonic())
            began()
            try:
                ending = await self._write(writing)
            finally:
                self.writing = None
            if ending.result is None and (ending.error is None or isinstance(ending.error, _HOPELESS)):
                ending = ending._replace(dropped=len(self._queue))
                self._queue.clear()
            ended(ending)

    async def _write(self, writing: Writing) -> Ending:
        from loop.verbs import run

        request = run.Request(briefs=(writing.brief,), takes=writing.takes)
        try:
            result = await self._desk.perform("run", request, writing.hear, self._stop, self._beat)
        except Stopped:
            return Ending(writing, None, None, 0)
        except RedraftError as error:
            return Ending(writing, None, error, 0)
        return Ending(writing, cast("run.Result", result), None, 0)


def told(ending: Ending) -> tuple[str, str, str]:
    """How a run ended, for the line that speaks: a sentence, what to do, and its level."""
    writing, result, error, dropped = ending
    brief = f"“{writing.brief}”"
    kept = " ".join(writing.kept)
    waited = f"{count(dropped, 'brief')} that waited {'was' if dropped == 1 else 'were'} not begun."
    more = [waited] if dropped else []
    if error is not None:
        return " ".join([error.message, *([kept] if kept else []), *more]), error.hint, "error"
    if result is None:
        level = "warning" if set(writing.kept) & set(writing.warnings) else "info"
        return " ".join([kept or f"{brief} is stopped; nothing had come.", *more]), "", level
    if result.failed:
        return f"{result.failed[0].message} {kept}".rstrip(), result.failed[0].hint, "error"
    drafts = [draft for written in result.written for draft in written.drafts]
    if len(drafts) == 1 and all(step.cached for step in drafts[0].steps):
        return f"{brief}: {_SAME}", "t writes several to choose from", "info"
    said = (
        f"{brief} is written."
        if len(drafts) == 1
        else f"{brief}: {count(len(drafts), 'take')} to choose from."
    )
    waiting = [
        f"Proposal {number} waits: what was changed in the guide meanwhile." for number in result.proposals
    ]
    hint = "redraft decide NAME decides on it" if waiting else ""
    return " ".join([said, *waiting, *writing.warnings]), hint, "warning" if writing.warnings else "info"
