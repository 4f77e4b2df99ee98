"""Words for log, diff, undo, redo, rollback and recall."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING

import click

from loop.counts import money, percent
from loop.render.layout import side_by_side, table

_WOULD = {"back": "go ", "without": "leave you "}
"""Subjects of entries that begin without a verb -> the verb."""

if TYPE_CHECKING:  # `log` must not pay for what only `diff` needs
    from collections.abc import Iterable

    from loop.model import Change, LogEntry
    from loop.patch import FileDiff
    from loop.verbs import diff, log
    from loop.verbs.parts.restoring import Restored


def _log(result: log.Result) -> str:
    if not result.entries:
        return f"Nothing in the history has “{result.search}”." if result.search else "Nothing happened yet."
    if result.opened:
        return _entry(result)
    rows = [
        (
            click.style(entry.sha[:7], dim=True),
            entry.when[:16].replace("T", " "),
            entry.version[:8] or "-",
            click.style(entry.verb or "git", bold=True),
            entry.subject + _cost(entry),
        )
        for entry in result.entries
    ]
    more = "\n… older ones: redraft log --limit 0" if result.more else ""
    return table(rows, ("commit", "when", "version", "verb", "what")) + more


def _entry(result: log.Result) -> str:
    from loop.render.learning import operation_lines  # a list of entries needs none of it

    entry = result.entries[0]
    facts = [entry.when[:16].replace("T", " "), entry.sha[:7], entry.author]
    facts += [f"version {entry.version}"] if entry.version else []
    lines = [
        click.style(f"{entry.verb or 'git'}: {entry.subject}", bold=True),
        ", ".join(facts) + _cost(entry),
    ]
    lines += operation_lines(result.operations)
    return "\n".join([*lines, *_unified(result.files)])


def _cost(entry: LogEntry) -> str:
    """What an entry cost, where a provider was paid."""
    said = entry.trailers.get("Cost", "")
    return f"  {money(float(said))}" if re.fullmatch(r"[0-9.]+", said) else ""


def _diff(result: diff.Result) -> str:
    parts = [f"version {result.a} → {result.b}"]
    if not result.files:
        parts.append("The guidance is the same.")
    for file in result.files:
        if result.side_by_side:
            parts.append(f"\n{click.style(file.path, bold=True)}  +{file.added} -{file.removed}")
            parts.append(side_by_side(_rows(file), (result.a, result.b)))
        else:
            parts += _unified([file])
    for output in result.outputs:
        parts.append(
            f"\n{click.style(output.brief, bold=True)}: {percent(output.effort)} of the draft differs"
        )
        if output.effort_before is not None and output.effort_after is not None:
            was, now = percent(output.effort_before), percent(output.effort_after)
            parts.append(f"Your final changes {was} of the left one, {now} of the right one.")
        left = _marked(output.before, output.changes, side="draft")
        right = _marked(output.after, output.changes, side="final")
        by = (output.before_by, output.after_by)
        parts.append(side_by_side([(left, " ", right)], by if by[0] != by[1] else (result.a, result.b)))
    if result.costs:
        from loop.render.learning import cost_lines  # only a dry run needs these words

        parts += ["", "Nobody was asked. Writing the drafts takes:"]
        parts += [line for cost in result.costs for line in (f"  {cost.model}", *cost_lines(cost, None))]
    return "\n".join(parts)


def _unified(files: Iterable[FileDiff]) -> list[str]:
    lines = []
    for file in files:
        lines += ["", *(_coloured(line) for line in file.unified.rstrip("\n").split("\n"))]
    return lines


def _coloured(line: str) -> str:
    if line.startswith(("+++", "---", "@@")):
        return click.style(line, dim=True)
    if line.startswith("+"):
        return click.style(line, fg="green")
    return click.style(line, fg="red") if line.startswith("-") else line


def _rows(file: FileDiff) -> list[tuple[str, str, str]]:
    old = (file.before or "").splitlines()
    new = (file.after or "").splitlines()
    rows: list[tuple[str, str, str]] = []
    for tag, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            rows += [(line, " ", line) for line in old[a:b]]
            continue
        for number in range(max(b - a, d - c)):
            left = old[a + number] if a + number < b else ""
            right = new[c + number] if c + number < d else ""
            mark = "|" if a + number < b and c + number < d else "<" if a + number < b else ">"
            rows.append((left, mark, right))
    return rows


def _marked(text: str, changes: tuple[Change, ...], *, side: str) -> str:
    """The text with its changed words in brackets: [-gone-] and {+new+} read without colour, too."""
    pieces, position = [], 0
    for change in changes:
        draft = side == "draft"
        start, end = (
            (change.draft_start, change.draft_end) if draft else (change.final_start, change.final_end)
        )
        if start == end:
            continue
        opening, closing = ("[-", "-]") if draft else ("{+", "+}")
        pieces += [text[position:start], opening, text[start:end], closing]
        position = end
    return "".join([*pieces, text[position:]])


def _restored(result: Restored) -> str:
    paths = ", ".join(result.paths)
    if not result.dry_run:
        return (  # what was done is told as the entry that keeps it
            f"Version {result.before} → {result.version} ({paths}).\n"
            "Drafts, finals and critiques stay as they are."
        )
    lines = [f"This would {_WOULD.get(result.what.split()[0], '')}{result.what}. Nothing was changed."]
    if result.kept:
        lines.append(f"Your own edits of {', '.join(result.kept)} would become an entry first.")
    lines += [f"Version {result.before} → {result.version} ({paths})", *_unified(result.files)]
    return "\n".join(lines)


RENDER = {
    "log": _log,
    "diff": _diff,
    "undo": _restored,
    "redo": _restored,
    "rollback": _restored,
    "recall": _restored,
}
