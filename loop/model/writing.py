"""Briefs, drafts and feedback: what goes in, what comes out, what the writer makes of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from loop.model.asking import Usage
from loop.model.record import Record, content_id

Split = Literal["train", "held_out"]
ChangeKind = Literal["fact", "structure", "style", "format", "deletion"]


class Brief(Record):
    """One input of the pipeline."""

    id: str
    """The file name without `.md`."""
    text: str
    """What is asked for, without front matter."""
    type: str = "piece"
    """The document type: rules are scoped by it."""
    split: Split = "train"
    """Held-out briefs are measured, never shown to whoever writes rules."""


class MarginNote(Record):
    """Something a check found and could not mend."""

    check: str
    """The check's id."""
    rule: str
    """The rule's id."""
    message: str
    """What is wrong, in a writer's words."""
    quote: str = ""
    """The passage, shortened."""


class StepTrace(Record):
    """What one step of the pipeline made of its input."""

    step: str
    """The step's name."""
    kind: str
    """prompt, checks or command."""
    output: str
    """The text after this step."""
    usage: Usage = Usage()
    """What it cost."""
    cached: bool = False
    """True when no model was asked."""
    wrote: bool = False
    """True when a model wrote the output, whether now or before; checks alone only mend."""
    applied: tuple[str, ...] = ()
    """checks: ids of the checks that changed the text."""
    notes: tuple[MarginNote, ...] = ()
    """checks: what is left for the writer."""
    edits: Mapping[str, str | None] = {}
    """agent: guidance files it changed, path -> text (None: deleted); they land in a proposal only."""


class Draft(Record):
    """What the pipeline wrote for a brief."""

    brief: str
    """The brief's id."""
    text: str
    """The draft itself."""
    version: str
    """The guidance version that wrote it."""
    model: str
    """Name and digest of the model."""
    seed: int = 0
    """The seed it was drawn with."""
    steps: tuple[StepTrace, ...] = ()
    """How it came about."""
    stopped: bool = False
    """The writer stopped it, or the model failed: the text breaks off."""

    @property
    def usage(self) -> Usage:
        """What all the steps cost together."""
        total = Usage()
        for step in self.steps:
            total = total + step.usage
        return total

    @property
    def notes(self) -> tuple[MarginNote, ...]:
        """What the last checks step left for the writer."""
        found: tuple[MarginNote, ...] = ()
        for step in self.steps:
            if step.kind == "checks":
                found = step.notes
        return found


class Final(Record):
    """The writer's ground truth for a brief."""

    brief: str
    """The brief's id."""
    text: str
    """The text as the writer wants it."""


class Critique(Record):
    """The writer's words about a draft."""

    brief: str
    """The brief's id."""
    text: str
    """What the writer says."""
    quote: str = ""
    """The passage it is about; empty for the whole draft."""
    place: int = 1
    """Which of the passages that read like the quote is meant, counting from 1."""
    version: str = ""
    """The guidance version of the draft it is about."""
    withdrawn: bool = False
    """True when the writer took it back."""

    @property
    def id(self) -> str:
        """Content id, stable over files and machines."""
        place = [str(self.place)] if self.place > 1 else []
        return "k" + content_id(self.brief, self.text, self.quote, *place, length=10)


class Change(Record):
    """One reviewable edit between a draft and a final."""

    id: str
    """Content id: of the words, their place and their surroundings; stable over runs."""
    kind: ChangeKind
    """fact, structure, style, format or deletion."""
    before: str
    """The draft's words; empty for an insertion."""
    after: str
    """The final's words; empty for a deletion."""
    draft_start: int
    """Offset of `before` in the draft, in code points."""
    draft_end: int
    """Its end (exclusive)."""
    final_start: int
    """Offset of `after` in the final."""
    final_end: int
    """Its end (exclusive)."""
    sentence_before: str = ""
    """The draft's sentence(s) around it."""
    sentence_after: str = ""
    """The final's sentence(s) around it."""


class Wrote(Record):
    """What one step of the pipeline made of its input, as it is kept with the writer's text."""

    step: str
    """The step's name."""
    kind: str = "prompt"
    """prompt, checks, command or agent."""
    output: str
    """The text after this step."""
    appends: bool = False
    """Its reply stands below what came in."""


class Pair(Record):
    """(brief, draft, final), stored whole: what weights and rules are trained on."""

    brief: Brief
    """The brief as it was."""
    draft: str
    """The draft as it was."""
    final: str
    """The writer's text."""
    version: str = ""
    """The guidance version that wrote the draft."""
    model: str = ""
    """The model that wrote it."""
    seed: int = 0
    """The seed it was drawn with."""
    excluded: tuple[str, ...] = ()
    """Ids of Changes the writer kept but does not want learned from."""
    effort: float = 0.0
    """How much the writer changed, 0..1."""
    source: Literal["correct", "import"] = "correct"
    """Where it comes from."""
    created: str = ""
    """When, ISO 8601 in UTC."""
    withdrawn: bool = False
    """True when the writer took the final back."""
    steps: tuple[Wrote, ...] = ()
    """How the draft came about, up to the last step that asked a model; empty: nobody kept it."""
    stopped: bool = False
    """The draft broke off."""

    @property
    def id(self) -> str:
        """Content id: brief, draft and final make the pair."""
        return "p" + content_id(self.brief.id, self.draft, self.final)


class Choice(Record):
    """One of several takes, preferred by the writer: a preference without an edit."""

    brief: Brief
    """The brief as it was."""
    chosen: str
    """The take that was picked."""
    rejected: tuple[str, ...]
    """The other takes."""
    steps: tuple[Wrote, ...] = ()
    """How the picked take came about, as in a Pair."""
    rejected_steps: tuple[tuple[Wrote, ...], ...] = ()
    """The same for each of the others, in their order; empty: nobody kept it."""
    version: str = ""
    """The guidance version that wrote them."""
    model: str = ""
    """The model that wrote them."""
    created: str = ""
    """When, ISO 8601 in UTC."""

    @property
    def id(self) -> str:
        """Content id."""
        return "t" + content_id(self.brief.id, self.chosen, *self.rejected)
