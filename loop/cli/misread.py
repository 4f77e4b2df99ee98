"""What is wrong with the words of a command, for somebody who is no programmer."""

from __future__ import annotations

import click

_MORE = "Got unexpected extra argument"
"""How the parser begins when there are more words than it has a place for."""


def misread(error: click.ClickException) -> tuple[str, str]:
    """The message and what to type instead."""
    context = error.ctx if isinstance(error, click.UsageError) else None
    if context is None:
        return error.format_message(), "redraft --help"
    verb = context.command_path
    example = getattr(context.command, "example", f"{verb} --help")
    if isinstance(error, click.MissingParameter) and error.param is not None:
        return f"Something is missing behind “{verb}”: {_name(error.param)}.", example
    if error.message.startswith(_MORE):
        more = error.message.partition("(")[2].removesuffix(")")
        return f"“{more}” is more than “{verb}” takes: several words of one text stand in quotes.", example
    if isinstance(error, click.NoSuchOption):
        meant = f" Did you mean {' or '.join(error.possibilities)}?" if error.possibilities else ""
        return f"“{verb}” has no option {error.option_name}.{meant}", f"{verb} --help"
    if isinstance(error, click.BadOptionUsage) and "requires" in error.message:
        return f"Something is missing behind {error.option_name}.", f"{verb} --help"
    if isinstance(error, click.BadParameter) and error.param is not None:
        from loop.asking.words import plainly

        return f"{_name(error.param)}: {plainly(error.message)}", f"{verb} --help"
    return error.format_message(), f"{verb} --help"


def _name(param: click.Parameter) -> str:
    if isinstance(param, click.Option):
        return param.opts[0]
    return (param.metavar or param.name or "").strip("[]").upper()
