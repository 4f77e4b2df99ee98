"""Keep one of several takes, as a preference."""

from __future__ import annotations

from typing import Annotated

from feedback.pairs import dump_choice
from loop.errors import UsageError
from loop.events import Tell
from loop.model import Choice, Draft, Entry, Record
from loop.project import Project
from loop.store import (
    DraftFile,
    as_file,
    brief_path,
    draft_paths,
    plan_keep,
    plan_write,
    read_brief,
    read_draft_file,
    refuse_edited,
)
from loop.verbs.parts.committing import keep_edits, record
from loop.verbs.parts.fields import Argument
from loop.verbs.parts.wrote import wrote

EXAMPLE = "redraft pick sourdough 2"


class Request(Record):
    """Which take is the best."""

    brief: Annotated[str, Argument(completes="brief")]
    """The brief that was run with --takes."""
    take: Annotated[int, Argument()]
    """The take's number, counting from 1."""


class Result(Record):
    """The take that is the draft now."""

    brief: str
    """The brief's id."""
    take: int
    """The take's number."""
    choice: str
    """The id of the kept preference."""
    text: str
    """The draft."""
    stopped: bool = False
    """The draft breaks off: nothing is learned from this choice."""


async def do(project: Project, request: Request, tell: Tell) -> Result:
    """Make the take the draft and commit the preference."""
    brief = read_brief(project, request.brief)
    file = read_draft_file(project, request.brief)
    if not file.takes:
        raise UsageError(
            f"“{brief.id}” has only one draft.", hint=f"redraft run {brief.id} --takes 3   writes three"
        )
    if not 1 <= request.take <= len(file.takes):
        raise UsageError(
            f"There is no take {request.take} of “{brief.id}”.",
            hint=f"Takes 1 to {len(file.takes)} are there.",
        )
    refuse_edited(project, brief.id)
    head = keep_edits(project, tell)
    chosen = file.takes[request.take - 1]
    others = {take.text: take for take in reversed(file.takes) if _less_liked(take, chosen)}
    rejected = tuple(dict.fromkeys(take.text for take in file.takes if take.text in others))
    choice = Choice(
        brief=brief,
        chosen=chosen.text,
        rejected=rejected,
        steps=wrote(chosen, project.settings),
        rejected_steps=tuple(wrote(others[text], project.settings) for text in rejected),
        version=chosen.version,
        model=chosen.model,
        created=project.clock.now().isoformat(),
    )
    text_path, record_path = draft_paths(brief.id)
    file = DraftFile(draft=chosen, takes=file.takes)
    planned = [
        *plan_keep(project, [brief_path(brief.id)]),
        *plan_write(
            project,
            [
                (text_path, as_file(chosen.text)),
                (record_path, file.model_dump_json(indent=2) + "\n"),
                (f"pairs/{choice.id}.json", dump_choice(choice)),
            ],
        ),
    ]
    entry = Entry(
        verb="pick",
        subject=f"take {request.take} of {brief.id}",
        trailers={"Brief": brief.id, "Base": chosen.version, "Pair": choice.id},
    )
    record(project, planned, entry, expect=head, tell=tell)
    return Result(
        brief=brief.id, take=request.take, choice=choice.id, text=chosen.text, stopped=chosen.stopped
    )


def _less_liked(take: Draft, chosen: Draft) -> bool:
    """True when the choice says something about this take: one that breaks off was no equal."""
    return take.text != chosen.text and not take.stopped and not chosen.stopped
