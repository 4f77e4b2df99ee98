"""Words for dataset."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from loop.counts import count, percent
from loop.render.layout import table

if TYPE_CHECKING:  # only what a verb brings along is loaded
    from feedback.dataset.gather import LeftOut
    from feedback.dataset.readiness import Readiness
    from loop.model.dataset import Finding, Piece, Shown
    from loop.verbs import dataset

_LISTED = 8
"""Things of one kind that are named; all are counted, and --json has all."""
KINDS = {
    "leak": "In both: what measures is learned",
    "long": "Too long",
    "template": "The base model's template",
    "mask": "The end of an answer",
    "start": "The beginning of a prompt",
    "unmeasured": "Nothing measures",
    "cut": "Longer than a reply may be: what is behind would be cut off",
    "secret": "Secrets: they would be learned by heart",
    "personal": "Personal data: it would be learned by heart",
    "contradiction": "Wanted here, changed there",
    "duplicate": "Nearly the same",
    "marks": "Small edits",
    "lopsided": "One brief outweighs the others",
}
"""Kind of a finding -> the title of those of its kind."""


def _dataset(result: dataset.Result) -> str:
    parts = ["\n".join(_ready(one) for one in result.readiness), _numbers(result)]
    parts += [_findings(kind, found) for kind, found in _by_kind(result.findings).items()]
    if result.left_out:
        parts.append(_left_out(result.left_out))
    parts += [rows_in_words(result.shown)] if result.shown else []
    return "\n\n".join(parts)


def rows_in_words(rows: Sequence[Shown]) -> str:
    """Rows with what of them is learned; nothing for none."""
    if not rows:
        return ""
    marks = f"{_learned('learned')}, {_edited('edited by you: it counts more')}"
    return "\n\n".join([*map(_row, rows), f"What is read is dim and stands behind │; the rest is {marks}."])


def _ready(one: Readiness) -> str:
    says = click.style("READY", fg="green", bold=True)
    if not one.ready:
        says = click.style("NOT READY", fg="red", bold=True)
    usable = count(one.usable, "pair" if one.method == "sft" else "preference")
    lines = [f"{one.method.upper()}: {says}, {usable} to learn from"]
    lines += [f"  {reason}" for reason in one.reasons]
    if one.hint:
        lines.append(f"  → {one.hint}")
    return "\n".join(lines)


def _numbers(result: dataset.Result) -> str:
    there = result.overview
    sources = [count(there.pairs, "edit pair"), count(there.choices, "picked take")]
    held = f"; {there.held_out:,} held out, to measure" if there.held_out else ""
    guide = (
        "without guide and examples" if result.distilled else f"with the guide of version {result.version}"
    )
    lines = [
        f"{', '.join(sources)}, from {count(there.briefs, 'brief')}{held}. Prompts: {guide}.",
        (
            f"In a text, {there.edits:g} places were changed (median), the first of them behind "
            f"{percent(there.shared)} of it."
        ),
    ]
    if result.unlooked:
        lines.append(f"Tokens were not looked at. {result.unlooked}")
    for method, length in result.lengths.items():
        if length.rows:
            shared = f"; {percent(length.shared)} shared before the first edit" if length.shared else ""
            learned = f"{length.learned:,} learned, {length.edited:,} of them edited{shared}"
            lines.append(
                f"{method.upper()}: {count(length.rows, 'row')}, {length.tokens:,} tokens, "
                f"{length.median:,} in the median row, {length.longest:,} in the longest "
                f"(at most {result.limit:,}); {learned}."
            )
    return "\n".join(lines)


def _by_kind(findings: Sequence[Finding]) -> dict[str, list[Finding]]:
    kinds: dict[str, list[Finding]] = defaultdict(list)
    for one in findings:
        kinds[one.kind].append(one)
    return kinds


def _findings(kind: str, found: Sequence[Finding]) -> str:
    sign = click.style("✗", fg="red") if found[0].stop else click.style("!", fg="yellow")
    lines = [f"{sign} {KINDS[kind]}: {len(found):,}" if len(found) > 1 else f"{sign} {KINDS[kind]}"]
    rows = [(f"  {one.id}", one.brief, one.says) for one in found[:_LISTED]]
    lines += [table(rows)] if any(one.id for one in found) else [f"  {one.says}" for one in found[:_LISTED]]
    lines += [f"  … and {len(found) - _LISTED:,} more (--json has all)"] if len(found) > _LISTED else []
    lines += [f"  → {hint}" for hint in dict.fromkeys(one.hint for one in found if one.hint)][:_LISTED]
    return "\n".join(lines)


def _left_out(left_out: Sequence[LeftOut]) -> str:
    lines = [f"Left out: {len(left_out):,}"]
    reasons: dict[tuple[str, str], list[LeftOut]] = defaultdict(list)
    for one in left_out:
        reasons[one.reason if len(left_out) > _LISTED else f"{one.reason}{one.id}", one.of].append(one)
    rows = []
    for (_, of), some in reasons.items():
        where = f"Not in {of.upper()}. " if of else ""
        named = some[0].id if len(some) == 1 else f"{len(some):,} of them"
        rows.append((f"  {named}", some[0].brief if len(some) == 1 else "", f"{where}{some[0].reason}"))
    lines.append(table(rows[: 2 * _LISTED]))
    lines += (
        [f"  … and more ({len(rows) - 2 * _LISTED:,}; --json has all)"] if len(rows) > 2 * _LISTED else []
    )
    lines += [f"  → {hint}" for hint in dict.fromkeys(one.hint for one in left_out if one.hint)]
    return "\n".join(lines)


def _row(one: Shown) -> str:
    held = ", held out: it only measures" if one.split == "held_out" else ""
    title = click.style(f"── {one.id}  {one.brief}{held} ──", bold=True)
    asked = "".join(piece.text for piece in one.pieces if piece.kind == "asked")
    read = "\n".join(click.style(f"│ {line}", dim=True) for line in asked.rstrip("\n").split("\n"))
    return f"{title}\n{read}\n{''.join(map(_piece, one.pieces))}"


def _piece(piece: Piece) -> str:
    match piece.kind:
        case "asked":
            return ""
        case "given":
            return f"⟨given: {piece.text}⟩"
        case "learned":
            return _learned(piece.text)
        case "edited":
            return _edited(piece.text)


def _learned(text: str) -> str:
    return click.style(text, fg="green")


def _edited(text: str) -> str:
    """Marked by brackets, too, for whoever sees no colours; blank space stays outside of them."""
    inner = text.strip()
    start = text.index(inner)
    marked = click.style(f"[[{inner}]]", fg="green", bold=True, underline=True) if inner else "[[ ]]"
    return f"{text[:start]}{marked}{text[start + len(inner) :]}" if inner else marked + text


RENDER = {"dataset": _dataset}
