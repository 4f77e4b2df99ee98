"""What a model says of a pipeline: texts alone, which become files in the project's own form."""

from __future__ import annotations

from loop.model import Check, Record

CHECKS_OWN = ("id", "rule", "scope")
"""Fields of a check that follow from its rule: no model sets them."""


class PlannedRule(Record):
    """One rule of the style guide."""

    text: str
    """One sentence."""
    scope: str = "everything"
    """The document type it is for, or everything."""
    check: Check | None = None
    """What enforces it, where a fixed form can."""


class PlannedStep(Record):
    """One question to the model that writes."""

    name: str
    """One word; its prompt becomes `prompts/<name>.md`."""
    prompt: str
    """What is asked; style guide and examples are put before it."""


class PlannedBrief(Record):
    """One piece to write."""

    id: str
    """A short name such as night-train."""
    text: str
    """What is to be written."""
    held_out: bool = False
    """True: it only measures, and nothing is learned from it."""


class Plan(Record):
    """A whole pipeline."""

    name: str
    """What the pipeline writes, in one to three words."""
    type: str
    """The document type, such as blog post."""
    guide: str
    """How the writer writes, in prose."""
    rules: tuple[PlannedRule, ...]
    """Rules of style."""
    steps: tuple[PlannedStep, ...]
    """In the order in which they are asked."""
    briefs: tuple[PlannedBrief, ...]
    """Pieces to write."""
