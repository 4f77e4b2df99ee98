"""Write the pairs as training data."""

from __future__ import annotations

from typing import Annotated, Literal

from feedback.collected import Collected, collected
from feedback.rows import Skipped, export_rows, to_jsonl
from loop.errors import AlreadyThere, UsageError
from loop.events import Tell
from loop.model import Record
from loop.project import Project
from loop.store import read_briefs, read_pairs
from loop.verbs.parts.fields import PathValue

EXAMPLE = "redraft export --format trl-dpo --out pairs.jsonl"


class Request(Record):
    """In which form, and where to."""

    format: Literal["trl-sft", "trl-dpo", "trl-kto", "openai-sft", "openai-preference"] = "trl-sft"
    """The form of the rows."""
    out: Annotated[str, PathValue()] = ""
    """The file to write; it must not be there yet, unless --replace."""
    replace: bool = False
    """Write over a file that is there."""
    dry_run: bool = False
    """Write nothing: say what was collected, and what it would give."""


class Result(Record):
    """What was written, and what was left out."""

    path: str
    """The file; empty with --dry-run."""
    format: str
    """The form of the rows."""
    rows: int
    """How many rows."""
    skipped: tuple[Skipped, ...]
    """What was left out, each with the reason."""
    collected: Collected
    """What there is to train on."""


async def do(project: Project, request: Request, tell: Tell) -> Result:
    """Turn pairs and picked takes into rows; held-out briefs never leave."""
    if not request.out and not request.dry_run:
        raise UsageError(
            "Where shall the rows go?", hint=f"redraft export --format {request.format} --out pairs.jsonl"
        )
    pairs, choices = read_pairs(project)
    if not pairs and not choices and not request.dry_run:
        raise UsageError("There are no edit pairs to export yet.", hint="redraft correct NAME   makes one")
    held_out = {brief.id for brief in read_briefs(project) if brief.split == "held_out"}
    exported = export_rows(
        pairs, choices, request.format, prompt=lambda brief: brief.text.strip(), held_out=held_out
    )
    path = "" if request.dry_run else _written(project, request, to_jsonl(exported.rows))
    return Result(
        path=path,
        format=request.format,
        rows=len(exported.rows),
        skipped=exported.skipped,
        collected=collected(pairs, choices, held_out),
    )


def _written(project: Project, request: Request, text: str) -> str:
    """Write the file; returns its path. Raises AlreadyThere."""
    folder, _, name = request.out.replace("\\", "/").rpartition("/")
    files = project.outside(folder or "/")
    if files.exists(name) and not request.replace:
        raise AlreadyThere(
            f"{request.out} is already there, and was left as it is.", hint="Add --replace to write over it."
        )
    files.write(name, text)
    return request.out
