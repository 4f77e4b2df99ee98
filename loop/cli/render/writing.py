"""Words for run, show, correct, critique, pick, withdraw, import and export."""

from __future__ import annotations

import itertools
from shlex import quote
from typing import TYPE_CHECKING

import click

from loop.cli.render.layout import table
from loop.counts import count
from loop.model import Change, Draft, MarginNote
from loop.text.words import count_words

if TYPE_CHECKING:  # each of them must not pay for what only the others need
    from loop.verbs import correct, critique, export, import_, pick, run, show, withdraw

_SHOWN_CHANGES = 12
_HOW = {
    "mended": "a check puts it right where it safely can, and points out the rest",
    "noted": "a check points it out, until an edit of yours shows what to say instead",
    "told": "only the model hears it: no check can tell",
}


def _run(result: run.Result) -> str:
    lines = []
    for written in result.written:
        sizes = ", ".join(f"{count(count_words(draft.text), 'word')}" for draft in written.drafts)
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
    text = result.text.rstrip("\n")
    if result.what != "draft" or not result.notes:
        return text
    return "\n".join([text, "", *_margin(result.notes)])


def change_lines(changes: tuple[Change, ...]) -> list[str]:
    """One line for each change: kind, what went, what came."""
    rows = []
    for change in changes[:_SHOWN_CHANGES]:
        before = click.style(_short(change.before), fg="red") if change.before else "(nothing)"
        after = click.style(_short(change.after), fg="green") if change.after else "(nothing)"
        rows.append(f"  {change.id}  {change.kind:9}  {before}  →  {after}")
    if len(changes) > _SHOWN_CHANGES:
        rows.append(f"  … and {len(changes) - _SHOWN_CHANGES} more: redraft show NAME --changes")
    return rows


def _short(text: str, most: int = 44) -> str:
    line = " ".join(text.split()) or "(blank space)"
    return line if len(line) <= most else line[: most - 1] + "…"


def _correct(result: correct.Result) -> str:
    head = f"{result.path} is kept: {count(len(result.changes), 'change')}, {result.effort:.0%} of the draft."
    lines = [head, *change_lines(result.changes)]
    if result.excluded:
        lines.append(f"Not learned from: {', '.join(result.excluded)}.")
    lines += [f"Critique: {critique_.text}" for critique_ in result.critiques]
    return "\n".join([*lines, f"Next:  {result.next}"])


def _critique(result: critique.Result) -> str:
    about = f" (about “{_short(result.critique.quote)}”)" if result.critique.quote else ""
    lines = [f"Kept in {result.path}{about}."]
    if result.wishes:
        lines.append("Understood as:")
        lines.append(table([(f"  {wish.how}", wish.says) for wish in result.wishes]))
        used = [how for how in _HOW if any(wish.how == how for wish in result.wishes)]
        lines += [f"{how}: {_HOW[how]}" for how in used]
    return "\n".join([*lines, f"Next:  {result.next}"])


def _pick(result: pick.Result) -> str:
    return f"Take {result.take} is the draft of {result.brief} now, and kept as a preference."


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
    lines = [f"{result.path}: {count(result.rows, 'row')} ({result.format})."]
    if result.skipped:
        lines.append("Left out:")
        lines.append(table([(f"  {item.id}", item.brief, item.reason) for item in result.skipped]))
    return "\n".join(lines)


RENDER = {
    "run": _run,
    "show": _show,
    "correct": _correct,
    "critique": _critique,
    "pick": _pick,
    "withdraw": _withdraw,
    "import": _import,
    "export": _export,
}
