"""Numbers as a curve in one line of blocks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import fmean

_BLOCKS = "▁▂▃▄▅▆▇█"


def curve(values: Sequence[float], cells: int) -> str:
    """The values from left to right in so many cells at most; the lowest one is the lowest block.

    A cell is the mean of the values that share it; values that are no numbers are passed over.
    """
    known = [value for value in values if math.isfinite(value)]
    places = min(len(known), cells)
    means = [
        fmean(known[place * len(known) // places : (place + 1) * len(known) // places])
        for place in range(places)
    ]
    low, high = min(means, default=0.0), max(means, default=0.0)
    top = len(_BLOCKS) - 1
    heights = [round((one - low) / (high - low) * top) if high > low else 0 for one in means]
    return "".join(_BLOCKS[height] for height in heights)
