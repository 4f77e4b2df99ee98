"""Edit pairs and picked takes as rows of training data, in the forms that trainers read.

Shapes: TRL's conversational datasets (SFT, DPO, KTO) and OpenAI's fine-tuning files (chat, preference).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from feedback.pairs import standing
from loop.model import Brief, Choice, Pair, Record

Format = Literal["trl-sft", "trl-dpo", "trl-kto", "openai-sft", "openai-preference"]
Row = dict[str, Any]

_TWICE = "A duplicate: the same texts are already in."
_FINALS_ONLY = frozenset({"trl-sft", "openai-sft"})


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


class _Example(NamedTuple):
    """A better and a worse text for the same brief."""

    id: str
    brief: Brief
    better: str
    worse: str


class _Collector:
    """The rows so far, and what they hold already."""

    def __init__(self, format: Format, prompt: Callable[[Brief], str]) -> None:  # noqa: A002
        self.format: Format = format
        self.prompt = prompt
        self.rows: list[Row] = []
        self.skipped: list[Skipped] = []
        self.sources: dict[str, str] = {}
        self.labels: dict[tuple[str, str], bool] = {}

    def skip(self, id_: str, brief: Brief, reason: str) -> None:
        """List something that gives no row."""
        self.skipped.append(Skipped(id=id_, brief=brief.id, reason=reason))

    def add(self, example: _Example) -> None:
        """Take an example's rows, but none that is there already or says the opposite of one."""
        asked = self.prompt(example.brief)
        if not asked.strip():
            self.skip(example.id, example.brief, "The brief is empty.")
            return
        for row, label in _rows(example, asked, self.format):
            key = json.dumps(row, sort_keys=True)
            if label is not None:
                text = example.better if label else example.worse
                if self.labels.setdefault((asked, text), label) != label:
                    other = "a bad" if label else "a good"
                    reason = f"One of its texts is already in, as {other} example."
                    self.skip(example.id, example.brief, reason)
                    continue
            source = self.sources.get(key)
            if source is None:
                self.sources[key] = example.id
                self.rows.append(row)
            elif source != example.id:
                self.skip(example.id, example.brief, f"A duplicate: {source} already gave this row.")


def export_rows(
    pairs: Iterable[Pair],
    choices: Iterable[Choice],
    format: Format,  # noqa: A002 - the word a writer types
    *,
    prompt: Callable[[Brief], str],
    held_out: Collection[str] = (),
) -> Export:
    """Rows of training data, in the order given: first the pairs, then the picked takes.

    `prompt` says what the tuned model will be asked for a brief. Briefs that are held out, then or now
    (`held_out` are ids), never leave. Where two sources disagree about one text, the first one counts.
    """
    found = _Collector(format, prompt)
    given: set[str] = set()
    pairs = tuple(pairs)
    counting = {pair.id for pair in standing(pairs)}
    for pair in pairs:
        reason = _why_not(pair, held_out, counting) or (pair.id in given and _TWICE)
        given.add(pair.id)
        if reason:
            found.skip(pair.id, pair.brief, reason)
        else:
            found.add(_Example(pair.id, pair.brief, pair.final, pair.draft))
    for choice in choices:
        reason = _why_not_choice(choice, format, held_out) or (choice.id in given and _TWICE)
        given.add(choice.id)
        if reason:
            found.skip(choice.id, choice.brief, reason)
            continue
        for rejected in choice.rejected:
            if not rejected.strip():
                found.skip(choice.id, choice.brief, "One of the other takes is empty.")
            elif _same(rejected, choice.chosen):
                found.skip(choice.id, choice.brief, "One of the other takes is the same text.")
            else:
                found.add(_Example(choice.id, choice.brief, choice.chosen, rejected))
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


def _rows(example: _Example, asked: str, format: Format) -> list[tuple[Row, bool | None]]:  # noqa: A002
    """The rows of one example; the label is for texts that are called good or bad by themselves."""
    user = {"role": "user", "content": asked}
    better = {"role": "assistant", "content": example.better}
    worse = {"role": "assistant", "content": example.worse}
    match format:
        case "trl-sft":
            return [({"prompt": [user], "completion": [better]}, None)]
        case "openai-sft":
            return [({"messages": [user, better]}, None)]
        case "trl-dpo":
            return [({"prompt": [user], "chosen": [better], "rejected": [worse]}, None)]
        case "openai-preference":
            row = {
                "input": {"messages": [user]},
                "preferred_output": [better],
                "non_preferred_output": [worse],
            }
            return [(row, None)]
        case "trl-kto":
            return [
                ({"prompt": [user], "completion": [better], "label": True}, True),
                ({"prompt": [user], "completion": [worse], "label": False}, False),
            ]


def _why_not(pair: Pair, held_out: Collection[str], counting: Collection[str]) -> str:
    if pair.brief.split == "held_out" or pair.brief.id in held_out:
        return "Its brief is held out."
    if pair.withdrawn:
        return "The final was withdrawn."
    if pair.id not in counting:
        return "You corrected this draft again: the newer final counts."
    if not pair.final.strip():
        return "The final is empty."
    if not pair.draft.strip():
        return "The draft is empty."
    if _same(pair.draft, pair.final):
        return "Draft and final are identical: there is nothing to learn from."
    return ""


def _why_not_choice(choice: Choice, format: Format, held_out: Collection[str]) -> str:  # noqa: A002
    if choice.brief.split == "held_out" or choice.brief.id in held_out:
        return "Its brief is held out."
    if format in _FINALS_ONLY:
        return "A picked take is a preference, not a final: this form has no place for it."
    if not choice.chosen.strip():
        return "The picked take is empty."
    if not choice.rejected:
        return "There was no other take to prefer it to."
    return ""


def _same(left: str, right: str) -> bool:
    return left.split() == right.split()
