"""What a person typed into one field of a form, read as the command line reads it."""

from __future__ import annotations

import glob
import os
import re
import shlex
from typing import Any

import click

from loop.asking.fields import Asked
from loop.asking.types import Several
from loop.errors import UsageError


def read(field: Asked, typed: str, folder: str | None) -> Any:
    """The value, or None for nothing. Raises UsageError with a sentence that stands below the field."""
    if not typed.strip():
        return None
    try:
        return _read(field, typed, folder)
    except click.BadParameter as error:
        raise UsageError(plainly(error.message)) from error


def files(typed: str, folder: str | None) -> tuple[str, ...]:
    """The files that were typed, as a shell understands them: quotation marks, `~`, patterns.

    Raises UsageError for a quotation mark that stays open.
    """
    return tuple(path for word in _words(typed) for path in _matching(word, folder))


def plainly(said: str) -> str:
    """What is wrong with a value, for somebody who is no programmer."""
    return said.replace("is not a valid integer", "is no whole number").replace(
        "is not a valid float", "is no number"
    )


def _read(field: Asked, typed: str, folder: str | None) -> Any:
    if field.shape == "named":
        return tuple(field.type.convert(line, None, None) for line in typed.splitlines() if line.strip())
    if field.shape == "files":
        return files(typed, folder)
    if field.shape == "several" and field.argument is None:
        return Several(field.type).convert(typed, None, None)
    if field.shape == "several":
        return tuple(field.type.convert(word, None, None) for word in _words(typed.replace(",", " ")))
    return field.type.convert(typed if field.path is None else typed.strip(), None, None)


def _words(typed: str) -> list[str]:
    """The words as a shell splits them; quotes hold several together."""
    try:
        return shlex.split(typed)
    except ValueError as error:  # a quotation mark too many
        raise UsageError("A quotation mark opens here and does not close.") from error


def _matching(pattern: str, folder: str | None) -> list[str]:
    """The files that a shell makes of `posts/*.md`; the word itself where there are none."""
    pattern = os.path.expanduser(pattern)  # noqa: PTH111 - nobody of that name: it stays as it is
    if not re.search(r"[*?[]", pattern):
        return [pattern]
    return sorted(glob.glob(pattern, root_dir=folder)) or [pattern]  # noqa: PTH207 - it knows a root
