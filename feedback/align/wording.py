"""Which words of two versions of a passage are the same, tidied so that a reader sees few clear edits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from rapidfuzz.distance import Indel

from feedback.align.matching import rising

_LAST_CODE = 0x10FFFF
_EXACT_CELLS = 64_000_000
"""Up to this product of lengths the alignment is optimal (8 MB of memory); beyond it, anchored first."""
_PIECE = 6_000
"""Without anchors, passages are compared in pieces of so many words."""
_SHORT = 3
"""A word of at most so many characters carries little by itself."""
_ISLAND = 2
"""Equal runs of at most so many short words between two changes are absorbed."""
_SMALL_EDITS = 3
"""Two changes of so many words together are not yet a rewrite."""


class Run(NamedTuple):
    """`length` words from `draft` on are equal to those from `final` on."""

    draft: int
    final: int
    length: int


def equal_runs(draft: Sequence[str], final: Sequence[str]) -> list[Run]:
    """The runs of equal words, in order, without the small islands inside a larger rewrite."""
    return _without_islands(_matches(draft, final), draft, final)


def _matches(draft: Sequence[str], final: Sequence[str]) -> list[Run]:
    vocabulary: dict[str, str] = {}
    for word in (*draft, *final):
        if word not in vocabulary:
            vocabulary[word] = chr(min(len(vocabulary), _LAST_CODE))
    codes_d = "".join(map(vocabulary.__getitem__, draft))
    codes_f = "".join(map(vocabulary.__getitem__, final))
    runs: list[Run] = []
    for d, d_end, f, f_end in _regions(codes_d, codes_f):
        for block in Indel.opcodes(codes_d[d:d_end], codes_f[f:f_end]):
            if block.tag == "equal":
                _extend(runs, d + block.src_start, f + block.dest_start, block.src_end - block.src_start)
    if len(vocabulary) > _LAST_CODE:
        return _verified(runs, draft, final)
    return runs


def _extend(runs: list[Run], draft: int, final: int, length: int) -> None:
    if runs:
        last = runs[-1]
        if last.draft + last.length == draft and last.final + last.length == final:
            runs[-1] = last._replace(length=last.length + length)
            return
    if length:
        runs.append(Run(draft, final, length))


def _verified(runs: list[Run], draft: Sequence[str], final: Sequence[str]) -> list[Run]:
    """Words past the last code share it, so what was matched by it is looked at again."""
    kept: list[Run] = []
    for run in runs:
        for offset in range(run.length):
            if draft[run.draft + offset] == final[run.final + offset]:
                _extend(kept, run.draft + offset, run.final + offset, 1)
    return kept


def _regions(draft: str, final: str) -> list[tuple[int, int, int, int]]:
    """The whole when it is small; else the stretches between words that stand once on both sides."""
    if len(draft) * len(final) <= _EXACT_CELLS:
        return [(0, len(draft), 0, len(final))]
    count_d, count_f = Counter(draft), Counter(final)
    places = {code: place for place, code in enumerate(final) if count_f[code] == 1}
    once = [
        (place, places[code])
        for place, code in enumerate(draft)
        if count_d[code] == 1 and count_f.get(code) == 1
    ]
    found = []
    d, f = 0, 0
    for anchor_d, anchor_f in [*rising(once), (len(draft), len(final))]:
        found += _pieces(d, anchor_d, f, anchor_f)
        d, f = anchor_d, anchor_f
    return found


def _pieces(d: int, d_end: int, f: int, f_end: int) -> list[tuple[int, int, int, int]]:
    """A region cut proportionally, so that the cost stays linear even where no word stands once."""
    if (d_end - d) * (f_end - f) <= _EXACT_CELLS:
        return [(d, d_end, f, f_end)]
    count = max(d_end - d, f_end - f) // _PIECE + 1
    cuts_d = [d + (d_end - d) * i // count for i in range(count + 1)]
    cuts_f = [f + (f_end - f) * i // count for i in range(count + 1)]
    return [(cuts_d[i], cuts_d[i + 1], cuts_f[i], cuts_f[i + 1]) for i in range(count)]


def _without_islands(runs: list[Run], draft: Sequence[str], final: Sequence[str]) -> list[Run]:
    """Absorb islands: at most two short equal words inside a rewrite of more than three.

    Two small changes with a short word between them stay two: each is a correction of its own.
    """
    kept: list[Run] = []
    for place, run in enumerate(runs):
        if run.length <= _ISLAND and all(
            len(word) <= _SHORT for word in draft[run.draft : run.draft + run.length]
        ):
            d, f = (kept[-1].draft + kept[-1].length, kept[-1].final + kept[-1].length) if kept else (0, 0)
            after = runs[place + 1] if place + 1 < len(runs) else Run(len(draft), len(final), 0)
            left = (run.draft - d, run.final - f)
            right = (after.draft - run.draft - run.length, after.final - run.final - run.length)
            if min(max(left), max(right)) > 0 and max(left) + max(right) > _SMALL_EDITS:
                continue
        kept.append(run)
    return kept
