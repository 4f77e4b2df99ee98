"""Build a project from a description and sample pieces, and run it once; nothing is committed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from shlex import quote
from typing import NamedTuple

import tomlkit

from loop.counts import count
from loop.describe import Described, Sample, Told, describe, first_request, require_project
from loop.errors import ModelUnavailable, ProjectError, RedraftError, ReplyInvalid, UsageError
from loop.events import Event, Note, Tell, TextChunk
from loop.model import Draft, MarginNote, Record, Usage
from loop.ports import Files
from loop.project import Project, World
from loop.settings import AUTO, EMBEDDED, SETTINGS_FILE
from loop.store import COST_FILE, DraftFile, as_file, draft_paths
from loop.verbs.parts.costing import Drafted, draft_costs, priced, tell_costs, turns
from loop.verbs.parts.drafting import Counted
from loop.verbs.parts.replies import UnusableReplies
from loop.verbs.parts.turns import turn
from loop.verbs.starting.interviewing import ANSWERS, interviewed
from pipelines.guidance import GUIDE_FILE
from pipelines.runner import write_draft

_MARK = "# `redraft new` is at work in this folder.\n"
_BEGUN = _MARK + '\n[[steps]]\nkind = "prompt"\nname = "draft"\n\n[model]\nname = {model}\n'
_PLANNED = ".redraft/new.txt"
"""The files that are about to be written, one a line: a killed run leaves some of them."""
_UNUSED = (".redraft/lock", ".redraft/cache/none")
"""What a try that asked nothing leaves: a lock, and the folder of a cache without an answer."""
_PLAN = 4_000
"""About how many tokens a whole pipeline has."""
_AFTER = "; its first draft is extra"
_NOT_COUNTED = (".git", ".redraft")


def _nothing() -> None:
    """Nothing must hold."""


class Wanted(NamedTuple):
    """What a project is built from."""

    path: str
    """The folder."""
    description: str
    """The writer's words; may be empty."""
    samples: tuple[Sample, ...]
    """Pieces of the writer's own."""
    ask: bool
    """Ask the writer a few questions first."""
    model: str
    """Who writes, as redraft.toml names models."""
    budget: str | None
    """A cap for all of it."""
    before: Callable[[], None] = _nothing
    """What must hold before a model is paid; it is called in the new folder."""


class Made(Record):
    """One file."""

    path: str
    """Where it is, in the project."""
    characters: int
    """Its length."""


class Built(Record):
    """A project that waits for the writer's word."""

    files: tuple[Made, ...]
    """Every file."""
    guide: str
    """CLAUDE.md."""
    steps: tuple[str, ...]
    """The steps' names, in order."""
    briefs: int
    """How many there are."""
    held_out: int
    """Of them, those that only measure."""
    brief: str
    """The brief that was drafted."""
    draft: str
    """The draft."""
    notes: tuple[MarginNote, ...]
    """What the checks leave for the writer."""
    model: str
    """Who wrote all this."""
    says: tuple[str, ...]
    """What was cut, left out or not taken over, a sentence each."""
    usage: Usage
    """What it cost."""
    new_folder: bool
    """The folder was not there before."""


@dataclass
class _Site:
    """A folder in which a project is being built."""

    world: World
    path: str
    files: Files
    was_there: bool
    made: dict[str, str] = field(default_factory=dict)
    """What was written: path -> text."""
    spent: Usage = field(default_factory=Usage)
    answered: bool = False


async def build(world: World, wanted: Wanted, tell: Tell) -> Built:
    """Ask the model, check its answer, write the files, and draft the first brief.

    When anything fails, all that was made is removed again except `.redraft`, whose cache makes the
    next try free as far as this one came. Raises ModelError, UsageError and ConfigError.
    """
    site = _Site(world, wanted.path, world.files(wanted.path), world.is_folder(wanted.path))
    with _nothing_left_of(site, tell):
        project = _begun(site, wanted)
        name = project.settings.model.name
        model = Counted(project.models(verb="new", tell=tell, budget=wanted.budget).door())
        wanted.before()
        try:
            async with turn(project):
                described = await _described(site, project, wanted, model, tell)
                _write(site, project, described.pipeline.files)
                _put(site, COST_FILE, model.spent.model_dump_json())
            world.create(wanted.path)
            draft = await _draft(site, project, described, model, wanted.budget, tell)
        finally:
            site.spent = model.spent
    return _built(site, described, draft, name)


