"""Take a final or a critique back: it stays in git, and nothing is learned from it any more."""

from __future__ import annotations

from typing import Annotated

from feedback.critique import dump_critiques
from feedback.pairs import dump_pair
from loop.errors import UsageError
from loop.events import Tell
from loop.model import Entry, FileChange, Record
from loop.project import Project
from loop.store import (
    critique_path,
    final_path,
    plan_write,
    read_brief,
    read_critiques,
    read_pairs_of,
    refuse_unkept,
)
from loop.text.short import one_line
from loop.verbs.parts.committing import keep_edits, record
from loop.verbs.parts.critiques import find_critique, refuse_learned
from loop.verbs.parts.fields import Argument

EXAMPLE = "redraft withdraw sourdough"


class Request(Record):
    """What is taken back."""

    brief: Annotated[str, Argument(completes="brief")]
    """The brief whose feedback is taken back."""
    critique: bool = False
    """Take back the newest critique instead of the final."""
    id: str = ""
    """Take back this critique: `redraft show NAME --critiques` prints the ids."""


class Result(Record):
    """What was taken back."""

    brief: str
    """The brief's id."""
    what: str
    """The final, or the critique's words."""
    critique: bool = False
    """True for a critique."""
    left: int = 0
    """How many finals of the brief, or critiques, still count: the next withdrawal takes back one of them."""


async def do(project: Project, request: Request, tell: Tell) -> Result:
    """Mark the newest final (with its pair) or critique of a brief as withdrawn, in one commit."""
    if not read_pairs_of(project, request.brief):
        read_brief(project, request.brief)  # old texts that were imported have no brief in the folder
    critique = request.critique or bool(request.id)
    if critique:
        planned, what, trailers, left = _critique(project, request.brief, request.id)
    else:
        planned, what, trailers, left = _final(project, request.brief)
    head = keep_edits(project, tell)
    entry = Entry(
        verb="withdraw",
        subject=f"{one_line(what)} of {request.brief}",
        trailers={"Brief": request.brief, **trailers},
    )
    record(project, planned, entry, expect=head, tell=tell)
    return Result(brief=request.brief, what=what, critique=critique, left=left)


def _final(project: Project, brief: str) -> tuple[list[FileChange], str, dict[str, str], int]:
    pairs = [pair for pair in read_pairs_of(project, brief) if not pair.withdrawn]
    if not pairs:
        raise UsageError(f"“{brief}” has no final to take back.", hint="redraft status   lists what is there")
    newest = pairs[-1]
    path = final_path(brief)
    withdrawn = newest.model_copy(update={"withdrawn": True})
    planned = list(plan_write(project, [(f"pairs/{newest.id}.json", dump_pair(withdrawn))]))
    refuse_unkept(project, path)
    if project.files.exists(path):
        now = project.files.read(path)
        earlier = pairs[-2].final if len(pairs) > 1 else None
        planned.append(FileChange(path=path, before=now, after=earlier))
    return planned, "the newest final" if len(pairs) > 1 else "the final", {"Pair": newest.id}, len(pairs) - 1


def _critique(project: Project, brief: str, named: str) -> tuple[list[FileChange], str, dict[str, str], int]:
    critiques = list(read_critiques(project, brief))
    live = [critique for critique in critiques if not critique.withdrawn]
    if not live:
        raise UsageError(
            f"“{brief}” has no critique to take back.", hint="redraft status   lists what is there"
        )
    chosen = find_critique(critiques, brief, named) if named else live[-1]
    refuse_learned(project, chosen)
    kept = [
        critique.model_copy(update={"withdrawn": True}) if critique.id == chosen.id else critique
        for critique in critiques
    ]
    planned = list(plan_write(project, [(critique_path(brief), dump_critiques(kept))]))
    left = sum(1 for critique in live if critique.id != chosen.id)
    return planned, f"“{chosen.text}”", {"Critique": chosen.id}, left
