"""What the training data is ready for, in words: each way of training, and what stops it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from textual.content import Content

from loop.counts import count
from loop.render.training import KINDS
from tui.hints import at_desk
from tui.learned import dim, joined
from tui.shown import content
from tui.tables import columns

if TYPE_CHECKING:
    from feedback.dataset.gather import LeftOut
    from feedback.dataset.readiness import Readiness
    from loop.model.dataset import Finding
    from loop.verbs.dataset import Result

_NAMES = {"sft": "Your finals (SFT)", "dpo": "Your preferences (DPO)"}


def readiness_page(found: Result, keymap: Mapping[str, str], width: int) -> Content:
    """Whether each way of training may start, and why not; then what was found."""
    said: list[Content] = []
    known: set[str] = set()
    for one in found.readiness:
        said += _ready(one, found.unlooked, known, keymap, width)
        known |= set(one.reasons)
    said.append(Content(""))
    if found.unlooked:
        why = f"Tokens were not counted. {at_desk(found.unlooked, keymap, 'train')}"
        said += [content(f"! {why}", "$text-warning"), dim("All else here works without it."), Content("")]
    said += _findings(found.findings)
    said += _left_out(found.left_out, keymap)
    said += _lengths(found)
    said.append(dim("d shows the rows, what of them is learned, and all of this in full."))
    return joined(said)


def _ready(
    one: Readiness, unlooked: str, known: set[str], keymap: Mapping[str, str], width: int
) -> list[Content]:
    """One way of training; what was said of the other way already is not said again."""
    sign = content("READY", "$text-success bold") if one.ready else content("NOT READY", "$text-error bold")
    pairs = f", {count(one.usable, 'pair')}" if one.usable else ""
    lines = [Content.assemble(content(f"{_NAMES[one.method]}: "), sign, content(pairs))]
    reasons = [reason for reason in one.reasons if not (unlooked and unlooked in reason)]
    said = [reason for reason in reasons if reason not in known]
    hint = [f"→ {at_desk(one.hint, keymap, 'train')}"] if one.hint and (said or not known) else []
    said += ["The rest as above."] if len(said) < len(reasons) else []
    return lines + [columns([("", line)], width) for line in [*said, *hint]]


def _findings(findings: Sequence[Finding]) -> list[Content]:
    ordered = sorted(findings, key=lambda one: (not one.stop, one.kind))
    lines = []
    for kind, group in groupby(ordered, lambda one: one.kind):
        some = list(group)
        sign, style = ("✗", "$text-error") if some[0].stop else ("!", "$text-warning")
        number = f": {len(some):,}" if len(some) > 1 else ""
        lines.append(content(f"{sign} {KINDS[kind]}{number}", style))
    return lines


def _left_out(left_out: Sequence[LeftOut], keymap: Mapping[str, str]) -> list[Content]:
    """How much is left out, and why most of it is."""
    if not left_out:
        return []
    lines = [content(f"{count(len({one.id for one in left_out}), 'text')} left out, at least in part.")]
    (reason, hint), most = Counter((one.reason, one.hint) for one in left_out).most_common(1)[0]
    if most > 1:
        lines.append(content(f"  {most:,} of them: {reason}"))
        lines += [content(f"  → {at_desk(hint, keymap, 'train')}")] if hint else []
    return lines


def _lengths(found: Result) -> list[Content]:
    return [
        content(
            f"{method.upper()}: {count(one.rows, 'row')}, {one.median:,} tokens in the median one, "
            f"{one.longest:,} in the longest (at most {found.limit:,})."
        )
        for method, one in found.lengths.items()
        if one.rows
    ]
