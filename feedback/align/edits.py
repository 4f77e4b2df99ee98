"""From two texts to a row of edits: blocks first, then sentences, then words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Literal, NamedTuple

import regex

from feedback.align.matching import Group, match_units
from feedback.align.source import Source, Unit, block_units, sentence_units
from feedback.align.wording import Run, equal_runs
from loop.text.sentences import Span

Level = Literal["words", "sentence", "block", "blank"]


class Edit(NamedTuple):
    """One edit: what stands at `draft` in the one text stands at `final` in the other."""

    draft: Span
    final: Span
    level: Level
    """What it is about: some words, whole sentences, whole blocks, or the blank space between blocks."""
    around_draft: Span
    """The draft's sentence(s) around it."""
    around_final: Span
    """The final's sentence(s) around it."""


class _Region(NamedTuple):
    """A passage of both texts."""

    draft: Span
    final: Span


_PIECE = regex.compile(r"\w+|[^\w\s]")
_ATOM = regex.compile(r"\r\n|\s|\S+")
_PARAGRAPH_BREAK = regex.compile(r"(?:(?>\r\n|\r|\n)[^\S\r\n]*+){2}")
_SAME_SIGNS = ("*", "**", "***", "_", "__", "~~", '"', "'")
_OPENERS = {sign: sign for sign in _SAME_SIGNS} | {
    "“": "”", "‘": "’", "„": "“", "«": "»", "(": ")", "「": "」", "『": "』", "[": "]", "![": "]",
}  # fmt: skip
_FAR = 200
"""Opening and closing marks further apart than so many characters are two edits."""


def edits(draft: Source, final: Source) -> list[Edit]:
    """All edits in order; what stands between them is the same in both texts."""
    units_d, units_f = block_units(draft), block_units(final)
    whole = _Region(Span(0, len(draft.text)), Span(0, len(final.text)))
    found: list[Edit] = []
    for part in _partition(whole, units_d, units_f):
        if isinstance(part, _Gap):
            found += _gap(draft, final, part, "block")
            continue
        group = part.group
        first_d, first_f = units_d[group.draft_start], units_f[group.final_start]
        whole_block = first_d.whole or first_f.whole
        if whole_block or (group.kind == "replaced" and not _keeps_a_sentence(draft, final, group)):
            found.append(Edit(*part.region, "block", *part.region))
        else:
            found += _tidy(draft, final, _sentences(draft, final, part))
    return found


class _Gap(NamedTuple):
    """Between two groups: blank space and the units of one side that have no partner."""

    region: _Region
    units_draft: Sequence[Unit]
    units_final: Sequence[Unit]


class _Pair(NamedTuple):
    """A group that changed, with the passage it covers."""

    region: _Region
    group: Group


def _partition(whole: _Region, units_d: Sequence[Unit], units_f: Sequence[Unit]) -> list[_Gap | _Pair]:
    """The passages of a region that may differ: gaps, and groups that are not the same."""
    found: list[_Gap | _Pair] = []
    d, f = 0, 0
    at_d, at_f = whole.draft.start, whole.final.start
    for group in match_units(units_d, units_f):
        region = _Region(
            Span(units_d[group.draft_start].start, units_d[group.draft_end - 1].end),
            Span(units_f[group.final_start].start, units_f[group.final_end - 1].end),
        )
        before = _Region(Span(at_d, region.draft.start), Span(at_f, region.final.start))
        found.append(_Gap(before, units_d[d : group.draft_start], units_f[f : group.final_start]))
        if group.kind != "same":
            found.append(_Pair(region, group))
        d, f, at_d, at_f = group.draft_end, group.final_end, region.draft.end, region.final.end
    rest = _Region(Span(at_d, whole.draft.end), Span(at_f, whole.final.end))
    found.append(_Gap(rest, units_d[d:], units_f[f:]))
    return found


