"""Turn old before/after texts into edit pairs."""

from __future__ import annotations

from typing import Annotated

from feedback.effort import effort
from feedback.pairs import dump_pair
from loop.errors import RedraftError, UsageError
from loop.events import Note, Tell
from loop.model import Brief, Entry, Pair, Record
from loop.names import file_name
from loop.ports import Files
from loop.project import Project
from loop.store import plan_write, read_pairs
from loop.verbs.parts.committing import keep_edits, record
from loop.verbs.parts.fields import Argument, PathValue

EXAMPLE = "redraft import before.md after.md"

_ENDINGS = ((".before.md", ".after.md"), (".draft.md", ".final.md"))
_NO_PARTNER = "there is no"
_FOLDERS = (("before", "after"), ("drafts", "finals"))


class Request(Record):
    """Two files, or a folder of them."""

    before: Annotated[str, Argument(), PathValue()]
    """The text before, or a folder: x.before.md and x.after.md, or before/x.md and after/x.md."""
    after: Annotated[str, Argument(), PathValue()] = ""
    """The text after; left out for a folder."""
    type: str | None = None
    """The document type; the project's own if left out."""
    brief: str | None = None
    """What was asked for, in a few words; the file's name if left out."""


class Result(Record):
    """What came in."""

    pairs: tuple[str, ...]
    """Ids of the new edit pairs."""
    skipped: tuple[tuple[str, str], ...] = ()
    """Files that were left out, each with the reason."""


async def do(project: Project, request: Request, tell: Tell) -> Result:
    """Read the files, make pairs, and commit them together."""
    sources, skipped = _sources(project, request)
    here = {(pair.draft, pair.final): pair for pair in read_pairs(project)[0]}
    created = project.clock.now().isoformat()
    contents, names = [], []
    for name, before, after in sources:
        if before.strip() == after.strip() or not after.strip():
            skipped.append((name, "nothing was changed" if after.strip() else "the text after is empty"))
            continue
        if (before, after) in here:
            same = here[before, after]
            why = "you took this pair back" if same.withdrawn else "this pair is here already"
            skipped.append((name, f"{why}, as {same.brief.id}"))
            continue
        brief = Brief(
            id=file_name(name),
            text=request.brief or name.replace("-", " ").replace("_", " "),
            type=request.type or project.settings.pipeline.type,
        )
        pair = Pair(
            brief=brief,
            draft=before,
            final=after,
            effort=round(effort(before, after), 4),
            source="import",
            created=created,
        )
        here[before, after] = pair
        contents.append((f"pairs/{pair.id}.json", dump_pair(pair)))
        names.append(pair.id)
    if contents and not request.brief:
        says = "Nobody knows what these texts were asked for: their names stand for it (--brief says it)."
        tell(Note(message=says))
    if contents:
        head = keep_edits(project, tell)
        entry = Entry(
            verb="import",
            subject=f"{len(contents)} before/after pair{'s' if len(contents) > 1 else ''}",
            trailers={"Pairs": str(len(contents))},
        )
        record(project, plan_write(project, contents), entry, expect=head, tell=tell)
    return Result(pairs=tuple(names), skipped=tuple(skipped))


def _sources(project: Project, request: Request) -> tuple[list[tuple[str, str, str]], list[tuple[str, str]]]:
    if request.after:
        before, after = _outside(project, request.before), _outside(project, request.after)
        name = request.before.rsplit("/", 1)[-1].removesuffix(".md").removesuffix(".txt")
        return [(name, before[0].read(before[1]), after[0].read(after[1]))], []
    files = project.outside(request.before)
    found: list[tuple[str, str, str]] = []
    skipped: list[tuple[str, str]] = []
    for name, old, new in _couples(files):
        if not (files.exists(old) and files.exists(new)):
            there, lacking = (old, new) if files.exists(old) else (new, old)
            skipped.append((there, f"{_NO_PARTNER} {lacking}"))
            continue
        try:
            found.append((name, files.read(old), files.read(new)))
        except RedraftError as error:
            skipped.append((name, error.message.rstrip(".")))
    if not found and all(reason.startswith(_NO_PARTNER) for _, reason in skipped):
        raise UsageError(
            f"No before/after texts were found in {request.before}.",
            hint="Name them x.before.md and x.after.md, or put them into before/x.md and after/x.md.",
        )
    return found, skipped


def _couples(files: Files) -> list[tuple[str, str, str]]:
    """Name, path before and path after of every text that has at least one of the two."""
    here = files.list("", ".md")
    found = []
    for old, new in _ENDINGS:
        stems = {path.removesuffix(end) for end in (old, new) for path in here if path.endswith(end)}
        found += [(stem, stem + old, stem + new) for stem in sorted(stems)]
    for old, new in _FOLDERS:
        names = {path.rsplit("/", 1)[-1] for folder in (old, new) for path in files.list(folder, ".md")}
        found += [(name.removesuffix(".md"), f"{old}/{name}", f"{new}/{name}") for name in sorted(names)]
    return found


def _outside(project: Project, path: str) -> tuple[Files, str]:
    folder, _, name = path.rpartition("/")
    return project.outside(folder or "/"), name
