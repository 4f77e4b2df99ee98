"""Make a project: from a template, from a description, or of a Claude Code project that is there."""

from __future__ import annotations

from collections.abc import Mapping
from shlex import quote
from typing import Annotated

import tomlkit

from loop.errors import UsageError
from loop.events import Committed, Note, Tell
from loop.model import Entry, FileChange, Record
from loop.ports import Files, History
from loop.project import World
from loop.settings import AUTO, SETTINGS_FILE, parse_settings
from loop.store import unkept
from loop.verbs.parts.fields import Argument, PathValue, TextFiles, TextSource
from loop.verbs.starting.building import (
    Built,
    Wanted,
    build,
    clear_begun,
    first_description,
    first_samples,
    in_the_way,
)
from loop.verbs.starting.keeping import keep
from pipelines.briefs import parse_brief
from pipelines.guidance import load

EXAMPLE = "redraft new my-blog --template blog"

_IGNORED = ".redraft/"
_ORDER = (
    ("research", "plan", "idea", "outline"),
    ("draft", "write"),
    (),
    ("edit", "polish", "review", "title"),
)


class Request(Record):
    """Where, and from what."""

    path: Annotated[str, Argument(), PathValue(here_with="ask")] = ""
    """The folder: it is made if it is not there; with --ask it may be left out, and is the one you are in."""
    template: str | None = None
    """blog, newsletter or email; blog if left out."""
    adopt: bool = False
    """Make a folder with CLAUDE.md and prompts a redraft project; nothing is written over."""
    describe: Annotated[str | None, TextSource("--describe")] = None
    """A description of what you write: a model sets up the project by it, and nothing is committed yet."""
    samples: Annotated[Mapping[str, str], TextFiles("--samples")] = {}
    """Pieces of your own, for a model to learn from; up to four become examples, word for word."""
    ask: bool = False
    """Be asked at most five questions instead of, or on top of, a description."""
    accept: bool = False
    """Keep what was built from a description, as its files are now: its first entry."""
    model: str | None = None
    """Which model writes, such as embedded or claude-sonnet-5-5; found by itself if left out."""
    author: str = ""
    """Your name and address for git, such as "Ann Lee <ann@example.org>", kept for this project only."""
    budget: str | None = None
    """Stop before a description costs more: 0.50 (US dollars), 200calls or 50000tokens."""


class Result(Record):
    """What was made."""

    path: str
    """The folder."""
    template: str
    """The template; empty when adopted."""
    made: tuple[str, ...]
    """Files that were written."""
    kept: tuple[str, ...]
    """Files that were there and stay as they are."""
    version: str
    """The guidance version."""
    built: Built | None = None
    """What was built from a description, and waits for your word."""
    next: str
    """What to type next."""


async def do(world: World, request: Request, tell: Tell) -> Result:
    """Write the files and make the first entry; of a description only with `accept`."""
    if not request.path:
        raise UsageError(
            "Which folder shall it be?",
            hint="redraft new my-blog --samples posts/*.md   (it stands first: --samples takes what follows)",
        )
    if request.model is not None:
        world.check_model(request.model)
    await clear_begun(world, request.path)
    if _describes(request):
        return await _from_description(world, request, tell)
    files = world.files(request.path)
    if request.accept:
        return await _accepted(world, request, tell)
    there = [path for path in files.list("") if not path.startswith(".git")]
    if files.exists(SETTINGS_FILE):
        raise UsageError(f"{request.path} is a redraft project already.", hint="redraft status")
    if there and not request.adopt:
        raise UsageError(
            f"{request.path} is not empty.",
            hint="Choose another folder, or add --adopt to keep what is there and add what is missing.",
        )
    template = "" if request.adopt and request.template is None else request.template or "blog"
    wanted = dict(world.template(template)) if template else _adopted(files, request.path)
    if request.model is not None and SETTINGS_FILE in wanted:
        wanted[SETTINGS_FILE] = _with_model(wanted[SETTINGS_FILE], request.model)
    with world.nothing_new(request.path):
        history = world.create(request.path)
        _introduce(world, request)
        history.check()
    made = tuple(path for path in sorted(wanted) if not files.exists(path))
    here = {*wanted, *files.list("prompts", ".md"), *files.list("examples", ".md")}
    kept = tuple(sorted(here - set(made)))
    made_now, version = _first_entry(files, history, wanted, made, request.adopt, tell)
    brief = "sourdough" if files.exists("briefs/sourdough.md") else _first_train(files)
    if request.adopt and not template:
        tell(Note(message=f"The order of the steps is a guess from their names: see {SETTINGS_FILE}."))
    return Result(
        path=request.path,
        template=template,
        made=made_now,
        kept=kept,
        version=version,
        next=f"cd {quote(request.path)}; redraft run {quote(brief)}",
    )


