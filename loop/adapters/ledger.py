"""What a project's models cost, written down outside git: one file a month, one line a question."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from pydantic import ValidationError

from loop.adapters.files import unreadable
from loop.model import Spent, content_id


class LedgerFile:
    """One project's account in the user's own folder; it survives `.redraft/` and clones alike."""

    def __init__(self, folder: Callable[[], Path], root: Path) -> None:
        self._base = folder
        self._root = root

    @cached_property
    def _folder(self) -> Path:
        return self._base() / content_id(os.path.realpath(self._root))

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
        found = []
        for line in lines:
            try:
                found.append(Spent.model_validate_json(line))
            except ValidationError:  # the power went while it was written
                continue
        return tuple(found)
