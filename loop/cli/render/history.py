"""Words for log, diff, undo, redo, rollback and recall."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING

import click

from loop.cli.render.layout import side_by_side, table
from loop.counts import money

if TYPE_CHECKING:  # `log` must not pay for what only `diff` needs
    from loop.model import Change, LogEntry
    from loop.patch import FileDiff
    from loop.verbs import diff, log
    from loop.verbs.parts.restoring import Restored


def _log(result: log.Result) -> str:
    if not result.entries:
        return "Nothing happened yet."
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
            parts.append("")
            parts += [_coloured(line) for line in file.unified.rstrip("\n").split("\n")]
    for output in result.outputs:
        parts.append(f"\n{click.style(output.brief, bold=True)}: {output.effort:.0%} of the draft differs")
        left = _marked(output.before, output.changes, side="draft")
        right = _marked(output.after, output.changes, side="final")
        parts.append(side_by_side([(left, " ", right)], (result.a, result.b)))
    return "\n".join(parts)


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
    return (  # what was done is told as the entry that keeps it
        f"Version {result.before} → {result.version} ({', '.join(result.paths)}).\n"
        "Drafts, finals and critiques stay as they are."
    )


RENDER = {
    "log": _log,
    "diff": _diff,
    "undo": _restored,
    "redo": _restored,
    "rollback": _restored,
    "recall": _restored,
}