def is_begun(files: Files) -> bool:
    """True where a `redraft new` is at work, or was when it was killed."""
    return files.exists(SETTINGS_FILE) and files.read(SETTINGS_FILE).startswith(_MARK)


async def clear_begun(world: World, path: str) -> None:
    """Remove what a killed `redraft new` left. Raises ProjectError while one is at work."""
    files = world.files(path)
    if not is_begun(files):
        return
    async with turn(world.open(path)):
        if is_begun(files):
            planned = files.read(_PLANNED).splitlines() if files.exists(_PLANNED) else []
            world.discard(path, [SETTINGS_FILE, *planned], folder=False)


def in_the_way(files: Files) -> str:
    """What stands in a folder that should be empty; empty when nothing does."""
    there = (*files.list(""), *files.folders(""))
    return next((name for name in there if name not in _NOT_COUNTED), "")


def _begun(site: _Site, wanted: Wanted) -> Project:
    """The folder as a project that names a model, so that it has a budget, a cache and its privacy."""
    _put(site, SETTINGS_FILE, _BEGUN.format(model=tomlkit.item(wanted.model).as_string()))
    project = site.world.open(wanted.path)
    if project.settings.model.name != EMBEDDED:
        return project
    if wanted.model == AUTO:
        raise ModelUnavailable(
            "No key for Claude was found, and the embedded model is too small to set up a pipeline.",
            hint="redraft key set anthropic   or another model: --model ollama/llama3.2   (redraft models)",
        )
    raise UsageError(
        "The embedded model is too small to set up a pipeline: it loses the thread.",
        hint="redraft models   lists the others;   redraft new my-blog --template blog   needs none",
    )


async def _described(site: _Site, project: Project, wanted: Wanted, model: Counted, tell: Tell) -> Described:
    name = project.settings.model.name
    description = wanted.description
    unusable = UnusableReplies(project, below=f"{wanted.path}/")
    if wanted.ask:
        talk = interviewed(
            project, site.world.person(), wanted.description, wanted.samples, model, unusable, tell
        )
        async for said in talk:
            site.answered, description = True, said
    if not description and not wanted.samples:
        raise UsageError(
            "Nothing was said, and there are no samples to go by.",
            hint="redraft new my-blog --describe brief.txt --samples posts/*.md",
        )
    given = ["the description"] if description else []
    given += [count(len(wanted.samples), "sample")] if wanted.samples else []
    tell(Note(message=f"{name} ({project.place(name)}) reads {' and '.join(given)}."))
    told = Told(description, wanted.samples, name, unusable)
    cost = priced(project, name, *turns(first_request(told), 1, 1, 2, reply=_PLAN))
    tell_costs(project, [cost], wanted.budget, tell, what="The pipeline takes", why=_AFTER)
    return await describe(told, model, tell)


def _write(site: _Site, project: Project, files: Mapping[str, str]) -> None:
    """Write the files, redraft.toml last: until then the folder is known as unfinished."""
    paths = sorted(files, key=lambda path: (path == SETTINGS_FILE, path))
    project.files.write(_PLANNED, "\n".join(paths) + "\n")
    for path in paths:
        _put(site, path, files[path])


def _put(site: _Site, path: str, text: str) -> None:
    """Write a file. Raises ProjectError for one that somebody else put there meanwhile."""
    if path not in site.made and not path.startswith(".redraft/") and site.files.exists(path):
        raise ProjectError(
            f"There is a {path} in {site.path} now, and there was none before: it stays as it is.",
            hint="Move it elsewhere, or choose another folder; then type the same again.",
        )
    site.made[path] = text
    site.files.write(path, text)