def further(request: Request, result: Result) -> tuple[str, Request] | None:
    """What a person is asked when they have seen the result, and the request that a yes makes."""
    if result.built is None or result.version:
        return None
    return "Keep it?", Request(path=result.path, author=request.author, accept=True)


def _describes(request: Request) -> bool:
    return request.describe is not None or bool(request.samples) or request.ask


async def _from_description(world: World, request: Request, tell: Tell) -> Result:
    if request.template is not None or request.adopt:
        other = "--adopt" if request.adopt else "--template"
        raise UsageError(
            f"A description and {other} do not go together.",
            hint="Leave one of them out, or make two projects.",
        )
    files, place = world.files(request.path), quote(request.path)
    if files.exists(SETTINGS_FILE):
        if unkept(files, world.open(request.path).history):
            raise UsageError(
                f"{request.path} is a project already, and not kept yet.",
                hint=f"redraft new {place} --accept   keeps it;   or choose another folder",
            )
        raise UsageError(
            f"{request.path} is a redraft project already.",
            hint=f"Choose another folder;   redraft -C {place} status   looks at this one",
        )
    wrong = in_the_way(files)
    if wrong:
        raise UsageError(
            f"{request.path} is not empty: there is {wrong}.", hint="Choose a folder that is new or empty."
        )

    def ready() -> None:  # a commit that cannot be made is found before a model is paid
        if request.accept:
            history = world.create(request.path)
            _introduce(world, request)
            history.check()

    wanted = Wanted(
        path=request.path,
        description=first_description(request.describe or ""),
        samples=first_samples(request.samples),
        ask=request.ask,
        model=request.model or AUTO,
        budget=request.budget,
        before=ready,
    )
    with world.nothing_new(request.path):
        built = await build(world, wanted, tell)
    made, version = await keep(world, request.path, tell) if request.accept else ((), "")
    return Result(
        path=request.path,
        template="",
        made=made or tuple(one.path for one in built.files),
        kept=(),
        version=version,
        built=built,
        next=f"cd {place}; redraft correct {quote(built.brief)}" if made else f"redraft new {place} --accept",
    )


async def _accepted(world: World, request: Request, tell: Tell) -> Result:
    _introduce(world, request)
    made, version = await keep(world, request.path, tell)
    drafted = world.files(request.path).list("drafts", ".json")
    names = [path.rpartition("/")[2].removesuffix(".json") for path in drafted]
    next_ = f"redraft correct {quote(names[0])}" if names else "redraft run --all"
    return Result(
        path=request.path,
        template="",
        made=made,
        kept=(),
        version=version,
        next=f"cd {quote(request.path)}; {next_}",
    )


def _with_model(settings: str, name: str) -> str:
    """redraft.toml with another model; its comments stay."""
    document = tomlkit.parse(settings)
    document["model"]["name"] = name
    return tomlkit.dumps(document)


def _first_train(files: Files) -> str:
    """The first brief that may be learned from."""
    for path in files.list("briefs", ".md"):
        name = path.rsplit("/", 1)[-1][: -len(".md")]
        if parse_brief(files.read(path), name, default_type="piece").split == "train":
            return name
    return "my-brief"


