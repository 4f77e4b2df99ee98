"""Numbers that carry their doubt: means, shares and paired differences with 95% intervals.

A brief is one independent observation, however many drafts of it were written: samples of a brief
are averaged first. Nothing measured is `None`, never zero.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from loop.model import Estimate

Range = tuple[float, float]

_Z = 1.959964
_T = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228)
"""Two-sided 95% quantiles of Student's t for 1 to 10 degrees of freedom."""


def share(values: Sequence[bool]) -> Estimate | None:
    """How often something is true, with Wilson's interval; None when there is nothing to count."""
    n = len(values)
    if n == 0:
        return None
    hits = sum(values)
    mean = hits / n
    spread = _Z * math.sqrt(mean * (1 - mean) / n + (_Z / (2 * n)) ** 2) / (1 + _Z**2 / n)
    centre = (mean + _Z**2 / (2 * n)) / (1 + _Z**2 / n)
    low = 0.0 if hits == 0 else max(0.0, centre - spread)
    high = 1.0 if hits == n else min(1.0, centre + spread)
    return Estimate(mean=mean, low=min(low, mean), high=max(high, mean), n=n)


def mean_estimate(values: Iterable[float | None], *, within: Range = (0.0, 1.0)) -> Estimate | None:
    """The mean of independent values that lie in `within`; None values are left out.

    Student's t interval, cut at the range. t has nothing to go on where all values agree, or there is
    one value alone: then one more value is thought of, half the range away (a count: Poisson's interval).
    One share alone gets the whole range.
    """
    known = [value for value in values if value is not None]
    n = len(known)
    if n == 0:
        return None
    least, most = min(known), max(known)
    mean = min(most, max(least, math.fsum(known) / n))
    if least == most:
        reach = _without_spread(mean, n, within)
        low, high = mean - reach, mean + reach
    else:
        variance = math.fsum((value - mean) ** 2 for value in known) / (n - 1)
        reach = _student(n - 1) * math.sqrt(variance / n)
        low, high = mean - reach, mean + reach
    return Estimate(mean=mean, low=min(mean, max(low, within[0])), high=max(mean, min(high, within[1])), n=n)


def mean_by_brief(
    values: Mapping[str, Sequence[float | None]], *, within: Range = (0.0, 1.0)
) -> Estimate | None:
    """The mean over briefs of what their samples average to; briefs without a value are left out.

    `n` counts briefs.
    """
    return mean_estimate((_average(samples) for samples in values.values()), within=within)


def paired_difference(
    before: Mapping[str, Sequence[float | None]],
    after: Mapping[str, Sequence[float | None]],
    *,
    within: Range = (-1.0, 1.0),
) -> Estimate | None:
    """The mean of `after` minus `before` over the same briefs and samples; `n` counts briefs.

    Both map a brief to its samples' values, in the same order. A sample that is unscored on either
    side is left out of both; a brief with nothing left is left out whole. `within` is the range of a
    difference. None when nothing can be paired.
    """
    differences = []
    for brief, old in before.items():
        pairs = zip(old, after.get(brief, ()), strict=False)
        differences.append(_average([y - x for x, y in pairs if x is not None and y is not None]))
    return mean_estimate(differences, within=within)


def chance_of_luck(for_it: int, against_it: int) -> float:
    """The exact one-sided sign test: how likely so many of the changed cases point one way by luck.

    1 when nothing changed.
    """
    changed = for_it + against_it
    return sum(math.comb(changed, k) for k in range(for_it, changed + 1)) / (1 << changed)


def _average(samples: Sequence[float | None]) -> float | None:
    known = [value for value in samples if value is not None]
    return math.fsum(known) / len(known) if known else None


def _without_spread(mean: float, n: int, within: Range) -> float:
    """How far the interval reaches around `n` values that are all the same; the smaller of two.

    For a share or another quantity with a short range: Student's t as if one more value had come, half
    the range away. For a count, whose range is long or has no end: the score interval of a Poisson count.
    """
    one_more = _student(n) * (within[1] - within[0]) / 2 / (n + 1)
    poisson = (_Z**2 / 2 + _Z * math.sqrt(abs(mean) * n + _Z**2 / 4)) / n
    return min(one_more, poisson)


def _student(degrees: int) -> float:
    """The 97.5% quantile of Student's t: a table, then the expansion of Cornish and Fisher."""
    if degrees <= len(_T):
        return _T[degrees - 1]
    z = _Z
    return (
        z
        + (z**3 + z) / (4 * degrees)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * degrees**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * degrees**3)
    )
