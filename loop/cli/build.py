"""A click command from a verb: its parameters are the fields of the verb's request."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from pathlib import Path
from types import ModuleType, NoneType, UnionType
from typing import TYPE_CHECKING, Any, Literal, Union, get_args, get_origin

import click
from pydantic import ValidationError
from pydantic.fields import FieldInfo

from loop.cli.exits import code_of
from loop.complaints import complaint
from loop.errors import ProjectError, UnknownWriter, UsageError
from loop.events import Tell
from loop.model import Record
from loop.verbs import VERBS, Verb
from loop.verbs.parts.fields import Argument, Hidden, PathValue, TextFiles, TextSource

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


def build(verb: Verb) -> VerbCommand:
    """The command of one verb."""
    module = verb.load()
    params: list[click.Parameter] = []
    for name, field in module.Request.model_fields.items():
        params += _parameters(name, field)
    params += [
        click.Option(["-C", "folder"], metavar="PATH", help="Work in this folder."),
        click.Option(["--json", "as_json"], is_flag=True, help="Print one JSON document."),
    ]
    fields = module.Request.model_fields.values()
    secret = any(isinstance(mark, Hidden) for field in fields for mark in field.metadata)
    command = VerbCommand(
        verb.name,
        context_settings={"allow_extra_args": secret},  # to be refused without being repeated
        callback=_callback(verb, module),
        params=params,
        help=f"{verb.summary}\n\n\b\nExample:\n  {module.EXAMPLE}",
        short_help=verb.summary,
    )
    command.example = module.EXAMPLE
    return command


class VerbCommand(click.Command):
    """A command whose options say what they are only when somebody asks: it is read from the source."""

    example = ""
    """How it is typed."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Understand the words; an option for several files takes those that follow it."""
        greedy = [param.opts[0] for param in self.params if (param.name or "").endswith("__files")]
        try:
            rest = super().parse_args(ctx, _one_each(args, greedy))
        except click.UsageError as error:
            if ctx.allow_extra_args and isinstance(error, click.BadParameter):  # the word may be a key
                ctx.fail("It takes list, set or remove, and then whose key; the key itself is asked for.")
            error.ctx = error.ctx or ctx
            raise
        if rest and not ctx.resilient_parsing:  # only a command with a secret takes more than it knows
            ctx.fail("A key is not typed behind a command, where others can see it: leave it out.")
        return rest

    def describe(self) -> None:
        """Give every option its help text."""
        from loop.cli.docstrings import descriptions

        says = descriptions(next(verb for verb in VERBS if verb.name == self.name).load().Request)
        for param in self.params:
            field, _, source = (param.name or "").partition("__")
            if isinstance(param, click.Option) and field in says:
                param.help = says[field] + _SOURCES[source]

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The options, with what they are for."""
        self.describe()
        super().format_options(ctx, formatter)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """What the shell offers; zsh and fish show the help beside it."""
        self.describe()
        return super().shell_complete(ctx, incomplete)


_SOURCES = {
    "": "",
    "file": " From this file.",
    "files": " All files behind it.",
    "stdin": " From standard input.",
}


def _one_each(args: Sequence[str], greedy: Sequence[str]) -> list[str]:
    """The words with `--samples a b` written out as `--samples a --samples b`."""
    words: list[str] = []
    option = ""
    for place, word in enumerate(args):
        if word == "--":
            return [*words, *args[place:]]
        if option and words[-1] != option and not word.startswith("-"):
            words.append(option)
        elif word.startswith("-"):
            option = word if word in greedy else ""
        words.append(word)
    return words


def _parameters(name: str, field: FieldInfo) -> list[click.Parameter]:
    public = (field.alias or name).replace("_", "-")
    for mark in field.metadata:
        if isinstance(mark, TextSource):
            found: list[click.Parameter] = [click.Option([mark.option, f"{name}__file"], metavar="FILE")]
            if mark.stdin:
                found.append(click.Option([mark.stdin, f"{name}__stdin"], is_flag=True))
            return found
        if isinstance(mark, TextFiles):
            return [click.Option([mark.option, f"{name}__files"], metavar="FILE...", multiple=True)]
    kind, multiple = _type_of(field.annotation)
    argument = next((mark for mark in field.metadata if isinstance(mark, Argument)), None)
    if argument is not None:
        return [
            click.Argument(
                [name],
                type=kind,
                nargs=-1 if multiple else 1,
                required=field.is_required(),
                metavar=public.upper() if field.is_required() else f"[{public.upper()}]",
                shell_complete=_COMPLETERS.get(argument.completes),
            )
        ]
    if kind is click.BOOL:
        return [click.Option([f"--{public}", name], is_flag=True)]
    if multiple:
        kind = _Several(kind)
    return [
        click.Option(
            [f"--{public}", name],
            type=kind,
            default=None,
            required=field.is_required(),
            shell_complete=_COMPLETERS.get("brief") if name == "outputs" else None,
        )
    ]


class _Several(click.ParamType[Any]):
    """Values with commas between them: `1,3`."""

    name = "list"

    def __init__(self, of: click.ParamType[Any]) -> None:
        self.of = of

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[Any, ...]:
        """Split and convert each."""
        if isinstance(value, tuple):
            return value
        return tuple(self.of(piece.strip(), param, ctx) for piece in str(value).split(",") if piece.strip())


def _type_of(annotation: Any) -> tuple[click.ParamType[Any], bool]:
    origin = get_origin(annotation)
    if origin in {Union, UnionType}:
        inner = next(part for part in get_args(annotation) if part is not NoneType)
        return _type_of(inner)
    if origin is tuple:
        return _type_of(get_args(annotation)[0])[0], True
    if origin is Literal:
        return click.Choice([str(value) for value in get_args(annotation)]), False
    return {bool: click.BOOL, int: click.INT, float: click.FLOAT}.get(annotation, click.STRING), False


def _callback(verb: Verb, module: ModuleType) -> Callable[..., None]:
    def callback(folder: str | None, as_json: bool, **values: Any) -> None:
        base: dict[str, Any] = click.get_current_context().obj or {}
        folder = folder or base.get("folder")
        as_json = as_json or bool(base.get("json"))
        request = _request(module, values, folder)
        result = _shown(verb, module, request, folder, as_json=as_json)
        further = _further(module, request, result) if not as_json else None
        if further is not None:
            _shown(verb, module, further, folder, as_json=False)
        _exit_by(module, result)

    return callback


def _exit_by(module: ModuleType, result: Record) -> None:
    """Leave with the code of what went wrong in part: it was told, and the rest is kept."""
    fault = getattr(module, "fault", None)
    error = fault(result) if fault else None
    if error is not None:
        click.get_current_context().exit(code_of(error))


def _shown(verb: Verb, module: ModuleType, request: Record, folder: str | None, *, as_json: bool) -> Record:
    from loop.cli.narrate import narrating

    with narrating(as_json=as_json) as tell:
        result = _perform(verb, module, request, folder, tell)
    from loop.cli.render import render

    if as_json:
        click.echo(result.model_dump_json(indent=2, by_alias=True))
    else:
        text = render(verb.name, result)
        if sys.stdout.isatty():
            from loop.cli.render.layout import flowed

            text = flowed(text)
        if text:
            click.echo(text, color=None if "NO_COLOR" not in os.environ else False)
    if getattr(result, "copy_", False):
        from loop.cli.clipboard import copy

        click.echo(copy(result.text), err=True)  # type: ignore[attr-defined]
    return result


def _further(module: ModuleType, request: Record, result: Record) -> Record | None:
    """The request that a person's yes makes of a result; None without a question, a person or a yes."""
    offer = getattr(module, "further", None)
    watched = all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr))
    offered = offer(request, result) if offer and watched else None
    if offered is None:
        return None
    question, request = offered
    typed: str = click.prompt(f"{question} [y/N]:", "", prompt_suffix=" ", show_default=False, err=True)
    if typed.strip().lower() in {"y", "yes"}:
        return request
    click.echo("Not yet, then: everything stays as it is.", err=True)
    return None


