"""Whether there is enough to learn from, and nothing in the way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from feedback.collected import FIRST_RUN, PREFERENCES
from loop.counts import count
from loop.model import Record
from loop.model.dataset import Finding
from loop.model.training import Method, TrainingRow

WANTED: dict[Method, int] = {"sft": FIRST_RUN, "dpo": PREFERENCES}
"""Pairs from which on each way of training is worth it."""


class Readiness(Record):
    """Whether one way of training may start."""

    method: Method
    """sft or dpo."""
    ready: bool
    """Nothing is missing."""
    usable: int
    """Pairs (and for dpo picked takes) that it can learn from."""
    wanted: int
    """So many it wants."""
    reasons: tuple[str, ...] = ()
    """Why it may not start, in sentences."""
    hint: str = ""
    """What to do."""


def usable_ids(rows: Sequence[TrainingRow]) -> frozenset[str]:
    """The pairs and picked takes behind the rows that are learned from."""
    return frozenset(row.id.partition("/")[0] for row in rows if row.split == "train")


def readiness(
    method: Method,
    rows: Sequence[TrainingRow],
    findings: Sequence[Finding],
    left_out: int,
    *,
    unlooked: str = "",
) -> Readiness:
    """Whether one way of training may start with these rows; `left_out` pairs give it none.

    `unlooked` says why nobody counted tokens: what is not looked at is not ready.
    """
    usable, wanted = len(usable_ids(rows)), WANTED[method]
    reasons: list[str] = []
    hints: list[str] = []
    if not usable:
        reasons.append(_nothing(method, left_out))
        hints.append("redraft correct NAME   makes a pair")
    elif usable < wanted:
        reasons.append(_too_few(method, usable, wanted))
        hints.append("redraft learn")
    stops = [one for one in findings if one.stop and one.of in {"", method}]
    for kind, number in Counter(one.kind for one in stops).items():
        first = next(one for one in stops if one.kind == kind)
        reasons.append(
            _STOPS[kind].format(rows=count(number, "row"), pairs=count(number, "pair"), first=first)
        )
        hints.append(first.hint)
    if unlooked:
        reasons.append(f"Its tokens were not looked at. {unlooked}")
    return Readiness(
        method=method,
        ready=not reasons,
        usable=usable,
        wanted=wanted,
        reasons=tuple(reasons),
        hint=next((hint for hint in reversed(hints) if hint), ""),
    )


def _nothing(method: Method, left_out: int) -> str:
    learned = "a final" if method == "sft" else "a preference"
    if left_out:
        return f"Nothing remains to learn {learned} from: all {count(left_out, 'pair')} were left out."
    return f"There is no pair yet to learn {learned} from."


def _too_few(method: Method, usable: int, wanted: int) -> str:
    missing = f"{wanted - usable:,} are missing" if wanted - usable > 1 else "1 is missing"
    if method == "sft":
        return (
            f"{count(usable, 'pair')} of the {wanted} that a first run wants: {missing}. "
            f"Below {wanted}, the prompt loop is better: rules and examples do more."
        )
    return f"{count(usable, 'preference')} of the {wanted} that learning from them wants: {missing}."


_STOPS = {
    "leak": "{pairs} that only measure are among those that are learned, too: “{first.brief}” for one.",
    "long": "{rows} with more tokens than the model takes at once: {first.id} for one. Nothing is cut off.",
    "template": "{first.says}",
    "mask": "{first.says}",
    "start": "{first.says}",
}
"""Kind of a finding that stops -> what is said of it."""
