"""The rows of a run, as they lie in its folder: one JSON object a line."""

from __future__ import annotations

from pathlib import Path

from loop.model.training import TrainingRow

ROWS = "rows.jsonl"
"""What is learned from."""
HELD_OUT = "held_out.jsonl"
"""What measures."""


def read_rows(path: Path) -> tuple[TrainingRow, ...]:
    """The rows of a file; none where there is no file.

    Lines end with a line feed alone: a text may hold other signs that Python takes for the end of a line.
    """
    if not path.exists():
        return ()
    lines = path.read_text(encoding="utf-8").split("\n")
    return tuple(TrainingRow.model_validate_json(line) for line in lines if line.strip())
