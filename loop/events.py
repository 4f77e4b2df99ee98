"""What can happen while a verb runs: verbs tell these, front ends show them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Literal

from pydantic import Field

from loop.model import Record, Usage


class StepStarted(Record):
    """A step of the pipeline begins."""

    kind: Literal["step_started"] = "step_started"
    brief: str
    """The brief's id."""
    step: str
    """The step's name."""
    number: int
    """Counting from 1."""
    of: int
    """How many steps there are."""
    take: int = 0
    """The take's number; 0 when there is only one."""
    appends: bool = False
    """What it writes is put behind what came, and not in its place."""
    usage: Usage = Usage()
    """What the steps before it cost."""


class TextChunk(Record):
    """A piece of text arrived from a model."""

    kind: Literal["text"] = "text"
    brief: str
    """The brief's id."""
    step: str
    """The step's name."""
    text: str
    """The new piece only."""
    take: int = 0
    """The take's number; 0 when there is only one."""


class DraftReady(Record):
    """A draft is finished."""

    kind: Literal["draft_ready"] = "draft_ready"
    brief: str
    """The brief's id."""
    words: int
    """Its length."""
    usage: Usage = Usage()
    """What it cost."""
    take: int = 0
    """The take's number; 0 when there is only one."""


class BriefFailed(Record):
    """One brief could not be drafted; the others go on."""

    kind: Literal["brief_failed"] = "brief_failed"
    brief: str
    """The brief's id."""
    message: str
    """What happened."""
    hint: str = ""
    """What to type."""
    error: str = "RedraftError"
    """The kind of error, by the name of its class in `loop.errors`."""


class Progress(Record):
    """Long work goes on."""

    kind: Literal["progress"] = "progress"
    what: str
    """What is being done, in a few words."""
    done: int
    """Units done."""
    of: int
    """Units in all; 0 when nobody knows."""
    unit: str = ""
    """What is counted."""


class Note(Record):
    """Something worth saying that is not a result."""

    kind: Literal["note"] = "note"
    message: str
    """A sentence."""
    level: Literal["info", "warning"] = "info"
    """warning: the writer should look at it."""


class Committed(Record):
    """A commit was made in the project."""

    kind: Literal["committed"] = "committed"
    sha: str
    """The commit."""
    subject: str
    """What it says."""


Event = Annotated[
    StepStarted | TextChunk | DraftReady | BriefFailed | Progress | Note | Committed,
    Field(discriminator="kind"),
]
Tell = Callable[[Event], None]


def ignore(event: Event) -> None:
    """The listener for whoever does not want to know."""
