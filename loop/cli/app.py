"""The `redraft` command: its verbs are built when they are asked for, so that help is instant."""

from __future__ import annotations

import gc
import os
import signal
import sys
from contextlib import suppress
from types import ModuleType
from typing import Any

import click

from loop.cli.exits import BUG, INTERRUPTED, code_of
from loop.errors import RedraftError
from loop.verbs import VERBS


class Verbs(click.Group):
    """Every verb of `VERBS`, and the shell completion; a verb's module is imported when it is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names, in the order of the help."""
        return [*(verb.name for verb in VERBS), "completion"]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Build one command."""
        if cmd_name == "completion":
            return _completion
        for verb in VERBS:
            if verb.name == cmd_name:
                _want_no_plugins()
                from loop.cli.build import build

                return build(verb)
        return None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Name the nearest verb when one is misspelt."""
        name = args[0]
        if name not in self.list_commands(ctx) and not name.startswith("-"):
            from loop.nearest import nearest_hint

            ctx.fail(f"There is no verb “{name}”. {nearest_hint(name, self.list_commands(ctx))}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The verbs under their headings, without importing them."""
        groups: dict[str, list[tuple[str, str]]] = {}
        for verb in VERBS:
            groups.setdefault(verb.group, []).append((verb.name, verb.summary))
        groups["Start"].append(("completion", "Print the completion script of your shell."))
        for title, rows in groups.items():
            with formatter.section(title):
                formatter.write_dl(rows)


@click.group(
    cls=Verbs,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Begin with:  redraft new my-blog --template blog;  redraft -C my-blog run sourdough",
)
@click.version_option(package_name="redraft", prog_name="redraft", message="%(prog)s %(version)s")
@click.option("-C", "folder", metavar="PATH", default=None, help="Work in this folder.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document; events go to stderr.")
@click.pass_context
def redraft(ctx: click.Context, folder: str | None, as_json: bool) -> None:
    """Train your writing pipeline by editing its drafts.

    Without a command: `status` in a project, this help elsewhere.
    """
    ctx.obj = {"folder": folder, "json": as_json}
    if ctx.invoked_subcommand is not None:
        return
    status = redraft.get_command(ctx, "status") if folder or as_json or _in_a_project() else None
    if status is None:
        click.echo(ctx.get_help())
        return
    with status.make_context("status", [], parent=ctx) as below:
        status.invoke(below)


def _in_a_project() -> bool:
    from loop.wiring import find_root

    try:
        find_root(".")
    except RedraftError:
        return False
    return True


@click.command("completion", short_help="Print the completion script of your shell.")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def _completion(shell: str) -> None:
    """Print the completion script of your shell.

    Example: redraft completion bash >> ~/.bashrc
    """
    from click.shell_completion import get_completion_class

    kind = get_completion_class(shell)
    if kind is not None:
        click.echo(kind(redraft, {}, "redraft", "_REDRAFT_COMPLETE").source())


def main(argv: list[str] | None = None) -> None:
    """Run the command and exit with the code of the table."""
    gc.disable()  # nothing can be freed while a verb is being imported; it is enabled before the verb works
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    as_json = "--json" in (sys.argv[1:] if argv is None else argv)
    try:
        sys.exit(redraft.main(args=argv, prog_name="redraft", standalone_mode=False) or 0)
    except click.ClickException as error:
        from loop.cli.misread import misread

        _say(as_json, *misread(error), error.exit_code)
        sys.exit(error.exit_code)
    except RedraftError as error:
        code = code_of(error)
        _say(as_json, error.message, error.hint, code)
        sys.exit(code)
    except (KeyboardInterrupt, click.Abort):
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # it is heard already
        _say(as_json, "Stopped. Nothing was lost.", "", INTERRUPTED)
        _leave_at_once(INTERRUPTED) if argv is None else sys.exit(INTERRUPTED)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except Exception as error:  # noqa: BLE001 - the front door: everything else is a bug of ours
        from loop.cli.bug import report

        _say(as_json, report(error), "", BUG)
        sys.exit(BUG)
    finally:
        gc.enable()


def _leave_at_once(code: int) -> None:
    """End the process without waiting for its threads: a name server or an engine may take its time."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError):
            stream.flush()
    os._exit(code)


def _want_no_plugins() -> None:
    """No plug-in of pydantic is wanted, and looking for one reads the metadata of every package.

    What looks for them loads the e-mail and archive packages first: 11 ms of the 160 of `redraft status`. So
    something that finds none stands in its place; should pydantic rename it, nothing changes but the time.
    """
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    finds_none = ModuleType("pydantic.plugin._loader")
    finds_none.get_plugins = tuple  # type: ignore[attr-defined]
    sys.modules.setdefault(finds_none.__name__, finds_none)


def _say(as_json: bool, message: str, hint: str, code: int) -> None:
    if as_json:
        import json

        fact: dict[str, Any] = {"kind": "error", "message": message, "hint": hint, "code": code}
        click.echo(json.dumps(fact, ensure_ascii=False), err=True)
        return
    lines = [message, f"  → {hint}"] if hint else [message]
    if sys.stderr.isatty():
        from loop.cli.render.layout import flowed

        lines = [flowed(line) for line in lines]
    click.echo("\n".join(lines), err=True)
