"""The person at the terminal, who can be asked."""

from __future__ import annotations

import signal
import sys

import click

from loop.errors import UsageError
from loop.render.layout import flowed


class Terminal:
    """Implements loop.ports.Person with the keyboard; questions go to stderr, stdout is for results."""

    def ask(self, question: str) -> str:
        """What is typed, up to Enter. Raises UsageError without a terminal, click.Abort on Ctrl-C."""
        if not _somebody():
            raise UsageError(
                "This needs a terminal: there is nobody here to answer.",
                hint="redraft new my-blog --describe brief.txt   takes a file instead",
            )
        # An event loop takes Ctrl-C for itself, and would only look at it after the answer.
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            click.echo(f"\n{flowed(question)}", err=True)
            typed: str = click.prompt(">", prompt_suffix=" ", default="", show_default=False, err=True)
        except click.Abort:
            click.echo(err=True)  # what comes next stands on a line of its own
            raise
        finally:
            signal.signal(signal.SIGINT, before)
        return typed.strip()

    def ask_hidden(self, question: str) -> str | None:
        """What is typed, unseen; None without a terminal."""
        if not _somebody():
            return None
        typed: str = click.prompt(question, hide_input=True, err=True)
        return typed


def _somebody() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty()
