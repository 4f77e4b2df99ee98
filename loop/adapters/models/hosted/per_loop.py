"""One thing for each event loop: network clients belong to the loop they were made in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

T = TypeVar("T")


class PerLoop(Generic[T]):
    """Makes one of what `make` opens for each event loop, and closes it when that loop ends.

    Opening must not wait for anything, so that two tasks cannot open two; nor may it be a generator
    itself, for a loop that ends closes all its generators at once.
    """

    def __init__(self, make: Callable[[], AbstractAsyncContextManager[T]]) -> None:
        self._make = make
        self._kept: WeakKeyDictionary[asyncio.AbstractEventLoop, tuple[T, AsyncGenerator[T, None]]] = (
            WeakKeyDictionary()
        )

    async def get(self) -> T:
        """What belongs to the loop that runs."""
        loop = asyncio.get_running_loop()
        if loop not in self._kept:
            opened = self._open()
            self._kept[loop] = (await anext(opened), opened)
        return self._kept[loop][0]

    async def close(self) -> None:
        """Close it now."""
        kept = self._kept.pop(asyncio.get_running_loop(), None)
        if kept is not None:
            await kept[1].aclose()

    async def _open(self) -> AsyncGenerator[T, None]:
        """`asyncio.run` closes the generators that are still open when it ends: nobody has to remember."""
        async with self._make() as made:
            yield made
