"""What is found out about training data before anything learns it."""

from __future__ import annotations

from typing import Literal

from loop.model.record import Record
from loop.model.training import Method, TrainingRow
from loop.model.writing import Split


class Finding(Record):
    """Something about the data that a writer should know."""

    kind: Literal[
        "leak",
        "long",
        "template",
        "mask",
        "start",
        "duplicate",
        "contradiction",
        "marks",
        "secret",
        "personal",
        "lopsided",
        "unmeasured",
        "cut",
    ]
    """What it is about."""
    stop: bool = False
    """Nothing should be trained before it is mended."""
    id: str = ""
    """The pair's, the picked take's or the row's id; empty: all of them."""
    brief: str = ""
    """The brief's id."""
    says: str
    """What was found, in a sentence."""
    hint: str = ""
    """What to do."""
    of: Literal["", "sft", "dpo"] = ""
    """The way of training that it is about; empty: both."""


class Piece(Record):
    """A stretch of a row that is treated alike."""

    kind: Literal["asked", "given", "learned", "edited"]
    """`asked`: what the model reads; `given`: the beginning of the answer, read too; `learned`; `edited`:
    learned, and touched by the writer, so it counts more."""
    text: str
    """The stretch."""


class Shown(Record):
    """A row, to be looked at with its loss mask."""

    id: str
    """The row's id."""
    brief: str
    """The brief's id."""
    split: Split
    """Held-out rows only measure."""
    pieces: tuple[Piece, ...]
    """All of it, in order."""


class Lengths(Record):
    """How long the rows for one way of training are, in tokens."""

    rows: int = 0
    """How many rows."""
    tokens: int = 0
    """Of all rows: prompt and longer text."""
    median: int = 0
    """Of a row."""
    longest: int = 0
    """Of the longest row."""
    learned: int = 0
    """Tokens that are learned."""
    edited: int = 0
    """Of them, those that the writer touched."""
    shared: float | None = None
    """dpo: the median share of the writer's text that stands before the first edit."""


class LongRow(Record):
    """A row with more tokens than there may be."""

    id: str
    """The row's id."""
    brief: str
    """The brief's id."""
    tokens: int
    """How many it has."""
    parts: tuple[TrainingRow, ...] = ()
    """What it was split into; empty: it was not, or could not be."""


class Looked(Record):
    """What the base model's tokenizer makes of the rows."""

    base: str
    """The base model."""
    limit: int
    """The most tokens that a row may have."""
    lengths: dict[Method, Lengths]
    """Of the rows as they were given."""
    long: dict[Method, tuple[LongRow, ...]]
    """Those that are too long."""
    findings: tuple[Finding, ...] = ()
    """Faults of the template and the mask."""
    shown: tuple[Shown, ...] = ()
    """Rows as the model reads them."""
