"""Verbs at work away from the screen: no keystroke waits for one."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable, Coroutine, Iterable
from concurrent.futures import CancelledError, Future, InvalidStateError, ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from loop.errors import RedraftError
from loop.verbs import VERBS, Verb

if TYPE_CHECKING:  # what a verb needs is loaded when the first one begins: the screen is there before
    from loop.events import Event
    from loop.model import Record
    from loop.wiring import World

_VERBS = {verb.name: verb for verb in VERBS}
_AT_ONCE = 4
"""Verbs that ask nobody and may be at work side by side: most of them only read."""
_WORK = {
    "run": "writing a draft",
    "learn": "learning",
    "tidy": "tidying the guide",
    "diff": "writing drafts to compare",
    "measure": "measuring",
    "new": "making a project",
    "demo": "the demonstration",
    "models": "fetching a model",
    "train": "planning a training run",
    "adapters": "working on an adapter",
}
"""What verbs that ask a model do, as a writer would say it."""
_LOOKS = {("train", "status"), ("train", "log"), ("dataset", "check"), ("adapters", "list")}
"""What only looks, though it waits for a program: nothing is lost when it ends."""
_PATIENCE = 3.0
"""Seconds that all verbs together have, when the app ends, to put away what came."""


class Stopped(asyncio.CancelledError):
    """The verb was stopped: by the writer, or because its project was left.

    Who says nothing about it lets it pass: a worker that it reaches is cancelled, and that is no fault.
    """


def in_words(verbs: Iterable[str]) -> str:
    """What is at work, in words: each once."""
    return ", ".join(dict.fromkeys(_WORK.get(verb, verb) for verb in verbs))


def kept_of(*verbs: str) -> str:
    """Where to look for what came of verbs that are stopped, as a sentence behind another; or nothing.

    How they end is not known yet: nothing may have come, or the project may not take it.
    """
    if "run" not in verbs:
        return ""
    from loop.adapters.unsaved import unsaved_folder

    return f" What came of the draft is in the project, or else in {unsaved_folder()}."


class Call:
    """One verb at work. What it tells is put away until somebody asks for it."""

    def __init__(self, name: str, *, looks: bool = False) -> None:
        self.name = name
        self.looks = looks
        """Nothing is lost when it ends."""
        self.future: Future[Record] = Future()
        self.future.set_running_or_notify_cancel()  # only the verb's own end settles it
        self._told: deque[Event] = deque()
        self._guard = threading.Lock()
        self._stopping = False
        self._stop: Callable[[], object] | None = None

    def tell(self, event: Event) -> None:
        """Hear an event, on whatever thread the verb is at work."""
        self._told.append(event)

    def told(self) -> list[Event]:
        """Every event since this was asked last, oldest first."""
        events = []
        while self._told:
            events.append(self._told.popleft())
        return events

    def stop(self) -> None:
        """End it where it waits; it puts away what came first, undisturbed by a second stop.

        A verb that asks nobody is stopped only before it begins; the others also while they begin.
        """
        with self._guard:
            first, self._stopping = not self._stopping, True
            stop = self._stop
        if first and stop is not None:
            stop()

    def stopped_by(self, stop: Callable[[], object]) -> None:
        """It is at work now, and this ends it: at once, if it was stopped before it began."""
        with self._guard:
            self._stop = stop
            late = self._stopping
        if late:
            stop()

    def settle(self, result: Record | None, error: BaseException | None = None) -> None:
        """Hand over how it ended; only the first end counts."""
        with suppress(InvalidStateError):  # it has ended before
            if isinstance(error, CancelledError | asyncio.CancelledError):
                self.future.set_exception(Stopped())
            elif error is not None:
                self.future.set_exception(error if isinstance(error, Exception) else _died(self.name, error))
            elif result is not None:
                self.future.set_result(result)


class Calls:
    """The verbs of one project, or of the world outside (`folder` is where the writer stands).

    Those that ask a model share one event loop on a thread of its own, so that connections and engines are
    kept from one verb to the next; those that need no project have another one, because they may wait for a
    person. Calls are begun and closed on the screen's own thread.
    """

    def __init__(self, world: World, folder: str) -> None:
        self.folder = folder
        self._world = world
        self._pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="verb")
        self._engines: dict[str, _Engine] = {}
        self._open: set[Call] = set()
        self._closed = False

    def start(self, name: str, request: Record) -> Call:
        """Begin a verb. The future of the call gives its result, or raises what it raised, or Stopped."""
        verb = _VERBS[name]
        call = Call(name, looks=(name, getattr(request, "action", "")) in _LOOKS)
        if self._closed:
            call.settle(None, CancelledError())
            return call
        self._open = {other for other in self._open if not other.future.done()} | {call}
        work_of = partial(_do, self._world, verb, request, self.folder, call)
        if verb.asks:
            self._running(verb.needs).begin(call, work_of)
        else:
            work = self._pool.submit(_driven, work_of)
            call.stopped_by(work.cancel)
            work.add_done_callback(partial(_hand_over, call))
        return call

    def move(self, world: World, folder: str) -> None:
        """Go to another project; what is at work in the old one ends."""
        for call in self._open:
            call.stop()
        self._world, self.folder = world, folder

    def at_work(self) -> list[str]:
        """The names of the verbs that ask a model and have not ended, but for those that only look."""
        return [
            call.name
            for call in self._open
            if _VERBS[call.name].asks and not call.looks and not call.future.done()
        ]

    def close(self) -> None:
        """End what is at work, and wait a moment for what is put away; nothing begins after this."""
        self._closed = True
        self._pool.shutdown(wait=False, cancel_futures=True)
        for call in self._open:
            call.stop()
        end = time.monotonic() + _PATIENCE
        for call in self._open:
            with suppress(TimeoutError):
                call.future.exception(max(0.0, end - time.monotonic()))
        for engine in self._engines.values():
            engine.end(max(0.1, end - time.monotonic()))

    def _running(self, of: str) -> _Engine:
        if of not in self._engines or not self._engines[of].alive():
            self._engines[of] = _Engine()
        return self._engines[of]


async def _do(world: World, verb: Verb, request: Record, folder: str, call: Call) -> Record:
    from loop.wiring import do

    return await do(world, verb, request, folder, call.tell)


def _driven(work: Callable[[], Coroutine[Any, Any, Record]]) -> Record:
    from loop.wiring import drive

    return drive(work())


class _Engine:
    """One event loop on a thread of its own. If the thread dies, every call on it ends with an error."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._calls: set[Call] = set()
        self._over = False
        self._thread = threading.Thread(target=self._run, name="models", daemon=True)
        self._thread.start()

    def alive(self) -> bool:
        """True while calls can begin on it."""
        return not self._over

    def begin(self, call: Call, work: Callable[[], Coroutine[Any, Any, Record]]) -> None:
        """Do the work of a call as a task."""
        self._calls.add(call)
        with suppress(RuntimeError):  # it ended just now
            self._loop.call_soon_threadsafe(self._begin, call, work)
        if self._over:
            call.settle(None, CancelledError())

    def end(self, patience: float) -> None:
        """Stop, and let go of what is open; a task that does not end is left behind."""
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(patience)

    def _begin(self, call: Call, work: Callable[[], Coroutine[Any, Any, Record]]) -> None:
        task = self._loop.create_task(work())
        task.add_done_callback(partial(self._ended, call))
        call.stopped_by(partial(self._cancel, task))

    def _cancel(self, task: asyncio.Task[Record]) -> None:
        if threading.current_thread() is self._thread:  # before its first step
            task.cancel()
            return
        with suppress(RuntimeError):  # the loop is closed: the call has ended
            self._loop.call_soon_threadsafe(task.cancel)

    def _ended(self, call: Call, task: asyncio.Task[Record]) -> None:
        self._calls.discard(call)
        _hand_over(call, task)

    def _run(self) -> None:
        reason: BaseException = CancelledError()
        try:
            self._loop.run_forever()
        except BaseException as error:  # noqa: BLE001 - whatever it is, the calls must hear of it
            reason = error
        finally:
            self._over = True  # before the calls are looked at: none can begin unseen
            for call in tuple(self._calls):
                call.settle(None, reason)
            self._let_go()

    def _let_go(self) -> None:
        """Close the loop; what is still at work on it may put away what came."""
        left = asyncio.all_tasks(self._loop)
        for task in left:
            task.cancel()
        if left:
            self._loop.run_until_complete(asyncio.wait(left, timeout=_PATIENCE))
        if not asyncio.all_tasks(self._loop):
            self._loop.run_until_complete(self._loop.shutdown_asyncgens())  # this closes connections
            self._loop.close()


def _hand_over(call: Call, done: Future[Record] | asyncio.Task[Record]) -> None:
    if done.cancelled():
        call.settle(None, CancelledError())
    elif (error := done.exception()) is not None:
        call.settle(None, error)
    else:
        call.settle(done.result())


def _died(name: str, error: BaseException) -> RedraftError:
    return RedraftError(
        f"“{name}” ended all of a sudden ({type(error).__name__}).", hint="Do it once more; nothing was lost."
    )
