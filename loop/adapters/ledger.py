"""What a project's models cost, written down outside git: one file a month, one line a question."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from loop.adapters.files import unreadable
from loop.model import Spent, content_id
from loop.ports import OverMonth

if TYPE_CHECKING:
    from loop.adapters.aside import Aside


class LedgerFile:
    """One project's account in the user's own folder; it survives `.redraft/` and clones alike."""

    def __init__(self, folder: Callable[[], Path], root: Path) -> None:
        self._base = folder
        self._root = root
        self._read = (Path(), 0, 0.0)
        """The month's file, how far it was read, and what stood there in money."""

    @cached_property
    def _folder(self) -> Path:
        return self._base() / content_id(os.path.realpath(self._root))

    @cached_property
    def _aside(self) -> Aside:
        from loop.adapters.aside import Aside  # only a month's cap needs it

        return Aside(self._folder / "under-way")

    def prepare(self, now: datetime) -> None:
        """Find out that nothing can be written down before anything is paid. Raises ProjectError."""
        self._append(self._of(now), b"")

    def add(self, spent: Spent) -> None:
        """Append a line; several redraft at once do not disturb each other. Raises ProjectError."""
        # One write, so that lines never mix; the line end before it closes a line that was cut short.
        self._append(self._folder / f"{spent.at[:7]}.jsonl", b"\n" + spent.model_dump_json().encode() + b"\n")

    def _of(self, now: datetime) -> Path:
        return self._folder / f"{now.astimezone(UTC):%Y-%m}.jsonl"

    def _append(self, place: Path, data: bytes) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with place.open("ab", buffering=0) as file:
                file.write(data)
        except OSError as error:
            raise unreadable(error, str(place), "written") from error

    def month(self, now: datetime) -> Sequence[Spent]:
        """The lines of a calendar month (UTC); one that was cut short is left out. Raises ProjectError."""
        place = self._of(now)
        try:
            lines = place.read_bytes().splitlines()
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise unreadable(error, str(place), "read") from error
        return tuple(_understood(lines))

    def set_aside(self, usd: float, most: float, now: datetime) -> OverMonth | None:
        """As the port says; a process that was killed holds nothing any more."""
        try:
            with self._aside.alone():
                others = self._aside.others()  # before the month: a settled question is seen in one at least
                alone = self._month_usd(now) + usd
                if alone > most:
                    return OverMonth(alone, shared=False)
                if others is not None and alone + others > most:
                    return OverMonth(alone + others, shared=True)
                self._aside.put(usd)
        except OSError as error:
            raise unreadable(error, str(self._folder), "written") from error
        return None

    def still_aside(self, usd: float) -> None:
        """As the port says."""
        if round(usd, 9) <= 0:  # sums of floats seldom come back to nothing
            self._aside.clear()
            return
        try:
            self._aside.put(usd)
        except OSError as error:
            raise unreadable(error, str(self._folder), "written") from error

    def _month_usd(self, now: datetime) -> float:
        """The money of a month. Only what came since the last time is read."""
        place = self._of(now)
        known, start, usd = self._read
        if known != place:
            start, usd = 0, 0.0
        try:
            with place.open("rb") as file:
                file.seek(start)
                data = file.read()
        except FileNotFoundError:
            return 0.0
        whole = data[: data.rfind(b"\n") + 1]
        usd += sum(line.usage.usd for line in _understood(whole.splitlines()))
        self._read = (place, start + len(whole), usd)
        return usd


def _understood(lines: Sequence[bytes]) -> Iterator[Spent]:
    for line in lines:
        try:
            yield Spent.model_validate_json(line)
        except ValidationError:  # empty, or the power went while it was written
            continue
