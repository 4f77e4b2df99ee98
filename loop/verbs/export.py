"""Write the pairs as training data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, cast

from feedback.collected import Collected, collected
from feedback.configs import Task, configs
from feedback.rows import Skipped, export_rows, to_jsonl
from loop.errors import AlreadyThere, UsageError
from loop.events import Tell
from loop.model import Record
from loop.project import Project
from loop.store import read_briefs, read_pairs
from loop.verbs.parts.fields import PathValue
from loop.verbs.training.collecting import gathered

EXAMPLE = "redraft export --format trl-dpo --out pairs.jsonl"


class Request(Record):
    """In which form, and where to."""

    format: Literal["trl-sft", "trl-dpo", "trl-kto", "openai-sft", "openai-preference"] = "trl-sft"
    """The form of the rows."""
    out: Annotated[str, PathValue()] = ""
    """The file to write; it must not be there yet, unless --replace."""
    configs: Annotated[str, PathValue()] = ""
    """A folder for the rows with configurations for TRL, Axolotl and LLaMA-Factory."""
    base: str = "HuggingFaceTB/SmolLM2-135M-Instruct"
    """The base model that the configurations name."""
    distill_guide: bool = False
    """Ask without guide and examples: the tuned model is to know them by heart."""
    step: str = ""
    """The step that learns a text whole where it is not kept which step wrote what."""
    replace: bool = False
    """Write over files that are there."""
    dry_run: bool = False
    """Write nothing: say what was collected, and what it would give."""


class Result(Record):
    """What was written, and what was left out."""

    path: str
    """The file; empty with --dry-run, and without --out."""
    configs: tuple[str, ...] = ()
    """The files for other trainers."""
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
    if not (request.out or request.configs or request.dry_run):
        raise UsageError(
            "Where shall the rows go?", hint=f"redraft export --format {request.format} --out pairs.jsonl"
        )
    trainer, _, task = request.format.partition("-")
    if request.configs and trainer != "trl":
        raise UsageError(
            f"Rows in the form {request.format} are for a provider, which takes no configuration.",
            hint="--format trl-sft, trl-dpo or trl-kto   makes those for trainers",
        )
    pairs, choices = read_pairs(project)
    if not pairs and not choices and not request.dry_run:
        raise UsageError("There are no edit pairs to export yet.", hint="redraft correct NAME   makes one")
    held_out = {brief.id for brief in read_briefs(project) if brief.split == "held_out"}
    found, _ = gathered(project, tell, distill=request.distill_guide, step=request.step)
    exported = export_rows(found, request.format)
    files: dict[str, str] = {}
    if request.out:
        files[request.out] = to_jsonl(exported.rows)
    if request.configs:
        made = configs(cast("Task", task), exported.rows, request.base)
        files |= {f"{request.configs.rstrip('/')}/{path}": text for path, text in made.items()}
    if not request.dry_run:
        _write(project, files, replace=request.replace)
    return Result(
        path="" if request.dry_run else request.out,
        configs=() if request.dry_run else tuple(path for path in files if path != request.out),
        format=request.format,
        rows=len(exported.rows),
        skipped=exported.skipped,
        collected=collected(pairs, choices, held_out),
    )


def _write(project: Project, contents: Mapping[str, str], *, replace: bool) -> None:
    """Write the files, all or none of them. Raises AlreadyThere."""
    places = []
    for path, text in contents.items():
        folder, _, name = path.replace("\\", "/").rpartition("/")
        files = project.outside(folder or "/")
        if files.exists(name) and not replace:
            raise AlreadyThere(
                f"{path} is already there, and was left as it is.", hint="Add --replace to write over it."
            )
        places.append((files, name, text))
    for files, name, text in places:
        files.write(name, text)
