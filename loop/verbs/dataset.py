"""Look at the training data before anything learns it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from feedback.dataset.gather import LeftOut
from feedback.dataset.looking import Overview
from feedback.dataset.readiness import Readiness
from loop.errors import NotReady, RedraftError
from loop.events import Tell
from loop.model import Record
from loop.model.dataset import Finding, Lengths, Shown
from loop.model.training import Method
from loop.project import Project
from loop.verbs.parts.fields import Argument
from loop.verbs.training.collecting import METHODS, collect

EXAMPLE = "redraft dataset check --require sft"


class Request(Record):
    """What to look at, and how."""

    action: Annotated[Literal["check"], Argument()] = "check"
    """`check` says whether there is enough to learn from, and what is in the way."""
    require: Literal["sft", "dpo"] | None = None
    """End with exit code 6 unless this way of training is ready: sft learns finals, dpo preferences."""
    base: str = ""
    """The base model whose tokens are counted: a folder, a GGUF file or a name; else the embedded one."""
    long: Literal["split", "leave-out"] | None = None
    """Texts with too many tokens: split them at paragraphs, or leave them out; without it they stop."""
    distill_guide: bool = False
    """Ask without guide and examples: the tuned model is to know them by heart."""
    step: str = ""
    """The step that learns a text whole where it is not kept which step wrote what."""
    rows: int = Field(default=3, ge=0, le=100)
    """So many rows are shown, with what is learned of them."""


class Result(Record):
    """What there is to learn from."""

    readiness: tuple[Readiness, ...]
    """Whether each way of training may start, and why not."""
    overview: Overview
    """The data in numbers."""
    findings: tuple[Finding, ...]
    """What is worth knowing; what stops comes first."""
    left_out: tuple[LeftOut, ...]
    """What gives fewer rows than it could, and why."""
    shown: tuple[Shown, ...]
    """Some rows, with what is learned of them."""
    base: str = ""
    """The base model whose tokens were counted; empty: they were not."""
    limit: int = 0
    """The most tokens that a row may have; 0 when they were not counted."""
    lengths: Mapping[Method, Lengths] = {}
    """How long the rows are, in tokens."""
    unlooked: str = ""
    """Why tokens were not counted."""
    version: str
    """The guidance version that the prompts were made with."""
    distilled: bool
    """They were made without the guide."""
    required: Literal["sft", "dpo"] | None = None
    """The way of training that had to be ready."""


async def do(project: Project, request: Request, tell: Tell) -> Result:
    """Collect the rows and look them over; nothing is written."""
    found = await collect(
        project,
        tell,
        distill=request.distill_guide,
        step=request.step,
        long=request.long,
        base=request.base,
        rows=request.rows,
    )
    looked = found.looked
    return Result(
        readiness=tuple(found.readiness[method] for method in METHODS),
        overview=found.overview,
        findings=found.findings,
        left_out=found.left_out,
        shown=found.shown,
        base=looked.base if looked is not None else "",
        limit=looked.limit if looked is not None else 0,
        lengths=looked.lengths if looked is not None else {},
        unlooked=found.unlooked,
        version=found.version,
        distilled=found.distilled,
        required=request.require,
    )


def fault(result: Result) -> RedraftError | None:
    """What was required is not ready."""
    for one in result.readiness:
        if one.method == result.required and not one.ready:
            return NotReady(f"{one.method.upper()} is not ready. {one.reasons[0]}", hint=one.hint)
    return None
