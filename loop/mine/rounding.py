"""Round numbers, as a writer would set them for a limit."""

from __future__ import annotations

import math

from loop.model import Measure


def round_up(name: Measure, value: float) -> int:
    """The least round number that is not below the value."""
    step = _step(name, value)
    return step * math.ceil(value / step)


def round_down(name: Measure, value: float) -> int:
    """The greatest round number that is not above the value."""
    step = _step(name, value)
    return step * math.floor(value / step)


def _step(name: Measure, value: float) -> int:
    if name == "sentence_words":
        return 5 if value > 10 else 1
    if name != "piece_words":
        return 1
    return next((step for below, step in ((200, 10), (500, 25), (1000, 50)) if value < below), 100)