def _perform(verb: Verb, module: ModuleType, request: Record, folder: str | None, tell: Tell) -> Record:
    from loop.cli.terminal import Terminal
    from loop.wiring import World, drive, run

    gc.freeze()  # what was imported stays
    gc.enable()
    world = World(Terminal(), folder or ".")
    perform = run if verb.asks else drive

    def once() -> Record:
        if verb.needs == "world":
            made: Record = perform(module.do(world, request, tell))
            return made
        project = world.open(folder or ".")
        with project.lock() if verb.locks and not verb.asks else nullcontext():
            outcome: Record = perform(module.do(project, request, tell))
        return outcome

    try:
        return once()
    except UnknownWriter:
        if not (sys.stdin.isatty() and sys.stderr.isatty()):
            raise
        click.echo("Git does not know your name yet; every step is kept under it, in this project.", err=True)
        name = click.prompt("Your name", err=True)
        email = click.prompt("Your e-mail address", err=True)
        if "author" in type(request).model_fields:  # a project that is not made yet
            request = request.model_copy(update={"author": f"{name} <{email}>"})
        else:
            world.introduce(folder or ".", name, email)
        return once()


def _request(module: ModuleType, values: dict[str, Any], folder: str | None) -> Record:
    from loop.wiring import absolute

    chosen: dict[str, Any] = {}
    for name, field in module.Request.model_fields.items():
        source = next((mark for mark in field.metadata if isinstance(mark, TextSource)), None)
        if source is not None:
            text = _text(values.get(f"{name}__file"), folder, stdin=bool(values.get(f"{name}__stdin")))
            if text is not None:
                chosen[name] = text
            continue
        several = next((mark for mark in field.metadata if isinstance(mark, TextFiles)), None)
        if several is not None:
            paths = values.get(f"{name}__files") or ()
            chosen[name] = {path: _piece(path, folder, several.option) for path in paths}
            continue
        value = values.get(name)
        path = next((mark for mark in field.metadata if isinstance(mark, PathValue)), None)
        if value is None and path is not None and values.get(path.here_with):
            value = "."
        if value in (None, ()):
            continue
        if path is not None:
            value = absolute(value, folder)
        chosen[field.alias or name] = value
    try:
        request: Record = module.Request.model_validate(chosen)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise UsageError(
            f"{first['loc'][0]} {complaint(error)}.",
            hint=f"{click.get_current_context().command_path} --help",
        ) from error
    return request


