"""Rows of training data in the forms that other trainers read.

Shapes: TRL's conversational datasets (SFT, DPO, KTO) and OpenAI's fine-tuning files (chat, preference).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from feedback.dataset.gather import Gathered
from loop.model import Record
from loop.model.training import TrainingRow

Format = Literal["trl-sft", "trl-dpo", "trl-kto", "openai-sft", "openai-preference"]
Row = dict[str, Any]

_FINALS_ONLY = frozenset({"trl-sft", "openai-sft"})
_PREFERENCES_ONLY = frozenset({"trl-dpo", "openai-preference"})


class Skipped(Record):
    """Something that gives no rows, and why."""

    id: str
    """The pair's or the picked take's id."""
    brief: str
    """The brief's id."""
    reason: str
    """Why, in a sentence."""


class Export(Record):
    """Rows to write, and what was left out."""

    rows: tuple[Row, ...]
    """One JSON object each."""
    skipped: tuple[Skipped, ...]
    """Everything that gave fewer rows than it could, with the reason."""


class _Collector:
    """The rows so far, and what they hold already."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.skipped: list[Skipped] = []
        self.sources: dict[str, str] = {}
        self.labels: dict[tuple[str, str], bool] = {}

    def skip(self, id_: str, brief: str, reason: str) -> None:
        """List something that gives no row, or fewer than it could."""
        self.skipped.append(Skipped(id=id_, brief=brief, reason=reason))

    def add(self, of: TrainingRow, row: Row, label: bool | None) -> None:  # noqa: FBT001 - the data's own
        """Take a row, but none that is there already or says the opposite of one."""
        source = of.id.partition("/")[0]
        if label is not None:
            text = (json.dumps(row["prompt"]), row["completion"][0]["content"])
            if self.labels.setdefault(text, label) != label:
                other = "a bad" if label else "a good"
                if source not in {one.id for one in self.skipped}:
                    self.skip(source, of.brief, f"One of its texts is already in, as {other} example.")
                return
        key = json.dumps(row, sort_keys=True)
        giver = self.sources.get(key)
        if giver is None:
            self.sources[key] = source
            self.rows.append(row)
        elif giver != source:
            self.skip(source, of.brief, f"A duplicate: {giver} already gave this row.")


def export_rows(gathered: Gathered, format: Format) -> Export:  # noqa: A002 - the word a writer types
    """Rows for another trainer, in time order: first those of pairs, then those of picked takes.

    Briefs that are held out never leave. Where two sources disagree about one text, the first one counts.
    """
    found = _Collector()
    for one in gathered.left_out:
        if not (one.of == "dpo" and format in _FINALS_ONLY):
            found.skip(one.id, one.brief, one.reason)
    for source in gathered.sources:
        if source.split == "held_out":
            found.skip(source.id, source.brief.id, "Its brief is held out.")
        elif source.id.startswith("t") and format in _FINALS_ONLY:
            reason = "A picked take is a preference, not a final: this form has no place for it."
            found.skip(source.id, source.brief.id, reason)
    for of in _chosen(gathered, format):
        if of.split == "train":
            for row, label in _rows(of, format):
                found.add(of, row, label)
    return Export(rows=tuple(found.rows), skipped=tuple(found.skipped))


def to_jsonl(rows: Sequence[Mapping[str, Any]]) -> str:
    """One JSON object a line, in UTF-8 text; no row holds anything that any reader takes for a line break."""
    lines = []
    for row in rows:
        line = json.dumps(row, ensure_ascii=False)
        for mark in ("\x85", "\u2028", "\u2029"):
            line = line.replace(mark, f"\\u{ord(mark):04x}")
        lines.append(line + "\n")
    return "".join(lines)


def _chosen(gathered: Gathered, format: Format) -> Iterator[TrainingRow]:  # noqa: A002
    """The training rows that a form is made of: finals, preferences, or both."""
    if format not in _PREFERENCES_ONLY:
        yield from gathered.sft
    if format not in _FINALS_ONLY:
        given = {row.id for row in gathered.sft} if format not in _PREFERENCES_ONLY else set()
        yield from (row for row in gathered.dpo if row.id not in given)


def _rows(of: TrainingRow, format: Format) -> list[tuple[Row, bool | None]]:  # noqa: A002
    """The rows of one training row; the label is for texts that are called good or bad by themselves."""
    asked = [{"role": message.role, "content": message.content} for message in of.prompt]
    better = {"role": "assistant", "content": of.chosen}
    worse = {"role": "assistant", "content": of.rejected}
    match format:
        case "trl-sft":
            return [({"prompt": asked, "completion": [better]}, None)]
        case "openai-sft":
            return [({"messages": [*asked, better]}, None)]
        case "trl-dpo":
            return [({"prompt": asked, "chosen": [better], "rejected": [worse]}, None)]
        case "openai-preference":
            row = {
                "input": {"messages": asked},
                "preferred_output": [better],
                "non_preferred_output": [worse],
            }
            return [(row, None)]
        case "trl-kto":
            good: Row = {"prompt": asked, "completion": [better], "label": True}
            bad: Row = {"prompt": asked, "completion": [worse], "label": False}
            return [(good, True), (bad, False)] if of.rejected else [(good, True)]
