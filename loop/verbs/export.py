"""Write the pairs as training data."""

from __future__ import annotations

from typing import Annotated, Literal

from feedback.rows import Skipped, export_rows, to_jsonl
from loop.errors import UsageError
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


class Result(Record):
    """What was written, and what was left out."""

    path: str
    """The file."""
    format: str
    """The form of the rows."""
    rows: int
    """How many rows."""
    skipped: tuple[Skipped, ...]
    """What was left out, each with the reason."""


async def do(project: Project, request: Request, tell: Tell) -> Result:
    """Turn pairs and picked takes into rows; held-out briefs never leave."""
    if not request.out:
        raise UsageError(
            "Where shall the rows go?", hint=f"redraft export --format {request.format} --out pairs.jsonl"
        )
    pairs, choices = read_pairs(project)
    if not pairs and not choices:
        raise UsageError("There are no edit pairs to export yet.", hint="redraft correct NAME   makes one")
    held_out = {brief.id for brief in read_briefs(project) if brief.split == "held_out"}
    exported = export_rows(
        pairs, choices, request.format, prompt=lambda brief: brief.text.strip(), held_out=held_out
    )
    folder, _, name = request.out.replace("\\", "/").rpartition("/")
    files = project.outside(folder or "/")
    if files.exists(name) and not request.replace:
        raise UsageError(
            f"{request.out} is already there, and was left as it is.", hint="Add --replace to write over it."
        )
    files.write(name, to_jsonl(exported.rows))
    return Result(path=request.out, format=request.format, rows=len(exported.rows), skipped=exported.skipped)
