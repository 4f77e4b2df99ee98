"""An answer that is written in a thread of its own, heard piece by piece where it was asked for."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from loop.model import Reply

Answer = Callable[[threading.Event, Callable[[str], None]], Reply]
"""Writes it: stops soon after the event is set, and gives each piece to the function."""


async def streamed(workers: ThreadPoolExecutor, write: Answer, on_text: Callable[[str], None]) -> Reply:
    """The whole reply; `on_text` gets it piece by piece. Cancelling stops the writing.

    Raises what `write` raises.
    """
    loop = asyncio.get_running_loop()
    pieces: asyncio.Queue[str | None] = asyncio.Queue()
    stop = threading.Event()

    def arrived(piece: str) -> None:
        with contextlib.suppress(RuntimeError):  # the event loop closed, so nobody listens any more
            loop.call_soon_threadsafe(pieces.put_nowait, piece)

    answer = asyncio.wrap_future(workers.submit(write, stop, arrived))
    answer.add_done_callback(lambda _: pieces.put_nowait(None))
    try:
        while (piece := await pieces.get()) is not None:
            on_text(piece)
        return await answer
    finally:
        stop.set()
        answer.cancel()
