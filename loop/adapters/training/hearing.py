"""Reads what runs say in their files, and goes on where the last look ended."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from pydantic import TypeAdapter, ValidationError

from loop.model.runs import TrainEvent

_EVENT: TypeAdapter[TrainEvent] = TypeAdapter(TrainEvent)
_MOST = 64
"""Runs that are remembered."""


@dataclass
class _Heard:
    """What was read of one file."""

    file: tuple[int, int]
    """Which file it was, by its device and number."""
    end: int = 0
    """Bytes that were read: whole lines only."""
    events: list[TrainEvent] = field(default_factory=list)


class Hearing:
    """The events of many runs; of each file only what is new is read. May be asked on any thread."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._heard: dict[Path, _Heard] = {}

    def events(self, path: Path) -> Sequence[TrainEvent]:
        """Every whole line of a file; none where there is no file. A line that is no event is passed over."""
        with self._guard:
            try:
                with path.open("rb") as file:
                    return self._read(path, file)
            except FileNotFoundError:
                self._heard.pop(path, None)
                return ()

    def _read(self, path: Path, file: BinaryIO) -> Sequence[TrainEvent]:
        found = os.fstat(file.fileno())
        here = (found.st_dev, found.st_ino)
        heard = self._heard.pop(path, None)
        if heard is None or heard.file != here or found.st_size < heard.end:  # another run of that name
            heard = _Heard(here)
        self._heard[path] = heard  # the last one that was asked for stands last
        while len(self._heard) > _MOST:
            del self._heard[next(iter(self._heard))]
        file.seek(heard.end)
        new = file.read()
        whole = new[
            : new.rfind(b"\n") + 1
        ]  # the last line of a run that is writing, or was killed, may be half
        heard.end += len(whole)
        for line in whole.splitlines():
            try:
                heard.events.append(_EVENT.validate_python(json.loads(line)))
            except (ValueError, ValidationError):
                continue
        return tuple(heard.events)
