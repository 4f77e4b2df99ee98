"""A click command from a verb: its parameters are the fields of the verb's request."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import click
from pydantic import ValidationError

from loop.asking import Asked, asked, request_from
from loop.asking.types import Several
from loop.cli.exits import code_of
from loop.complaints import complaint
from loop.errors import UnknownWriter, UsageError
from loop.events import Note, Tell
from loop.model import Record
from loop.verbs import VERBS, Verb, fault_of

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


def build(verb: Verb) -> VerbCommand:
    """The command of one verb."""
    module = verb.load()
    params: list[click.Parameter] = []
    fields = asked(module.Request)
    for field in fields:
        params += _parameters(field)
    params += [
        click.Option(["-C", "folder"], metavar="PATH", help="Work in this folder."),
        click.Option(["--json", "as_json"], is_flag=True, help="Print one JSON document."),
    ]
    secret = any(field.hidden for field in fields)
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
        from loop.asking.docstrings import descriptions

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


def _parameters(field: Asked) -> list[click.Parameter]:
    name = field.name
    if field.source is not None:
        found: list[click.Parameter] = [click.Option([field.source.option, f"{name}__file"], metavar="FILE")]
        if field.source.stdin:
            found.append(click.Option([field.source.stdin, f"{name}__stdin"], is_flag=True))
        return found
    option = f"--{field.public}"
    if field.files is not None:
        return [click.Option([field.files.option, f"{name}__files"], metavar="FILE...", multiple=True)]
    if field.shape == "named":
        return [click.Option([option, name], type=field.type, metavar="WHICH=TEXT", multiple=True)]
    if field.argument is not None:
        return [
            click.Argument(
                [name],
                type=field.type,
                nargs=-1 if field.shape == "several" else 1,
                required=field.required,
                metavar=field.public.upper() if field.required else f"[{field.public.upper()}]",
                shell_complete=_COMPLETERS.get(field.argument.completes),
            )
        ]
    if field.shape == "switch":
        return [click.Option([option, name], is_flag=True)]
    return [
        click.Option(
            [option, name],
            type=Several(field.type) if field.shape == "several" else field.type,
            default=None,
            required=field.required,
            shell_complete=_COMPLETERS.get("brief") if name == "outputs" else None,
        )
    ]


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
        error = fault_of(verb.name, result)
        if error is not None:
            click.get_current_context().exit(code_of(error))

    return callback


def _shown(verb: Verb, module: ModuleType, request: Record, folder: str | None, *, as_json: bool) -> Record:
    from loop.cli.narrate import narrating

    with narrating(as_json=as_json) as tell:
        result = _perform(verb, request, folder, tell)
    from loop.render import render

    if as_json:
        click.echo(result.model_dump_json(indent=2, by_alias=True))
    else:
        text = render(verb.name, result)
        if sys.stdout.isatty():
            from loop.render.layout import flowed

            text = flowed(text)
        if text:
            click.echo(text, color=None if "NO_COLOR" not in os.environ else False)
    if getattr(result, "copy_", False):
        with narrating(as_json=as_json) as tell:
            tell(Note(message=_copied(result.text, as_json=as_json)))  # type: ignore[attr-defined]
    return result


def _copied(text: str, *, as_json: bool) -> str:
    from loop.adapters.clipboard import copy

    asked = sys.stderr.isatty() and not as_json  # a terminal is asked by signs that are no JSON
    return copy(text, partial(click.echo, err=True, nl=False) if asked else None)


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


def _perform(verb: Verb, request: Record, folder: str | None, tell: Tell) -> Record:
    from loop.cli.terminal import Terminal
    from loop.wiring import World, do, drive, run

    gc.freeze()  # what was imported stays
    gc.enable()
    world = World(Terminal(), folder or ".")
    perform = run if verb.asks else drive

    def once() -> Record:
        return perform(do(world, verb, request, folder or ".", tell))

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
    finally:
        world.close()


def _request(module: ModuleType, values: dict[str, Any], folder: str | None) -> Record:
    try:
        return request_from(module.Request, values, folder, sys.stdin.buffer.read)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise UsageError(
            f"{first['loc'][0]} {complaint(error)}.",
            hint=f"{click.get_current_context().command_path} --help",
        ) from error


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


def _complete_adapter(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    from loop.wiring import World

    try:
        names = [one.name for one in World().adapters().every()]
    except Exception:  # noqa: BLE001 - a shell that completes must stay silent
        return []
    return [name for name in names if name.startswith(incomplete)]


_COMPLETERS: dict[str, Callable[[click.Context, click.Parameter, str], list[Any]]] = {
    "brief": _complete_brief,
    "version": _complete_version,
    "adapter": _complete_adapter,
}
