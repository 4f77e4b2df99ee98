"""A figure against its baseline, measured in the same run, as a line of text."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from typing import NamedTuple


class Figure(NamedTuple):
    """One thing that was measured."""

    what: str
    """What was measured, in a few words."""
    value: float
    """What came out."""
    target: float
    """What it may be at most."""
    unit: str = "x"
    """`x` for a ratio, `s`, `%`."""
    how: str = ""
    """The two numbers behind a ratio, the pace, the size: whatever a reader needs to believe it."""

    def line(self) -> str:
        """As it is printed."""
        met = "met" if self.value <= self.target else "MISSED"
        most = f"{self.target:g} {self.unit}"
        return f"{self.what}: {self.value:.2f} {self.unit}, at most {most}: {met}\n    {self.how}"


def alternately(rounds: int, *runs: Callable[[], float]) -> list[float]:
    """Each one's median over the rounds, after one round that warms the disk."""
    times: list[list[float]] = [[] for _ in runs]
    for number in range(rounds + 1):
        for run, found in zip(runs, times, strict=True):
            seconds = run()
            if number:
                found.append(seconds)
    return [statistics.median(found) for found in times]


def milliseconds(seconds: float | Sequence[float]) -> str:
    """For a reader."""
    return f"{(seconds if isinstance(seconds, float) else statistics.median(seconds)) * 1000:.1f} ms"
