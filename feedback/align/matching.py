"""Monotone matching of two rows of units by likeness: which block or sentence became which."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from typing import Literal, NamedTuple

from rapidfuzz.distance import Indel

from feedback.align.source import Unit

ALIKE = 0.4
"""Two passages with a lower share of common words are not versions of each other."""
_GAIN = 0.04
"""A split or a merge must explain so much more than one unit alone."""
_MOST_PARTS = 4
"""A unit may be split into, or merged from, at most so many."""
_SMALL_AREA = 1024
"""Regions with so few cells need no corridor."""
_BAND = 24
"""Half the width of the corridor where nothing else narrows it."""
_EXACT_WORDS = 4_000_000
"""Up to this product of lengths the likeness is exact; beyond it only the words count, not their order."""
_GRAM = 4
_LOOK_AHEAD = 8


class Group(NamedTuple):
    """Units `draft_start:draft_end` of one row that became `final_start:final_end` of the other."""

    draft_start: int
    draft_end: int
    final_start: int
    final_end: int
    kind: Literal["same", "alike", "replaced"]


class _Corridor(NamedTuple):
    low: list[int]
    high: list[int]


def match_units(draft: Sequence[Unit], final: Sequence[Unit]) -> list[Group]:
    """Groups in order; a unit in no group was deleted (draft) or inserted (final)."""
    groups: list[Group] = []
    d, f = 0, 0
    for anchor_d, anchor_f in [*_exact_anchors(draft, final), (len(draft), len(final))]:
        if anchor_d > d and anchor_f > f:
            alike = _likest(draft[d:anchor_d], final[f:anchor_f], d, f)
            groups += _pair_leftovers(draft, final, alike, (d, anchor_d, f, anchor_f))
        if anchor_d < len(draft) and anchor_f < len(final):
            groups.append(Group(anchor_d, anchor_d + 1, anchor_f, anchor_f + 1, "same"))
        d, f = anchor_d + 1, anchor_f + 1
    return groups


def rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest part of the pairs (sorted by their first number) whose second numbers rise too."""
    tails: list[int] = []
    places: list[int] = []
    before: list[int] = []
    for place, (_, second) in enumerate(pairs):
        at = bisect_left(tails, second)
        before.append(places[at - 1] if at else -1)
        if at == len(tails):
            tails.append(second)
            places.append(place)
        else:
            tails[at] = second
            places[at] = place
    found = []
    place = places[-1] if places else -1
    while place >= 0:
        found.append(pairs[place])
        place = before[place]
    return found[::-1]


def _exact_anchors(draft: Sequence[Unit], final: Sequence[Unit]) -> list[tuple[int, int]]:
    """Equal units at both ends, and between them those that stand exactly once on both sides."""
    shorter = min(len(draft), len(final))
    head = 0
    while head < shorter and draft[head].text == final[head].text:
        head += 1
    tail = 0
    while tail < shorter - head and draft[-1 - tail].text == final[-1 - tail].text:
        tail += 1
    draft_end, final_end = len(draft) - tail, len(final) - tail
    count_d = Counter(unit.text for unit in draft[head:draft_end])
    count_f = Counter(unit.text for unit in final[head:final_end])
    places = {unit.text: head + i for i, unit in enumerate(final[head:final_end])}
    once = [
        (head + i, places[unit.text])
        for i, unit in enumerate(draft[head:draft_end])
        if count_d[unit.text] == 1 and count_f[unit.text] == 1
    ]
    return [
        *((i, i) for i in range(head)),
        *rising(once),
        *((draft_end + i, final_end + i) for i in range(tail)),
    ]


def _pair_leftovers(
    draft: Sequence[Unit], final: Sequence[Unit], groups: list[Group], region: tuple[int, int, int, int]
) -> list[Group]:
    """Between two groups, what is left of one row replaces what is left of the other, in order."""
    d, d_end, f, f_end = region
    found = []
    for group in [*groups, Group(d_end, d_end, f_end, f_end, "same")]:
        pairs = _partners(draft[d : group.draft_start], final[f : group.final_start])
        found += [Group(d + i, d + i + 1, f + j, f + j + 1, "replaced") for i, j in pairs]
        if group.draft_end > group.draft_start:
            found.append(group)
        d, f = group.draft_end, group.final_end
    return found