async def _draft(
    site: _Site, project: Project, described: Described, model: Counted, budget: str | None, tell: Tell
) -> Draft:
    """The draft of the first brief, on disk as `run` leaves it."""
    sound = require_project(described.pipeline.files)
    first = next(brief.id for brief in described.pipeline.plan.briefs if not brief.held_out)
    brief = next(brief for brief in sound.briefs if brief.id == first)
    tell(Note(message=f"The project is sound; it writes its first draft now: {brief.id}."))
    drafting = replace(project, settings=sound.settings)
    costs = draft_costs(drafting, sound.guidance, [Drafted(brief, 1, 1)])
    tell_costs(drafting, costs, budget, tell)
    draft = await write_draft(
        brief,
        sound.guidance,
        sound.settings,
        model,
        project.commands,
        unrefined=True,
        tell=_without_text(tell),
    )
    text_path, record_path = draft_paths(brief.id)
    async with turn(project):
        _put(site, record_path, DraftFile(draft=draft).model_dump_json(indent=2) + "\n")
        _put(site, text_path, as_file(draft.text))
    return draft


def _without_text(tell: Tell) -> Tell:
    """The draft is shown whole in the end: nobody wants to read it twice."""

    def heard(event: Event) -> None:
        if not isinstance(event, TextChunk):
            tell(event)

    return heard


def _built(site: _Site, described: Described, draft: Draft, model: str) -> Built:
    files = described.pipeline.files
    sound = require_project(files)
    return Built(
        files=tuple(Made(path=path, characters=len(text)) for path, text in files.items()),
        guide=files[GUIDE_FILE],
        steps=tuple(step.name for step in sound.settings.steps),
        briefs=len(sound.briefs),
        held_out=sum(brief.split == "held_out" for brief in sound.briefs),
        brief=draft.brief,
        draft=draft.text,
        notes=draft.notes,
        model=model,
        says=described.says,
        usage=site.spent,
        new_folder=not site.was_there,
    )


@contextmanager
def _nothing_left_of(site: _Site, tell: Tell) -> Iterator[None]:
    """Remove what was made when it fails or is stopped, and say what is still there."""
    try:
        yield
    except BaseException as error:
        unused = () if site.spent.calls or site.answered else _UNUSED
        changed = [path for path, text in site.made.items() if _changed(site.files, path, text)]
        ours = [path for path in site.made if path not in changed]
        site.world.discard(site.path, [*ours, *unused], folder=not site.was_there)
        if changed:
            tell(Note(message=f"You changed {', '.join(changed)}: that stays.", level="warning"))
        if site.answered:
            answers = quote(f"{site.path}/{ANSWERS}")
            says = f"Your answers are kept. Go on with:  redraft new {quote(site.path)} --describe {answers}"
            tell(Note(message=says))
        if isinstance(error, RedraftError) and site.spent.calls and not isinstance(error, ReplyInvalid):
            _add(error, f"What was paid for is kept in {site.path}/.redraft, and not asked again.")
        raise


def _changed(files: Files, path: str, text: str) -> bool:
    """True when the writer has been at a file since it was written."""
    try:
        return files.exists(path) and files.read(path) != text
    except ProjectError:  # no text any more
        return True


def _add(error: RedraftError, says: str) -> None:
    error.message = f"{error.message} {says}"
    error.args = (error.message,)


def first_description(text: str) -> str:
    """The description of a request; empty when there is no word in it."""
    return text if any(map(str.isalnum, text)) else ""


def first_samples(texts: Mapping[str, str]) -> tuple[Sample, ...]:
    """The samples of a request. Raises UsageError for one without a word."""
    for name, text in texts.items():
        if not any(map(str.isalnum, text)):
            raise UsageError(f"{name} has no words in it.", hint="Leave it out of the samples.")
    return tuple(Sample(name, text) for name, text in texts.items())