def _gap(draft: Source, final: Source, gap: _Gap, level: Level) -> list[Edit]:
    """One edit per unit that was deleted or inserted, with the blank space that goes with it.

    At most one side has units: `match_units` pairs the rest.
    """
    (d, d_end), (f, f_end) = gap.region
    blank_d = _blanks(gap.region.draft, gap.units_draft)
    blank_f = _blanks(gap.region.final, gap.units_final)
    head = _common(draft.text[slice(*blank_d[0])], final.text[slice(*blank_f[0])])
    tail_d = Span(max(blank_d[-1].start, d + head), d_end)
    tail_f = Span(max(blank_f[-1].start, f + head), f_end)
    tail = _common(draft.text[slice(*tail_d)], final.text[slice(*tail_f)], backwards=True)
    rest = _Region(Span(d + head, d_end - tail), Span(f + head, f_end - tail))
    if gap.units_draft:
        cuts = _cuts(rest.draft, gap.units_draft)
        last = len(cuts) - 1
        empty = Span(rest.final.start, rest.final.start)
        sides = [(cut, rest.final if i == last else empty) for i, cut in enumerate(cuts)]
    elif gap.units_final:
        cuts = _cuts(rest.final, gap.units_final)
        empty = Span(rest.draft.end, rest.draft.end)
        sides = [(rest.draft if i == 0 else empty, cut) for i, cut in enumerate(cuts)]
    elif draft.text[slice(*rest.draft)] == final.text[slice(*rest.final)]:
        return []
    else:
        nowhere = Span(d, d), Span(f, f)
        return [Edit(*rest, "blank" if level == "block" else "words", *nowhere)]
    return [Edit(one, other, level, one, other) for one, other in sides]


def _blanks(region: Span, units: Sequence[Unit]) -> list[Span]:
    """What stands before, between and after the units of a region."""
    edges = [region.start, *(edge for unit in units for edge in (unit.start, unit.end)), region.end]
    return [Span(edges[i], edges[i + 1]) for i in range(0, len(edges), 2)]


def _cuts(rest: Span, units: Sequence[Unit]) -> list[Span]:
    """The rest of a gap, one piece per unit: each with the blank space behind it, or else before it."""
    inner = (
        [unit.start for unit in units[1:]] if rest.start == units[0].start else [u.end for u in units[:-1]]
    )
    return [Span(start, end) for start, end in pairwise([rest.start, *inner, rest.end])]


def _common(one: str, other: str, *, backwards: bool = False) -> int:
    """How many characters of blank space or marks both begin with (or end with)."""
    atoms_one, atoms_other = _ATOM.findall(one), _ATOM.findall(other)
    if backwards:
        atoms_one.reverse()
        atoms_other.reverse()
    length = 0
    for first, second in zip(atoms_one, atoms_other, strict=False):
        if first != second:
            break
        length += len(first)
    return length


def _keeps_a_sentence(draft: Source, final: Source, group: Group) -> bool:
    kept = {unit.text for unit in sentence_units(draft, group.draft_start, group.draft_end)}
    return any(unit.text in kept for unit in sentence_units(final, group.final_start, group.final_end))


def _sentences(draft: Source, final: Source, part: _Pair) -> list[Edit]:
    """The edits inside blocks that became each other."""
    group = part.group
    units_d = sentence_units(draft, group.draft_start, group.draft_end)
    units_f = sentence_units(final, group.final_start, group.final_end)
    found: list[Edit] = []
    for inner in _partition(part.region, units_d, units_f):
        if isinstance(inner, _Gap):
            found += _gap(draft, final, inner, "sentence")
        elif inner.group.kind == "replaced":
            found.append(Edit(*inner.region, "sentence", *inner.region))
        else:
            mine = units_d[inner.group.draft_start : inner.group.draft_end]
            theirs = units_f[inner.group.final_start : inner.group.final_end]
            found += _words(draft, final, inner.region, mine, theirs)
    return found