def _partners(draft: Sequence[Unit], final: Sequence[Unit]) -> list[tuple[int, int]]:
    """A partner for each unit of the shorter row: the next one, or one of its kind a little further on."""
    if len(draft) > len(final):
        return [(i, j) for j, i in _partners(final, draft)]
    found = []
    other = 0
    for place, unit in enumerate(draft):
        spare = len(final) - other - (len(draft) - place)
        ahead = range(min(spare, _LOOK_AHEAD) + 1)
        other += next((step for step in ahead if final[other + step].kind == unit.kind), 0)
        found.append((place, other))
        other += 1
    return found


def likeness(draft: str, final: str) -> float:
    """Share of two code strings that is common to them, 0..1."""
    if len(draft) * len(final) <= _EXACT_WORDS:
        return float(Indel.normalized_similarity(draft, final))
    common = Counter(draft) & Counter(final)
    return 2 * common.total() / (len(draft) + len(final))


def _likest(draft: Sequence[Unit], final: Sequence[Unit], d_offset: int, f_offset: int) -> list[Group]:
    """The row of groups with the most common words: dynamic programming inside a corridor."""
    rows, columns = len(draft), len(final)
    corridor = _corridor(draft, final)
    best = [[0.0] * (high - low + 1) for low, high in zip(*corridor, strict=True)]
    step: list[list[tuple[int, int]]] = [[(0, 0)] * len(row) for row in best]
    codes = _Codes(draft, final)

    def reach(row: int, column: int, value: float, move: tuple[int, int]) -> None:
        if row > rows or not corridor.low[row] <= column <= corridor.high[row]:
            return
        place = column - corridor.low[row]
        if step[row][place] == (0, 0) or value > best[row][place]:
            best[row][place] = value
            step[row][place] = move

    for row in range(rows + 1):
        for column in range(corridor.low[row], corridor.high[row] + 1):
            value = best[row][column - corridor.low[row]]
            if (row or column) and step[row][column - corridor.low[row]] == (0, 0):
                continue
            reach(row + 1, column, value, (1, 0))
            reach(row, column + 1, value, (0, 1))
            if row < rows and column < columns:
                for d_parts, f_parts, weight in codes.moves(row, column):
                    reach(row + d_parts, column + f_parts, value + weight, (d_parts, f_parts))
    groups = []
    row, column = rows, columns
    while row or column:
        d_parts, f_parts = step[row][column - corridor.low[row]]
        row, column = row - d_parts, column - f_parts
        if d_parts and f_parts:
            same = d_parts == f_parts == 1 and draft[row].text == final[column].text
            start_d, start_f = row + d_offset, column + f_offset
            groups.append(
                Group(start_d, start_d + d_parts, start_f, start_f + f_parts, "same" if same else "alike")
            )
    return groups[::-1]


class _Codes:
    """What a step of the dynamic programming is worth."""

    def __init__(self, draft: Sequence[Unit], final: Sequence[Unit]) -> None:
        self.draft = draft
        self.final = final

    def moves(self, row: int, column: int) -> list[tuple[int, int, float]]:
        """(units of the draft, units of the final, worth) for the pairs that begin here."""
        draft, final = self.draft[row], self.final[column]
        if draft.whole or final.whole:
            if draft.kind != final.kind or draft.whole != final.whole:
                return []
            share = 1.0 if draft.text == final.text else likeness(draft.words.codes, final.words.codes)
            size = len(draft.words.codes) + len(final.words.codes)
            return [(1, 1, _worth(share, size))] if share >= ALIKE else []
        codes_d, codes_f = draft.words.codes, final.words.codes
        share = likeness(codes_d, codes_f)
        found = []
        if share >= ALIKE or draft.text == final.text:
            found.append((1, 1, _worth(share, len(codes_d) + len(codes_f))))
        if share < 1.0 and codes_d and codes_f:
            if len(codes_d) > len(codes_f):
                found += [(1, n, worth) for n, worth in _parts(codes_d, self.final, column, share)]
            else:
                found += [(n, 1, worth) for n, worth in _parts(codes_f, self.draft, row, share)]
        return found