def _first_entry(
    files: Files,
    history: History,
    wanted: dict[str, str],
    made: tuple[str, ...],
    adopt: bool,  # noqa: FBT001 - a plain switch, named at the call
    tell: Tell,
) -> tuple[tuple[str, ...], str]:
    changes = [FileChange(path=path, before=None, after=wanted[path]) for path in made]
    ignored = files.read(".gitignore") if files.exists(".gitignore") else None
    if ignored is None or _IGNORED not in ignored.splitlines():
        after = f"{ignored.rstrip()}\n{_IGNORED}\n" if ignored else f"{_IGNORED}\n"
        changes.append(FileChange(path=".gitignore", before=ignored, after=after))
    guidance_files = {
        path: files.read(path)
        for folder in ("", "prompts", "examples")
        for path in (*files.list(folder, ".md"), *files.list(folder, ".toml"))
    }
    if adopt:
        planned = {change.path for change in changes}
        changes += [
            FileChange(path=path, before=text, after=text)
            for path, text in guidance_files.items()
            if path not in planned and path.startswith(("CLAUDE.md", "prompts/", "examples/", "checks.toml"))
        ]
    guidance_files |= {change.path: change.after for change in changes if change.after is not None}
    settings = parse_settings(guidance_files[SETTINGS_FILE])
    guidance = load(guidance_files, settings.steps_key)
    entry = Entry(
        verb="new",
        subject="a redraft project" + (" from what was here" if adopt else ""),
        trailers={"Version": guidance.version},
    )
    sha = history.commit(changes, entry, expect=history.head())
    tell(Committed(sha=sha, subject=f"new: {entry.subject}"))
    return tuple(change.path for change in changes if change.before is None), guidance.version


def _adopted(files: Files, path: str) -> dict[str, str]:
    """What a Claude Code folder lacks: settings that run its prompts, and an empty checks.toml."""
    prompts = [name.rsplit("/", 1)[-1][:-3] for name in files.list("prompts", ".md")]
    prompts.sort(key=_place)
    if not files.exists("CLAUDE.md") and not prompts:
        raise UsageError(
            f"{path} has neither CLAUDE.md nor prompts/*.md to adopt.",
            hint=f"redraft new {path} --adopt --template blog   adds a template to what is there",
        )
    wanted: dict[str, str] = {}
    if not prompts:
        prompts = ["draft"]
        wanted["prompts/draft.md"] = (
            "{{guidance}}\n\nWrite the piece that this brief asks for.\n\n{{brief}}\n"
        )
    steps = "".join(_step(files, name, first=number == 0) for number, name in enumerate(prompts))
    wanted[SETTINGS_FILE] = (
        "# How redraft runs this project. Steps run from top to bottom.\n\n"
        f'[pipeline]\nname = "adopted"\ntype = "piece"\n\n{steps}[[steps]]\nkind = "checks"\n\n'
        '[model]\nname = "auto"\n'
    )
    wanted["checks.toml"] = ""
    wanted["CLAUDE.md"] = "# How I write\n"
    wanted["briefs/my-brief.md"] = "Write what you want written here, in a few lines.\n"
    return wanted


def _place(name: str) -> int:
    """Where a prompt of this name is likely to stand among the steps; unknown names behind the draft."""
    return next((place for place, words in enumerate(_ORDER) if any(word in name for word in words)), 2)


def _step(files: Files, name: str, *, first: bool) -> str:
    """A step for a prompt that is there; one that was written without variables is given them below."""
    path = f"prompts/{name}.md"
    text = files.read(path) if files.exists(path) else "{{brief}}"
    lines = ["[[steps]]", 'kind = "prompt"', f'name = "{name}"']
    if "{{brief}}" not in text and "{{input}}" not in text:
        lines.append(f'given = ["guidance", "{"brief" if first else "input"}"]')
    return "\n".join(lines) + "\n\n"


def _introduce(world: World, request: Request) -> None:
    """Tell git who the writer is, where the request says it."""
    if not request.author:
        return
    name, _, rest = request.author.partition("<")
    if not name.strip() or not rest.strip().endswith(">"):
        raise UsageError(
            f"“{request.author}” is not a name and an address.", hint='--author "Ann Lee <ann@example.org>"'
        )
    world.introduce(request.path, name.strip(), rest.strip()[:-1])