def _words(
    draft: Source, final: Source, region: _Region, units_d: Sequence[Unit], units_f: Sequence[Unit]
) -> list[Edit]:
    """The edits inside sentences that became each other."""
    spans_d, spans_f = _spans(units_d), _spans(units_f)
    texts_d = [draft.text[slice(*span)] for span in spans_d]
    texts_f = [final.text[slice(*span)] for span in spans_f]
    found: list[Edit] = []
    d, f = region.draft.start, region.final.start
    for run in [*equal_runs(texts_d, texts_f), Run(len(spans_d), len(spans_f), 0)]:
        for offset in range(max(run.length, 1)):
            ended = run.length == 0
            next_d = region.draft.end if ended else spans_d[run.draft + offset].start
            next_f = region.final.end if ended else spans_f[run.final + offset].start
            one, other = draft.text[d:next_d], final.text[f:next_f]
            if one != other:
                head = _common(one, other)
                tail = _common(one[head:], other[head:], backwards=True)
                found.append(
                    Edit(Span(d + head, next_d - tail), Span(f + head, next_f - tail), "words", *region)
                )
            if not ended:
                d, f = spans_d[run.draft + offset].end, spans_f[run.final + offset].end
    return found


def _spans(units: Sequence[Unit]) -> list[Span]:
    return [Span(start, end) for unit in units for start, end in zip(*unit.words[:2], strict=True)]


def _tidy(draft: Source, final: Source, found: list[Edit]) -> list[Edit]:
    """Edits that only make sense together become one.

    Re-wrapped lines, marks that open and close, and words that changed places.
    """
    merged: list[Edit] = []
    wrapped = False
    for edit in found:
        wraps = _is_wrap(*_sides(draft, final, edit))
        if merged and ((wrapped and wraps) or _belong(draft, final, merged[-1], edit)):
            merged[-1] = _trimmed(draft, final, join(merged[-1], edit))
        else:
            merged.append(edit)
        wrapped = wraps
    return merged


def join(first: Edit, second: Edit) -> Edit:
    """One edit from two and what stands between them."""
    return Edit(
        Span(first.draft.start, second.draft.end),
        Span(first.final.start, second.final.end),
        first.level if first.level == second.level else "words",
        _cover(first.around_draft, second.around_draft),
        _cover(first.around_final, second.around_final),
    )


def _cover(first: Span, second: Span) -> Span:
    if first.start == first.end:
        return second
    if second.start == second.end:
        return first
    return Span(min(first.start, second.start), max(first.end, second.end))


def _sides(draft: Source, final: Source, edit: Edit) -> tuple[str, str]:
    return draft.text[slice(*edit.draft)], final.text[slice(*edit.final)]


def _is_wrap(one: str, other: str) -> bool:
    if one.strip() or other.strip():
        return False
    if _PARAGRAPH_BREAK.search(one) or _PARAGRAPH_BREAK.search(other):
        return False
    return any(sign in one + other for sign in "\r\n")


def _trimmed(draft: Source, final: Source, edit: Edit) -> Edit:
    """The edit without the blank space that both sides end with."""
    before, after = _sides(draft, final, edit)
    blank = min(len(before) - len(before.rstrip()), len(after) - len(after.rstrip()))
    tail = blank if before[len(before) - blank :] == after[len(after) - blank :] else 0
    return edit._replace(
        draft=Span(edit.draft.start, edit.draft.end - tail),
        final=Span(edit.final.start, edit.final.end - tail),
    )


def _belong(draft: Source, final: Source, first: Edit, second: Edit) -> bool:
    if second.draft.start - first.draft.end > _FAR or {first.level, second.level} != {"words"}:
        return False
    before_one, after_one = (side.strip() for side in _sides(draft, final, first))
    before_two, after_two = (side.strip() for side in _sides(draft, final, second))
    inserted = _closes(after_one, after_two) and not before_one and not before_two
    deleted = _closes(before_one, before_two) and not after_one and not after_two
    shaped = _closes(before_one, before_two) and _closes(after_one, after_two)
    return inserted or deleted or shaped or _swapped((before_one, before_two), (after_one, after_two))


def _swapped(before: tuple[str, str], after: tuple[str, str]) -> bool:
    """True when what goes in one place comes in the other, and nothing else changes."""
    if abs(sum(map(len, before)) - sum(map(len, after))) > 2:
        return False
    words_before = Counter(_PIECE.findall(" ".join(before)))
    return any(word.isalnum() for word in words_before) and words_before == Counter(
        _PIECE.findall(" ".join(after))
    )


def _closes(opener: str, closer: str) -> bool:
    close = _OPENERS.get(opener)
    if close is None:
        return False
    return closer == close or (opener in {"[", "!["} and closer.startswith(("](", "][")))