def _worth(share: float, size: int) -> float:
    """Squared, so that an equal unit is worth more than a longer one that holds the same words.

    The small constant lets units without words, such as a lone emphasis mark, find each other too.
    """
    return share * share * size + 0.1


def _parts(whole: str, units: Sequence[Unit], first: int, share: float) -> list[tuple[int, float]]:
    """How many units from `first` on, put together, are the whole again, and what that is worth."""
    found = []
    joined = units[first].words.codes
    best = share
    for count in range(2, _MOST_PARTS + 1):
        if first + count > len(units) or units[first + count - 1].whole:
            break
        part = units[first + count - 1].words.codes
        joined += part
        together = likeness(whole, joined)
        if together < best + _GAIN or together < likeness(whole, part) + _GAIN:
            break
        best = together
        if together >= ALIKE:
            found.append((count, _worth(together, len(whole) + len(joined))))
    return found


def _corridor(draft: Sequence[Unit], final: Sequence[Unit]) -> _Corridor:
    """For every number of draft units, the numbers of final units that are looked at."""
    rows, columns = len(draft), len(final)
    if rows * columns <= _SMALL_AREA:
        return _Corridor([0] * (rows + 1), [columns] * (rows + 1))
    low: list[int] = []
    high: list[int] = []
    d, f = 0, 0
    for anchor_d, anchor_f in [*_rough_anchors(draft, final), (rows, columns)]:
        tall, wide = anchor_d - d, anchor_f - f
        band = max(_BAND, wide // max(tall, 1) + 1) if tall * wide > _SMALL_AREA else tall + wide + 1
        for row in range(tall + 1 if anchor_d == rows else tall):
            middle = f + (wide * row) // max(tall, 1)
            low.append(max(0, f - _MOST_PARTS, middle - band))
            high.append(min(columns, anchor_f + _MOST_PARTS, middle + band))
        d, f = anchor_d, anchor_f
    low[0], high[-1] = 0, columns
    # Rows must overlap, and the corridor may only move forward, or no way leads through it.
    for row in range(1, rows + 1):
        high[row] = max(high[row], high[row - 1])
    for row in range(rows - 1, -1, -1):
        low[row] = min(low[row], low[row + 1])
    for row in range(1, rows + 1):
        high[row - 1] = max(high[row - 1], low[row])
    return _Corridor(low, high)


def _rough_anchors(draft: Sequence[Unit], final: Sequence[Unit]) -> list[tuple[int, int]]:
    """Pairs that share the most rare word sequences, each the other's first choice, in rising order."""
    home: dict[str, int] = {}
    for place, unit in enumerate(final):
        for gram in _grams(unit.words.codes):
            home[gram] = place if home.get(gram, place) == place else -1
    votes: Counter[tuple[int, int]] = Counter()
    seen: dict[str, int] = {}
    for place, unit in enumerate(draft):
        for gram in _grams(unit.words.codes):
            seen[gram] = place if seen.get(gram, place) == place else -1
    for gram, place in seen.items():
        other = home.get(gram, -1)
        if place >= 0 and other >= 0:
            votes[place, other] += 1
    choice_d: dict[int, int] = {}
    choice_f: dict[int, int] = {}
    for (place, other), _ in votes.most_common():
        choice_d.setdefault(place, other)
        choice_f.setdefault(other, place)
    return rising(sorted((d, f) for d, f in choice_d.items() if choice_f[f] == d))


def _grams(codes: str) -> list[str]:
    return [codes[i : i + _GRAM] for i in range(max(1, len(codes) - _GRAM + 1))] if codes else []
