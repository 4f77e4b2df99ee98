"""Words for brief, run, show, correct, critique, pick, withdraw, import and export."""

from __future__ import annotations

import itertools
from shlex import quote
from typing import TYPE_CHECKING

import click

from loop.counts import count, percent
from loop.model import Change, Draft, MarginNote
from loop.render.layout import table
from loop.text.short import one_line
from loop.text.words import count_words

if TYPE_CHECKING:  # each of them must not pay for what only the others need
    from feedback.collected import Collected
    from loop.verbs import brief, correct, critique, export, import_, pick, run, show, withdraw
    from loop.verbs.parts.critiques import KeptCritique

_SHOWN_CHANGES = 12
HOW = {
    "mended": "a check puts it right where it safely can, and points out the rest",
    "noted": "a check points it out, until an edit of yours shows what to say instead",
    "told": "only the model hears it: no check can tell",
}
"""What becomes of each thing that a critique asks for."""


def _brief(result: brief.Result) -> str:
    if result.done == "read":
        return result.text
    kind = f"{result.type}, held out: it only measures" if result.split == "held_out" else result.type
    return f"{result.path} is {result.done} ({kind}).\nNext:  {result.next}"


def _run(result: run.Result) -> str:
    lines = []
    for written in result.written:
        sizes = ", ".join(_size(draft) for draft in written.drafts)
        lines.append(f"{written.path}: {sizes} (version {result.version})")
        if len(written.drafts) == 1:
            lines += [*_mended(written.drafts[0]), *_margin(written.drafts[0].notes)]
        else:
            for number, draft in enumerate(written.drafts, start=1):
                lines += ["", click.style(f"── take {number} ──", bold=True), draft.text.strip()]
            lines += ["", f"Next:  redraft pick {written.brief} NUMBER"]
    if result.failed:  # why, was told when it happened
        lines.append(f"Failed: {', '.join(dict.fromkeys(failed.brief for failed in result.failed))}.")
    lines += [
        f"Proposal {number} waits: what Claude Code changed in the guidance. Nobody has tested it:"
        f" redraft diff proposal:{number};  redraft decide {number} --force   or   --reject"
        for number in result.proposals
    ]
    return "\n".join(lines)


def _size(draft: Draft) -> str:
    return count(count_words(draft.text), "word") + (" and breaks off" if draft.stopped else "")


def _mended(draft: Draft) -> list[str]:
    """How far the draft is from what its model was seen to write."""
    from feedback.align import changes  # only `run` compares

    places = sum(
        len(changes(before.output, after.output))
        for before, after in itertools.pairwise(draft.steps)
        if after.kind == "checks"
    )
    how = f"redraft show {quote(draft.brief)}   prints it as it is now"
    return [f"  The checks changed {count(places, 'place')} in it:  {how}"] if places else []


def _margin(notes: tuple[MarginNote, ...]) -> list[str]:
    return [f"  note: {note.message}" + (f" “{note.quote}”" if note.quote else "") for note in notes]


def _show(result: show.Result) -> str:
    if result.what == "critiques":
        return "\n\n".join(map(_kept, result.critiques)) or "You have said nothing about it yet."
    if result.proposal is not None:
        from loop.render.learning import proposal_text  # only a proposal needs these words

        return proposal_text(result)
    text = result.text.rstrip("\n")
    left = ["  note: The text breaks off here."] if result.stopped else []
    left += _margin(result.notes)
    return "\n".join([text, "", *left]) if left else text


def _kept(kept: KeptCritique) -> str:
    lines = [f"{kept.id}  {about(kept)}", *(f"  {line}" for line in kept.critique.text.split("\n"))]
    if kept.wishes:
        lines.append(table([(f"    {wish.how}", wish.says) for wish in kept.wishes]))
    if kept.learned:
        lines.append(f"  {learned(kept)}")
    return "\n".join(lines)


def about(kept: KeptCritique) -> str:
    """What a critique is about, in words."""
    if not kept.critique.quote:
        return "about the whole draft"
    quote = _quoted(kept.critique.quote)
    if kept.passage is None:
        return f"about an earlier draft: “{quote}”"
    again = f" (place {kept.critique.place})" if kept.critique.place > 1 else ""
    return f"about “{quote}”{again}"


def learned(kept: KeptCritique) -> str:
    """What became of a critique that was learned from."""
    return f"Learned from: it became {' and '.join(kept.rules)}." if kept.rules else "Learned from."


