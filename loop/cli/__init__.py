"""The command line: the only package that prints or exits."""

from loop.cli.app import main
from loop.cli.exits import EXIT_CODES

__all__ = ["EXIT_CODES", "main"]
