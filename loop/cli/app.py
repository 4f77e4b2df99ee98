"""The `redraft` command: its verbs are built when they are asked for, so that help is instant."""

from __future__ import annotations

import gc
import signal
import sys
from typing import Any, NoReturn

import click

from loop.adapters.plugins import want_no_plugins
from loop.cli.exits import BUG, INTERRUPTED, code_of
from loop.errors import RedraftError
from loop.leaving import leave
from loop.verbs import VERBS


class Verbs(click.Group):
    """Every verb of `VERBS`, `serve`, and the shell completion; what is used is imported then."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names, in the order of the help."""
        return [*(verb.name for verb in VERBS), "serve", "completion"]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Build one command."""
        if cmd_name == "completion":
            return _completion
        if cmd_name == "serve":
            from loop.cli.serving import serve

            return serve
        for verb in VERBS:
            if verb.name == cmd_name:
                want_no_plugins()
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
        groups["Start"].append(("serve", "Show the desk in a browser on this computer."))
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

    Without a command it opens the desk, the full-screen app: on the project you are in, or after -C;
    elsewhere it offers to make or open one. Where no person watches: `status` in a project, else this help.
    """
    ctx.obj = {"folder": folder, "json": as_json}
    if ctx.invoked_subcommand is not None:
        return
    if not as_json and sys.stdin.isatty() and sys.stdout.isatty():
        from tui.opening import open_desk

        open_desk(folder or ".")
        return
    status = redraft.get_command(ctx, "status") if folder or as_json or _in_a_project() else None
    if status is None:
        click.echo(ctx.get_help())
        return
    with status.make_context("status", [], parent=ctx) as below:
        status.invoke(below)


def _in_a_project() -> bool:
    from loop.adapters.roots import find_root

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
    try:
        sys.exit(redraft.main(args=argv, prog_name="redraft", standalone_mode=False) or 0)
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - the front door: the rest is a bug of ours
        told(error, as_json="--json" in (sys.argv[1:] if argv is None else argv), at_once=argv is None)
    finally:
        gc.enable()


def told(error: BaseException, *, as_json: bool = False, at_once: bool = False) -> NoReturn:
    """Say what ended the command, and exit with its code; `at_once` after Ctrl-C: no thread is waited for."""
    if isinstance(error, click.Abort | KeyboardInterrupt):
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # it is heard already
        _say(as_json, "Stopped. Nothing was lost.", "", INTERRUPTED)
        leave(INTERRUPTED) if at_once else sys.exit(INTERRUPTED)
    if isinstance(error, BrokenPipeError):
        sys.stderr.close()
        sys.exit(0)
    if isinstance(error, click.ClickException):
        from loop.cli.misread import misread

        message, hint, code = *misread(error), error.exit_code
    elif isinstance(error, RedraftError):
        message, hint, code = error.message, error.hint, code_of(error)
    else:
        from loop.render.bug import report

        message, hint, code = report(error), "", BUG
    _say(as_json, message, hint, code)
    sys.exit(code)


def _say(as_json: bool, message: str, hint: str, code: int) -> None:
    if as_json:
        import json

        fact: dict[str, Any] = {"kind": "error", "message": message, "hint": hint, "code": code}
        click.echo(json.dumps(fact, ensure_ascii=False), err=True)
        return
    lines = [message, f"  → {hint}"] if hint else [message]
    if sys.stderr.isatty():
        from loop.render.layout import flowed

        lines = [flowed(line) for line in lines]
    click.echo("\n".join(lines), err=True)