def change_lines(changes: tuple[Change, ...]) -> list[str]:
    """One line for each change: kind, what went, what came."""
    rows = []
    for change in changes[:_SHOWN_CHANGES]:
        before = click.style(_quoted(change.before), fg="red") if change.before else "(nothing)"
        after = click.style(_quoted(change.after), fg="green") if change.after else "(nothing)"
        rows.append(f"  {change.id}  {change.kind:9}  {before}  →  {after}")
    if len(changes) > _SHOWN_CHANGES:
        rows.append(f"  … and {len(changes) - _SHOWN_CHANGES} more: redraft show NAME --changes")
    return rows


def _quoted(text: str) -> str:
    return one_line(text, 44) or "(blank space)"


def _correct(result: correct.Result) -> str:
    what = f"{count(len(result.changes), 'change')}, {percent(result.effort)} of the draft"
    head = f"{result.path} is kept: {what}."
    lines = [head, *change_lines(result.changes)]
    if result.excluded:
        lines.append(f"Not learned from: {', '.join(result.excluded)}.")
    lines += [f"Critique: {critique_.text}" for critique_ in result.critiques]
    return "\n".join([*lines, f"Next:  {result.next}"])


def _critique(result: critique.Result) -> str:
    about = f" (about “{_quoted(result.critique.quote)}”)" if result.critique.quote else ""
    lines = [f"Kept in {result.path}{about}."]
    if result.wishes:
        lines.append("Understood as:")
        lines.append(table([(f"  {wish.how}", wish.says) for wish in result.wishes]))
        used = [how for how in HOW if any(wish.how == how for wish in result.wishes)]
        lines += [f"{how}: {HOW[how]}" for how in used]
    return "\n".join([*lines, f"Next:  {result.next}"])


def picked(result: pick.Result) -> str:
    """Which take is the draft now, and what the choice says."""
    is_draft = f"Take {result.take} is the draft of “{result.brief}” now"
    if result.stopped:
        return f"{is_draft}. It breaks off, so nothing is learned from this choice."
    return f"{is_draft}, and kept as a preference."


def _withdraw(result: withdraw.Result) -> str:
    what = f"{result.what[:1].upper()}{result.what[1:]} of {result.brief}"
    kind = "critique" if result.critique else "final"
    rest = f"{count(result.left, kind)} of it still count" + ("s" if result.left == 1 else "")
    if not result.left:
        rest = f"No other {kind} of it is left"
    return f"{what} is taken back: nothing is learned from it any more. {rest}."


def _import(result: import_.Result) -> str:
    lines = [f"{count(len(result.pairs), 'edit pair')} came in."]
    lines += [f"  left out {name}: {reason}" for name, reason in result.skipped]
    return "\n".join([*lines, "Next:  redraft learn"] if result.pairs else lines)


def _export(result: export.Result) -> str:
    rows = f"{count(result.rows, 'row')} ({result.format})"
    lines = [f"{result.path}: {rows}."] if result.path else []
    if result.configs:
        lines.append(
            f"For TRL, Axolotl and LLaMA-Factory: {rows}. What to type stands in {result.configs[0]}."
        )
    if not lines:
        lines = [*_collected(result.collected), f"This gives {rows}."]
    if result.skipped:
        lines.append("Left out:")
        lines.append(table([(f"  {item.id}", item.brief, item.reason) for item in result.skipped]))
    return "\n".join(lines)


def _collected(there: Collected) -> list[str]:
    """What there is to train on, and how far it is to a training run."""
    parts = [count(there.pairs, "pair"), count(there.choices, "picked take"), count(there.words, "word")]
    lines = [f"Collected: {', '.join(parts)}{f', since {there.since[:10]}' if there.since else ''}."]
    lines += [
        f"  {one.type}: {count(one.pairs, 'pair')}, {count(one.choices, 'picked take')}"
        for one in there.types
    ]
    if there.imported:
        lines.append(f"  from old texts: {there.imported:,}")
    if there.excluded:
        lines.append(f"  kept out of learning: {count(there.excluded, 'change')}")
    if there.held_out:
        lines.append(f"  held out, never exported: {there.held_out:,}")
    missing = there.first_run - there.pairs
    if missing > 0:
        lines.append(f"A first training run wants about {there.first_run}: {missing} more.")
    return lines


RENDER = {
    "brief": _brief,
    "run": _run,
    "show": _show,
    "correct": _correct,
    "critique": _critique,
    "pick": picked,
    "withdraw": _withdraw,
    "import": _import,
    "export": _export,
}
