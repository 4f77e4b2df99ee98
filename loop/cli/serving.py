"""`redraft serve`: the desk in a browser on this computer."""

from __future__ import annotations

import click

from loop.errors import MissingExtra

_HINT = "pip install 'redraft[web]'"


@click.command("serve", short_help="Show the desk in a browser on this computer.")
@click.option("-C", "folder", metavar="PATH", help="Work in this folder.")
@click.option(
    "--port",
    type=click.IntRange(1024, 65_535),
    metavar="NUMBER",
    help="Listen on this port; one that is free if left out.",
)
@click.pass_context
def serve(ctx: click.Context, folder: str | None, port: int | None) -> None:
    """Show the desk in a browser on this computer.

    It prints an address that only you know; whoever has it may use the desk. Other computers are not
    answered. Each tab is a desk of its own; closing a tab closes its desk. Ctrl-C ends them all.

    A browser shows its pass for the desk to every program on this computer whose page it opens at 127.0.0.1.
    Where others use this computer, too, open none of their pages in the same browser meanwhile.

    Example: redraft serve --port 8800
    """
    try:
        from tui.serve import serve as serve_desk
    except ModuleNotFoundError as error:
        raise MissingExtra(
            f"The desk in a browser needs an optional package, and {error.name} is not installed.", hint=_HINT
        ) from error

    def tell(address: str) -> None:
        click.echo(f"The desk is at\n\n  {address}\n")
        click.echo("Open this address in a browser on this computer, and keep it to yourself.")
        click.echo("Ctrl-C ends it.")

    serve_desk(folder or (ctx.obj or {}).get("folder") or ".", port or 0, tell)
    click.echo("The desk is closed.")
