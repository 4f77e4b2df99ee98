"""The command line: the only package that prints or exits."""

from loop.cli.exits import EXIT_CODES
from loop.cli.front import main

__all__ = ["EXIT_CODES", "main"]
