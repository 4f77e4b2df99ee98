"""Make a brief, or change one that is there."""

from __future__ import annotations

from shlex import quote
from typing import Annotated, Literal

from loop.errors import ConfigError, ProjectError, UsageError
from loop.events import Tell
from loop.model import Brief, Record, content_id
from loop.model.writing import Split
from loop.names import name_from_title
from loop.project import Project
from loop.store import brief_ids, brief_path, draft_paths, read_brief
from loop.verbs.parts.fields import Argument, TextSource, Unseen
from pipelines.briefs import dump_brief

EXAMPLE = 'redraft brief "Why tea tastes better outdoors" "Camping, the kettle, no tea bags."'


class Request(Record):
    """What shall be written; with nothing but a name the brief is printed."""

    brief: Annotated[str, Argument(completes="brief")]
    """Its name; of a title one is made, such as why-bread-rises."""
    about: Annotated[str | None, Argument()] = None
    """What it shall be about, in a few words or lines."""
    text: Annotated[str | None, TextSource("--file", "--stdin")] = None
    """What it shall be about."""
    type: str | None = None
    """Its document type, such as blog; the project's if left out."""
    held_out: bool = False
    """Only measure with it: nothing is learned from it."""
    train: bool = False
    """Learn from it, though it was held out."""
    replace: bool = False
    """Change the brief of this name; what is not said stays."""
    over: Annotated[str, Unseen()] = ""
    """Change it only while it is what was seen: the id that --json prints."""


class Result(Record):
    """The brief as it is now."""

    brief: str
    """Its name."""
    path: str
    """Where it is."""
    text: str
    """What it says."""
    type: str
    """Its document type."""
    split: Split
    """train or held_out."""
    id: str
    """Content id of the file, for --over."""
    done: Literal["read", "made", "changed"] = "read"
    """What became of it."""
    next: str
    """What to type next."""


async def do(project: Project, request: Request, tell: Tell) -> Result:
    """Write briefs/<name>.md, or read it; nothing is committed: it is kept with its first feedback."""
    del tell
    if request.about is not None and request.text is not None:
        raise UsageError("Two texts were given.", hint="Say it in words, or name a file: not both.")
    if request.held_out and request.train:
        raise UsageError("Held out, or learned from: not both.", hint="redraft brief --help")
    given = request.text if request.about is None else request.about
    changes = (given, request.type, request.held_out, request.train) != (None, None, False, False)
    name = _name(project, request.brief)
    if not changes and not request.replace:
        return _result(project, read_brief(project, name), "read")
    with project.lock():
        there = project.files.exists(brief_path(name))
        if there and not request.replace:
            raise UsageError(
                f"There is a brief “{name}” already.",
                hint=f"redraft brief {quote(name)} ... --replace   changes it;  another name makes a new one",
            )
        if request.over and (not there or content_id(project.files.read(brief_path(name))) != request.over):
            raise ProjectError(
                f"{brief_path(name)} was changed elsewhere meanwhile, so it was not written over.",
                hint=f"redraft brief {quote(name)}   shows what it says now",
            )
        brief = _said(project, request, name, given)
        default = project.settings.pipeline.type
        project.files.write(brief_path(name), dump_brief(brief, default_type=default))
    return _result(project, brief, "changed" if there else "made")


def _name(project: Project, said: str) -> str:
    """The name itself, if it is one; else one made of it. Raises UsageError when nothing is left of it."""
    if said in brief_ids(project) or not any(sign.isspace() for sign in said):
        return said
    name = name_from_title(said)
    if not name:
        raise UsageError(f"No name can be made of “{said}”.", hint="Give it a few words, such as: why tea")
    return name


def _said(project: Project, request: Request, name: str, given: str | None) -> Brief:
    """The brief as it shall be: what is not said stays, or is as it is in this project."""
    old = _before(project, request, name, given)
    split: Split = "held_out" if request.held_out else "train" if request.train else old.split
    return Brief(
        id=name,
        text=old.text if given is None else given,
        type=old.type if request.type is None else request.type,
        split=split,
    )


def _before(project: Project, request: Request, name: str, given: str | None) -> Brief:
    """The brief that is there; where there is none, what a new one begins with.

    Of one that cannot be read, type and split are not known: ConfigError unless all of it is said anew.
    """
    path = brief_path(name)
    nothing = not project.files.exists(path) or not project.files.read(path).strip()
    new = Brief(id=name, text="", type=project.settings.pipeline.type)
    if nothing and given is not None:
        return new
    try:
        return read_brief(project, name)
    except ConfigError as error:
        if given is None:
            raise
        if request.type is None or not (request.held_out or request.train):
            raise ConfigError(
                f"{error.message} So nobody knows its type, and whether it is held out.",
                hint=f"{error.hint} Or say both: --type NAME and --train or --held-out",
            ) from error
    return new


def _result(project: Project, brief: Brief, done: Literal["read", "made", "changed"]) -> Result:
    brief = read_brief(project, brief.id)
    drafted = any(project.files.exists(path) for path in draft_paths(brief.id))
    return Result(
        brief=brief.id,
        path=brief_path(brief.id),
        text=brief.text,
        type=brief.type,
        split=brief.split,
        id=content_id(project.files.read(brief_path(brief.id))),
        done=done,
        next=f"redraft {'show' if drafted and done == 'read' else 'run'} {quote(brief.id)}",
    )
