"""How long work will still take, as far as its progress lets one guess."""

from __future__ import annotations

import time
from collections.abc import Callable

from loop.events import Progress

_SOON = 3.0
"""Seconds of work before the time that is left is guessed."""
_MINUTES = 90
"""From so many seconds on it is said in minutes."""
_HOURS = 7200
"""From so many seconds on it is said in hours."""


class TimeLeft:
    """Hears of one piece of work after the other; each is timed from when it was first told of."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._work = ("", 0.0, 0)
        """What is under way, when it was first told of, and how far it was then."""

    def of(self, event: Progress) -> str:
        """`about 14 s left`; empty as long as nobody can know."""
        what, started, first = self._work
        now = self._now()
        if event.what != what or event.done < first:
            self._work = (event.what, now, event.done)
            return ""
        if event.done <= first or event.done >= event.of or now - started < _SOON:
            return ""
        return f"about {duration((now - started) / (event.done - first) * (event.of - event.done))} left"


def duration(seconds: float) -> str:
    """`14 s`, `3 min`, `2.5 h`."""
    if seconds > _HOURS:
        return f"{seconds / 3600:.1f} h"
    return f"{seconds / 60:.0f} min" if seconds > _MINUTES else f"{seconds:.0f} s"