def _piece(path: str, folder: str | None, option: str) -> str:
    """The text of one of several files."""
    if Path(folder or ".").joinpath(path).is_dir():
        raise UsageError(f"{path} is a folder.", hint=f"Name the files in it: {path.rstrip('/')}/*.md")
    if not Path(folder or ".").joinpath(path).exists():
        raise ProjectError(
            f"There is no file {path}.",
            hint=f"All words behind {option} are files; whatever else you say stands before it.",
        )
    return _text(path, folder, stdin=False) or ""


def _text(path: str | None, folder: str | None, *, stdin: bool) -> str | None:
    """The text of a file or of standard input, without the mark that some editors put first."""
    if path is None and not stdin:
        return None
    if path is not None and stdin:
        raise UsageError("Both a file and standard input were given.", hint="Use one of them.")
    piped = path in {None, "-"}
    name = path if path and not piped else "standard input"
    try:
        data = sys.stdin.buffer.read() if piped else Path(folder or ".").joinpath(name).read_bytes()
        if b"\0" in data:
            raise UsageError(f"{name} is not a text file.", hint="Save it as plain text in UTF-8.")
        return data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise UsageError(
            f"{name} is not UTF-8 text (byte {error.start}).", hint="Save it as UTF-8 and try again."
        ) from error
    except OSError as error:
        raise _unread(name, error) from error


def _unread(path: str, error: OSError) -> ProjectError:
    if len(path.split()) > 2 and not Path(path).suffix.strip("."):  # hardly the name of a file
        says = "A file is wanted here, not the text itself."
        return ProjectError(says, hint="Save the text, such as in words.txt, and name that.")
    if isinstance(error, FileNotFoundError):
        return ProjectError(f"There is no file {path}.", hint="Look at the path.")
    return ProjectError(f"{path} cannot be read: {error.strerror}.", hint="Look at the path.")


def _complete_brief(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    folder = Path(ctx.params.get("folder") or (ctx.parent and ctx.parent.params.get("folder")) or ".")
    names = sorted(path.stem for path in folder.joinpath("briefs").glob("*.md"))
    return [name for name in names if name.startswith(incomplete)]


def _complete_version(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    from loop.wiring import World

    folder = ctx.params.get("folder") or (ctx.parent and ctx.parent.params.get("folder")) or "."
    try:
        versions = [entry.version for entry in World().open(folder).history.log(limit=200)]
    except Exception:  # noqa: BLE001 - a shell that completes must stay silent
        return []
    return [version for version in dict.fromkeys(versions) if version.startswith(incomplete) and version]


_COMPLETERS: dict[str, Callable[[click.Context, click.Parameter, str], list[Any]]] = {
    "brief": _complete_brief,
    "version": _complete_version,
}
