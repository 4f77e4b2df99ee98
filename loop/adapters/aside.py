"""Money that several redraft have set aside for questions under way: each sees what the others did."""

from __future__ import annotations

import contextlib
import os
import secrets
from contextlib import AbstractContextManager
from pathlib import Path

from loop.adapters.lock import file_lock, take

_WIDTH = 24
"""An amount is written at this width, over the one before it."""


class Aside:
    """One holder's file in a folder that all share; whoever ends, however it ends, lets go of it.

    The file holds the amount and is locked as long as its holder lives. It is there only while something
    is set aside.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder / f"{secrets.token_hex(8)}.usd"
        self._descriptor: int | None = None

    def alone(self) -> AbstractContextManager[None]:
        """While this is held nobody else sets anything aside. Raises ProjectError."""
        return file_lock(self._folder / "lock")

    def others(self) -> float | None:
        """What the others have set aside; None when there is nobody else. Ask while `alone`.

        The file of one that was killed is removed. Raises OSError.
        """
        amounts = [amount for path in self._folder.glob("*.usd") if (amount := self._read(path)) is not None]
        return sum(amounts) if amounts else None

    def put(self, usd: float) -> None:
        """Set so much aside, in place of what was; for the first time while `alone`. Raises OSError."""
        if self._descriptor is None:
            self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o666)
            take(self._descriptor)
        os.lseek(self._descriptor, 0, os.SEEK_SET)
        os.write(self._descriptor, f"{usd:<{_WIDTH}.9f}".encode())

    def clear(self) -> None:
        """Let go of everything."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
            with contextlib.suppress(OSError):  # somebody took it for a dead one's, or it stays until then
                self._path.unlink()

    def _read(self, path: Path) -> float | None:
        if path == self._path:
            return None
        try:
            descriptor = os.open(path, os.O_RDWR)
        except FileNotFoundError:
            return None
        try:
            if gone := take(descriptor):
                amount = None
            else:
                os.lseek(descriptor, 0, os.SEEK_SET)  # on Windows, who looks at a lock is beyond it now
                amount = float(os.read(descriptor, _WIDTH) or 0)  # nothing, where the disk was full
        finally:
            os.close(descriptor)
        if gone:
            with contextlib.suppress(OSError):
                path.unlink()
        return amount
